"""A course while it is written: read again after every save, and only what a save has touched is compiled again."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.files import hidden
from elearn.catalogue.folder import read_folder
from elearn.catalogue.kinds import StepContent, StepKind
from elearn.catalogue.source import examine
from elearn.catalogue.yamlread import Problem

POLL = 0.2  # seconds between two looks: a look at a course of 400 files takes two milliseconds
REST = 0.05  # a folder in which nothing moved for so long has been saved
LONGEST_UNREST = 1.0

Stamp = frozenset[tuple[str, int, int, int]]


@dataclass(frozen=True)
class Reading:
    """A course as it was at one moment. `course` is as much of it as can be shown."""

    files: Mapping[str, bytes] = field(repr=False)
    course: CompiledCourse | None
    problems: tuple[Problem, ...]

    @property
    def notices(self) -> tuple[Problem, ...]:
        return self.course.notices if self.course else ()


@dataclass(frozen=True)
class DraftPage:
    """How a domain shows a kind of step that it knows better: a template, and what it needs beside the step."""

    template: str
    context: Callable[[StepContent, str], Mapping[str, Any]]


class Draft:
    """One course on the disk."""

    def __init__(self, place: Path, kinds: Mapping[str, StepKind]) -> None:
        self.place = place
        self._kinds = kinds
        self._kept: dict[str, StepContent] = {}

    def read(self) -> Reading:
        """The course as it stands now."""
        files, refused = read_folder(self.place)
        course, problems = examine(files, self._kinds, refused, self._kept)
        # A step that is kept is not looked at again, so one with a problem must not be: it would be forgotten.
        ill = {part for problem in problems for part in problem.path.split("/")[1:2]}
        steps = course.steps if course else ()
        self._kept = {step.source_key: step.content for step in steps if step.key not in ill} or self._kept
        return Reading(files, course, tuple(problems))


def stamp(place: Path) -> Stamp:
    """Another one whenever a file was saved, came or went."""
    if not place.is_dir():
        return frozenset(_stats(place, place.name))
    found: set[tuple[str, int, int, int]] = set()
    for directory, folders, names in os.walk(place):
        folders[:] = [name for name in folders if not hidden(name)]
        for name in names:
            if not hidden(name):
                found.update(_stats(Path(directory, name), os.path.join(directory, name)))
    return frozenset(found)


def _stats(path: Path, name: str) -> Iterator[tuple[str, int, int, int]]:
    try:
        stat = path.lstat()
    except OSError:  # gone between two looks
        return
    yield name, stat.st_mtime_ns, stat.st_size, stat.st_ino


def saves(place: Path, pause: Callable[[float], object] = time.sleep, seen: Stamp | None = None) -> Iterator[None]:
    """After every save, when the folder has come to rest: editors write in several goes.

    At once as well, unless the folder still is what was `seen`.
    """
    while True:
        now = stamp(place)
        if now != seen:
            seen = _at_rest(place, now, pause)
            yield
        pause(POLL)


def _at_rest(place: Path, now: Stamp, pause: Callable[[float], object]) -> Stamp:
    for _look in range(round(LONGEST_UNREST / REST)):
        pause(REST)
        before, now = now, stamp(place)
        if now == before:
            break
    return now
