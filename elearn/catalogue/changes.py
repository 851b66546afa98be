"""What publishing would change, for readers of the course and for those who are in the middle of it. Pure."""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.kinds import StepText


class Reach(StrEnum):
    """Whom a publishing reaches."""

    NOBODY = "nobody"  # nothing has changed
    NEWCOMERS = "newcomers"  # the first version, or a structural one: whoever is enrolled stays where she is
    EVERYBODY = "everybody"  # a correction


@dataclass(frozen=True)
class StepShape:
    """A step as far as versions differ in it. `marks` is compared, not read."""

    key: str
    kind: str
    title: str
    module: str
    position: int
    required: bool
    minutes: int
    pass_mark: int | None
    marks: str  # points, keys, settings: whatever else decides what an answer is worth
    after: tuple[str, ...]
    release_after: int | None
    texts: Mapping[str, StepText]


@dataclass(frozen=True)
class Shape:
    """A version, published or about to be."""

    steps: tuple[StepShape, ...]
    minutes: int
    rules: Mapping[str, Any]  # result step, certificate, order, how many optional steps, default language
    texts: Mapping[str, str]  # what the course says of itself, per language
    content_hash: str
    structure: str


@dataclass(frozen=True)
class Moved:
    """A step that stands in another place among those that were there before."""

    step: StepShape
    old: int
    new: int


@dataclass(frozen=True)
class Altered:
    """A step that stayed and counts differently: by name of the property, what it was and what it is."""

    step: StepShape
    what: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Changes:
    """The difference of two versions; `old` None: there was none."""

    reach: Reach
    first: bool = False
    added: tuple[StepShape, ...] = ()
    returned: tuple[StepShape, ...] = ()  # retired before, and taken up again with its progress
    retired: tuple[StepShape, ...] = ()
    moved: tuple[Moved, ...] = ()
    altered: tuple[Altered, ...] = ()
    reworded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # per step key, in which languages
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # likewise: their source has changed
    caught_up: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # likewise: stamped anew
    languages: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())  # that came, that went
    minutes: tuple[int, int] = (0, 0)
    rules: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    other_kind: tuple[str, ...] = ()  # steps that cannot be published: they were of another kind


def shape_of(course: CompiledCourse) -> Shape:
    """The shape of what was just compiled."""
    default = course.default_language
    steps = tuple(
        StepShape(
            key=step.key,
            kind=step.kind,
            title=step.content.texts[default].title,
            module=step.module,
            position=step.position,
            required=step.required,
            minutes=step.minutes,
            pass_mark=step.content.pass_mark,
            marks=digest([str(step.content.progress), step.content.points, step.content.payload]),
            after=step.after,
            release_after=step.release_after,
            texts=step.content.texts,
        )
        for step in course.steps
    )
    return Shape(
        steps=steps,
        minutes=course.minutes,
        rules=rules(course.result_step, course.certificate, course.order, course.optional_needed, default),
        texts={lang: digest(vars(text)) for lang, text in course.texts.items()},
        content_hash=course.content_hash,
        structure=course.structure,
    )


def rules(result: str | None, certificate: str | None, order: str, optional: int, default_lang: str) -> dict[str, Any]:
    """The rules of a course, by the names under which they are told."""
    return {
        "result": result,
        "certificate": certificate,
        "order": order,
        "optional": optional,
        "default_language": default_lang,
    }


def same_text(one: StepText | None, other: StepText | None) -> bool:
    """Whether both are the same words and pictures."""
    if one is None or other is None:
        return one is other
    if (one.title, one.html) != (other.title, other.html):
        return False
    return one.payload == other.payload or digest(one.payload) == digest(other.payload)


def digest(value: object) -> str:
    """Of plain JSON, whatever the order of keys."""
    written = json.dumps(value, sort_keys=True, ensure_ascii=False, default=dict)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def compare(old: Shape | None, new: Shape, identities: Mapping[str, str] | None = None) -> Changes:
    """What becomes of `old`. `identities`: the kind of every step that the course ever had, by its key."""
    known = identities or {}
    other_kind = tuple(step.key for step in new.steps if known.get(step.key, step.kind) != step.kind)
    if old is None:
        return Changes(Reach.NEWCOMERS, first=True, added=new.steps, minutes=(0, new.minutes), other_kind=other_kind)
    if old.content_hash == new.content_hash:
        return Changes(Reach.NOBODY, minutes=(old.minutes, new.minutes))
    before = {step.key: step for step in old.steps}
    after = {step.key: step for step in new.steps}
    came = [step for key, step in after.items() if key not in before]
    stayed = [(before[key], step) for key, step in after.items() if key in before]
    return Changes(
        reach=Reach.EVERYBODY if old.structure == new.structure else Reach.NEWCOMERS,
        added=tuple(step for step in came if step.key not in known),
        returned=tuple(step for step in came if step.key in known),
        retired=tuple(step for key, step in before.items() if key not in after),
        moved=tuple(_moved(stayed)),
        altered=tuple(Altered(one, what) for was, one in stayed if (what := _altered(was, one))),
        reworded={one.key: langs for was, one in stayed if (langs := _reworded(was.texts, one.texts))},
        behind={one.key: langs for was, one in stayed if (langs := _marked(was.texts, one.texts, stale=True))},
        caught_up={one.key: langs for was, one in stayed if (langs := _marked(was.texts, one.texts, stale=False))},
        languages=(_without(new.texts, old.texts), _without(old.texts, new.texts)),
        minutes=(old.minutes, new.minutes),
        rules={name: (old.rules.get(name), value) for name, value in new.rules.items() if old.rules.get(name) != value},
        other_kind=other_kind,
    )


def _without(langs: Iterable[str], others: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(lang for lang in langs if lang not in others)


def _reworded(old: Mapping[str, StepText], new: Mapping[str, StepText]) -> tuple[str, ...]:
    return tuple(lang for lang in dict.fromkeys([*new, *old]) if not same_text(old.get(lang), new.get(lang)))


def _marked(old: Mapping[str, StepText], new: Mapping[str, StepText], *, stale: bool) -> tuple[str, ...]:
    """In which languages the same text now is stale, or is no longer."""
    stayed = {lang: (old[lang], text) for lang, text in new.items() if lang in old and same_text(old[lang], text)}
    return tuple(lang for lang, (was, text) in stayed.items() if text.stale == stale != was.stale)


def _altered(old: StepShape, new: StepShape) -> dict[str, tuple[Any, Any]]:
    names = ("required", "minutes", "pass_mark", "after", "release_after")
    found = {name: (getattr(old, name), getattr(new, name)) for name in names}
    found = {name: pair for name, pair in found.items() if pair[0] != pair[1]}
    if old.marks != new.marks and "pass_mark" not in found:
        found["marks"] = ("", "")
    return found


def _moved(stayed: Sequence[tuple[StepShape, StepShape]]) -> Iterable[Moved]:
    """The fewest steps that have to be moved to get the new order; those of another module beside."""
    still = _longest_rising([was.position for was, _one in stayed])
    for place, (was, one) in enumerate(stayed):
        if place not in still or was.module != one.module:
            yield Moved(one, was.position, one.position)


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The places of a longest rising subsequence."""
    ends: list[int] = []  # per length, the smallest number that such a sequence can end with
    places: list[int] = []
    earlier: list[int | None] = []
    for place, number in enumerate(numbers):
        length = bisect_left(ends, number)
        earlier.append(places[length - 1] if length else None)
        ends[length:] = [number, *ends[length + 1 :]]
        places[length:] = [place, *places[length + 1 :]]
    found: set[int] = set()
    last = places[-1] if places else None
    while last is not None:
        found.add(last)
        last = earlier[last]
    return found


@dataclass(frozen=True)
class People:
    """Who is enrolled, by the number of the version they study."""

    by_version: Mapping[int, int]
    latest: int  # the structural version that a correction belongs to

    @property
    def number(self) -> int:
        return sum(self.by_version.values())

    def reached(self, changes: Changes) -> int:
        """How many of them see the new texts at once."""
        return self.by_version.get(self.latest, 0) if changes.reach is Reach.EVERYBODY else 0

    def staying(self, changes: Changes) -> Mapping[int, int]:
        """By version, how many of them stay with what they have."""
        stay = {
            number: count
            for number, count in sorted(self.by_version.items())
            if count and not (changes.reach is Reach.EVERYBODY and number == self.latest)
        }
        return {} if changes.reach is Reach.NOBODY else stay
