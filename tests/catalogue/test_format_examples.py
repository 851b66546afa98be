"""docs/course-format.md tells the truth: every example in it compiles, and every key has one.

An example says with its fence which file it is: ```yaml quiz.yaml. One of Markdown is a lesson, or the text of one.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from elearn.catalogue.source import compile
from tests.support.course_assets import CAPTIONS, PDF, mp3, mp4, office
from tests.support.small_course import KINDS, SVG

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "course-format.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(?P<what>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LESSON = "01-foundations/what-is-a-cct/lesson.en.md"
PLACES = {
    "yaml course.yaml": "course.yaml",
    "yaml module.yaml": "01-foundations/module.yaml",
    "yaml glossary.yaml": "glossary.yaml",
    "yaml file.yaml": "01-foundations/budget-template/file.yaml",
    "yaml quiz.yaml": "01-foundations/check-foundations/quiz.yaml",
    "yaml translations.yaml": "translations.yaml",
    "markdown": LESSON,
}
IN_THREE = "title: {en: A, ar: A, fr: A}\n"
REST = "02-reaching-the-right-households"


def examples() -> list[tuple[int, str, str]]:
    """Line, kind and text of each."""
    return [
        (TEXT.count("\n", 0, found.start()) + 1, found["what"], found["body"])
        for found in FENCE.finditer(TEXT)
        if found["what"] not in ("", "json")
    ]


def first(what: str) -> bytes:
    return next(body for _line, kind, body in examples() if kind == what).encode()


def course() -> dict[str, bytes]:
    """The course that the document describes: its examples, and what they leave out."""
    lesson = b"---\ntitle: A lesson\n---\n\nText.\n\n## An idea {#idea}\n\nMore.\n"
    quiz = (
        IN_THREE.encode() + b"items:\n  - {id: one, type: truefalse, answer: true, text: {en: So?, ar: So?, fr: So?}}\n"
    )
    files = {path: first(what) for what, path in PLACES.items() if what.startswith("yaml")}
    del files["translations.yaml"]
    return {
        **files,
        LESSON: lesson,
        "01-foundations/how-ccts-spread/lesson.en.md": lesson,
        f"{REST}/module.yaml": b"id: rest\n"
        + IN_THREE.encode()
        + b"steps: [{id: final-quiz, kind: quiz, minutes: 9}]\n",
        f"{REST}/final-quiz/quiz.yaml": quiz,
        "assets/five-dials.en.svg": SVG.encode(),
        "assets/well.svg": SVG.encode(),
        "assets/budget.xlsx": office(".xlsx"),
        "assets/budget.fr.ods": office(".ods"),
        "assets/note.pdf": PDF,
        "assets/talk.mp3": mp3(),
        "assets/film.mp4": mp4(b"vide", b"soun"),
        "assets/film.en.vtt": CAPTIONS,
    }


def wrong(files: dict[str, bytes]) -> list[str]:
    found = compile(files, KINDS)
    return [str(problem) for problem in found] if isinstance(found, list) else []


def test_the_course_of_the_document_is_in_order():
    assert wrong(course()) == []


@pytest.mark.parametrize(("line", "what", "body"), examples(), ids=lambda value: str(value)[:30].strip())
def test_an_example_compiles(line: int, what: str, body: str):
    if what == "markdown" and not body.startswith("---\n"):
        body = f"---\ntitle: A lesson\n---\n\n{body}"
    assert wrong({**course(), PLACES[what]: body.encode()}) == [], f"docs/course-format.md:{line}"


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from keys(one)
    elif isinstance(value, list):
        for one in value:
            yield from keys(one)


def described(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema["properties"] if isinstance(schema.get("properties"), dict) else ()
        for one in schema.values():
            yield from described(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from described(one)


@pytest.mark.parametrize("kind", ["course", "module", "glossary", "quiz", "file", "lesson"])
def test_every_key_has_an_example(kind: str):
    schema = json.loads((ROOT / "docs" / "schema" / f"{kind}.schema.json").read_text(encoding="utf-8"))
    if kind == "lesson":
        texts = [body.split("---\n")[1] for _line, _what, body in examples() if body.startswith("---\n")]
    else:
        texts = [body for _line, what, body in examples() if what == f"yaml {kind}.yaml"]
    found = {key for text in texts for key in keys(yaml.safe_load(text))}
    assert set(described(schema)) - found == set()
