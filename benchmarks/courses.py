"""What courses cost their writers: compiling a long lesson, and publishing a large course in which little has changed.

`python -m benchmarks.courses LESSONS ROUNDS` makes an instance in its environment, measures, and says on its last line
what it found.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import markdown
from flask import Flask

from benchmarks.server import ROOT
from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.kinds import StepKind
from elearn.catalogue.lesson import LESSON, take_apart
from elearn.catalogue.skeleton import skeleton
from elearn.catalogue.source import compile
from elearn.catalogue.stamp import stamp_folder
from elearn.demonstration import run_command

LANGUAGES = ("en", "ar", "fr")
WORDS = 1_620  # in the file, which makes 1,500 on the page
FOLDER = "01-begin/first-lesson"
LIST = """\
id: begin
title: {en: Module}
steps:
"""
STEP = "  - {id: %s, kind: lesson, minutes: 15}\n"
RUNNING = {
    "en": "A tired officer reads *one* page, and then asks what [the law](https://www.example.org) says of it; so the "
    "page **begins** with the question and answers it before it explains.",
    "ar": "يقرأ الموظف المتعب صفحة *واحدة*، ثم يسأل عمّا يقوله [القانون](https://www.example.org) فيها؛ لذلك **تبدأ** "
    "الصفحة بالسؤال وتجيب عنه قبل أن تشرحه.",
    "fr": "Un agent fatigué lit *une* page, puis demande ce que [la loi](https://www.example.org) en dit ; la page "
    "**commence** donc par la question et y répond avant d’expliquer.",
}


@dataclass(frozen=True)
class Costs:
    """Seconds, by round."""

    words: int  # of the lesson, in its source language
    compiled: list[float]  # that lesson, with every element of the format
    plain: list[float]  # the same text by Python-Markdown without extensions
    lessons: int
    whole: float  # publishing the whole course for the first time
    again: list[float]  # publishing it again with one changed lesson
    one: list[float]  # publishing again a course that is only that lesson, changed in the same way
    one_plain: list[float]  # its texts by Python-Markdown without extensions
    unchanged: list[float]  # looking at a folder in which nothing has changed


def long_lesson(lang: str) -> str:
    """The sample's lesson, which has every element, with running text up to its length."""
    text = skeleton("bench", LANGUAGES)[f"{FOLDER}/lesson.{lang}.md"].decode()
    text = text.replace("step:check-yourself", "#text")
    head, rest = text.split("\n## ", 1)
    count = 0
    paragraphs: list[str] = []
    while count + len(text.split()) < WORDS:
        paragraphs.append(f"{RUNNING[lang]} ({len(paragraphs) + 1})")
        count += len(RUNNING[lang].split())
    return f"{head}\n\n" + "\n\n".join(paragraphs) + f"\n\n## {rest}"


def course(lessons: int, languages: tuple[str, ...] = LANGUAGES) -> dict[str, bytes]:
    """The sample with so many long lessons in place of its steps."""
    found = {
        path: data
        for path, data in skeleton("bench", languages).items()
        if path.startswith("assets/") or path in ("course.yaml", "glossary.yaml")
    }
    found["course.yaml"] = found["course.yaml"].replace(b"completion:", b"# ").replace(b"  result:", b"# ")
    keys = [f"lesson-{number}" for number in range(1, lessons + 1)]
    found["01-begin/module.yaml"] = (LIST + "".join(STEP % key for key in keys)).encode()
    for lang in languages:
        text = long_lesson(lang)
        for key in keys:
            found[f"01-begin/{key}/lesson.{lang}.md"] = text.replace("{#text}", f"{{#text}}\n\n{key}").encode()
    return found


def compiled(files: Mapping[str, bytes]) -> CompiledCourse:
    kinds: dict[str, StepKind] = {LESSON.name: LESSON}
    found = compile(files, kinds)
    if isinstance(found, list):
        raise RuntimeError("\n".join(map(str, found[:20])))
    return found


def plain(text: str) -> str:
    parts = take_apart(text)
    return markdown.markdown(parts.body if parts else text)


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class Large:
    """A course in a folder, which is published and changed."""

    def __init__(self, folder: Path, lessons: int, slug: str, app: Flask) -> None:
        self._folder = folder
        self._app = app
        self._lesson = folder / f"01-begin/lesson-{(lessons + 1) // 2}/lesson.en.md"
        for path, data in course(lessons).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data.replace(b"id: bench", f"id: {slug}".encode()))
        stamp_folder(folder)

    def change(self, number: int) -> None:
        """Other words in one lesson, in its source language."""
        text = self._lesson.read_text(encoding="utf-8")
        self._lesson.write_text(text.replace("A tired", f"A {number} times tired", 1), encoding="utf-8")

    def sync(self) -> None:
        run_command(self._app, "courses", "sync", str(self._folder), "--reason", "to be measured")


def measured(lessons: int, rounds: int) -> Costs:
    """Everything, in an instance that was just made."""
    from elearn import create_app  # here: it reads the environment

    alone = course(1, ("en",))
    texts = {lang: long_lesson(lang) for lang in LANGUAGES}
    words = compiled(alone).steps[0].content.texts["en"].words
    plain(texts["en"])
    app = create_app()
    run_command(app, "db", "upgrade")
    times: dict[str, list[float]] = {
        name: [] for name in ("compiled", "plain", "again", "one", "one_plain", "unchanged")
    }
    with tempfile.TemporaryDirectory() as name:
        large, small = Large(Path(name, "large"), lessons, "bench", app), Large(Path(name, "small"), 1, "small", app)
        whole = seconds(large.sync)
        small.sync()
        for number in range(1, rounds + 1):
            large.change(number)
            small.change(number)
            for what, work in {
                "compiled": lambda: compiled(alone),
                "plain": lambda: plain(texts["en"]),
                "again": large.sync,
                "one": small.sync,
                "one_plain": lambda: [plain(text) for text in texts.values()],
                "unchanged": large.sync,
            }.items():
                times[what].append(seconds(work))
    return Costs(words=words, lessons=lessons, whole=whole, **times)


def measure(environment: dict[str, str], lessons: int, rounds: int) -> Costs:
    """In a process of its own, on an instance of its own."""
    command = [sys.executable, "-m", "benchmarks.courses", str(lessons), str(rounds)]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    return Costs(**json.loads(told.splitlines()[-1]))


if __name__ == "__main__":
    print(json.dumps(asdict(measured(int(sys.argv[1]), int(sys.argv[2])))))  # noqa: T201
