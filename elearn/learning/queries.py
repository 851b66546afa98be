"""Every SELECT the pages of learning need."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, bindparam, cast, func, or_, select
from sqlalchemy.orm import aliased

from elearn.catalogue.access import taught_by
from elearn.catalogue.models import AuthorRole, Course, CourseAuthor, CourseVersion, VersionStep
from elearn.core.access import Person
from elearn.core.db import columns, db
from elearn.core.paging import COUNT_CAP, Page, page_of
from elearn.learning.models import Enrolment, EnrolmentState, ProgressState, StepProgress
from elearn.learning.rules import Opening
from elearn.people.models import User, UserState
from elearn.programmes.models import Offering

HERE = (EnrolmentState.ACTIVE, EnrolmentState.COMPLETED)
MOVABLE = (EnrolmentState.ACTIVE, EnrolmentState.WAITING)  # whom a new version can be given


@dataclass(frozen=True)
class Place:
    """A person's place in a course. `version_id` is pinned; `shown_version_id` is its latest correction."""

    enrolment_id: int
    user_id: int
    offering_id: int
    course_id: int
    slug: str
    state: EnrolmentState
    lang: str
    version_id: int
    shown_version_id: int
    last_step_id: int | None
    deadline: dt.datetime | None
    opened_at: dt.datetime  # the opening of the offering; where it has none, the enrolment
    zone: str

    @property
    def studying(self) -> bool:
        return self.state in HERE

    @property
    def opening(self) -> Opening:
        """From when the days are counted after which steps open."""
        return Opening(self.opened_at, self.zone)


def _places() -> Select[*tuple[Any, ...]]:
    text_version = aliased(CourseVersion)
    latest = select(func.max(text_version.id)).where(text_version.parent_id == Enrolment.version_id).scalar_subquery()
    return (
        select(
            Enrolment.id,
            Enrolment.user_id,
            Enrolment.offering_id,
            Offering.course_id,
            Course.slug,
            Enrolment.state,
            Enrolment.lang,
            Enrolment.version_id,
            func.coalesce(latest, Enrolment.version_id),
            Enrolment.last_step_id,
            Enrolment.deadline,
            func.coalesce(Offering.opens_at, Enrolment.enrolled_at),
            Offering.tz,
        )
        .join(Offering, Offering.id == Enrolment.offering_id)
        .join(Course, Course.id == Offering.course_id)
    )  # fmt: skip


_PLACE_IN_COURSE = (
    _places()
    .where(Enrolment.user_id == bindparam("person"), Course.slug == bindparam("slug"))
    .order_by(Enrolment.active_at.desc())
    .limit(1)
)


def enrolment_of(person_id: int, slug: str) -> Place | None:
    """Where this person stands in the course; the most recent one of several. One statement."""
    row = columns(_PLACE_IN_COURSE, person=person_id, slug=slug).first()
    return Place(*row) if row is not None else None


_STEPS_DONE = (
    select(func.aggregate_strings(cast(StepProgress.step_id, String), ","))
    .where(StepProgress.enrolment_id == Enrolment.id, StepProgress.state == ProgressState.DONE)
    .correlate(Enrolment)
    .scalar_subquery()
)
_PLACE_AND_STEPS = _PLACE_IN_COURSE.add_columns(_STEPS_DONE)


def place_and_steps(person_id: int, slug: str) -> tuple[Place, frozenset[int]] | None:
    """The same, and the identities of the steps that are done there. One statement."""
    row = columns(_PLACE_AND_STEPS, person=person_id, slug=slug).first()
    if row is None:
        return None
    return Place(*row[:-1]), frozenset(int(step) for step in (row[-1] or "").split(",") if step)


def enrolments_of(person_id: int) -> list[Place]:
    """Every course this person studies or studied, the most recent first."""
    rows = db.session.execute(
        _places()
        .where(Enrolment.user_id == person_id, Enrolment.state != EnrolmentState.WITHDRAWN)
        .order_by(Enrolment.active_at.desc())
    )
    return [Place(*row) for row in rows]


@dataclass(frozen=True)
class Done:
    """A step's progress as pages show it."""

    state: ProgressState
    score: float | None
    done_at: dt.datetime | None


_PROGRESS = select(StepProgress.step_id, StepProgress.state, StepProgress.score, StepProgress.done_at).where(
    StepProgress.enrolment_id == bindparam("enrolment")
)


def progress_of(enrolment_id: int) -> Mapping[int, Done]:
    """Progress by step id. One statement."""
    rows = columns(_PROGRESS, enrolment=enrolment_id)
    return {row[0]: Done(*row[1:]) for row in rows}


def progress_by_enrolment(enrolment_ids: list[int]) -> Mapping[int, Mapping[int, Done]]:
    """Progress of several enrolments at once. One statement."""
    found: dict[int, dict[int, Done]] = {enrolment_id: {} for enrolment_id in enrolment_ids}
    if enrolment_ids:
        rows = db.session.execute(
            select(
                StepProgress.enrolment_id,
                StepProgress.step_id,
                StepProgress.state,
                StepProgress.score,
                StepProgress.done_at,
            ).where(StepProgress.enrolment_id.in_(enrolment_ids))
        )
        for row in rows:
            found[row[0]][row[1]] = Done(*row[2:])
    return found


def steps_done(enrolment_id: int) -> frozenset[int]:
    """The identities of the steps that are done. One statement."""
    found = select(StepProgress.step_id).where(
        StepProgress.enrolment_id == enrolment_id, StepProgress.state == ProgressState.DONE
    )
    return frozenset(db.session.scalars(found))


def steps_by_need(version_id: int) -> tuple[list[int], list[int]]:
    """The identities of the steps that a version requires, and of its optional ones. One statement."""
    found: dict[bool, list[int]] = {True: [], False: []}
    rows = select(VersionStep.step_id, VersionStep.required).where(VersionStep.version_id == version_id)
    for step_id, required in db.session.execute(rows.order_by(VersionStep.position)):
        found[required].append(step_id)
    return found[True], found[False]


def people_in_course(course_id: int) -> Page[tuple[User, Enrolment]]:
    """Who is or was enrolled in a course, by name, one page."""
    found = (
        select(User, Enrolment, User.sort_key, Enrolment.id)
        .join(Enrolment, Enrolment.user_id == User.id)
        .join(Offering, Offering.id == Enrolment.offering_id)
        .where(Offering.course_id == course_id)
    )
    return page_of(found, [User.sort_key, Enrolment.id], row=lambda row: (row[0], row[1]))


def person_in_course(course_id: int, public_id: str) -> User | None:
    """Somebody who is or was enrolled in a course."""
    return db.session.scalars(
        select(User)
        .join(Enrolment, Enrolment.user_id == User.id)
        .join(Offering, Offering.id == Enrolment.offering_id)
        .where(Offering.course_id == course_id, User.public_id == public_id)
        .limit(1)
    ).first()


@dataclass(frozen=True)
class Taught:
    """A course in a trainer's list, with how many people study and have completed it, counted up to COUNT_CAP + 1."""

    slug: str
    version_id: int
    studying: int
    completed: int


def courses_taught(person: Person) -> Page[Taught]:
    """One page of the published courses somebody may look into. One statement."""

    def counted(state: EnrolmentState) -> Any:
        rows = (
            select(Enrolment.id)
            .join(Offering, Offering.id == Enrolment.offering_id)
            .where(Offering.course_id == Course.id, Enrolment.state == state)
            .limit(COUNT_CAP + 1)
            .correlate(Course)
            .subquery()
        )
        return select(func.count()).select_from(rows).scalar_subquery()

    found = select(
        Course.published_version_id,
        counted(EnrolmentState.ACTIVE),
        counted(EnrolmentState.COMPLETED),
        Course.slug,
    ).where(Course.published_version_id.is_not(None), taught_by(person))
    return page_of(found, [Course.slug], row=lambda row: Taught(row[3], *row[:3]))


def trainers_of(course_id: int) -> list[User]:
    """Who trains a course, by name."""
    return list(
        db.session.scalars(
            select(User)
            .join(CourseAuthor, CourseAuthor.user_id == User.id)
            .where(CourseAuthor.course_id == course_id, CourseAuthor.role == AuthorRole.TRAINER)
            .order_by(User.sort_key, User.id)
        )
    )


# --- versions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Published:
    """A version in the list of a course's versions. `corrects`: the number of the version whose words it corrects."""

    version_id: int
    number: int
    corrects: int | None
    reason: str
    at: dt.datetime
    by: str  # '' on the command line
    by_erased: bool


def versions_of(course_id: int) -> Page[Published]:
    """One page of a course's versions, the newest first."""
    parent = aliased(CourseVersion)
    found = (
        select(
            CourseVersion.id,
            parent.number,
            CourseVersion.reason,
            CourseVersion.published_at,
            User.name_latin,
            User.state,
            CourseVersion.number,
        )
        .outerjoin(parent, parent.id == CourseVersion.parent_id)
        .outerjoin(User, User.id == CourseVersion.published_by)
        .where(CourseVersion.course_id == course_id)
    )

    def row(found: Any) -> Published:
        version_id, corrects, reason, at, name, state, number = found
        return Published(version_id, number, corrects, reason, at, name or "", state == UserState.ERASED)

    return page_of(found, [CourseVersion.number], descending=True, row=row)


def shown_version(course_id: int, number: int) -> int:
    """The latest correction of a structural version, or itself: what people on it read. One statement."""
    found = aliased(CourseVersion)
    return db.session.execute(
        select(func.max(CourseVersion.id))
        .join(found, or_(found.id == CourseVersion.id, found.id == CourseVersion.parent_id))
        .where(found.course_id == course_id, found.number == number)
    ).scalar_one()


def people_by_version(course_id: int) -> Mapping[int, Mapping[EnrolmentState, int]]:
    """How many people are on each version of a course, by the state of their enrolment. One statement."""
    rows = db.session.execute(
        select(Enrolment.version_id, Enrolment.state, func.count())
        .join(Offering, Offering.id == Enrolment.offering_id)
        .where(Offering.course_id == course_id)
        .group_by(Enrolment.version_id, Enrolment.state)
    )
    found: dict[int, dict[EnrolmentState, int]] = {}
    for version_id, state, count in rows:
        found.setdefault(version_id, {})[state] = count
    return found


def studying_by_version(slug: str) -> dict[int, int]:
    """How many people study each version of a course: those whom a new one would concern. One statement."""
    rows = db.session.execute(
        select(Enrolment.version_id, func.count())
        .join(Offering, Offering.id == Enrolment.offering_id)
        .join(Course, Course.id == Offering.course_id)
        .where(Course.slug == slug, Enrolment.state.in_(MOVABLE))
        .group_by(Enrolment.version_id)
    )
    return {row[0]: row[1] for row in rows}


def done_by_enrolment(course_id: int) -> Mapping[int, set[int]]:
    """The steps that are done, of everybody who studies a course. One statement."""
    rows = db.session.execute(
        select(StepProgress.enrolment_id, StepProgress.step_id)
        .join(Enrolment, Enrolment.id == StepProgress.enrolment_id)
        .join(Offering, Offering.id == Enrolment.offering_id)
        .where(
            Offering.course_id == course_id,
            Enrolment.state == EnrolmentState.ACTIVE,
            StepProgress.state == ProgressState.DONE,
        )
    )
    found: dict[int, set[int]] = {}
    for enrolment_id, step_id in rows:
        found.setdefault(enrolment_id, set()).add(step_id)
    return found


def newer_version(enrolment: Enrolment) -> tuple[int, int | None]:
    """The number of the version somebody is on, and that of the newest one if they can be given it. One statement."""
    own, published, structural = (aliased(CourseVersion) for _ in range(3))
    row = db.session.execute(
        select(own.number, func.coalesce(structural.number, published.number))
        .join(Course, Course.id == own.course_id)
        .outerjoin(published, published.id == Course.published_version_id)
        .outerjoin(structural, structural.id == published.parent_id)
        .where(own.id == enrolment.version_id)
    ).one()
    newest: int | None = row[1]
    newer = (newest or 0) > row[0] and enrolment.state in MOVABLE
    return row[0], newest if newer else None
