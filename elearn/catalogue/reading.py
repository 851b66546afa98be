"""Where the commands find courses, and how they name a place in one."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
from flask import current_app

from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.files import Files
from elearn.catalogue.folder import courses_in, read_folder
from elearn.catalogue.kinds import StepContent
from elearn.catalogue.sheet import COURSE, read_sheet
from elearn.catalogue.source import compile
from elearn.catalogue.yamlread import Problem

DIRECTORY = click.argument("directory", required=False, type=click.Path(exists=True, path_type=Path), metavar="[DIR]")


@dataclass(frozen=True)
class Found:
    """A course as it stands on the disk; `place` as the writer calls it."""

    place: Path
    files: Mapping[str, bytes]
    refused: tuple[Problem, ...]  # what was not read, and why

    def compiled(self, kept: Mapping[str, StepContent] | None = None) -> CompiledCourse | list[Problem]:
        """The course, or every problem. `kept`: see `compile`."""
        return compile(self.files, current_app.extensions["step_kinds"], self.refused, kept or {})

    def slug(self) -> str:
        """The id that its course.yaml gives it; '' where that cannot be told."""
        ignored: list[Problem] = []
        sheet = read_sheet(Files({COURSE: self.files.get(COURSE, b"")}, ignored.append), ignored.append)
        return sheet.slug if sheet else ""


def shipped() -> Path:
    """The folder of the courses that come with the software, as seen from here."""
    return Path(os.path.relpath(Path(current_app.root_path).parent / "courses"))


def places(directory: Path | None) -> list[Path]:
    """The courses meant: those shipped, a folder of courses, or one course."""
    directory = directory or shipped()
    return courses_in(directory) or [directory]  # without a course.yaml, which is then what is wrong


def find(directory: Path | None) -> Iterator[Found]:
    """Read them, one after the other."""
    for place in places(directory):
        files, refused = read_folder(place)
        yield Found(place, files, tuple(refused))


def say(place: Path, problem: Problem, note: str = "") -> None:
    """Print a problem so that an editor can open it."""
    click.echo(f"{place}/{problem.path}:{problem.line}: {note}{problem.message}")
