"""Numbers and dates, read by their value in three languages."""

from datetime import date
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from elearn.catalogue.quantities import read

pytestmark = pytest.mark.one_database

LOCALES = {
    "en": ["en", "en_GB"],
    "fr": ["fr", "fr_CA"],
    "ar": ["ar", "ar_EG", "ar_SA", "ar_LB", "ar_DZ", "ar_MA", "ar_IQ"],
}
NUMBERS = st.decimals(0, 10**12, places=3, allow_nan=False)


def values(text: str, lang: str) -> list[Decimal]:
    return [value for number in read(text, lang).numbers for value in number.value]


def dates(text: str, lang: str) -> list[tuple[int | None, int, int | None]]:
    return [one.value for one in read(text, lang).dates]


@given(NUMBERS, st.data())
def test_a_number_means_the_same_however_a_language_writes_it(number: Decimal, data: st.DataObject) -> None:
    lang = data.draw(st.sampled_from(sorted(LOCALES)))
    locale = data.draw(st.sampled_from(LOCALES[lang]))
    system = data.draw(st.sampled_from(["latn", "arab"])) if lang == "ar" else "latn"
    text = format_decimal(number, "#,##0.###", locale, numbering_system=system)
    [found] = read(f"x {text} x", lang).numbers
    assert (number.normalize(),) in [tuple(one.normalize() for one in reading) for reading in found.readings], text
    if system == "arab" or locale in ("ar", "ar_EG", "en", "fr"):
        assert found.value[0] == number, text  # the usual reading there is the right one


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)), st.data())
def test_a_date_means_the_same_however_a_language_writes_it(day: date, data: st.DataObject) -> None:
    lang = data.draw(st.sampled_from(sorted(LOCALES)))
    locale = data.draw(st.sampled_from(LOCALES[lang]))
    width = data.draw(st.sampled_from(["d MMMM y", "d MMM y", "y-MM-dd", "dd/MM/y"]))
    text = day.isoformat() if width == "y-MM-dd" else format_date(day, width, locale)
    assert dates(f"x {text}, x", lang) == [(day.year, day.month, day.day)], text
    assert values(f"x {text}, x", lang) == []


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "1,200.5", ["1200.5"]),
        ("fr", "1 200,5", ["1200.5"]),
        ("fr", "1\u202f200,5", ["1200.5"]),
        ("ar", "١٬٢٠٠٫٥", ["1200.5"]),
        ("ar", "۱٬۲۰۰٫۵", ["1200.5"]),
        ("ar", "14,000 أسرة", ["14000"]),
        ("ar", "41,67", ["41.67"]),
        ("en", "SAR 2,000,000,000 ÷ 10,600,000", ["2000000000", "10600000"]),
        ("en", "3.8 billion", ["3800000000"]),
        ("fr", "3,8 milliards", ["3800000000"]),
        ("fr", "45 mille", ["45000"]),
        ("ar", "3.8 مليارات", ["3800000000"]),
        ("ar", "10 ملايين أسرة", ["10000000"]),
        ("ar", "20 ألفًا", ["20000"]),
        ("ar", "أَلْف", []),
        ("en", "2024–26", ["2024", "2026"]),
        ("fr", "2024-2026, 2019/20, 2008-07", ["2024", "2026", "2019", "2020", "2008", "7"]),
        ("en", "2008-2010 and COVID-19", ["2008", "2010", "19"]),
        ("en", "fell by −5%, or -5%", ["-5", "-5"]),
        ("en", "60 − 10 = 50", ["60", "10", "50"]),
        ("en", "version 1.2.3", ["1", "2", "3"]),
        ("en", "102(4), 10:30, 1/2, 1st", ["102", "4", "10", "30", "1", "2", "1"]),
        ("fr", "en 2008 300 ménages", ["2008", "300"]),
        ("fr", "1er, 2e", ["1", "2"]),
        ("en", "three million", []),
        ("en", "in 1990, 1995", ["1990", "1995"]),
        ("en", "12,5", ["12", "5"]),  # no English reader would take it for twelve and a half
        ("fr", "1,750", ["1.75"]),  # and this is what a French one reads
    ],
)
def test_numbers(lang: str, text: str, expected: list[str]) -> None:
    assert values(text, lang) == [Decimal(one) for one in expected]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "13 September 2001", [(2001, 9, 13)]),
        ("en", "September 13, 2001", [(2001, 9, 13)]),
        ("en", "the 13th of September 2001", [(2001, 9, 13)]),
        ("en", "Sept. 2001", [(2001, 9, None)]),
        ("en", "on 5 May", [(None, 5, 5)]),
        ("en", "They may march 63 miles in May", [(None, 5, None)]),
        ("en", "You may: 5 march", []),
        ("fr", "le 1er juin 2017", [(2017, 6, 1)]),
        ("fr", "en juin de l’année 2012", [(2012, 6, None)]),
        ("fr", "30 janv. 2012", [(2012, 1, 30)]),
        ("ar", "13 سبتمبر 2001", [(2001, 9, 13)]),
        ("ar", "١٣ أيلول ٢٠٠١", [(2001, 9, 13)]),
        ("ar", "13 أيلول/سبتمبر 2001", [(2001, 9, 13)]),
        ("ar", "13 ايلول 2001", [(2001, 9, 13)]),
        ("ar", "في كانون الثاني 2010 وجانفي 2011", [(2010, 1, None), (2011, 1, None)]),
        ("ar", "15 شتنبر و16 غشت و3 جويلية", [(None, 9, 15), (None, 8, 16), (None, 7, 3)]),
        ("ar", "في أكتوبر من عام 2012", [(2012, 10, None)]),
        ("ar", "في يونيه 2012", [(2012, 6, None)]),
        ("ar", "3 تشرين ثاني 2012", [(2012, 11, 3)]),
        ("en", "2026-11-21, 21/11/2026", [(2026, 11, 21), (2026, 11, 21)]),
        ("en", "2026-13-21", []),
    ],
)
def test_dates(lang: str, text: str, expected: list[tuple[int | None, int, int | None]]) -> None:
    assert dates(text, lang) == expected


@given(st.text(max_size=80), st.sampled_from(["en", "fr", "ar"]))
def test_any_text_can_be_read(text: str, lang: str) -> None:
    found = read(text, lang)
    assert all(number.readings and all(number.readings) for number in found.numbers)
    assert all(1 <= one.month <= 12 for one in found.dates)
