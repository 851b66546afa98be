"""The decisions of assessment: which attempt, until when, which items in which order, what score, what to reread.

Pure: values in, a decision out.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from math import floor

NOTHING = Fraction(0)  # what a blank earns
GRACE = timedelta(seconds=30)  # what a slow link may add to the time limit before an answer counts as late


# --- attempts -----------------------------------------------------------------------------------------------------


def allowed_attempts(limit: int | None, extra: int = 0) -> int | None:
    """How many attempts a person has in all; None when as many as she likes."""
    return None if limit is None else limit + extra


def next_attempt_number(taken: int, allowed: int | None) -> int | None:
    """The number of the attempt that may be started now, or None when none is left."""
    return taken + 1 if allowed is None or taken < allowed else None


def deadline(started: datetime, minutes: int | None, extra_seconds: int = 0) -> datetime | None:
    """When the time of an attempt is up; None without a time limit."""
    if minutes is None:
        return None
    return started + timedelta(minutes=minutes, seconds=extra_seconds)


def in_time(now: datetime, until: datetime | None) -> bool:
    """Whether an answer that arrives now still counts."""
    return until is None or now <= until + GRACE


class Arrival(StrEnum):
    """What an answer that arrives is, beside the one that is kept."""

    NEWER = "newer"
    REPEATED = "repeated"
    OLDER = "older"


def arrival(kept: tuple[int, str] | None, seq: int, client: str) -> Arrival:
    """Compare (seq, client) of an answer with the kept one's.

    Each device counts on from the highest number it has seen, so a higher number was given later, however late a lost
    link delivers it. Of equal numbers from two devices the first to arrive stays.
    """
    if kept is None or seq > kept[0]:
        return Arrival.NEWER
    return Arrival.REPEATED if client == kept[1] else Arrival.OLDER


# --- draw and order -----------------------------------------------------------------------------------------------


def shuffled(ids: Iterable[str], seed: str) -> tuple[str, ...]:
    """The ids in an order that only the seed decides: not the process, the language, nor the order they came in."""
    return tuple(sorted(ids, key=lambda key: sha256(f"{seed}\x1f{key}".encode()).digest()))


def drawn(ids: Sequence[str], *, seed: str, draw: int | None, shuffle: bool) -> tuple[str, ...]:
    """The items of one attempt in their order: `draw` of them at random, or all."""
    chosen = set(shuffled(ids, f"{seed}\x1fdraw")[:draw])
    kept = [key for key in ids if key in chosen]
    return shuffled(kept, f"{seed}\x1forder") if shuffle else tuple(kept)


# --- score --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Marked:
    """One item of an attempt that was handed in. `share` is None while a person still has to mark it."""

    key: str
    points: Fraction
    share: Fraction | None
    blank: bool = False
    objective: str | None = None
    reread: tuple[str, ...] = ()

    @property
    def earned(self) -> Fraction:
        return self.points * (self.share or 0)


class Outcome(StrEnum):
    """How an item went, as pages say it."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    BLANK = "blank"
    WAITING = "waiting"


def outcome(item: Marked) -> Outcome:
    """What to call the result of an item."""
    if item.blank:
        return Outcome.BLANK
    if item.share is None:
        return Outcome.WAITING
    if item.share == 1:
        return Outcome.RIGHT
    return Outcome.PARTLY if item.share else Outcome.WRONG


@dataclass(frozen=True)
class Score:
    """Points earned of points possible, exactly; `waiting` items still have to be marked by a person."""

    earned: Fraction
    possible: Fraction
    waiting: int = 0

    @property
    def percent(self) -> int:
        """Whole per cent, rounded down: 69.9 is never shown as the 70 that would have passed."""
        return floor(100 * self.earned / self.possible) if self.possible else 0

    def passes(self, mark: int | None) -> bool:
        """Whether it reaches a pass mark in per cent; without one, everything handed in does."""
        return mark is None or (self.possible > 0 and 100 * self.earned >= mark * self.possible)


def score(items: Iterable[Marked]) -> Score:
    """The score of an attempt."""
    marked = tuple(items)
    return Score(
        earned=sum((item.earned for item in marked), Fraction(0)),
        possible=sum((item.points for item in marked), Fraction(0)),
        waiting=sum(item.share is None for item in marked),
    )


def best(scores: Sequence[Score]) -> int | None:
    """The position of the attempt that counts: the best, and of equals the first."""
    if not scores:
        return None
    return max(range(len(scores)), key=lambda n: (scores[n].earned / (scores[n].possible or 1), -n))


def may_reveal(*, passed: bool, left: int | None) -> bool:
    """Whether right answers may be shown: once no attempt is left, or, where attempts have no limit, once passed."""
    return passed if left is None else left == 0


# --- feedback -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ObjectiveResult:
    """How the items of one objective went, and the lessons that help with those that went wrong."""

    objective: str | None
    right: int
    asked: int
    reread: tuple[str, ...]


def by_objective(
    items: Iterable[Marked], objectives: Sequence[str], lessons: Collection[str]
) -> tuple[ObjectiveResult, ...]:
    """Results by objective, in the course's order; items without an objective last."""
    groups: dict[str | None, list[Marked]] = {}
    for item in items:
        groups.setdefault(item.objective, []).append(item)
    order = [*(key for key in objectives if key in groups), *(key for key in groups if key not in objectives and key)]
    return tuple(
        ObjectiveResult(
            objective=key,
            right=sum(item.share == 1 for item in groups[key]),
            asked=len(groups[key]),
            reread=to_reread(groups[key], lessons),
        )
        for key in [*order, *([None] if None in groups else [])]
    )


def to_reread(items: Iterable[Marked], lessons: Collection[str]) -> tuple[str, ...]:
    """The lessons named by the items that were not fully right, each once, in the order of the course."""
    named = {step for item in items if item.share not in (None, 1) for step in item.reread}
    return tuple(step for step in lessons if step in named)
