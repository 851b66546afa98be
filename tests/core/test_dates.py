"""Dates in words, as each language writes them."""

import datetime as dt

import pytest

from elearn.core.i18n import long_date, long_moment

FIRST = dt.datetime(2026, 3, 1, 9, 5, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 11, 21, 20, 2, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("lang", "first", "later"),
    [
        ("en", "1 March 2026", "21 November 2026, 20:02 (UTC)"),
        ("fr", "1er mars 2026", "21 novembre 2026 à 20:02 (UTC)"),
        ("ar", "1 مارس 2026", "21 نوفمبر 2026، 20:02 (UTC)"),
    ],
)
def test_a_day_and_a_moment_in_words(lang, first, later):
    assert long_date(FIRST, lang) == first
    assert long_moment(LATER, lang) == later
    assert long_moment(FIRST, lang).startswith(first)
