"""`flask courses`: check and stamp course folders. Publishing stands in `cli_publish`, writing in `cli_write`."""

from pathlib import Path

import click
from flask.cli import AppGroup

from elearn.catalogue.comparison import differences_in
from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.reading import DIRECTORY, find, say
from elearn.catalogue.watch import watch
from elearn.catalogue.yamlread import Problem

courses = AppGroup("courses", help="Write, check, publish and export courses.")


@courses.command("check")
@DIRECTORY
@click.option("--watch", "watching", is_flag=True, help="Go on, and say it again after every save, until Ctrl-C.")
@click.option("--translations", "beside", is_flag=True, help="Also lay every translation beside its source.")
def check(directory: Path | None, watching: bool, beside: bool) -> None:
    """Report every problem as path:line: message. Exits with 1 when there is any."""
    if watching and beside:
        raise click.UsageError(
            "--watch and --translations do not go together: run the second when the first is content"
        )
    if watching:
        watch(directory)
        return
    all_well = True
    slugs: dict[str, Path] = {}
    for found in find(directory):
        course = found.compiled()
        problems = course if isinstance(course, list) else []
        if isinstance(course, CompiledCourse):
            problems = same_id(course.slug, found.place, slugs)
        if beside:
            problems = sorted({*problems, *differences_in(found.files)})
        for problem in problems:
            say(found.place, problem)
        all_well = all_well and not problems
        if isinstance(course, CompiledCourse) and not problems:
            for notice in course.notices:
                say(found.place, notice, "note: ")
            summary = f"in order ({len(course.steps)} steps, {course.minutes} minutes)"
            click.echo(f"{found.place}: {summary}", err=True)
    if not all_well:
        raise SystemExit(1)


def same_id(slug: str, place: Path, slugs: dict[str, Path]) -> list[Problem]:
    """A problem when another of the courses read has this id; notes it otherwise."""
    if slug in slugs:
        return [Problem("course.yaml", 1, f"'{slug}' is also the id of {slugs[slug]}")]
    slugs[slug] = place
    return []
