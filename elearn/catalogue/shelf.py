"""The shelf: published versions, immutable, kept ready in the process; a page asks only what belongs to the person.

Bounded; outlines are keyed by version, texts by version, step and language.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar

from flask import Flask, current_app
from sqlalchemy import exists, func, select

from elearn.catalogue.kinds import Progress
from elearn.catalogue.models import (
    Course,
    CourseVersion,
    Step,
    VersionAsset,
    VersionStep,
    VersionStepText,
    VersionTerm,
    VersionText,
)
from elearn.core.db import db
from elearn.core.models import Blob
from elearn.core.ready import READY_PAGES

Kept = TypeVar("Kept")
MOST_OUTLINES, MOST_TEXTS = 100, 2000
SHELF, SHOWCASE, SHARED_PAGES, _ready = KEPT = ("elearn_shelf", "elearn_showcase", "elearn_shared_pages", READY_PAGES)


@dataclass(frozen=True)
class StepTitle:
    """A step in one language, as lists show it. Weights in bytes."""

    title: str
    bytes: int
    image_bytes: int
    stale: bool


@dataclass(frozen=True)
class OutlineStep:
    """A step of a version in its place."""

    step_id: int  # its identity: progress
    version_step_id: int  # its appearance: attempts
    key: str
    kind: str
    module: str
    position: int
    required: bool
    minutes: int
    progress: Progress
    pass_mark: int | None
    objectives: tuple[str, ...]
    titles: Mapping[str, StepTitle]
    settings: Mapping[str, Any]  # what the kind says for all languages, in plain values; lists by their length
    after: tuple[str, ...] = ()  # keys of the steps that have to be done before
    release_after: int | None = None  # days after the opening


@dataclass(frozen=True)
class CourseTitle:
    """The course in one language. `payload`: audience, objectives {id: text}, modules {key: {title, …}}, credits."""

    title: str
    summary: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Outline:
    """A version without its long texts. `glossary`: whether it has one."""

    version_id: int
    course_id: int
    slug: str
    minutes: int
    theme: str
    level: str
    rules: Mapping[str, Any]
    glossary: bool
    default_lang: str
    texts: Mapping[str, CourseTitle]
    steps: tuple[OutlineStep, ...]

    @property
    def ordered(self) -> bool:
        """Whether a required step opens only when the required ones before it are done."""
        return bool(self.rules.get("order") == "ordered")

    @cached_property
    def free(self) -> bool:
        """Whether every step is open to everybody from the beginning."""
        return not self.ordered and not any(step.after or step.release_after is not None for step in self.steps)

    @cached_property
    def sample(self) -> OutlineStep | None:
        """The first lesson that is open to everybody from the beginning, and so to anybody."""
        waits = False  # for a required step before it
        for step in self.steps:
            if step.kind == "lesson" and not (step.after or step.release_after or (waits and step.required)):
                return step
            waits = waits or (self.ordered and step.required)
        return None

    @property
    def optional_needed(self) -> int:
        """How many of the optional steps belong to completing the course."""
        return int(self.rules.get("optional") or 0)

    def step(self, key: str) -> OutlineStep | None:
        return next((step for step in self.steps if step.key == key), None)

    def text(self, lang: str) -> tuple[str, CourseTitle]:
        """(language really shown, text): the one wanted, else the default one."""
        shown = lang if lang in self.texts else self.default_lang
        return shown, self.texts[shown]

    def title(self, step: OutlineStep, lang: str) -> tuple[str, StepTitle]:
        """(language really shown, title) of a step: the one wanted, else the default one."""
        shown = lang if lang in step.titles else self.default_lang
        return shown, step.titles[shown]

    def module_title(self, module: str, lang: str) -> tuple[str, str]:
        """(language really shown, title) of a module."""
        for shown in (lang, self.default_lang):
            if shown in self.texts and module in self.texts[shown].payload.get("modules", {}):
                return shown, self.texts[shown].payload["modules"][module]["title"]
        return self.default_lang, module


@dataclass(frozen=True)
class StepPage:
    """What a step says in one language. `lang` is the language really shown; `words` 0 where they were not counted."""

    lang: str
    title: str
    html: str
    payload: Mapping[str, Any]
    bytes: int
    image_bytes: int
    stale: bool
    words: int
    file_bytes: int  # of attachments and recordings


@dataclass(frozen=True)
class TermText:
    """A term of the glossary in one language. `definition` is safe HTML."""

    term: str
    definition: str
    also: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """A term of the glossary in the languages it has."""

    key: str
    texts: Mapping[str, TermText]


class _Shelf:
    """A bounded map of what never changes; the longest unused goes first."""

    def __init__(self, most: int):
        self._most = most
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, read: Callable[[], Kept | None]) -> Kept | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]  # type: ignore[no-any-return]
        found = read()
        # What is read inside a write transaction may yet be undone, and its ids given to something else.
        if found is not None and not db.session().info.get("writing"):
            with self._lock:
                self._kept[key] = found
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return found


def _shelves() -> tuple[_Shelf, _Shelf]:
    kept: tuple[_Shelf, _Shelf] = current_app.extensions.setdefault(SHELF, (_Shelf(MOST_OUTLINES), _Shelf(MOST_TEXTS)))
    return kept


def clear(app: Flask) -> None:
    """Forget everything kept; for tests, whose databases begin anew with the same ids."""
    for name in KEPT:
        app.extensions.pop(name, None)


def outline(version_id: int) -> Outline | None:
    """The version's outline; four statements the first time, none afterwards."""
    return _shelves()[0].get(version_id, lambda: _read_outline(version_id))


def page(version_id: int, step: OutlineStep, lang: str) -> StepPage | None:
    """A step's text in a language it has (`Outline.title` says which); one statement the first time."""
    return _shelves()[1].get((version_id, step.version_step_id, lang), lambda: _read_page(step.version_step_id, lang))


def glossary(version_id: int) -> tuple[Term, ...]:
    """The version's terms; one statement the first time, none afterwards."""
    return _shelves()[1].get(("glossary", version_id), lambda: _read_glossary(version_id)) or ()


def _read_outline(version_id: int) -> Outline | None:
    row: Any = db.session.execute(
        select(
            CourseVersion.course_id,
            Course.slug,
            CourseVersion.minutes,
            CourseVersion.theme,
            CourseVersion.level,
            CourseVersion.rules,
            exists().where(VersionTerm.version_id == version_id).label("glossary"),
        )
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.id == version_id)
    ).first()
    if row is None:
        return None
    texts = db.session.execute(
        select(VersionText.lang, VersionText.title, VersionText.summary, VersionText.payload).where(
            VersionText.version_id == version_id
        )
    ).all()
    return Outline(
        version_id=version_id,
        **row._mapping,
        default_lang=row.rules["default_lang"],
        texts={
            lang: CourseTitle(title, summary, _in_order(payload, row.rules)) for lang, title, summary, payload in texts
        },
        steps=_read_steps(version_id),
    )


def _in_order(payload: dict[str, Any], rules: Mapping[str, Any]) -> dict[str, Any]:
    """The objectives as the course lists them: PostgreSQL keeps the keys of a document in an order of its own."""
    texts = payload["objectives"]
    return {**payload, "objectives": {key: texts[key] for key in rules["objectives"] if key in texts}}


def _read_steps(version_id: int) -> tuple[OutlineStep, ...]:
    steps: Any = db.session.execute(
        select(VersionStep, Step.key)
        .join(Step, Step.id == VersionStep.step_id)
        .where(VersionStep.version_id == version_id)
        .order_by(VersionStep.position)
    ).all()
    rows: Any = db.session.execute(
        select(
            VersionStepText.version_step_id,
            VersionStepText.lang,
            VersionStepText.title,
            VersionStepText.bytes,
            VersionStepText.image_bytes,
            VersionStepText.stale,
        )
        .join(VersionStep, VersionStep.id == VersionStepText.version_step_id)
        .where(VersionStep.version_id == version_id)
    )
    titles: dict[int, dict[str, StepTitle]] = {}
    for row in rows:
        titles.setdefault(row[0], {})[row[1]] = StepTitle(*row[2:])
    return tuple(_outline_step(step, key, titles[step.id]) for step, key in steps)


def _outline_step(step: VersionStep, key: str, titles: Mapping[str, StepTitle]) -> OutlineStep:
    return OutlineStep(
        step_id=step.step_id,
        version_step_id=step.id,
        key=key,
        kind=step.kind,
        module=step.module_key,
        position=step.position,
        required=step.required,
        minutes=step.minutes,
        progress=step.progress,
        pass_mark=step.pass_mark,
        objectives=tuple(step.objectives),
        titles=titles,
        settings={
            name: len(value) if isinstance(value, list) else value
            for name, value in step.payload.items()
            if not isinstance(value, dict)
        },
        after=tuple(step.after),
        release_after=step.release_after,
    )


def _read_page(version_step_id: int, lang: str) -> StepPage | None:
    row: Any = db.session.execute(
        select(
            VersionStepText.lang,
            VersionStepText.title,
            VersionStepText.html,
            VersionStepText.payload,
            VersionStepText.bytes,
            VersionStepText.image_bytes,
            VersionStepText.stale,
            VersionStepText.words,
            VersionStepText.rest,
        ).where(VersionStepText.version_step_id == version_step_id, VersionStepText.lang == lang)
    ).first()
    if row is None:
        return None
    values = dict(row._mapping)
    files = values.pop("rest").get("files") or ()
    return StepPage(**values, file_bytes=_file_bytes(version_step_id, files))


def _file_bytes(version_step_id: int, paths: Iterable[str]) -> int:
    """What the files of a text weigh. One statement where there are any."""
    if not paths:
        return 0
    found = (
        select(func.sum(Blob.size))
        .join(VersionAsset, VersionAsset.blob_sha == Blob.sha256)
        .join(VersionStep, VersionStep.version_id == VersionAsset.version_id)
        .where(VersionStep.id == version_step_id, VersionAsset.path.in_(paths))
    )
    return int(db.session.scalar(found) or 0)


def _read_glossary(version_id: int) -> tuple[Term, ...]:
    rows: Any = db.session.execute(
        select(VersionTerm.key, VersionTerm.lang, VersionTerm.term, VersionTerm.definition, VersionTerm.also)
        .where(VersionTerm.version_id == version_id)
        .order_by(VersionTerm.key, VersionTerm.lang)
    )
    found: dict[str, dict[str, TermText]] = {}
    for key, lang, term, definition, also in rows:
        found.setdefault(key, {})[lang] = TermText(term, definition, tuple(also))
    return tuple(Term(key, texts) for key, texts in found.items())
