"""Filters, columns and outcomes in the reader's language."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from elearn.certification.rules import Status
from elearn.core.i18n import LANGUAGES
from elearn.core.models import JobState
from elearn.core.tables import Format
from elearn.people.models import Sex
from elearn.reporting.rules import Affiliation, Wanted

SEXES = {Sex.FEMALE: _l("Women"), Sex.MALE: _l("Men"), Sex.UNSAID: _l("Prefers not to say")}
AFFILIATIONS = {
    Affiliation.CONFIRMED: _l("Affiliation confirmed"),
    Affiliation.CLAIMED: _l("Affiliation claimed only"),
}
FORMATS = {
    Format.XLSX: _l("Workbook (XLSX)"),
    Format.CSV: _l("CSV, separated by commas"),
    Format.CSV_SEMICOLON: _l("CSV, separated by semicolons, decimal comma"),
}
CERTIFICATES = {
    Status.VALID: _l("valid"),
    Status.EXPIRED: _l("expired"),
    Status.REVOKED: _l("revoked"),
    Status.SUPERSEDED: _l("replaced"),
}
OUTCOMES = {"sent": _l("sent"), "broken-off": _l("broken off"), "written": _l("written")}
JOB_STATES = {
    JobState.FAILED: _l("Failed"),
    JobState.QUEUED: _l("Waiting"),
    JobState.RUNNING: _l("Running"),
    JobState.DONE: _l("Done"),
}


@dataclass(frozen=True)
class Names:
    """What codes in filters are called."""

    courses: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)
    institutions: Mapping[str, str] = field(default_factory=dict)


def day(moment: dt.date, lang: str | None = None) -> str:
    """A day, in UTC like the filters: whoever looks from wherever counts the same completions."""
    if isinstance(moment, dt.datetime):
        moment = moment.astimezone(dt.UTC).date()
    return format_date(moment, "d MMM y", locale=lang or get_locale())


def number(value: int | Decimal) -> str:
    """A number as the reader's language groups it."""
    return str(format_decimal(value, locale=get_locale()))


def described(wanted: Wanted, names: Names) -> dict[str, str]:
    """Each filter in force, in words, by its name."""
    words = {
        "course": names.courses.get(wanted.course, wanted.course),
        "country": names.countries.get(wanted.country, wanted.country),
        "institution": names.institutions.get(wanted.institution, wanted.institution),
        "language": LANGUAGES.get(wanted.language, wanted.language),
        "affiliation": str(AFFILIATIONS[Affiliation(wanted.affiliation)]) if wanted.affiliation else "",
        "sex": str(SEXES[Sex(wanted.sex)]) if wanted.sex else "",
        "since": period(wanted),
    }
    return {name: words[name] for name in wanted.chosen}


def period(wanted: Wanted) -> str:
    """2026 · from 1 Mar 2026 · until 31 Mar 2026 · 1 Mar 2026 to 31 Mar 2026"""
    if wanted.year:
        return str(wanted.year)
    if wanted.since and wanted.until:
        return str(_("%(first)s to %(last)s", first=day(wanted.since), last=day(wanted.until)))
    if wanted.since:
        return str(_("from %(first)s", first=day(wanted.since)))
    return str(_("until %(last)s", last=day(wanted.until))) if wanted.until else ""
