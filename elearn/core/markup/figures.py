"""Numbers as people write them in the cells of a table: any digits, decimal comma or point, groups of three. Pure."""

import re
import unicodedata
from decimal import Decimal

NOTHING = frozenset({"", "-", "\u2013", "\u2014", "\u2026", "..."})  # a gap in the figures
_MARKS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x2066, 0x206A)])
_SIGNS = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-", "\u066a": "%", "\u066b": "D", "\u066c": "G"})
_BLANK = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3}(?!\d))")
_SHAPE = re.compile(r"([+-]?)(\d[\d.,GD]*)\Z")
_GROUPS = re.compile(r"[1-9]\d{0,2}(?:[.,G]\d{3})+\Z")
LONGEST = 40


def figure(cell: str, lang: str, unit: str = "") -> Decimal | None:
    """The number in a cell, or None for a gap. Raises ValueError for what is neither."""
    text = cell.strip().translate(_MARKS)
    if unit and text.endswith(unit):
        text = text.removesuffix(unit).rstrip()
    if text in NOTHING:
        return None
    if len(text) > LONGEST:
        raise ValueError
    text = "".join(str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in text)
    text = text.translate(_SIGNS).removesuffix("%").rstrip()
    match = _SHAPE.match(_BLANK.sub("", text))
    if not match:
        raise ValueError
    return Decimal(match[1] + _plain(match[2], lang))


def _plain(text: str, lang: str) -> str:
    """The digits with a point for the decimal sign and nothing else."""
    signs = [sign for sign in text if not sign.isdigit()]
    if not signs:
        return text
    last = signs[-1]
    # One comma before three digits groups them, but in French, where it never does; one point never does.
    alone = len(signs) == 1 and (last in ".D" or (last == "," and lang.startswith("fr")))
    if len(set(signs)) == 1 and not alone and _GROUPS.match(text):
        return re.sub(r"\D", "", text)
    whole, _, part = text.rpartition(last)
    if last == "G" or text.count(last) > 1 or not part or not (whole.isdigit() or _GROUPS.match(whole)):
        raise ValueError
    return f"{re.sub(r'[^0-9]', '', whole)}.{part}"


def decimals(value: Decimal) -> int:
    """How many digits were written after the decimal sign."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
