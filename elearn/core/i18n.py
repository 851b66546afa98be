"""Languages: which one the interface and the content speak, directions, dates and digits."""

import datetime as dt
import unicodedata
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, gettext
from flask_babel import force_locale as force_locale
from flask_babel import get_locale as get_locale
from sqlalchemy import CheckConstraint

from elearn.core.access import person_or_none
from elearn.core.origin import own_cookie

LANGUAGES: dict[str, str] = {"en": "English", "fr": "Français", "ar": "العربية"}
LANGUAGE_COOKIE = "lang"
RIGHT_TO_LEFT = frozenset({"ar"})
FSI, PDI = "\u2068", "\u2069"
LONGEST_LINE = 4_000  # composing takes time that grows with the square of the marks that follow each other
# Characters that reorder or hide text; harmless in no name and in no title.
_DIRECTION_CONTROLS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])

babel = Babel()


def init_app(app: Flask) -> None:
    """Put the interface language before every request and the translation functions into every template."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    babel.init_app(app, locale_selector=interface_language, timezone_selector=reader_timezone)


def interface_language() -> str:
    """Account, else cookie, else Accept-Language, else English."""
    if not has_request_context():
        return "en"
    if "interface_language" not in g:
        g.interface_language = _choose_interface_language()
    return str(g.interface_language)


def _choose_interface_language() -> str:
    person = person_or_none()
    if person is not None:
        return person.lang
    cookie = request.cookies.get(own_cookie(LANGUAGE_COOKIE))
    if cookie in LANGUAGES:
        return cookie
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def content_language(available: Iterable[str], default: str, *, enrolled: str | None = None) -> str:
    """The language to show a course in: `?lang=`, else the enrolment's, else the interface's, else the course's."""
    offered = set(available)
    for lang in (request.args.get("lang"), enrolled, interface_language()):
        if lang in offered:
            return lang
    return default


def reader_timezone() -> str:
    """The time zone in which this reader sees times."""
    person = person_or_none() if has_request_context() else None
    return person.tz if person is not None else "UTC"


def direction(lang: str) -> str:
    """'rtl' or 'ltr', for the `dir` attribute beside `lang`."""
    return "rtl" if lang in RIGHT_TO_LEFT else "ltr"


def language_check(column: str = "lang") -> CheckConstraint:
    """The constraint every table with a `lang` column carries."""
    return CheckConstraint(f"{column} IN ('', 'en', 'ar', 'fr')", name="lang_is_ours")


def long_date(moment: dt.datetime, lang: str | None = None) -> str:
    """21 November 2026 · 21 novembre 2026 · 21 نوفمبر 2026, digits 0-9, in the reader's time zone."""
    local, locale = _local(moment), _locale(lang)
    return format_date(local, _day(local, locale), locale=locale)


def long_moment(moment: dt.datetime, lang: str | None = None) -> str:
    """Date and time in the reader's zone, with the zone's name."""
    local, locale = _local(moment), _locale(lang)
    at = {"fr": " 'à' HH:mm", "ar": "، HH:mm"}.get(locale.language, ", HH:mm")
    return format_datetime(local, _day(local, locale) + at, locale=locale) + f" ({local.tzname()})"


def _day(local: dt.datetime, locale: Locale) -> str:
    """The pattern of a day in words; in French the first is « 1er »."""
    return "d'er' MMMM y" if locale.language == "fr" and local.day == 1 else "d MMMM y"


def size(count: int) -> str:
    """Bytes as a reader on a slow link counts them: 9 KB, 1.2 MB."""
    if count < 1_000_000:
        return str(gettext("%(size)s KB", size=max(1, round(count / 1000))))
    return str(gettext("%(size)s MB", size=format_decimal(round(count / 1_000_000, 1), locale=_locale(None))))


def _local(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(ZoneInfo(reader_timezone()))


def _locale(lang: str | None) -> Locale:
    return Locale.parse(lang or str(get_locale() or "en"))


def isolate(text: str) -> str:
    """Text inserted into a line of unknown direction, for places where <bdi> does nothing (PDF, mail, title)."""
    return f"{FSI}{text}{PDI}"


def clean_line(text: str) -> str:
    """One line of typed text: composed, without direction controls, line breaks or doubled blanks."""
    text = unicodedata.normalize("NFC", text[:LONGEST_LINE]).translate(_DIRECTION_CONTROLS)
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join(text.split())


def western_digits(text: str) -> str:
    """Every decimal digit of any script as 0-9."""
    return "".join(str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in text)


def folded(text: str) -> str:
    """Text as it is searched: case, accents, Arabic vowel signs and letter variants made one."""
    text = unicodedata.normalize("NFKD", text.replace("ـ", "")).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(western_digits(text).translate(_ARABIC_FOLDING).split())


_ARABIC_FOLDING = str.maketrans("أإآٱىئؤةیک", "ااااييوهيك")
