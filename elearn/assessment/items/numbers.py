"""Reading a number as people write it: any digits, either decimal mark, any thousands mark, a unit behind it.

Whether "1,234" is a thousand or one and a bit depends on where one went to school, so a text may have two readings
and both count. Exact decimals throughout: 41.77 lies within 0.1 of 41.67, whatever binary fractions say.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import product

from elearn.core.i18n import western_digits

LONGEST = 60
MOST_DIGITS = 30

PERCENT_SIGNS = ("%", "٪", "％", "﹪")
_SAME = str.maketrans(
    {
        **dict.fromkeys("-−–‐‑－﹣", "-"),
        **dict.fromkeys("+＋", "+"),
        **dict.fromkeys(".．", "."),
        **dict.fromkeys(",،，", ","),
        **dict.fromkeys("'’ʼ′", "'"),
    }
)
_DECIMAL_MARKS = (".", ",", "٫")
_GROUP_MARKS = (" ", "'", "٬", ",", ".")
_SIGNED = re.compile(r"(?P<sign>[+-]?) ?(?P<body>[0-9].*|[.,٫][0-9]+)\Z", re.DOTALL)


def _patterns() -> Iterator[tuple[re.Pattern[str], str]]:
    """Each way to write a number, with its thousands mark. Groups of three, or of two before the last three."""
    for decimal, group in product(_DECIMAL_MARKS, ("", *_GROUP_MARKS)):
        if decimal == group:
            continue
        whole = r"[0-9]*"
        if group:
            mark = re.escape(group)
            whole = rf"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+|[1-9][0-9]?(?:{mark}[0-9]{{2}})+{mark}[0-9]{{3}}"
        yield re.compile(rf"(?P<whole>{whole})(?:{re.escape(decimal)}(?P<part>[0-9]*))?\Z"), group


# The grouped readings of a comma and the plain reading of a point come first: the commonest on keyboards.
_PATTERNS = tuple(sorted(_patterns(), key=lambda pattern: pattern[1] != ","))


def tidy(text: str) -> str:
    """The text without invisible characters, its spaces made plain: what is kept of what somebody typed."""
    visible = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc") or char.isspace())
    return " ".join(visible.split())


def readings(text: str, units: Iterable[str] = ()) -> tuple[Decimal, ...]:
    """Every number that a text may mean, the likeliest first; none when it is not a number."""
    if len(text) > LONGEST:
        return ()
    bare = _without_unit(tidy(text).casefold(), [tidy(unit).casefold() for unit in units])
    match = _SIGNED.match(western_digits(bare).translate(_SAME))
    if match is None or sum(char.isdigit() for char in match["body"]) > MOST_DIGITS:
        return ()
    found: dict[Decimal, None] = {}
    for pattern, group in _PATTERNS:
        number = pattern.match(match["body"])
        if number:
            whole = number["whole"].replace(group, "") if group else number["whole"]
            found[Decimal(f"{match['sign']}{whole or 0}.{number['part'] or 0}")] = None
    return tuple(found)


def plain(number: Decimal) -> str:
    """A number as text, without exponent or idle zeros."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def within(number: Decimal, target: Decimal, tolerance: Decimal) -> bool:
    """Whether a number lies within the tolerance of the target, its edges included, exactly."""
    return abs(Fraction(number) - Fraction(target)) <= Fraction(tolerance)


def _without_unit(text: str, units: Iterable[str]) -> str:
    """The text without the unit before or behind it, longest unit first; a per cent sign may always stand there."""
    for unit in sorted((unit for unit in {*units, *PERCENT_SIGNS} if unit), key=len, reverse=True):
        if text.endswith(unit):
            return text[: -len(unit)].rstrip()
        if text.startswith(unit):
            return text[len(unit) :].lstrip()
    return text
