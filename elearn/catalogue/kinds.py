"""The step kinds: what the domains above teach the compiler about their own steps.

The compiler knows the shape of a course (course, modules, steps, languages); a :class:`StepKind` knows what
stands in one step's folder. Pure: no database, no Flask, no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from elearn.catalogue.yamlread import Problem, Reader
from elearn.core.markup import Attachment, Heading

RESERVED = ("assignment", "questionnaire", "live")  # kinds whose domains come later


class Progress(StrEnum):
    """What makes a step done."""

    READ = "read"  # the trainee says so
    HAND_IN = "hand_in"  # an attempt was handed in, whatever its score
    PASS = "pass"  # an attempt reached the pass mark


@dataclass(frozen=True)
class StepText:
    """What a step says in one language. `payload` is JSON: what only the kind understands."""

    title: str
    html: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    images: tuple[str, ...] = ()  # paths inside the course folder, each an existing asset
    stale: bool = False  # a translation older than its source text
    source_hash: str = ""
    translated_by: str = ""
    reviewed_by: str = ""
    files: tuple[str, ...] = ()  # attachments and recordings, as `images`
    terms: tuple[str, ...] = ()  # keys of the glossary that the text refers to
    words: int = 0
    bytes: int | None = field(default=None, compare=False)  # on the wire, where that was measured before


@dataclass(frozen=True)
class StepContent:
    """A step as its kind read it: one text per language present, and what is the same in all languages."""

    texts: Mapping[str, StepText]
    progress: Progress
    payload: Mapping[str, Any] = field(default_factory=dict)
    points: float | None = None
    pass_mark: int | None = None  # per cent


class StepSource(Protocol):
    """What the compiler hands to a kind: the step's folder, read-only, and a place to report problems."""

    id: str
    folder: str  # path of the step's folder inside the course folder
    languages: tuple[str, ...]
    default_language: str
    step_ids: frozenset[str]  # every step id of the course, so that references can be checked
    lesson_ids: frozenset[str]
    objective_ids: frozenset[str]

    def names(self) -> tuple[str, ...]:
        """The file names in the step's folder."""

    def text(self, name: str) -> str | None:
        """A file of the folder as text; None (and a problem) when it is missing or in no known encoding."""

    def yaml(self, name: str) -> Reader | None:
        """A YAML mapping of the folder; None (and problems) when missing or broken."""

    def markdown(self, text: str, *, path: str, line: int, lang: str) -> "Html":
        """Sanitised HTML of a Markdown block; unknown images and broken links become problems."""

    def inline(self, text: str, *, path: str, line: int, lang: str) -> "Html":
        """Like markdown(), for one short text such as a question or an option: block tags allowed sparingly."""

    def attachment(self, reference: str, *, path: str, line: int) -> Attachment | None:
        """The file in the course's assets that a relative path means; None, and a problem, when there is none."""

    def problem(self, path: str, line: int, message: str) -> None:
        """Report a problem. `path` is inside the course folder."""


@dataclass(frozen=True)
class Html:
    """Rendered Markdown and what it refers to."""

    html: str
    images: tuple[str, ...] = ()
    outline: tuple[Heading, ...] = ()  # of markdown() only
    files: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    words: int = 0


class StepKind(Protocol):
    """One kind of step. Registered in `create_app()`; `name` is what stands in module.yaml as `kind`."""

    name: str
    endpoint: str  # of the page that shows such a step to a trainee; takes `slug` and `step`

    def parse(self, source: StepSource) -> StepContent | None:
        """Read the step's folder. None when it is too broken to say more (the problems are reported)."""


__all__ = ["RESERVED", "Html", "Problem", "Progress", "Reader", "StepContent", "StepKind", "StepSource", "StepText"]
