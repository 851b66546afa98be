"""`flask courses sync` and `export`: from a folder into the academy, saying what that changes, and back."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from elearn.catalogue import export, queries, service, sources
from elearn.catalogue.changes import Changes, People, Reach, StepShape
from elearn.catalogue.cli import courses, same_id
from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.effects import difference
from elearn.catalogue.models import VersionKind
from elearn.catalogue.reading import DIRECTORY, Found, find, say
from elearn.catalogue.yamlread import Problem
from elearn.core.db import unit_of_work
from elearn.core.errors import Refused
from elearn.core.i18n import clean_line

LONGEST_REASON = 300
SHIPPED = "The courses that come with the software were updated."
DONE = {
    None: "unchanged, version",
    VersionKind.TEXT: "correction published, version",
    VersionKind.STRUCTURAL: "published, version",
}
WORDS = {
    "required": "required",
    "minutes": "minutes",
    "pass_mark": "pass mark",
    "after": "waits for",
    "release_after": "opens after days",
    "result": "result",
    "certificate": "certificate",
    "order": "order",
    "optional": "optional steps needed",
    "default_language": "default language",
}


@courses.command("sync")
@DIRECTORY
@click.option("--reason", default="", help="Why, in one line, for those who train the course.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be published, and what that would change.")
def sync(directory: Path | None, reason: str, dry_run: bool) -> None:
    """Publish what has changed, and tell what that means for the people who are enrolled.

    A course with a problem is not touched; exits with 1 when there is one. A course that people are enrolled in changes
    only with a reason: it is asked for at a terminal, and given by --reason elsewhere. The shipped courses, which are
    meant when DIR is left out, need none.
    """
    reason = clean_line(reason) or (SHIPPED if directory is None else "")
    if len(reason) > LONGEST_REASON:
        raise click.BadParameter(f"one line, at most {LONGEST_REASON} characters", param_hint="--reason")
    all_well = True
    slugs: dict[str, Path] = {}
    for found in find(directory):
        try:
            problems = list(_sync(found, slugs, reason, dry_run))
        except Refused as refused:
            problems = [Problem("course.yaml", 1, str(refused))]
        for problem in problems:
            say(found.place, problem)
        all_well = all_well and not problems
    if not all_well:
        raise SystemExit(1)


def _sync(found: Found, slugs: dict[str, Path], reason: str, dry_run: bool) -> Iterable[Problem]:
    """Publish one course; what is wrong with it."""
    slug = found.slug()
    latest = sources.latest(slug)
    folder = sources.folder(found.files)
    if latest is not None and latest.synced_hash == folder.fingerprint and not found.refused:
        if clash := same_id(slug, found.place, slugs):
            return clash
        click.echo(f"{slug}: {DONE[None]} {latest.number}", err=True)
        return []
    course = found.compiled(sources.kept_steps(latest.version_id) if latest else {})
    if isinstance(course, list):
        return course
    if clash := same_id(course.slug, found.place, slugs):
        return clash
    changed, people = difference(course)
    if dry_run:
        _tell_plan(course, changed, people)
        return []
    if people.number and changed.reach is not Reach.NOBODY and not reason:
        reason = _asked_for(course, changed, people)
        if not reason:
            words = "people are enrolled in this course: say in one line why it changes (--reason)"
            return [Problem("course.yaml", 1, words)]
    with unit_of_work():
        done = service.publish(course, actor=None, reason=reason[:LONGEST_REASON], folder=folder)
    click.echo(f"{course.slug}: {DONE[done.kind]} {done.number}", err=True)
    for line in told(changed, people, done.number):
        click.echo(f"  {line}", err=True)
    return []


def _asked_for(course: CompiledCourse, changed: Changes, people: People) -> str:
    """The reason, from whoever sits at the terminal; '' where nobody does."""
    if not at_terminal():
        return ""
    _tell_plan(course, changed, people)
    return clean_line(click.prompt("Why, in one line", err=True))


def at_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def _tell_plan(course: CompiledCourse, changed: Changes, people: People) -> None:
    plan = {
        Reach.NOBODY: "unchanged",
        Reach.EVERYBODY: "would be published as a correction",
        Reach.NEWCOMERS: "would be published for the first time" if changed.first else "would be a new version",
    }
    if changed.other_kind:
        keys = ", ".join(changed.other_kind)
        raise Refused(f"published as another kind of step before, which an id never changes: {keys}")
    click.echo(f"{course.slug}: {plan[changed.reach]}", err=True)
    for line in told(changed, people):
        click.echo(f"  {line}", err=True)


def told(changed: Changes, people: People, number: int | None = None) -> Iterator[str]:
    """What changes, in lines."""
    if changed.first or changed.reach is Reach.NOBODY:
        return
    yield from _steps("added", changed.added)
    yield from _steps("taken up again", changed.returned, lambda step: "with the progress made in it before")
    yield from _steps("retired", changed.retired, lambda step: "the progress made in it is kept")
    for move in changed.moved:
        yield f"moved: {move.step.key}, from place {move.old} to {move.new}"
    for one in changed.altered:
        what = (f"{WORDS[name]} {_pair(*pair)}" for name, pair in one.what.items() if name != "marks")
        rest = ["questions, keys or settings"] if "marks" in one.what else []
        yield f"changed: {one.step.key}: {', '.join([*what, *rest])}"
    for name, pair in changed.rules.items():
        yield f"{WORDS[name]}: {_pair(*pair)}"
    for words, langs in zip(("language added", "language taken away"), changed.languages, strict=True):
        if langs:
            yield f"{words}: {', '.join(langs)}"
    if changed.minutes[0] != changed.minutes[1]:
        yield f"minutes in all: {_pair(*changed.minutes)}"
    for words, marked in (
        ("texts changed", changed.reworded),
        ("translations whose source has changed", changed.behind),
        ("translations up to date again", changed.caught_up),
    ):
        if marked:
            yield f"{words}: " + ", ".join(f"{key} ({' '.join(langs)})" for key, langs in marked.items())
    yield from _people(changed, people, number)


def _steps(
    word: str, steps: Iterable[StepShape], more: Callable[[StepShape], str] = lambda step: f"{step.minutes} minutes"
) -> Iterator[str]:
    for step in steps:
        yield f"{word}: {step.key} ({step.kind}, {more(step)})"


def _pair(old: Any, new: Any) -> str:
    return f"{_plain(old)} → {_plain(new)}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return "none" if value is None else str(value)


def _people(changed: Changes, people: People, number: int | None) -> Iterator[str]:
    if not people.number:
        yield "people: nobody is enrolled"
        return
    if reached := people.reached(changed):
        yield f"people: {reached} of {people.number} enrolled get it at once"
    for version, count in people.staying(changed).items():
        yield f"people: {count} of {people.number} enrolled stay on version {version}"
    if changed.reach is Reach.NEWCOMERS:
        yield f"people: whoever enrols from now on gets {f'version {number}' if number else 'the new version'}"


@courses.command("export")
@click.argument("slug")
@click.argument("directory", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option("--version", "number", type=int, help="An earlier version by its number; the latest when left out.")
@click.option("--zip", "archive", is_flag=True, help="Write one zip archive instead of a folder.")
@click.option("--force", is_flag=True, help="Write over what is there. Other files in a folder stay.")
def export_course(slug: str, directory: Path | None, number: int | None, archive: bool, force: bool) -> None:
    """Write the folder that a course was published from. Syncing it again changes nothing."""
    version = queries.version_of(slug, number)
    if version is None:
        what = f"version {number} of '{slug}'" if number else f"published course '{slug}'"
        raise click.ClickException(f"there is no {what}")
    files = sources.files_of(version)
    if not files:
        raise click.ClickException("this version was published before folders were kept: nothing to write")
    target = directory or Path(f"{slug}.zip" if archive else slug)
    try:
        others = [] if archive else export.write_folder(files, target, force=force)
        if archive:
            export.write_zip(files, target, force=force)
    except (Refused, OSError) as error:
        raise click.ClickException(str(error)) from error
    for other in others:
        click.echo(f"{target}/{other}: left as it is; the course has no such file", err=True)
    click.echo(f"{target}: {len(files)} files", err=True)
