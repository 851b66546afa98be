"""What the bench shows of a draft: its steps, its problems, and where in the text each of them is. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from elearn.catalogue.compiled import CompiledCourse, Step
from elearn.catalogue.draft import Reading
from elearn.catalogue.yamlread import Problem

COURSE = "course"  # the page of the course itself; no step is called so in an address, steps stand below /step/
LINES_AROUND = 2
MOST_PLACES, LONGEST_PLACE = 6, 60
LOOK_UP = 40  # lines above a problem in which words are looked for that the page shows
_LANG = re.compile(r"\.([a-z]{2})\.[a-z]+\Z")
_TARGET = re.compile(r"\]\([^)]*\)|\{[^}]*\}|<[^>]*>|\[\^[^\]]*\]:?")
_MARKS = re.compile(r"[\[\]*_`!|<>\\]+|^\s*(?:#+|[-+>:]|\d+\.)\s+|^/// \w+|: ")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Entry:
    """A step in the list."""

    key: str
    kind: str
    lang: str  # of its title
    title: str
    minutes: int
    required: bool
    problems: int
    missing: bool  # it does not speak the wanted language
    stale: bool


@dataclass(frozen=True)
class Part:
    """A module in the list."""

    lang: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Remark:
    """A problem or a note, and how to find its place: in the file, and in the page that is shown."""

    path: str
    line: int
    message: str
    grave: bool
    step: str  # whose page it stands on; '' for none
    lang: str  # in which language of that page; '' for any
    places: tuple[str, ...]  # words near it as the page shows them, the nearest first
    around: tuple[tuple[int, str], ...]  # lines of the file


def parts(course: CompiledCourse, problems: Iterable[Problem], wanted: str) -> tuple[Part, ...]:
    """The list of the steps, module by module."""
    default = course.default_language
    counts: dict[str, int] = {}
    for problem in problems:
        counts[step_of(problem.path)] = counts.get(step_of(problem.path), 0) + 1
    found = []
    for module in course.modules:
        lang = wanted if wanted in module.titles else default
        entries = tuple(
            _entry(step, course, wanted, counts.get(step.key, 0)) for step in course.steps if step.module == module.key
        )
        found.append(Part(lang, module.titles.get(lang, module.key), entries))
    return tuple(found)


def _entry(step: Step, course: CompiledCourse, wanted: str, problems: int) -> Entry:
    lang, text = step.text(wanted, course.default_language)
    return Entry(
        key=step.key,
        kind=step.kind,
        lang=lang,
        title=text.title,
        minutes=step.minutes,
        required=step.required,
        problems=problems,
        missing=lang != wanted,
        stale=text.stale,
    )


def step_of(path: str) -> str:
    """The step in whose folder a file stands; '' for a file of the course or of a module."""
    folders = path.split("/")
    return folders[1] if len(folders) > 2 else ""


def remarks(reading: Reading, step: str) -> list[Remark]:
    """Everything that is to be said, what stands on the shown page first."""
    known = {one.key for one in reading.course.steps} if reading.course else set()
    files: dict[str, list[str]] = {}
    found = [
        _remark(problem, grave, known, _lines(problem.path, reading.files, files))
        for grave, problems in ((True, reading.problems), (False, reading.notices))
        for problem in problems
    ]
    return sorted(found, key=lambda one: (one.step != step, not one.grave))


def _lines(path: str, files: Mapping[str, bytes], read: dict[str, list[str]]) -> list[str]:
    if path not in read:
        text = files.get(path, b"") if path.endswith((".md", ".yaml", ".svg", ".vtt", ".csv", ".txt")) else b""
        read[path] = text.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return read[path]


def _remark(problem: Problem, grave: bool, known: set[str], lines: list[str]) -> Remark:
    step = step_of(problem.path)
    lang = _LANG.search(problem.path)
    first = max(1, problem.line - LINES_AROUND)
    around = lines[first - 1 : problem.line + LINES_AROUND] if lines != [""] else []
    return Remark(
        path=problem.path,
        line=problem.line,
        message=problem.message,
        grave=grave,
        step=step if step in known else "",
        lang=lang[1] if lang and step in known else "",
        places=places(lines, problem.line),
        around=tuple((number, text[:200]) for number, text in enumerate(around, start=first)),
    )


def places(lines: list[str], line: int) -> tuple[str, ...]:
    """Words at a line and at those above it, as they read once Markdown has become a page; nearest first."""
    found: dict[str, None] = {}
    for text in reversed(lines[max(0, line - LOOK_UP) : line]):
        if words := _words(text):
            found[words] = None
        if len(found) == MOST_PLACES:
            break
    return tuple(found)


def _words(text: str) -> str:
    """The longest stretch of a line that no markup interrupts, folded; '' where it says too little to be found by."""
    pieces = _MARKS.split(_TARGET.sub("|", text))
    longest = max((_NO_WORD.sub(" ", piece).strip().lower() for piece in pieces), key=len)
    return longest[:LONGEST_PLACE].rsplit(" ", 1)[0] if len(longest) > LONGEST_PLACE else longest * (len(longest) > 3)
