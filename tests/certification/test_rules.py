"""Codes, serials, languages, hashes, status: tables of values."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.certification import rules
from elearn.certification.rules import Status


@given(st.binary(min_size=16, max_size=16))
def test_a_code_can_be_shown_and_typed_back(random):
    code = rules.new_code(random)
    assert len(code) == 26 and not set(code) & set("ILOU")
    assert rules.read_code(code) == code
    assert rules.read_code(rules.show_code(code)) == code
    assert rules.read_code(f"  {rules.show_code(code).lower()} ") == code


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_no_two_numbers_share_a_code(one, other):
    assert (rules.new_code(one) == rules.new_code(other)) == (one == other)


def test_a_code_takes_all_of_its_bits():
    assert rules.new_code(b"\xff" * 16) == "7" + "Z" * 25
    with pytest.raises(ValueError, match="128"):
        rules.new_code(b"\xff" * 15)


@pytest.mark.parametrize(
    "typed, read",
    [
        ("O7I04-GM2RC-1M70Y-40H28-9H858P", "07104GM2RC1M70Y40H289H858P"),
        ("o7lo4 gm2rc 1m70y 40h28 9h858p", "07104GM2RC1M70Y40H289H858P"),
        ("０７１０４-GM2RC-1M70Y-40H28-9H858P", "07104GM2RC1M70Y40H289H858P"),
        ("07104-GM2RC–1M70Y—40H28\u00a09H858P", "07104GM2RC1M70Y40H289H858P"),
        ("07104GM2RC1M70Y40H289H858", None),
        ("07104GM2RC1M70Y40H289H858PX", None),
        ("U7104GM2RC1M70Y40H289H858P", None),
        ("' OR 1=1 --", None),
        ("رمز التحقق", None),
        ("", None),
    ],
)
def test_reading_what_was_typed(typed, read):
    assert rules.read_code(typed) == read


@pytest.mark.parametrize(
    "reader, wanted, languages",
    [
        ("en", None, ("en", "ar")),
        ("ar", None, ("ar", "en")),
        ("ar", "fr", ("ar", "en")),
        ("fr", None, ("fr", "en")),
        ("fr", "en", ("fr", "en")),
        ("fr", "ar", ("fr", "ar")),
    ],
)
def test_languages_of_the_paper(reader, wanted, languages):
    assert rules.paper_languages(reader, wanted) == languages


TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    "revoked, superseded, expires_on, status",
    [
        (False, False, None, Status.VALID),
        (False, False, TODAY, Status.VALID),
        (False, False, TODAY - dt.timedelta(days=1), Status.EXPIRED),
        (True, False, TODAY - dt.timedelta(days=1), Status.REVOKED),
        (False, True, TODAY - dt.timedelta(days=1), Status.SUPERSEDED),
    ],
)
def test_status(revoked, superseded, expires_on, status):
    assert rules.status(revoked=revoked, superseded=superseded, expires_on=expires_on, today=TODAY) == status


def test_serial():
    assert rules.serial("WA", 2026, 123) == "WA-2026-000123"
    assert rules.serial("WA", 2026, 1234567) == "WA-2026-1234567"


def test_the_holders_hash_depends_on_every_part():
    base = rules.holder_hash("salt", "Amina", "أمينة")
    assert len(base) == 64
    others = {
        rules.holder_hash("other", "Amina", "أمينة"),
        rules.holder_hash("salt", "Amin", "aأمينة"),
        rules.holder_hash("salt", "Amina", ""),
    }
    assert base not in others and len(others) == 3


@pytest.mark.parametrize("text, wide", [("Amina", 5), ("", 0), ("王小明", 6), ("e\u0301", 1), ("أُمِينة", 5), ("Ａ", 2)])
def test_width(text, wide):
    assert rules.width(text) == wide


@pytest.mark.parametrize("length, step", [(1, 0), (22, 0), (23, 1), (30, 1), (31, 2), (10_000, 2)])
def test_size_steps(length, step):
    assert rules.size_step("x" * length, [22, 30]) == step
