"""`flask courses`: check, publish and stamp course folders."""

import os
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from elearn.catalogue import service
from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.folder import courses_in, read_folder
from elearn.catalogue.models import VersionKind
from elearn.catalogue.source import compile
from elearn.catalogue.stamp import stamp_folder
from elearn.catalogue.yamlread import Problem
from elearn.core.db import unit_of_work
from elearn.core.errors import Refused

courses = AppGroup("courses", help="Check, publish and stamp courses.")
DIRECTORY = click.argument(
    "directory", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="[DIR]"
)


def _folders(directory: Path | None) -> list[Path]:
    """The courses meant: those shipped, a folder of courses, or one course."""
    directory = directory or Path(os.path.relpath(Path(current_app.root_path).parent / "courses"))
    return courses_in(directory) or [directory]  # without a course.yaml, which is then what is wrong


def _read(folder: Path) -> CompiledCourse | list[Problem]:
    files, refused = read_folder(folder)
    return compile(files, current_app.extensions["step_kinds"], refused)


def _say(folder: Path, problem: Problem, note: str = "") -> None:
    click.echo(f"{folder}/{problem.path}:{problem.line}: {note}{problem.message}")


def _checked(folders: list[Path], *, notes: bool = False) -> tuple[list[tuple[Path, CompiledCourse]], bool]:
    """The courses that are in order, and whether every one is; says what is wrong with the others."""
    sound: list[tuple[Path, CompiledCourse]] = []
    all_well = True
    slugs: dict[str, Path] = {}
    for folder in folders:
        course = _read(folder)
        problems = course if isinstance(course, list) else []
        if isinstance(course, CompiledCourse) and course.slug in slugs:
            problems = [Problem("course.yaml", 1, f"'{course.slug}' is also the id of {slugs[course.slug]}")]
        for problem in problems:
            _say(folder, problem)
        if isinstance(course, CompiledCourse) and not problems:
            for notice in course.notices if notes else ():
                _say(folder, notice, "note: ")
            slugs[course.slug] = folder
            sound.append((folder, course))
        all_well = all_well and not problems
    return sound, all_well


@courses.command("check")
@DIRECTORY
def check(directory: Path | None) -> None:
    """Report every problem as path:line: message. Exits with 1 when there is any."""
    sound, all_well = _checked(_folders(directory), notes=True)
    for folder, course in sound:
        click.echo(f"{folder}: in order ({len(course.steps)} steps, {course.minutes} minutes)", err=True)
    if not all_well:
        raise SystemExit(1)


@courses.command("sync")
@DIRECTORY
def sync(directory: Path | None) -> None:
    """Publish what has changed. A course with a problem is not touched; exits with 1 when there is one."""
    sound, all_well = _checked(_folders(directory))
    for folder, course in sound:
        try:
            with unit_of_work():
                done = service.publish(course, actor=None, reason="flask courses sync")
        except Refused as refused:
            _say(folder, Problem("course.yaml", 1, str(refused)))
            all_well = False
            continue
        words = {
            None: "unchanged, version",
            VersionKind.TEXT: "correction published, version",
            VersionKind.STRUCTURAL: "published, version",
        }
        click.echo(f"{course.slug}: {words[done.kind]} {done.number}", err=True)
    if not all_well:
        raise SystemExit(1)


@courses.command("stamp")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
def stamp(directory: Path) -> None:
    """Mark every translation as brought up to date with the present text of its source."""
    count = 0
    for folder in _folders(directory):
        for path in stamp_folder(folder):
            click.echo(path)
            count += 1
    click.echo(f"{count} translations stamped", err=True)
