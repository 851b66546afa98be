"""Dates on documents, Gregorian and Hijri, in three languages."""

import datetime as dt

import pytest

from elearn.certification.dates import gregorian, hijri

NBSP = "\u00a0"


@pytest.mark.parametrize(
    "day, lang, words",
    [
        (dt.date(2026, 11, 21), "en", "21 November 2026"),
        (dt.date(2026, 11, 21), "fr", "21 novembre 2026"),
        (dt.date(2026, 11, 21), "ar", "21 نوفمبر 2026"),
        (dt.date(2026, 3, 1), "fr", "1er mars 2026"),
        (dt.date(2026, 3, 1), "en", "1 March 2026"),
    ],
)
def test_gregorian(day, lang, words):
    assert gregorian(day, lang).replace(NBSP, " ") == words


@pytest.mark.parametrize(
    "day, lang, words",
    [
        (dt.date(2026, 3, 1), "en", "12 Ramadan 1447 AH"),
        (dt.date(2026, 3, 1), "fr", "12 ramadan 1447 H"),
        (dt.date(2026, 3, 1), "ar", "12 رمضان 1447 هـ"),
        (dt.date(2026, 11, 21), "ar", "11 جمادى الآخرة 1448 هـ"),
        (dt.date(2026, 6, 16), "fr", "1er mouharram 1448 H"),
        (dt.date(2200, 1, 1), "en", ""),
    ],
)
def test_hijri(day, lang, words):
    assert hijri(day, lang).replace(NBSP, " ") == words


@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
def test_every_month_of_a_year_has_its_own_name(lang):
    days = [dt.date(2026, 1, 15) + dt.timedelta(days=round(30.5 * month)) for month in range(12)]
    assert len({gregorian(day, lang).split(NBSP)[1] for day in days}) == 12
    lunar = [dt.date(2026, 6, 20) + dt.timedelta(days=round(29.53 * month)) for month in range(12)]
    assert len({hijri(day, lang).split(NBSP, 1)[1] for day in lunar}) == 12


@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
def test_digits_are_0_to_9_and_nothing_breaks(lang):
    text = gregorian(dt.date(2026, 11, 21), lang) + hijri(dt.date(2026, 11, 21), lang)
    assert " " not in text
    assert {char for char in text if char.isdigit()} <= set("0123456789")
