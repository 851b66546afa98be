"""The names of themes, levels and lengths in the reader's language, and hours as people write them."""

from babel.numbers import format_decimal, format_percent
from flask_babel import get_locale, lazy_gettext, ngettext

from elearn.catalogue import rules
from elearn.catalogue.rules import Length

THEMES = {
    "cash-transfers": lazy_gettext("Cash transfers"),
    "microfinance": lazy_gettext("Islamic microfinance"),
    "waqf": lazy_gettext("Waqf"),
    "digital": lazy_gettext("Digital social protection"),
}
LEVELS = {
    "introductory": lazy_gettext("Introductory"),
    "intermediate": lazy_gettext("Intermediate"),
    "advanced": lazy_gettext("Advanced"),
}
LENGTHS = {
    Length.SHORT: lazy_gettext("Up to 3 hours"),
    Length.MEDIUM: lazy_gettext("3 to 8 hours"),
    Length.LONG: lazy_gettext("More than 8 hours"),
}


def hours(minutes: int) -> str:
    """The notional hours of so many minutes: 5.75 hours."""
    value = rules.hours(minutes)
    number = format_decimal(value, locale=get_locale())
    # A fraction takes a form of its own: 1.5 hours as two, 1,5 heure as one, in Arabic as a hundred: 5.75 ساعة.
    language = str(get_locale())[:2]
    fraction = {"fr": int(value), "ar": 100}.get(language, int(value) + 1)
    plural = int(value) if value == int(value) else fraction
    return str(ngettext("%(number)s hour", "%(number)s hours", plural, number=number))


def duration(minutes: int) -> str:
    """Hours, or minutes where a course takes less than one hour."""
    return str(ngettext("%(num)d min", "%(num)d min", minutes)) if minutes < 60 else hours(minutes)


def per_cent(value: int) -> str:
    """66% · 66 %."""
    return str(format_percent(value / 100, locale=get_locale()))
