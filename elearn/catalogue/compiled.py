"""A course as the compiler understood it: frozen, complete, and comparable with another version of itself."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from elearn.catalogue.kinds import StepContent, StepText
from elearn.catalogue.yamlread import Problem

THEMES = ("cash-transfers", "microfinance", "waqf", "digital")
LEVELS = ("introductory", "intermediate", "advanced")
CERTIFICATES = ("completion",)
ORDERS = ("free", "ordered")
LINK = 64_000  # bits a second: the link that weights are told for


@dataclass(frozen=True)
class CourseText:
    """What the course says of itself in one language."""

    title: str
    summary: str
    audience: str = ""


@dataclass(frozen=True)
class Objective:
    """What one can do at the end."""

    key: str
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Credit:
    """Who stands behind the text in one language. `date` is an ISO date or ''."""

    written_by: str = ""
    translated_by: str = ""
    reviewed_by: str = ""
    date: str = ""


@dataclass(frozen=True)
class GlossaryTerm:
    """A word of the course and what it means, per language."""

    key: str
    term: Mapping[str, str]
    definition: Mapping[str, str]  # safe HTML
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # other words for the same

    def text(self, lang: str, default: str) -> tuple[str, str, str]:
        """(language really shown, term, definition): the one wanted, else the default one."""
        shown = lang if lang in self.term and lang in self.definition else default
        return shown, self.term[shown], self.definition[shown]


@dataclass(frozen=True)
class Asset:
    """A file that the course shows or hands out: a picture (which alone has a width), a document, a recording."""

    path: str
    data: bytes = field(repr=False)
    sha256: str
    mime: str
    width: int | None = None
    height: int | None = None

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def is_picture(self) -> bool:
        return self.mime.startswith("image/")


@dataclass(frozen=True)
class Module:
    """A part of the course."""

    key: str
    titles: Mapping[str, str]
    summaries: Mapping[str, str]


@dataclass(frozen=True)
class Weight:
    """What one step costs in one language: bytes on the wire, and time."""

    text: int  # compressed
    pictures: int
    files: int = 0  # attachments and recordings, each of which comes only when it is asked for
    minutes_to_read: int = 0  # at an average reader's pace, without the exercises

    @property
    def seconds(self) -> int:
        """How long text and pictures take on a slow link."""
        return math.ceil((self.text + self.pictures) * 8 / LINK)


@dataclass(frozen=True)
class Step:
    """A step in its place."""

    position: int  # from 1, through the whole course
    key: str
    module: str
    kind: str
    required: bool
    minutes: int
    objectives: tuple[str, ...]
    content: StepContent
    weights: Mapping[str, Weight]
    after: tuple[str, ...] = ()  # steps that must be done first
    release_after: int | None = None  # days after the offering opens
    source_key: str = ""  # equal as long as compiling this step again would give the same

    def text(self, lang: str, default: str) -> tuple[str, StepText]:
        """The language that is really shown for a wanted one, and the text in it."""
        shown = lang if lang in self.content.texts else default
        return shown, self.content.texts[shown]


@dataclass(frozen=True)
class CompiledCourse:
    """Everything that a version of a course consists of."""

    slug: str
    languages: tuple[str, ...]  # the default language first
    theme: str
    level: str
    texts: Mapping[str, CourseText]
    objectives: tuple[Objective, ...]
    result_step: str | None  # whose best score is the course's result
    certificate: str | None
    credits: Mapping[str, Credit]
    contact: str
    modules: tuple[Module, ...]
    steps: tuple[Step, ...]
    assets: tuple[Asset, ...]  # those that a text shows or hands out, by path
    order: str = "free"  # or "ordered": one step opens the next
    optional_needed: int = 0  # how many of the optional steps must be done as well
    glossary: tuple[GlossaryTerm, ...] = ()
    notices: tuple[Problem, ...] = ()  # nothing wrong, but worth a writer's look: stale translations

    @property
    def default_language(self) -> str:
        return self.languages[0]

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted({step.kind for step in self.steps}))

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    @cached_property
    def content_hash(self) -> str:
        """Equal when nobody could tell the two apart, whatever was done to the files."""
        whole: dict[str, Any] = {
            "slug": self.slug,
            "languages": self.languages,
            "texts": {lang: vars(text) for lang, text in self.texts.items()},
            "objectives": [[objective.key, dict(objective.texts)] for objective in self.objectives],
            "credits": {lang: vars(credit) for lang, credit in self.credits.items()},
            "contact": self.contact,
            "sheet": [self.theme, self.level],
            "modules": [[module.key, dict(module.titles), dict(module.summaries)] for module in self.modules],
            "assets": [[asset.path, asset.sha256] for asset in self.assets],
            "steps": [{lang: _plain(text) for lang, text in step.content.texts.items()} for step in self.steps],
            "structure": self.structure,
        }
        if self.glossary:
            whole["glossary"] = [[one.key, one.term, one.definition, one.also] for one in self.glossary]
        return _digest(whole)

    @cached_property
    def structure(self) -> str:
        """Equal as long as only texts and files differ: same steps, keys, marks, minutes and rules.

        What a course leaves at its default is left out here, so that a rule which is new to the format does not turn
        every course that was published before into another one.
        """
        rules: list[Any] = [self.default_language, self.result_step, self.certificate]
        if self.order != "free" or self.optional_needed:
            rules.append({"order": self.order, "optional": self.optional_needed})
        return _digest([*rules, [_structure(step) for step in self.steps]])

    def completeness(self, lang: str) -> float:
        """Which part of the steps speaks this language, between 0 and 1."""
        if not self.steps or lang not in self.texts:
            return 0.0
        return sum(lang in step.content.texts for step in self.steps) / len(self.steps)

    def weight(self, lang: str) -> int:
        """Bytes to study the whole course in a language: every text and every picture, once each."""
        shown = [step.text(lang, self.default_language) for step in self.steps]
        pictures = {name for _, text in shown for name in text.images}
        sizes = {asset.path: asset.size for asset in self.assets}
        texts = sum(step.weights[used].text for step, (used, _) in zip(self.steps, shown, strict=True))
        return texts + sum(sizes.get(name, 0) for name in pictures)  # in a draft one may be missing


def _structure(step: Step) -> list[Any]:
    content = step.content
    fixed = [step.position, step.key, step.module, step.kind, step.required, step.minutes, step.objectives]
    rules: dict[str, Any] = {"after": step.after} if step.after else {}
    if step.release_after is not None:
        rules["release_after"] = step.release_after
    marks = [content.progress, content.points, content.pass_mark, content.payload]
    return [*fixed, *marks, rules] if rules else [*fixed, *marks]


def _plain(text: StepText) -> dict[str, Any]:
    """What a reader is shown; not what is only computed from it."""
    return {
        key: dict(value) if isinstance(value, Mapping) else value
        for key, value in vars(text).items()
        if key not in ("files", "terms", "words", "bytes")
    }


def _digest(value: object) -> str:
    encoded = json.dumps(value, sort_keys=True, ensure_ascii=False, default=_jsonable)
    return hashlib.sha256(encoded.encode("utf-8", "surrogatepass")).hexdigest()


def _jsonable(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a step's payload must be plain JSON, not {type(value).__name__}")
