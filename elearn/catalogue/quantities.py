"""Numbers and dates as people write them in English, French and Arabic, read by their value. Pure.

1,200.5 and 1 200,5 and ١٬٢٠٠٫٥ are one number; 13 September 2001, le 13 septembre 2001 and 13 أيلول 2001 one date.
Number words are not guessed, but for those that scale a figure: 3.8 billion is 3,8 milliards.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel.dates import get_month_names

SPACES = "\u00a0\u202f\u2009\u2007"  # those that never stand between two words
_TOKEN = re.compile(rf"\d+(?:[.,\u066b\u066c {SPACES}]\d+)*")
_POINTED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:[,\u066b]\d+)?\Z")
_PARTS = re.compile(r"\d+|\D")
_HIDDEN = re.compile(r"[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0640\u064b-\u0652\u0670]")
_NEGATIVE = re.compile(r"(?:^|[\s(\[|«“\"=])(?:\u2212|-)\Z")
_THOUSANDS = {"en": "," + SPACES, "fr": " " + SPACES, "ar": ", " + SPACES}
_DECIMAL = {"en": ".", "fr": ",.", "ar": ".,"}  # in French a point misleads nobody, where a comma in English would
_SCALES = {
    "en": {"thousand": 3, "millions?": 6, "bn": 9, "billions?": 9, "trillions?": 12},
    "fr": {"mille": 3, "milliers?": 3, "millions?": 6, "milliards?": 9, "billions?": 12},
    "ar": {
        "(?:ألف|آلاف|ألفا)": 3,
        "(?:مليون|ملايين|مليونا)": 6,
        "(?:مليار|مليارات|مليارا|بليون|بلايين|بليونا)": 9,
        "(?:تريليون|تريليونات|تريليونا)": 12,
    },
}
# CLDR's names for Egypt and the Gulf, for the Levant and Iraq, for Algeria and Tunisia, for Morocco, for Mauritania.
_LOCALES = {"en": ("en",), "fr": ("fr", "fr_CA"), "ar": ("ar", "ar_IQ", "ar_DZ", "ar_MA", "ar_MR")}
_SPELLINGS = {"en": {"Sept": 9}, "fr": {}, "ar": {"يونيه": 6, "يوليه": 7}}
_BEFORE_YEAR = {
    "en": r"(?:\s*,)?(?:\s+of)?",
    "fr": r"(?:\s+de\s+l[’']année)?",
    "ar": r"(?:\s+من)?(?:\s+(?:ل?عام|سنة))?",
}
_ISO = re.compile(r"(?<![\d/.-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/-])")
_YEARS = re.compile(r"(?<![\d.,/-])((?:19|20)(\d\d))([-–/])(\d\d)(?![\d/-]|[.,]\d)")
_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})([/.])(\d{1,2})\2(\d{4})(?![\d/-])")


@dataclass(frozen=True)
class Number:
    """A figure as it stands there. `readings`: each way to read it is a run of numbers; the likeliest first."""

    text: str
    readings: tuple[tuple[Decimal, ...], ...]

    @property
    def value(self) -> tuple[Decimal, ...]:
        return self.readings[0]


@dataclass(frozen=True)
class Date:
    """A month with a day or a year, or both. Alone, a month is no date, but may be a part of one."""

    text: str
    year: int | None
    month: int
    day: int | None

    @property
    def value(self) -> tuple[int | None, int, int | None]:
        return (self.year, self.month, self.day)

    @property
    def whole(self) -> bool:
        return self.year is not None or self.day is not None


@dataclass(frozen=True)
class Quantities:
    """What a text counts and dates."""

    numbers: tuple[Number, ...]
    dates: tuple[Date, ...]


def plain_digits(text: str) -> str:
    """The text with western digits, and without signs that cannot be seen."""
    text = _HIDDEN.sub("", text)
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(sign)) if not sign.isascii() and unicodedata.decimal(sign, None) is not None else sign
        for sign in text
    )


def read(text: str, lang: str) -> Quantities:
    """The numbers and dates of a text; a number that is part of a date is not counted again."""
    text = plain_digits(text)
    dates: list[tuple[int, Date]] = []

    def note(match: re.Match[str], date: Date | None) -> str:
        if date is None:
            return match[0]
        dates.append((match.start(), date))
        return " " * (len(match[0]) - 1) + "|"  # what stands on either side of it does not belong together

    text = _ISO.sub(lambda found: note(found, _date(found[0], found[1], found[3], found[4])), text)
    text = _NUMERIC.sub(lambda found: note(found, _date(found[0], found[4], found[3], found[1])), text)
    for pattern in _month_patterns(lang):
        text = pattern.sub(lambda found: note(found, _named(found, lang)), text)
    text = _YEARS.sub(_both_years, text)
    return Quantities(tuple(_numbers(text, lang)), tuple(date for _, date in sorted(dates, key=lambda one: one[0])))


def _both_years(found: re.Match[str]) -> str:
    """2024–26 in full, as another language may write it."""
    century = found[1][:2] if found[4] > found[2] else ""
    return f"{found[1]}{found[3]}{century}{found[4]}"


def _date(text: str, year: str | None, month: str | int, day: str | None) -> Date | None:
    one, number = (int(day) if day else None), int(month)
    if not 1 <= number <= 12 or (one is not None and not 1 <= one <= 31):
        return None
    return Date(" ".join(text.split()), int(year) if year else None, number, one)


def _named(found: re.Match[str], lang: str) -> Date | None:
    parts = found.groupdict()
    months = _months(lang)
    name = _key(parts["month"])
    other = parts.get("other")
    if other and months[_key(other)] != months[name]:
        return None
    return _date(found[0], parts.get("year"), months[name], parts.get("day"))


def _key(name: str) -> str:
    return " ".join(name.split()).rstrip(".").casefold()


@cache
def _months(lang: str) -> dict[str, int]:
    """Names and abbreviations of the months, as CLDR has them for all who write this language."""
    found = {_key(name): number for name, number in _SPELLINGS.get(lang, {}).items()}
    for locale in _LOCALES.get(lang, ()):
        for width in ("wide", "abbreviated"):
            found.update({_key(name): number for number, name in get_month_names(width, "format", locale).items()})
    for name in list(found):
        if name[0] in "أإ":
            found["ا" + name[1:]] = found[name]
        if " ال" in name:
            found[name.replace(" ال", " ")] = found[name]
    return found


@cache
def _month_patterns(lang: str) -> tuple[re.Pattern[str], ...]:
    names = sorted(_months(lang), key=len, reverse=True)
    if not names:
        return ()
    if lang == "en":  # capitals tell the month from the verbs: May, March
        names = [name[0].upper() + name[1:] for name in names]
    one = "(?:" + "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in names) + ")"
    one += r"(?:\.(?=\s*[\d,]))?" if lang != "ar" else ""
    before = r"(?<!\w)(?:[وفبلك])?" if lang == "ar" else r"(?<!\w)"
    month = rf"(?P<month>{one})(?:\s*/\s*(?P<other>{one}))?(?!\w)"
    after = rf"(?:{_BEFORE_YEAR[lang]}\s+(?P<year>\d{{4}})(?![\d.,]\d|\d))?"
    day = r"(?<![\d.,/])(?P<day>\d{1,2})(?:er|st|nd|rd|th)?(?:\s+of)?\s+"
    flags = 0 if lang == "en" else re.IGNORECASE
    patterns = [re.compile(rf"(?:{day})?{before}{month}{after}", flags)]
    if lang == "en":
        day_after = r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\w%]|[.,]\d)"
        patterns.insert(0, re.compile(rf"(?<!\d )(?<!\w){month}{day_after}{after}"))
    return tuple(patterns)


@cache
def _scale_pattern(lang: str) -> re.Pattern[str] | None:
    scales = _SCALES.get(lang)
    if scales is None:
        return None
    groups = "|".join(f"({name})" for name in scales)
    return re.compile(rf"[\s\-]*(?:{groups})(?!\w)", re.IGNORECASE)


def _numbers(text: str, lang: str) -> list[Number]:
    found = []
    for match in _TOKEN.finditer(text):
        runs = _readings(match[0], lang)
        power = _power(text, match.end(), lang)
        sign = -1 if _NEGATIVE.search(text, max(0, match.start() - 2), match.start()) else 1
        readings = tuple(
            dict.fromkeys(
                tuple(
                    (value * sign if place == 0 else value) * (power if place == len(run) - 1 else 1)
                    for place, value in enumerate(run)
                )
                for run in runs
            )
        )
        found += _apart(match[0], readings)
    return found


def _apart(text: str, readings: tuple[tuple[Decimal, ...], ...]) -> list[Number]:
    """One number each, where there is only one way to read what stands there."""
    if len(readings) > 1:
        return [Number(text, readings)]
    return [Number(text if len(readings[0]) == 1 else _shown(value), ((value,),)) for value in readings[0]]


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _power(text: str, at: int, lang: str) -> Decimal:
    pattern = _scale_pattern(lang)
    match = pattern.match(text, at) if pattern else None
    return Decimal(10) ** list(_SCALES[lang].values())[(match.lastindex or 1) - 1] if match else Decimal(1)


def _readings(token: str, lang: str) -> list[tuple[Decimal, ...]]:
    if token.count(".") > 1:
        if not _POINTED.match(token):
            return [tuple(Decimal(part) for part in re.findall(r"\d+", token))]  # a version, a section: 1.2.3
        return [_run(token, ".", ",\u066b")]
    usual = (_THOUSANDS.get(lang, SPACES) + "\u066c", _DECIMAL.get(lang, ".,") + "\u066b")
    found = [_run(token, *usual)]
    if lang == "ar":  # both conventions are at home there: 1,200 is 1200 in Cairo and may be 1.2 in Rabat
        found.append(_run(token, " \u066c" + SPACES, ".,\u066b"))
        found.append(_run(token, ". \u066c" + SPACES, ",\u066b"))
    if " " in token:  # or two numbers that happen to follow each other
        found.append(tuple(value for piece in token.split(" ") for value in _run(piece, *usual)))
    return list(dict.fromkeys(found))


def _run(token: str, thousands: str, decimal: str) -> tuple[Decimal, ...]:
    """The numbers that stand there, where these signs group thousands and those begin decimals."""
    parts = _PARTS.findall(token)
    values = []
    at = 0
    while at < len(parts):
        digits, grouped, separator = parts[at], "", ""
        at += 2
        while (
            at < len(parts)
            and parts[at - 1] in thousands
            and (not separator or parts[at - 1] == separator)
            and len(parts[at]) == 3
            and 1 <= len(digits) <= 3
        ):
            separator = parts[at - 1]
            grouped += parts[at]
            at += 2
        fraction = ""
        if at < len(parts) and parts[at - 1] in decimal and parts[at - 1] != separator:
            fraction = parts[at]
            at += 2
        values.append(Decimal(f"{digits}{grouped}.{fraction}" if fraction else digits + grouped))
    return tuple(values)
