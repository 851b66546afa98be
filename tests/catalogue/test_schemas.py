"""The JSON Schemas that editors use and the compiler agree on what a file of a course may say.

Files are made up, in order and then with mistakes put into them, and judged by both. Each run makes up 150 others;
`COURSE_FILES=10000` makes it as many, `COURSE_SEED=…` takes up the run that a failure named. On 21 November 2026 both
judged 10,000 files alike, of which 5,076 had mistakes that a schema can see.
"""

import copy
import json
import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from elearn.catalogue.source import examine
from tests.support.course_assets import PDF
from tests.support.small_course import KINDS, SVG

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).parents[2]
SCHEMAS = {path.name.removesuffix(".schema.json"): path for path in sorted((ROOT / "docs" / "schema").glob("*.json"))}
COUNT = int(os.environ.get("COURSE_FILES", "150"))
SEED = int(os.environ.get("COURSE_SEED", str(random.randrange(2**32))))
PATHS = {
    "course": "course.yaml",
    "module": "01-only/module.yaml",
    "glossary": "glossary.yaml",
    "quiz": "01-only/the-check/quiz.yaml",
    "file": "01-only/the-file/file.yaml",
    "lesson": "01-only/first-lesson/lesson.en.md",
}

# What only somebody knows who sees the whole course, or compares one part of a file with another.
BEYOND = re.compile(
    r"'(en|ar|fr)' is (missing|empty)|'(en|ar|fr)' is not a language of this course|although|have the id|"
    r"there is no folder|"
    r"is not listed|the course has no objective|'after' names no|cannot come after itself|wait for each other|"
    r"in a course with 'order|'default_language' must be one of (?=.*: '(en|ar|fr)')|must be a step with a score|"
    r"'result' names no|'optional' asks for|'reread' names no|is not an objective of this course|'draw' asks for|"
    r"there is no such file|this link leads nowhere|the path leads outside|a file must stand|is a picture"
)


def words(rng: random.Random) -> Any:
    return rng.choice(
        ["Counting", "عدّ الأسر", "Compter « juste »", "a: b", "- c", "true", "null", "12", "x" * 200, 7, 2.5, True]
    )


def texts(rng: random.Random) -> dict[str, Any]:
    return {lang: words(rng) for lang in ("en", "ar", "fr")}


def some(rng: random.Random, document: dict[str, Any], *optional: str) -> dict[str, Any]:
    """The document with each of these keys left out, or empty, now and then."""
    for key in optional:
        chance = rng.random()
        if chance < 0.3:
            del document[key]
        elif chance < 0.35:
            document[key] = None
    return document


def course(rng: random.Random) -> dict[str, Any]:
    document = {
        "id": "small-course",
        "languages": rng.sample(["en", "ar", "fr"], 3),
        "default_language": "en",
        "theme": rng.choice(["cash-transfers", "microfinance", "waqf", "digital"]),
        "level": rng.choice(["introductory", "intermediate", "advanced"]),
        "title": texts(rng),
        "summary": texts(rng),
        "audience": texts(rng),
        "objectives": [{"id": f"o{number}", "text": texts(rng)} for number in range(1, rng.randint(2, 4))],
        "order": rng.choice(["free", "ordered"]),
        "completion": some(rng, {"result": "the-check", "optional": 0}, "result", "optional"),
        "limits": some(rng, {"text": rng.randint(5, 20), "pictures": rng.randint(1, 400)}, "text", "pictures"),
        "certificate": {"kind": "completion"},
        "credits": {
            lang: some(
                rng,
                {"written_by": "A team", "translated_by": "B", "reviewed_by": "C", "date": "2026-11-21"},
                *("written_by", "translated_by", "reviewed_by", "date"),
            )
            for lang in ("en", "ar", "fr")
        },
        "contact": "academy@example.org",
        "modules": ["01-only"],
    }
    return some(rng, document, "audience", "order", "completion", "limits", "certificate", "credits")


def module(rng: random.Random) -> dict[str, Any]:
    kinds = {"first-lesson": "lesson", "second-lesson": "lesson", "the-check": "quiz", "the-file": "file"}
    steps = [
        some(
            rng,
            {
                "id": step,
                "kind": kind,
                "minutes": rng.randint(1, 6000),
                "required": rng.random() < 0.5,
                "objectives": ["o1"],
                "after": list(kinds)[:place],
                "release_after": rng.randint(0, 3650),
            },
            *("required", "objectives", "after", "release_after"),
        )
        for place, (step, kind) in enumerate(kinds.items())
    ]
    return some(rng, {"id": "only", "title": texts(rng), "summary": texts(rng), "steps": steps}, "summary")


def glossary(rng: random.Random) -> dict[str, Any]:
    def term(number: int) -> dict[str, Any]:
        also = some(rng, {"en": ["PMT", 5], "ar": ["عدّ"], "fr": []}, "en", "ar", "fr")
        return some(rng, {"id": f"t{number}", "term": texts(rng), "definition": texts(rng), "also": also}, "also")

    terms = [term(number) for number in range(rng.randint(1, 3))]
    for one in terms:
        one["term"] = dict.fromkeys(one["term"], "short")
    return {"terms": terms}


def file(rng: random.Random) -> dict[str, Any]:
    one = "../../assets/note.pdf"
    which = rng.choice([one, {"en": one}, {"en": one, "fr": one, "ar": None}])
    return some(rng, {"title": texts(rng), "description": texts(rng), "file": which}, "description")


def lesson(rng: random.Random) -> dict[str, Any]:
    document = {"title": words(rng), "summary": words(rng), "translated_by": words(rng), "reviewed_by": words(rng)}
    return some(rng, document, "summary", "translated_by", "reviewed_by")


def item(rng: random.Random, number: int) -> dict[str, Any]:
    kind = rng.choice(["single", "multiple", "truefalse", "numeric"])
    document = {
        "id": f"i{number}",
        "type": kind,
        "objective": "o1",
        "reread": ["first-lesson"],
        "points": rng.choice([1, 2.5, 100]),
        "text": texts(rng),
        "feedback": texts(rng),
    }
    if kind in ("single", "multiple"):
        right = 1 if kind == "single" else 2
        document["options"] = [
            some(
                rng,
                {"id": f"a{place}", "text": texts(rng), "correct": place < right, "feedback": texts(rng)},
                "feedback",
            )
            for place in range(rng.randint(3, 12))
        ]
    elif kind == "truefalse":
        document["answer"] = rng.random() < 0.5
    else:
        document |= {"answer": rng.choice([41, -2, 41.67]), "tolerance": rng.choice([0, 0.25])}
        document["unit"] = rng.choice(["%", None, {"en": "km", "fr": "km"}])
    return some(rng, document, "objective", "reread", "points", "feedback")


def quiz(rng: random.Random) -> dict[str, Any]:
    document = {
        "title": texts(rng),
        "intro": texts(rng),
        "pass": rng.randint(1, 100),
        "attempts": rng.randint(1, 50),
        "time_limit": rng.randint(1, 600),
        "draw": 1,
        "shuffle": rng.random() < 0.5,
        "items": [item(rng, number) for number in range(rng.randint(1, 4))],
    }
    return some(rng, document, "intro", "pass", "attempts", "time_limit", "draw", "shuffle")


MAKERS: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "course": course,
    "module": module,
    "glossary": glossary,
    "quiz": quiz,
    "file": file,
    "lesson": lesson,
}
JUNK: list[Any] = [
    *(
        None,
        "",
        " ",
        "x",
        "x" * 50,
        "x" * 130,
        "x" * 5_000,
        "Ünï",
        "two words",
        "a-b",
        "-a",
        "٢٠",
        "12",
        "true",
        "2026-02-31",
    ),
    *(0, 1, -1, 5, 21, 101, 10_000, 10**20, 0.5, 1.5, True, False, [], ["x"], [None], {}, {"en": "x"}, {"tr": "x"}),
    *({"en": ""}, {"en": ["x"]}, [{}], [[]], "en", "single", "numeric", "lesson", "free", "completion", "a@b.c"),
]


def places(value: Any, parent: Any = None, key: Any = None) -> list[tuple[Any, Any]]:
    """Every place in a document where something stands: what holds it, and under which key or number."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return ([(parent, key)] if parent is not None else []) + [
        place for name, one in list(inner) for place in places(one, value, name)
    ]


def damage(rng: random.Random, document: dict[str, Any]) -> None:
    if not document:
        return
    parent, key = rng.choice(places(document))
    what = rng.choice(["junk", "junk", "junk", "lose", "twice", "unknown", "swap"])
    if what == "junk":
        parent[key] = copy.deepcopy(rng.choice(JUNK))
    elif what == "lose":
        del parent[key]
    elif what == "twice" and isinstance(parent, list):
        parent.insert(key, copy.deepcopy(parent[key]))
    elif what == "unknown" and isinstance(parent, dict):
        parent[rng.choice(["colour", "Title", "en ", "tr"])] = copy.deepcopy(rng.choice(JUNK))
    elif what == "swap":
        other, name = rng.choice(places(document))
        parent[key] = copy.deepcopy(other[name])


BASE = {
    "assets/bars.svg": SVG.encode(),
    "assets/note.pdf": PDF,
    "01-only/first-lesson/lesson.en.md": b"---\ntitle: A\n---\n\nText.\n",
    "01-only/second-lesson/lesson.en.md": b"---\ntitle: B\n---\n\nText.\n",
}


def written(document: object) -> bytes:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False).encode()


def judged(kind: str, document: object) -> list[str]:
    """What the compiler finds wrong with the file, in a course that is otherwise in order."""
    calm = random.Random(1)
    files = {**BASE, **{PATHS[one]: written(make(calm)) for one, make in MAKERS.items() if one != "lesson"}}
    files[PATHS[kind]] = written(document)
    if kind == "lesson":
        files[PATHS[kind]] = b"---\n" + files[PATHS[kind]] + b"---\n\nText.\n"
    _course, problems = examine(files, KINDS)
    return [problem.message for problem in problems if problem.path == PATHS[kind]]


def schema(kind: str) -> Any:
    return json.loads(SCHEMAS[kind].read_text(encoding="utf-8"))


def test_there_is_a_schema_for_each_kind_of_file():
    assert set(SCHEMAS) == set(MAKERS)


@pytest.mark.parametrize("kind", MAKERS)
def test_a_schema_is_valid_and_describes_every_key(kind: str):
    whole = schema(kind)
    Draft202012Validator.check_schema(whole)
    assert whole["$schema"] == Draft202012Validator.META_SCHEMA["$id"] and whole["description"]

    def undescribed(part: Any, path: str) -> list[str]:
        if isinstance(part, list):
            return [one for number, inner in enumerate(part) for one in undescribed(inner, f"{path}/{number}")]
        if not isinstance(part, dict):
            return []
        named = part.get("properties", {}) if part.get("additionalProperties") is False else {}
        missing = [f"{path}/{key}" for key, value in named.items() if not value.get("description")]
        return missing + [one for key, inner in part.items() for one in undescribed(inner, f"{path}/{key}")]

    assert undescribed(whole, kind) == []


@pytest.mark.parametrize("kind", MAKERS)
def test_a_file_in_order_is_in_order_for_both(kind: str):
    validator = Draft202012Validator(schema(kind))
    rng = random.Random(SEED)
    for _number in range(25):
        document = MAKERS[kind](rng)
        assert [error.message for error in validator.iter_errors(document)] == [], (SEED, document)
        assert judged(kind, document) == [], (SEED, document)


@pytest.mark.parametrize("kind", MAKERS)
def test_schema_and_compiler_agree(kind: str):
    validator = Draft202012Validator(schema(kind))
    rng = random.Random(SEED + 1)
    refused = 0
    for _number in range(COUNT // len(MAKERS) + 1):
        document = MAKERS[kind](rng)
        for _mistake in range(rng.randint(0, 3)):
            damage(rng, document)
        found = judged(kind, document)
        errors = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(document)]
        if errors:
            refused += 1
            assert found, (SEED, errors, written(document).decode())
        else:
            assert [one for one in found if not BEYOND.search(one)] == [], (SEED, found, written(document).decode())
    assert refused > COUNT / len(MAKERS) / 5, "hardly any mistake was made: the test proves little"
