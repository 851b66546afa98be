"""Pure decisions about completion records: what a filter says, which days it covers, what a purpose must be."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

PURPOSE_SHORTEST, PURPOSE_LONGEST = 10, 500
DAY = dt.timedelta(days=1)


class Affiliation(StrEnum):
    """Whether an administrator had confirmed, on the day of the completion, where the person works."""

    CONFIRMED = "confirmed"
    CLAIMED = "claimed"


@dataclass(frozen=True)
class Wanted:
    """Which completions are asked for; '' and None mean all. Days are UTC, the last one is included."""

    course: str = ""  # slug
    country: str = ""  # ISO code
    institution: str = ""  # code
    language: str = ""
    affiliation: str = ""
    sex: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    def without(self, name: str) -> "Wanted":
        """The same without one filter; the two days of a period count as one, under `since`."""
        gone: dict[str, Any] = {"since": None, "until": None} if name == "since" else {name: ""}
        return replace(self, **gone)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The filters in force, in the order in which they are read out."""
        names = [field.name for field in fields(self) if field.name != "until" and getattr(self, field.name)]
        if self.until and not self.since:
            names.append("since")
        return tuple(names)

    @property
    def begins(self) -> dt.datetime | None:
        """The first moment of the period."""
        return _midnight(self.since) if self.since else None

    @property
    def ends(self) -> dt.datetime | None:
        """The first moment after the period."""
        return _midnight(self.until) + DAY if self.until else None

    @property
    def year(self) -> int | None:
        """The calendar year that the period is, if it is one."""
        if self.since is None or self.until is None or self.since.year != self.until.year:
            return None
        whole = (self.since.month, self.since.day, self.until.month, self.until.day) == (1, 1, 12, 31)
        return self.since.year if whole else None

    def as_args(self) -> dict[str, str]:
        """As an address or the export log carries it: only what was chosen."""
        return {name: str(value) for name, value in asdict(self).items() if value}

    @classmethod
    def from_args(cls, args: Mapping[str, object]) -> "Wanted":
        """The inverse of `as_args`; what belongs to something else is left alone."""
        known: dict[str, Any] = {one.name: str(args[one.name]) for one in fields(cls) if args.get(one.name)}
        for name in ("since", "until"):
            known[name] = dt.date.fromisoformat(known[name]) if name in known else None
        return cls(**known)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def good_purpose(purpose: str) -> bool:
    """Long enough to say something: who reads the log must understand why the records were taken out."""
    return PURPOSE_SHORTEST <= len(purpose) <= PURPOSE_LONGEST
