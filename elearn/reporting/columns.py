"""The columns of exported completion records: a key for the log, a heading in the file's language, an expression."""

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Float, Integer, SQLColumnExpression, String, case, cast, func, literal

from elearn.catalogue.models import Course, CourseVersion
from elearn.core.i18n import LANGUAGES
from elearn.core.tables import Column, Kind
from elearn.learning.models import Completion
from elearn.people.models import CountryText, Sex, User
from elearn.reporting import queries, words


def columns(lang: str, *, sex: bool) -> dict[str, Column]:
    """What a file of completion records holds, in order. `sex` was asked for by whoever exports."""
    with force_locale(lang):
        found = {
            "completed_on": Column(_("Completed on (UTC)"), Completion.at, Kind.DATE),
            "name_latin": Column(_("Name"), queries.of_the_living(User.name_latin)),
            "name_arabic": Column(_("Name in Arabic letters"), queries.of_the_living(User.name_arabic)),
            "institution": Column(_("Institution"), queries.institution_called(lang)),
            "affiliation": Column(_("Affiliation"), _affiliation()),
            "country": Column(_("Country"), CountryText.name),
            "country_code": Column(_("Country code"), Completion.country),
            "course": Column(_("Course"), func.coalesce(queries.title.title, queries.own_title.title, Course.slug)),
            "course_code": Column(_("Course code"), Course.slug),
            "version": Column(_("Version"), CourseVersion.number, Kind.NUMBER),
            "language": Column(_("Language"), _coded(Completion.lang, LANGUAGES)),
            "hours": Column(_("Notional hours"), _hours(), Kind.NUMBER, decimals=2),
            "mark": Column(_("Mark (per cent)"), Completion.score, Kind.NUMBER, decimals=1),
            "certificate": Column(_("Certificate"), queries.certificate.serial),
            "certificate_state": Column(
                _("State of the certificate"),
                _coded(queries.certificate_state(), {key.value: str(word) for key, word in words.CERTIFICATES.items()}),
            ),
        }
        if sex:
            said = {
                Sex.FEMALE.value: _("female"),
                Sex.MALE.value: _("male"),
                Sex.UNSAID.value: _("prefers not to say"),
            }
            found["sex"] = Column(_("Sex"), _coded(Completion.sex, said))
    return found


def _affiliation() -> ColumnElement[str]:
    """Nothing where no institution was named."""
    return case(
        (Completion.institution_id.is_(None), ""),
        (Completion.affiliation_confirmed.is_(True), _("confirmed")),
        else_=_("claimed"),
    )


def _coded(value: SQLColumnExpression[Any], said: dict[str, str]) -> ColumnElement[str]:
    """A code as words; one that is not known stays as it is, none stays none."""
    text = cast(value, String)
    return case(*((text == code, literal(word)) for code, word in said.items()), else_=text)


def _hours() -> ColumnElement[float]:
    """As `catalogue.rules.hours` rounds minutes: to the nearest quarter of an hour, at least one."""
    quarters = cast((2 * Completion.minutes + 15) // 30, Integer)
    return case((quarters < 1, 1), else_=quarters) * literal(0.25, Float)
