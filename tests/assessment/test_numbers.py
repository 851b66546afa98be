"""Reading numbers: every way an official of 57 countries may write one, and nothing else."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from elearn.assessment.items.numbers import plain, readings, tidy, within

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("41.67", "41.67"),
        ("41,67", "41.67"),
        ("٤١٫٦٧", "41.67"),  # Arabic-Indic digits, Arabic decimal separator
        ("٤١,٦٧", "41.67"),
        ("۴۱٫۶۷", "41.67"),  # Persian digits
        ("४१.६७", "41.67"),  # Devanagari
        ("৪১.৬৭", "41.67"),  # Bengali
        ("４１．６７", "41.67"),  # full-width
        ("41،67", "41.67"),  # the Arabic comma, which many type for the separator
        (" 41.67 ", "41.67"),
        ("\u200f41.67\u200f", "41.67"),  # direction marks come along when one copies
        ("41.67%", "41.67"),
        ("41,67 %", "41.67"),
        ("41,67\u00a0%", "41.67"),
        ("٤١٫٦٧٪", "41.67"),
        ("%41.67", "41.67"),
        ("1 234 567", "1234567"),
        ("1\u202f234\u202f567,5", "1234567.5"),
        ("1\u00a0234,5", "1234.5"),
        ("1’234.5", "1234.5"),
        ("1'234.5", "1234.5"),
        ("1٬234٫5", "1234.5"),
        ("١٬٢٣٤٫٥", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("12,34,567", "1234567"),  # lakh
        ("0,125", "0.125"),  # a nought leads no thousands
        ("-5", "-5"),
        ("−5", "-5"),
        ("– 5", "-5"),
        ("+5", "5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("007", "7"),
        ("12,3456", "12.3456"),
    ],
)
def test_a_number_is_read_as_it_was_meant(typed: str, meant: str) -> None:
    assert readings(typed) == (Decimal(meant),)


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [("1,234", "1234", "1.234"), ("1.234", "1.234", "1234"), ("١،٥٠٠", "1500", "1.5"), ("-12,000", "-12000", "-12")],
)
def test_a_separator_before_three_digits_has_two_readings(typed: str, first: str, second: str) -> None:
    assert readings(typed) == (Decimal(first), Decimal(second))


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "abc", "12a", "1 2", "1.2.3", "1,2,3", "12 34", "--5", "5-", "1e5", "10²", "½", "5/12", "0x1f",
        "1,23,4", "1 234,567.8", "1.234,567,8", "1234,567,8", "NaN", "Infinity", "٫", ".", "%", "-", "4 1 . 6 7",
        "9" * 31, "1" * 61, "41.67 dinars",
    ],
)  # fmt: skip
def test_what_is_no_number_is_not_read(typed: str) -> None:
    assert readings(typed) == ()


@pytest.mark.parametrize("typed", ["250 USD", "250usd", "USD 250", "250 $US", "250 دولار", "٢٥٠ دولار"])
def test_the_unit_of_the_item_may_stand_before_or_behind(typed: str) -> None:
    assert readings(typed, ["USD", "$US", "دولار"]) == (Decimal(250),)


def test_a_foreign_unit_is_not_read() -> None:
    assert readings("250 EUR", ["USD"]) == ()


@pytest.mark.parametrize(
    ("number", "right"),
    [("41.57", True), ("41.77", True), ("41.5699999999", False), ("41.7700000001", False), ("41.67", True)],
)
def test_the_edge_of_the_tolerance_belongs_to_it_exactly(number: str, right: bool) -> None:
    assert within(Decimal(number), Decimal("41.67"), Decimal("0.1")) is right


def test_no_digit_is_lost_with_long_numbers() -> None:
    long = "123456789012345678901234567890"
    (read,) = readings(long)
    assert plain(read) == long
    assert not within(read, read + 1 - 1 - 1, Decimal("0.5"))


@pytest.mark.parametrize(
    ("number", "text"),
    [("1E+3", "1000"), ("1.500", "1.5"), ("0.0", "0"), ("-0", "0"), ("100", "100"), ("-1.10", "-1.1")],
)
def test_plain(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


DIGITS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "০১২৩৪৫৬৭৮৯")
NUMBERS = st.decimals(-(10**12), 10**12, places=3)


def grouped(whole: str, mark: str) -> str:
    head = len(whole) % 3
    groups = ([whole[:head]] if head else []) + [whole[i : i + 3] for i in range(head, len(whole), 3)]
    return mark.join(groups)


@given(
    NUMBERS,
    st.sampled_from(DIGITS),
    st.sampled_from(
        [(".", ""), (",", ""), ("٫", ""), (".", ","), (",", "."), ("٫", "٬"), (",", "\u00a0"), (",", "\u202f")]
    ),
    st.sampled_from(["", "%", " %", "\u00a0٪", " km"]),
    st.sampled_from(["-", "−"]),
)
def test_however_a_number_is_written_it_is_among_its_readings(
    number: Decimal, digits: str, marks: tuple[str, str], unit: str, minus: str
) -> None:
    decimal, group = marks
    whole, _, part = format(abs(number), "f").partition(".")
    typed = (
        (minus if number < 0 else "") + (grouped(whole, group) if group else whole) + (decimal + part if part else "")
    )
    typed = typed.translate({ord(str(n)): char for n, char in enumerate(digits)}) + unit
    assert number in readings(typed, ["km"])


@given(st.text(max_size=80))
def test_nothing_typed_breaks_the_reading(typed: str) -> None:
    for number in readings(typed):
        assert number.is_finite()
        assert readings(plain(number))[0] == number


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**4), st.integers(0, 6))
def test_within_agrees_with_whole_numbers(target: int, tolerance: int, places: int) -> None:
    def scaled(n: int) -> Decimal:
        return Decimal(n).scaleb(-places)

    assert within(scaled(target + tolerance), scaled(target), scaled(tolerance))
    assert within(scaled(target - tolerance), scaled(target), scaled(tolerance))
    assert not within(scaled(target + tolerance + 1), scaled(target), scaled(tolerance))


@given(st.text(max_size=60))
def test_tidy_is_stable_and_hides_nothing(typed: str) -> None:
    clean = tidy(typed)
    assume(clean)
    assert tidy(clean) == clean
    assert clean.isprintable() or any(ord(char) > 0xFFFF or not char.isprintable() for char in clean)
