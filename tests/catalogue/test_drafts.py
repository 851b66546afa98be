"""A course while it is written: what a save makes new, and what the screen says."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from elearn.catalogue import draft
from elearn.catalogue.draft import Draft, saves, stamp
from elearn.catalogue.export import zipped
from elearn.catalogue.watch import watch
from tests.support.small_course import KINDS, edited, files

LESSON, QUIZ = "01-only/first-lesson/lesson.en.md", "01-only/the-check/quiz.yaml"


def write(root: Path, found: dict[str, bytes]) -> Path:
    for path, data in found.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


class Counting:
    """A kind of step that says which steps were compiled."""

    def __init__(self, kind):
        self._kind = kind
        self.name, self.endpoint = kind.name, kind.endpoint
        self.seen: list[str] = []

    def parse(self, source):
        self.seen.append(source.id)
        return self._kind.parse(source)

    def take(self) -> list[str]:
        seen, self.seen = self.seen, []
        return seen


@pytest.fixture
def counted() -> dict[str, Counting]:
    return {name: Counting(kind) for name, kind in KINDS.items()}


def test_only_the_step_that_was_saved_is_compiled_again(tmp_path: Path, counted: dict[str, Counting]) -> None:
    one = Draft(write(tmp_path, files()), counted)
    first = one.read()
    assert first.problems == () and first.course is not None
    assert counted["lesson"].take() == ["first-lesson", "second-lesson"] and counted["quiz"].take() == ["the-check"]
    write(tmp_path, edited(LESSON, "Somebody asks", "Someone asks"))
    second = one.read()
    assert counted["lesson"].take() == ["first-lesson"] and counted["quiz"].take() == []
    assert second.course is not None
    assert second.course.content_hash == Draft(tmp_path, KINDS).read().course.content_hash != first.course.content_hash


def test_a_problem_stays_until_it_is_mended(tmp_path: Path, counted: dict[str, Counting]) -> None:
    one = Draft(write(tmp_path, edited(LESSON, "step:second-lesson", "step:nowhere")), counted)
    told = one.read().problems
    assert [problem.path for problem in told] == [LESSON]
    write(tmp_path, edited(QUIZ, "pass: 50", "pass: 60") | {LESSON: (tmp_path / LESSON).read_bytes()})
    assert one.read().problems == told
    assert "second-lesson" not in counted["lesson"].take()[2:]
    write(tmp_path, files())
    assert one.read().problems == ()


def test_what_was_compiled_outlives_a_moment_in_which_nothing_can_be_read(
    tmp_path: Path, counted: dict[str, Counting]
) -> None:
    one = Draft(write(tmp_path, files()), counted)
    one.read()
    sheet = (tmp_path / "course.yaml").read_bytes()
    (tmp_path / "course.yaml").write_bytes(sheet[:100] + b'"')
    assert one.read().course is None
    (tmp_path / "course.yaml").unlink()
    assert [str(problem) for problem in one.read().problems] == ["course.yaml:1: this file is missing"]
    counted["lesson"].take()
    (tmp_path / "course.yaml").write_bytes(sheet)
    assert one.read().problems == ()
    assert counted["lesson"].take() == []


class Script:
    """A pause in which something happens; the last one is Ctrl-C."""

    def __init__(self, *acts: Callable[[], object]) -> None:
        self._acts = iter(acts)
        self.polls = 0

    def __call__(self, seconds: float) -> None:
        if seconds == draft.POLL:
            self.polls += 1
            act = next(self._acts, None)
            if act is None:
                raise KeyboardInterrupt
            act()


def touch_later(path: Path) -> None:
    """Saved again with the same length in the same millisecond, perhaps."""
    path.write_bytes(path.read_bytes())
    os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns + 1))


def test_every_kind_of_save_is_noticed_and_nothing_else(tmp_path: Path) -> None:
    folder = write(tmp_path, files())
    lesson = folder / LESSON
    acts = [
        lambda: touch_later(lesson),
        lambda: None,
        lambda: (folder / "01-only/new.md").write_text("new"),
        lambda: (folder / "01-only/new.md").unlink(),
        lambda: lesson.rename(folder / "01-only/first-lesson/lesson.ar.md"),
        lambda: (folder / "other").write_text("x") and os.replace(folder / "other", lesson),
        lambda: (folder / ".lesson.en.md.swp").write_text("of an editor"),
    ]
    script = Script(*acts)
    seen = []
    with pytest.raises(KeyboardInterrupt):
        for _save in saves(folder, script):
            seen.append(script.polls)
    assert seen == [0, 1, 3, 4, 5, 6]


def test_a_file_that_is_still_being_written_is_waited_for(tmp_path: Path) -> None:
    folder = write(tmp_path, files())
    lesson, parts = folder / LESSON, [b"---\n", b"title: x\n", b"---\n", b"\nText.\n"]
    seen: list[bytes] = []

    def pause(seconds: float) -> None:
        if seconds == draft.POLL and len(seen) == 2:
            raise KeyboardInterrupt
        if seconds == draft.POLL:
            lesson.write_bytes(parts.pop(0))
        elif seen and parts:  # while the folder is waited for
            with lesson.open("ab") as file:
                file.write(parts.pop(0))

    with pytest.raises(KeyboardInterrupt):
        for _save in saves(folder, pause):
            seen.append(lesson.read_bytes())
    assert seen == [files()[LESSON], b"---\ntitle: x\n---\n\nText.\n"]


def test_the_screen_says_what_is_wrong_and_that_it_is_mended(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "small", edited("course.yaml", "theme:", "colour: blue\ntheme:"))
    script = Script(lambda: write(folder, files()), lambda: (folder / "course.yaml").unlink())
    watch(folder, script)
    out, err = capsys.readouterr()
    assert f"{folder}/course.yaml:4: 'colour' is not a known key" in out
    assert f"{folder}: in order (3 steps, 45 minutes)" in out
    assert f"{folder}/course.yaml:1: this file is missing" in out
    assert [line.split("  ")[1].split(",")[0] for line in err.splitlines() if "looked at" in line] == [
        "1 problem",
        "in order",
        "1 problem",
    ]


def test_an_archive_is_a_draft_as_well(tmp_path: Path) -> None:
    archive = tmp_path / "course.zip"
    archive.write_bytes(zipped(files()))
    one = Draft(archive, KINDS)
    assert one.read().problems == ()
    before = stamp(archive)
    archive.write_bytes(zipped(edited("course.yaml", "theme:", "colour: blue\ntheme:")))
    assert stamp(archive) != before
    assert [str(problem) for problem in one.read().problems] == ["course.yaml:4: 'colour' is not a known key"]
