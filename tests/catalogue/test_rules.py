"""Hours, lengths and filters."""

from decimal import Decimal

import pytest

from elearn.catalogue.rules import Length, Traits, Wanted, counts, hours, length

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, "0.25"), (1, "0.25"), (20, "0.25"), (23, "0.5"), (60, "1"), (345, "5.75"), (352, "5.75"), (353, "6")],
)
def test_hours_are_counted_in_quarters(minutes: int, expected: str) -> None:
    assert hours(minutes) == Decimal(expected)


@pytest.mark.parametrize(
    ("minutes", "expected"), [(180, Length.SHORT), (181, Length.MEDIUM), (480, Length.MEDIUM), (481, Length.LONG)]
)
def test_lengths(minutes: int, expected: Length) -> None:
    assert length(minutes) == expected


A = Traits("waqf", "advanced", Length.LONG, frozenset({"en", "ar"}))
B = Traits("waqf", "introductory", Length.SHORT, frozenset({"en"}))
C = Traits("digital", "introductory", Length.SHORT, frozenset({"en", "fr"}))


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (Wanted(), [A, B, C]),
        (Wanted(theme="waqf"), [A, B]),
        (Wanted(theme="waqf", language="ar"), [A]),
        (Wanted(level="introductory", length="short"), [B, C]),
        (Wanted(theme="microfinance"), []),
    ],
)
def test_filters(wanted: Wanted, left: list[Traits]) -> None:
    assert [traits for traits in (A, B, C) if wanted.accepts(traits)] == left


def test_a_count_says_what_a_choice_would_leave_beside_the_others() -> None:
    found = counts([A, B, C], Wanted(theme="waqf", level="introductory"))
    assert found == {
        "theme": {"waqf": 1, "digital": 1},
        "language": {"en": 1},
        "level": {"advanced": 1, "introductory": 1},
        "length": {"short": 1},
    }
