"""Pure decisions about courses: notional hours, lengths, which cards a filter leaves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

QUARTER = Decimal("0.25")


def hours(minutes: int) -> Decimal:
    """Notional hours to the nearest quarter, at least one quarter: 345 minutes are 5.75."""
    quarters = (Decimal(minutes) / 15).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return max(quarters, Decimal(1)) * QUARTER


class Length(StrEnum):
    """How long a course takes, as people ask for it."""

    SHORT = "short"  # up to three hours: an afternoon
    MEDIUM = "medium"  # up to eight hours: a day, or a few evenings
    LONG = "long"


def length(minutes: int) -> Length:
    """Which length a course has."""
    if minutes <= 3 * 60:
        return Length.SHORT
    return Length.MEDIUM if minutes <= 8 * 60 else Length.LONG


@dataclass(frozen=True)
class Traits:
    """What a course can be found by, beside its words."""

    theme: str
    level: str
    length: Length
    languages: frozenset[str]  # in which at least its title and one step are there


@dataclass(frozen=True)
class Wanted:
    """What somebody chose; '' means anything."""

    theme: str = ""
    language: str = ""
    level: str = ""
    length: str = ""

    def without(self, name: str) -> "Wanted":
        return replace(self, **{name: ""})

    def accepts(self, traits: Traits) -> bool:
        return (
            self.theme in ("", traits.theme)
            and self.level in ("", traits.level)
            and self.length in ("", traits.length)
            and (not self.language or self.language in traits.languages)
        )


FILTERS = ("theme", "language", "level", "length")


def counts(all_traits: Iterable[Traits], wanted: Wanted) -> Mapping[str, Mapping[str, int]]:
    """Per filter and choice, how many courses that choice would leave, the other filters as they are."""
    found: dict[str, dict[str, int]] = {name: {} for name in FILTERS}
    all_traits = list(all_traits)
    for name in FILTERS:
        others = wanted.without(name)
        for traits in all_traits:
            if others.accepts(traits):
                values = traits.languages if name == "language" else (str(getattr(traits, name)),)
                for value in values:
                    found[name][value] = found[name].get(value, 0) + 1
    return found
