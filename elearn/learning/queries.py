"""Every SELECT the pages of learning need."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, bindparam, cast, func, select
from sqlalchemy.orm import aliased

from elearn.catalogue.access import taught_by
from elearn.catalogue.models import AuthorRole, Course, CourseAuthor, CourseVersion, Step, VersionStep
from elearn.core.access import Person
from elearn.core.db import columns, db
from elearn.core.paging import COUNT_CAP, Page, page_of
from elearn.learning.models import Enrolment, EnrolmentState, ProgressState, StepProgress
from elearn.people.models import User
from elearn.programmes.models import Offering

HERE = (EnrolmentState.ACTIVE, EnrolmentState.COMPLETED)


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

    @property
    def studying(self) -> bool:
        return self.state in HERE


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


def required_steps(version_id: int) -> list[int]:
    """The identities of the steps a version requires."""
    return list(
        db.session.scalars(
            select(VersionStep.step_id)
            .join(Step, Step.id == VersionStep.step_id)
            .where(VersionStep.version_id == version_id, VersionStep.required.is_(True))
            .order_by(VersionStep.position)
        )
    )


def people_in_course(course_id: int) -> Page[tuple[User, Enrolment]]:
    """Who is or was enrolled in a course, by name, one page."""
    found = (
        select(User, Enrolment, User.sort_key, Enrolment.id)
        .join(Enrolment, Enrolment.user_id == User.id)
        .join(Offering, Offering.id == Enrolment.offering_id)
        .where(Offering.course_id == course_id)
    )
    return page_of(found, [User.sort_key, Enrolment.id], row=lambda row: (row[0], row[1]))


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
