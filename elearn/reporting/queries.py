"""Every SELECT on completion records and the log of their exports."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, null, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from elearn.catalogue.models import Course, CourseVersion, VersionText
from elearn.certification.models import Certificate
from elearn.certification.rules import Status
from elearn.core import clock
from elearn.core.access import Person, Scope
from elearn.core.db import db
from elearn.core.paging import COUNT_CAP, Page, page_of
from elearn.learning.models import Completion, CompletionKind, Enrolment
from elearn.people.models import CountryText, Institution, InstitutionStatus, InstitutionText, User, UserState
from elearn.people.queries import institution_name
from elearn.reporting.access import exports_visible_to, within
from elearn.reporting.models import ExportLog, ExportOutcome
from elearn.reporting.rules import Affiliation, Wanted

later = aliased(Completion)
title, own_title = aliased(VersionText), aliased(VersionText)
named = aliased(InstitutionText)
certificate = aliased(Certificate)

# Completed, and neither annulled nor replaced by a later row.
COUNTS = and_(Completion.kind == CompletionKind.COMPLETED, ~exists().where(later.supersedes_id == Completion.id))


def conditions(wanted: Wanted, scope: Scope) -> list[ColumnElement[bool]]:
    """What a completion must be to be listed. Asks the database which versions and institutions are meant."""
    found = [COUNTS, within(scope)]
    if wanted.course:
        found.append(_one_of(Completion.version_id, _versions(wanted.course)))
    if wanted.institution:
        found.append(_one_of(Completion.institution_id, _institutions(wanted.institution)))
    if wanted.country:
        found.append(Completion.country == wanted.country)
    if wanted.language:
        found.append(Completion.lang == wanted.language)
    if wanted.affiliation:
        found.append(Completion.affiliation_confirmed.is_(wanted.affiliation == Affiliation.CONFIRMED))
    if wanted.sex:
        found.append(Completion.sex == wanted.sex)
    if wanted.begins:
        found.append(Completion.at >= wanted.begins)
    if wanted.ends:
        found.append(Completion.at < wanted.ends)
    return found


def _one_of(column: InstrumentedAttribute[Any], ids: Sequence[int]) -> ColumnElement[bool]:
    """Equality where there is one, because then an index gives the rows in their order."""
    if not ids:
        return false()
    return column == ids[0] if len(ids) == 1 else column.in_(ids)


def _versions(slug: str) -> Sequence[int]:
    """The versions of a course that enrolments may be pinned to."""
    return db.session.scalars(
        select(CourseVersion.id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug == slug, CourseVersion.parent_id.is_(None))
    ).all()


def _institutions(code: str) -> Sequence[int]:
    """An institution and the proposals that were merged into it."""
    into = aliased(Institution)
    return db.session.scalars(
        select(Institution.id)
        .outerjoin(into, into.id == Institution.merged_into)
        .where((Institution.code == code) | (into.code == code))
    ).all()


def records(lang: str) -> Select[*tuple[Any, ...]]:
    """Completions with everything a row shows of them, names in a language; what is selected is for the caller.

    The course is called as in the version that was completed. A certificate is the last one for this completion.
    """
    last = select(func.max(Certificate.id)).where(Certificate.completion_id == Completion.id)
    return (
        select(Completion.id)
        .select_from(Completion)
        .join(Enrolment, Enrolment.id == Completion.enrolment_id)
        .join(User, User.id == Enrolment.user_id)
        .join(CourseVersion, CourseVersion.id == Completion.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .outerjoin(title, (title.version_id == CourseVersion.id) & (title.lang == lang))
        .outerjoin(own_title, (own_title.version_id == CourseVersion.id) & (own_title.lang == Course.default_lang))
        .outerjoin(CountryText, (CountryText.country == Completion.country) & (CountryText.lang == lang))
        .outerjoin(Institution, Institution.id == Completion.institution_id)
        .outerjoin(named, (named.institution_id == current_institution()) & (named.lang == lang))
        .outerjoin(certificate, certificate.id == last.scalar_subquery())
    )


def current_institution() -> ColumnElement[Any]:
    """The institution of a completion, or the one it was merged into since."""
    return func.coalesce(Institution.merged_into, Institution.id)


def institution_called(lang: str) -> ColumnElement[str]:
    """Its name in the language, else in any it has."""
    return func.coalesce(named.name, institution_name(lang, current_institution()))


def of_the_living(name: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """A name, unless the person was erased."""
    return case((User.state == UserState.ERASED, null()), else_=name)


def certificate_state() -> ColumnElement[Any]:
    """What a certificate is worth today, as `certification.rules.status` says it; NULL where there is none."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return case(
        (certificate.id.is_(None), null()),
        (certificate.ended_at.is_not(None), certificate.ended_why),
        (certificate.expires_at < today, Status.EXPIRED.value),
        else_=Status.VALID.value,
    )


@dataclass(frozen=True)
class Record:
    """A row of the page."""

    public_id: str
    name: str | None  # None once erased
    institution: str
    confirmed: bool
    country: str
    course: str
    course_lang: str
    version: int
    at: dt.datetime
    minutes: int
    score: float | None
    serial: str | None
    certificate: str | None  # its state
    code: str | None
    lang: str


def page(wanted: Wanted, scope: Scope, lang: str) -> Page[Record]:
    """One page of records, newest first."""
    found = (
        records(lang)
        .where(*conditions(wanted, scope))
        .with_only_columns(
            User.public_id,
            of_the_living(User.name_latin),
            func.coalesce(institution_called(lang), ""),
            Completion.affiliation_confirmed,
            func.coalesce(CountryText.name, ""),
            func.coalesce(title.title, own_title.title, Course.slug),
            func.coalesce(title.lang, own_title.lang, Course.default_lang),
            CourseVersion.number,
            Completion.at,
            Completion.minutes,
            Completion.score,
            certificate.serial,
            certificate_state(),
            certificate.code,
            Completion.lang,
            Completion.at,
            Completion.id,
            maintain_column_froms=True,
        )
    )
    return page_of(found, [Completion.at, Completion.id], descending=True, row=lambda row: Record(*row[:-2]))


@dataclass(frozen=True)
class Count:
    """How much a filter leaves. `capped`: at least that much, more was not counted."""

    people: int
    completions: int
    countries: int
    capped: bool


def count(wanted: Wanted, scope: Scope, *, exact: bool = False) -> Count:
    """People, completions and countries, up to a cap beyond which counting would take its time."""
    found = (
        select(Enrolment.user_id, Completion.country)
        .select_from(Completion)
        .join(Enrolment, Enrolment.id == Completion.enrolment_id)
        .where(*conditions(wanted, scope))
    )
    rows = (found if exact else found.limit(COUNT_CAP + 1)).subquery()
    people, completions, countries = db.session.execute(
        select(func.count(rows.c.user_id.distinct()), func.count(), func.count(rows.c.country.distinct()))
    ).one()
    capped = not exact and completions > COUNT_CAP
    return Count(people, min(completions, COUNT_CAP) if capped else completions, countries, capped)


def excluding(wanted: Wanted, scope: Scope) -> list[str]:
    """When nothing is found: the filters each of which, taken away alone, would leave something. One statement."""
    if not wanted.chosen:
        return []
    questions = [
        exists(select(Completion.id).where(*conditions(wanted.without(name), scope))).label(name)
        for name in wanted.chosen
    ]
    answer = db.session.execute(select(*questions)).one()
    return [name for name, leaves in zip(wanted.chosen, answer, strict=True) if leaves]


# Names, for filters


def courses(lang: str) -> list[tuple[str, str]]:
    """(slug, title) of every course that was ever published, by title."""
    rows = db.session.execute(
        select(Course.slug, func.coalesce(title.title, own_title.title, Course.slug).label("called"))
        .outerjoin(title, (title.version_id == Course.published_version_id) & (title.lang == lang))
        .outerjoin(
            own_title, (own_title.version_id == Course.published_version_id) & (own_title.lang == Course.default_lang)
        )
        .where(Course.published_version_id.is_not(None))
        .order_by("called", Course.slug)
    )
    return [(row[0], row[1]) for row in rows]


def countries(scope: Scope, lang: str) -> list[tuple[str, str]]:
    """(code, name) of the countries a scope reaches into."""
    found = select(CountryText.country, CountryText.name).where(CountryText.lang == lang)
    if not scope.everywhere:
        theirs = select(Institution.country).where(Institution.id.in_(scope.institutions))
        found = found.where(CountryText.country.in_(scope.countries) | CountryText.country.in_(theirs))
    rows = db.session.execute(found.order_by(CountryText.sort_key, CountryText.country))
    return [(row[0], row[1]) for row in rows]


def institutions(scope: Scope, country: str, lang: str) -> list[tuple[str, str]]:
    """(code, name) of a country's institutions, as far as the scope reaches."""
    name = institution_name(lang, Institution.id)
    found = select(Institution.code, name).where(
        Institution.country == country,
        Institution.status.in_((InstitutionStatus.CONFIRMED, InstitutionStatus.PROPOSED)),
    )
    if not scope.everywhere and country not in scope.countries:
        found = found.where(Institution.id.in_(scope.institutions))
    return [(row[0], row[1] or "") for row in db.session.execute(found.order_by(name, Institution.id))]


def institution_names(codes: Sequence[str], lang: str) -> dict[str, str]:
    """The names behind some codes."""
    name = institution_name(lang, Institution.id)
    rows = db.session.execute(select(Institution.code, name).where(Institution.code.in_(codes)))
    return {row[0]: row[1] or "" for row in rows}


# The log


@dataclass(frozen=True)
class Export:
    """A row of the log."""

    at: dt.datetime
    who: str | None  # None: the command line
    purpose: str
    filter: Mapping[str, Any]
    rows: int
    format: str
    outcome: str | None


def exports(person: Person) -> Page[Export]:
    """One page of the exports somebody may read about, the last one first."""
    outcome = (
        select(ExportOutcome.outcome)
        .where(ExportOutcome.export_id == ExportLog.id)
        .order_by(ExportOutcome.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = (
        select(
            ExportLog.at,
            User.name_latin,
            ExportLog.purpose,
            ExportLog.filter,
            ExportLog.rows,
            ExportLog.format,
            outcome,
            ExportLog.id,
        )
        .outerjoin(User, User.id == ExportLog.actor_id)
        .where(exports_visible_to(person))
    )
    return page_of(found, [ExportLog.id], descending=True, row=lambda row: Export(*row[:-1]))
