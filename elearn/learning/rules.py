"""Pure decisions about progress and completion: what is open to somebody, what counts, when a course is done."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

CENTURY = 36_525  # days; nobody waits longer, and no calendar ends before


@dataclass(frozen=True)
class Evidence:
    """Why a step counts: where it comes from (`read`, `quiz:2`), its score in per cent, whether it is done."""

    source: str
    score: float | None = None
    done: bool = True


def better(old: float | None, new: float | None) -> float | None:
    """The score that is kept: the best one."""
    scores = [score for score in (old, new) if score is not None]
    return max(scores) if scores else None


# --- what is open -------------------------------------------------------------------------------------------------


class Ruled(Protocol):
    """A step as these rules see it."""

    @property
    def step_id(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def after(self) -> tuple[str, ...]: ...
    @property
    def release_after(self) -> int | None: ...


@dataclass(frozen=True)
class Opening:
    """The moment from which days are counted for somebody, and the zone in whose calendar they are."""

    at: dt.datetime
    zone: str = "UTC"

    def later(self, days: int) -> dt.datetime:
        """So many days later at the same hour of the clock on the wall."""
        local = self.at.astimezone(ZoneInfo(self.zone))
        return (local + dt.timedelta(days=min(days, CENTURY))).astimezone(dt.UTC)


@dataclass(frozen=True)
class Closed:
    """Why a step is not open yet: what comes first (keys, in the order of the course), and the day it opens."""

    first: tuple[str, ...] = ()
    opens: dt.datetime | None = None


def closed_steps(
    steps: Sequence[Ruled], *, ordered: bool, done: Collection[int], opening: Opening, now: dt.datetime
) -> Mapping[str, Closed]:
    """The steps that are not open to somebody yet, by key; every other one is open.

    In an ordered course a required step waits for the required ones before it; of those the first that is not done is
    named. What is done stays open, whatever a later version asks for.
    """
    undone = {step.key: None for step in steps if step.step_id not in done}
    found: dict[str, Closed] = {}
    next_required = ""
    for step in steps:
        if step.key not in undone:
            continue
        wanted = {key for key in step.after if key in undone and key != step.key}
        if ordered and step.required:
            wanted |= {next_required} - {""}
            next_required = next_required or step.key
        opens = opening.later(step.release_after) if step.release_after is not None else None
        if opens is not None and opens <= now:
            opens = None
        if wanted or opens:
            found[step.key] = Closed(tuple(key for key in undone if key in wanted), opens)
    return found


# --- completion ---------------------------------------------------------------------------------------------------


def completed(
    required: Iterable[int], done: Iterable[int], optional: Iterable[int] = (), optional_needed: int = 0
) -> bool:
    """Whether every required step is done, and as many of the optional ones as are needed.

    A course that asks for nothing is never completed by itself.
    """
    needed, finished = set(required), set(done)
    if not needed and not optional_needed:
        return False
    return needed <= finished and len(finished & set(optional)) >= optional_needed


@dataclass(frozen=True)
class Tally:
    """How far somebody is: steps done of all, in whole numbers that read as words."""

    done: int
    total: int

    @property
    def eighths(self) -> int:
        """Tips of the progress star: floor(8 · done / total)."""
        return 8 * self.done // self.total if self.total else 0
