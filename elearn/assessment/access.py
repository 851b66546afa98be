"""Who reaches which attempts: a trainee her own, a trainer those of the people in her course; others find nothing."""

from typing import NamedTuple

from flask import abort
from sqlalchemy import select

from elearn.assessment.models import Attempt
from elearn.catalogue.models import Course, Step, VersionStep
from elearn.core.access import Person
from elearn.core.db import db
from elearn.learning.models import Enrolment
from elearn.people.models import User
from elearn.programmes.models import Offering


class Held(NamedTuple):
    """An attempt with the enrolment it belongs to and the version it is pinned to."""

    attempt: Attempt
    enrolment: Enrolment
    version_id: int


def own_attempt(person: Person, slug: str, step: str, number: int, *, lock: bool = False) -> Held:
    """The person's attempt by its number, locked until the transaction ends if asked; 404 when there is none."""
    found = (
        select(Attempt, Enrolment, VersionStep.version_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Offering, Offering.id == Enrolment.offering_id)
        .join(Course, Course.id == Offering.course_id)
        .join(VersionStep, VersionStep.id == Attempt.version_step_id)
        .join(Step, Step.id == VersionStep.step_id)
        .where(Enrolment.user_id == person.id, Course.slug == slug, Step.key == step, Attempt.number == number)
        .order_by(Enrolment.active_at.desc())
        .limit(1)
    )
    if lock:
        found = found.with_for_update(of=Attempt)
    row = db.session.execute(found).first()
    if row is None:
        abort(404)
    return Held(*row)


def taught_enrolment(course_id: int, public_id: str) -> tuple[User, Enrolment]:
    """Somebody's place in a course one teaches, the most recent one; 404 when there is none."""
    row = db.session.execute(
        select(User, Enrolment)
        .join(Enrolment, Enrolment.user_id == User.id)
        .join(Offering, Offering.id == Enrolment.offering_id)
        .where(Offering.course_id == course_id, User.public_id == public_id)
        .order_by(Enrolment.active_at.desc())
        .limit(1)
    ).first()
    if row is None:
        abort(404)
    return row[0], row[1]
