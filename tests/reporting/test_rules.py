"""What a filter says, and which days it covers."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.reporting.rules import PURPOSE_LONGEST, Wanted, good_purpose

WORDS = st.sampled_from(["", "a-course", "NE"])
WANTED = st.builds(
    Wanted, course=WORDS, country=WORDS, language=WORDS, since=st.none() | st.dates(), until=st.none() | st.dates()
)


@given(WANTED)
def test_a_filter_survives_its_address(wanted):
    assert Wanted.from_args(wanted.as_args() | {"lang": "ar", "scope": {}}) == wanted


@given(WANTED)
def test_taking_every_chosen_filter_away_leaves_none(wanted):
    for name in wanted.chosen:
        assert name not in wanted.without(name).chosen
        wanted = wanted.without(name)
    assert wanted == Wanted()


def test_the_last_day_is_included():
    wanted = Wanted(since=dt.date(2026, 3, 1), until=dt.date(2026, 3, 1))
    assert wanted.begins == dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    assert wanted.ends == dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    assert Wanted().begins is Wanted().ends is None


@pytest.mark.parametrize(
    ("since", "until", "year"),
    [
        (dt.date(2026, 1, 1), dt.date(2026, 12, 31), 2026),
        (dt.date(2025, 1, 1), dt.date(2026, 12, 31), None),
        (dt.date(2026, 1, 1), dt.date(2026, 12, 30), None),
        (dt.date(2026, 1, 1), None, None),
    ],
)
def test_a_whole_year_is_called_by_its_number(since, until, year):
    assert Wanted(since=since, until=until).year == year


@pytest.mark.parametrize(
    ("purpose", "good"),
    [("", False), ("too short", False), ("just long…", True), ("x" * PURPOSE_LONGEST, True), ("x" * 501, False)],
)
def test_a_purpose_says_something(purpose, good):
    assert good_purpose(purpose) is good
