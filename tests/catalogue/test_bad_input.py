"""What must never get in: each is told with path and line, and nothing of the course is stored."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from elearn.catalogue.models import Course
from elearn.core.db import db
from elearn.core.models import Blob
from tests.support.course_assets import office, zipped
from tests.support.small_course import SVG, edited, files, problems

LESSON, QUIZ = "01-only/first-lesson/lesson.en.md", "01-only/the-check/quiz.yaml"


def svg(inside: str) -> dict[str, bytes]:
    return {**files(), "assets/bars.svg": SVG.replace("</svg>", f"{inside}</svg>").encode()}


BAD: dict[str, tuple[dict[str, bytes] | bytes, str]] = {
    "an SVG with a script": (svg("<script>alert(1)</script>"), "assets/bars.svg:3: <script> is not allowed in an SVG"),
    "an SVG that listens": (svg('<rect onclick="x()"/>'), "assets/bars.svg:3: onclick= is not allowed in an SVG"),
    "a PNG that is none": (
        {**files(), "assets/a.png": b"GIF89a<script>"},
        "assets/a.png:1: not a readable PNG, JPEG or WebP picture",
    ),
    "HTML": (edited(LESSON, "Somebody", "<div>Somebody</div>"), f"{LESSON}:6: raw HTML is not allowed: <div>"),
    "a script": (edited(LESSON, "Somebody", "<script>x</script>"), f"{LESSON}:6: raw HTML is not allowed: <script>"),
    "a link that runs": (
        edited(LESSON, "step:second-lesson", "javascript:x()"),
        f"{LESSON}:19: this link leads nowhere",
    ),
    "no right answer": (edited(QUIZ, "correct: true", "correct: false"), f"{QUIZ}:15: exactly one option must be"),
    "digits of another script": (
        edited("01-only/module.yaml", "minutes: 20", "minutes: ٢٠"),
        "01-only/module.yaml:6: 'minutes' must be a number, written with the digits 0 to 9: '٢٠'",
    ),
    "front matter that is a list": (
        edited(LESSON, "title: Counting\nsummary: Why one counts.", "- Counting"),
        f"{LESSON}:2: must be a mapping of keys and values: lines such as 'title: …'",
    ),
    "front matter with a colon in it": (
        edited(LESSON, "title: Counting", "title: Counting: for whom"),
        f"{LESSON}:2: not valid YAML: mapping values are not allowed in this context (a text with a colon",
    ),
    "a tab": (
        edited("01-only/module.yaml", "  - id: first-lesson", "\t- id: first-lesson"),
        "01-only/module.yaml:4: not valid YAML: found character that cannot start any token (indent by blanks",
    ),
    "an encoding nobody knows": ({**files(), LESSON: b"---\ntitle: \x81\x8d\n---\n"}, f"{LESSON}:2: not UTF-8"),
    "macros": (
        {**files(), "assets/b.xlsx": office(".xlsx", {"xl/vbaProject.bin": b"x"})},
        "assets/b.xlsx:1: this document holds macros",
    ),
    "a path that leads out": (zipped({**files(), "../evil.md": b"x"}), "../evil.md:1: the path leads outside"),
    "an absolute path": (
        zipped({**files(), "/etc/cron.d/x": b"x"}),
        "/etc/cron.d/x:1: a path inside the course folder",
    ),
    "a bomb": (
        zipped({**files(), "assets/bomb.csv": b"0" * 1_900_000}),
        "assets/bomb.csv:1: packed more than 200 times",
    ),
    "10,001 files": (
        zipped({f"{number}.md": b"" for number in range(10_001)}, zipfile.ZIP_STORED),
        "course.yaml:1: this zip archive holds more than 10,000 files",
    ),
}


def test_a_folder_of_10000_files_is_told_once(command: Any, tmp_path: Path) -> None:
    for path, data in {**files(), **{f"assets/{number}.txt": b"" for number in range(10_000)}}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    result = command("courses", "check", tmp_path)
    assert result.exit_code == 1
    [line] = result.output.splitlines()
    assert line.startswith(f"{tmp_path}/course.yaml:1: the folder holds more than 3,000 files, from assets/")


@pytest.mark.parametrize("kind", ["assignment", "lessn"])
def test_a_step_of_a_wrong_kind_is_told_once_and_not_missed_elsewhere(kind: str) -> None:
    course = edited(
        "01-only/module.yaml", "id: second-lesson\n    kind: lesson", f"id: second-lesson\n    kind: {kind}"
    )
    [problem] = problems(course)
    assert problem.startswith("01-only/module.yaml:") and f"'{kind}'" in problem


@pytest.mark.parametrize("name", BAD)
@pytest.mark.one_database
def test_bad_input_is_told_and_nothing_of_it_stored(app: Any, command: Any, tmp_path: Path, name: str) -> None:
    course, expected = BAD[name]
    place = tmp_path / "course"
    if isinstance(course, bytes):
        place = tmp_path / "course.zip"
        place.write_bytes(course)
    else:
        for path, data in course.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(data)
    result = command("courses", "sync", place)
    assert result.exit_code == 1
    assert any(line.startswith(f"{place}/{expected}") for line in result.output.splitlines()), result.output
    assert db.session.scalar(select(func.count()).select_from(Course)) == 0
    assert db.session.scalar(select(func.count()).select_from(Blob)) == 0
    assert [path for path in (Path(app.config["DATA_DIR"]) / "blobs").rglob("*") if path.is_file()] == []
