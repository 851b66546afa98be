"""`flask courses`: what a writer and an administrator see at the terminal."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from elearn.catalogue.models import Course, CourseVersion
from elearn.core.db import db
from tests.support.small_course import changed, edited, files

pytestmark = pytest.mark.one_database
Command = Callable[..., Result]
LESSON, FRENCH = "01-only/first-lesson/lesson.en.md", "01-only/first-lesson/lesson.fr.md"


def write(root: Path, found: dict[str, bytes]) -> Path:
    for path, data in found.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def test_check_says_that_all_is_well(command: Command, tmp_path: Path) -> None:
    folder = write(tmp_path / "small", files())
    result = command("courses", "check", folder)
    assert result.exit_code == 0
    assert result.stdout == (
        f"{folder}/{FRENCH}:5: note: the source of 'fr' has changed: “Somebody asks **why**.[^1]” (lesson.en.md:6) "
        "(flask courses stamp)\n"
    )
    assert f"{folder}: in order (3 steps, 45 minutes)" in result.stderr


def test_check_prints_every_problem_of_every_course_and_exits_with_1(command: Command, tmp_path: Path) -> None:
    one = write(tmp_path / "one", edited("course.yaml", "id: small-course", "id: Small"))
    two = write(tmp_path / "two", changed({"notes.txt": "x"}))
    result = command("courses", "check", tmp_path)
    assert result.exit_code == 1
    assert [line.partition(": ")[0] for line in result.stdout.splitlines()] == [
        f"{one}/course.yaml:1",
        f"{two}/notes.txt:1",
    ]


def test_check_of_a_folder_without_a_course(command: Command, tmp_path: Path) -> None:
    result = command("courses", "check", tmp_path)
    assert result.exit_code == 1
    assert result.stdout == f"{tmp_path}/course.yaml:1: this file is missing\n"


def test_check_of_nothing(command: Command, tmp_path: Path) -> None:
    assert command("courses", "check", tmp_path / "nothing").exit_code == 2


def test_two_courses_of_the_same_id(command: Command, tmp_path: Path) -> None:
    write(tmp_path / "one", files())
    write(tmp_path / "two", files())
    result = command("courses", "check", tmp_path)
    assert result.exit_code == 1
    assert f"{tmp_path}/two/course.yaml:1: 'small-course' is also the id of {tmp_path}/one" in result.stdout


def test_sync_publishes_what_has_changed(app: Flask, command: Command, tmp_path: Path) -> None:
    folder = write(tmp_path, files())
    assert "small-course: published, version 1" in command("courses", "sync", folder).stderr
    assert "small-course: unchanged, version 1" in command("courses", "sync", folder).stderr
    write(folder, edited(LESSON, "Somebody asks", "Someone asks"))
    assert "small-course: correction published, version 2" in command("courses", "sync", folder).stderr
    write(folder, edited("01-only/module.yaml", "minutes: 20", "minutes: 25"))
    assert "small-course: published, version 3" in command("courses", "sync", folder).stderr


def test_sync_leaves_a_broken_course_as_it_was_and_publishes_the_others(
    app: Flask, command: Command, tmp_path: Path
) -> None:
    broken = write(tmp_path / "broken", files())
    assert command("courses", "sync", tmp_path).exit_code == 0
    write(broken, edited("course.yaml", "theme:", "colour: blue\ntheme:"))
    other = edited("course.yaml", "id: small-course", "id: other-course")
    write(tmp_path / "sound", other)
    result = command("courses", "sync", tmp_path)
    assert result.exit_code == 1
    assert f"{broken}/course.yaml:4: 'colour' is not a known key" in result.stdout
    assert "other-course: published, version 1" in result.stderr
    assert sorted(db.session.scalars(select(Course.slug))) == ["other-course", "small-course"]
    assert db.session.scalar(select(func.count()).select_from(CourseVersion)) == 2


def test_sync_tells_why_a_publishing_is_refused(app: Flask, command: Command, tmp_path: Path) -> None:
    folder = write(tmp_path, files())
    command("courses", "sync", folder)
    found = edited("01-only/module.yaml", "kind: lesson\n    minutes: 10", "kind: quiz\n    minutes: 10")
    (folder / "01-only/second-lesson/lesson.en.md").unlink()
    write(folder, {"01-only/module.yaml": found["01-only/module.yaml"]})
    write(folder, {"01-only/second-lesson/quiz.yaml": found["01-only/the-check/quiz.yaml"]})
    result = command("courses", "sync", folder)
    assert result.exit_code == 1
    assert "second-lesson" in result.stdout and "course.yaml:1: " in result.stdout
