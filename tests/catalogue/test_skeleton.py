"""`flask courses new`: what it writes is in order, in whatever languages, and shows everything there is."""

import re
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from elearn.assessment.items import TYPES
from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.kinds import RESERVED
from elearn.catalogue.skeleton import SAMPLE, skeleton
from elearn.catalogue.source import compile
from elearn.core.markup.blocks import KINDS as BLOCKS
from elearn.core.markup.syntax import OPENING_BOXES

pytestmark = pytest.mark.one_database
Command = Callable[..., Result]
CHOICES = [langs for count in (1, 2, 3) for langs in permutations(("en", "ar", "fr"), count)]


@pytest.mark.parametrize("langs", CHOICES, ids="-".join)
def test_it_is_in_order_in_any_languages(app: Flask, langs: tuple[str, ...]) -> None:
    course = compile(skeleton("a-new-course", langs), app.extensions["step_kinds"])
    assert isinstance(course, CompiledCourse), [str(problem) for problem in course]
    assert (course.slug, course.languages[0], set(course.languages)) == ("a-new-course", langs[0], set(langs))
    assert all(course.completeness(lang) == 1 for lang in langs)
    assert set(course.glossary[0].term) == set(langs)


def test_nothing_of_an_unwanted_language_is_left() -> None:
    files = skeleton("a-new-course", ["fr"])
    assert not [path for path in files if re.search(r"\.(en|ar)\.", path)]
    assert not re.search(r"[\u0600-\u06ff]", "".join(data.decode() for data in files.values()))
    assert b"my-course" not in files["course.yaml"]


def test_it_shows_every_kind_of_step_of_question_of_box_and_of_block(app: Flask) -> None:
    files = skeleton("a-new-course", ["en", "ar", "fr"])
    course = compile(files, app.extensions["step_kinds"])
    assert isinstance(course, CompiledCourse)
    assert set(course.kinds) == set(app.extensions["step_kinds"]) - set(RESERVED)
    quiz = next(step for step in course.steps if step.kind == "quiz")
    assert sorted(item["type"] for item in quiz.content.payload["items"]) == sorted(TYPES)
    for lang in ("en", "ar", "fr"):
        text = files[f"01-begin/first-lesson/lesson.{lang}.md"].decode()
        assert set(re.findall(r"^/// (\w+)", text, re.MULTILINE)) == set(BLOCKS)
        assert set(re.findall(r"^(?:!!!|\?\?\?) (\w+)", text, re.MULTILINE)) == set(OPENING_BOXES)


def test_its_translations_have_the_same_shape() -> None:
    """Headings, blocks, boxes, pictures and links of a translation are those of its source."""
    shapes = set()
    for lang in ("en", "ar", "fr"):
        text = (SAMPLE / f"01-begin/first-lesson/lesson.{lang}.md").read_text(encoding="utf-8")
        marks = r"\{#\w+\}|^/// \w*|^!!! \w+|\]\([^)]*?(?=\.\w\w\.csv|\))|^\[\^1\]:|^\*\[SMS\]"
        shapes.add(tuple(re.findall(marks, text, re.MULTILINE)))
    assert len(shapes) == 1


def test_new_writes_a_folder_that_passes_and_has_no_stale_translation(command: Command, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()  # what stands beside the course is nobody's obstacle
    folder = tmp_path / "begun"
    assert command("courses", "new", "begun", "--into", tmp_path, "--languages", "ar, fr").exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["begun", "other"]
    result = command("courses", "check", folder)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "in order (3 steps, 30 minutes)" in result.stderr
    again = command("courses", "new", "begun", "--into", tmp_path)
    assert again.exit_code == 1 and "is not empty" in again.stderr


def test_new_writes_into_the_present_folder_when_it_is_told_no_other(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = command("courses", "new", "begun", "--languages", "en")
    assert (result.exit_code, [path.name for path in tmp_path.iterdir()]) == (0, ["begun"])
    assert "flask courses preview begun" in result.stderr


@pytest.mark.parametrize("slug", ["Begun", "be gun", "be--gun", "../begun", "", "x" * 61])
def test_new_refuses_an_address_that_cannot_be_one(command: Command, tmp_path: Path, slug: str) -> None:
    assert command("courses", "new", slug, "--into", tmp_path / "courses").exit_code == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("languages", ["de", "", "en,de"])
def test_new_refuses_languages_that_are_not_ours(command: Command, tmp_path: Path, languages: str) -> None:
    assert command("courses", "new", "begun", "--into", tmp_path, "--languages", languages).exit_code == 2
