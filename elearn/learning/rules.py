"""Pure decisions about progress and completion."""

from collections.abc import Iterable
from dataclasses import dataclass


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


def completed(required: Iterable[int], done: Iterable[int]) -> bool:
    """Whether every required step is done. A course without required steps is never completed by itself."""
    needed = set(required)
    return bool(needed) and needed <= set(done)


@dataclass(frozen=True)
class Tally:
    """How far somebody is: steps done of all, in whole numbers that read as words."""

    done: int
    total: int

    @property
    def eighths(self) -> int:
        """Tips of the progress star: floor(8 · done / total)."""
        return 8 * self.done // self.total if self.total else 0
