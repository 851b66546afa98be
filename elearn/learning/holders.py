"""Learning's part in a person's rights: where they are enrolled, what they did, what they completed."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from elearn.catalogue.models import Course, Step
from elearn.core.db import db
from elearn.core.privacy import Fate, Holding
from elearn.learning.models import Completion, Enrolment, EnrolmentEvent, StepOverride, StepProgress
from elearn.programmes.models import Offering

HOLDINGS = (
    Holding(
        what=_l(
            "Enrolments and progress: course, language, steps done with their results, more attempts or time granted"
        ),
        why=_l("Whoever plans courses must know how many study them and where they stop."),
        tables=("enrolment", "enrolment_event", "progress", "step_override"),
        fate=Fate.NAMELESS,
    ),
    Holding(
        what=_l("Completions: course, date, hours and result; country, institution and sex as they were on that day"),
        why=_l("Reports that were given must stay true, and anybody who may must be able to count again."),
        tables=("completion",),
        fate=Fate.NAMELESS,
    ),
)


def export(user_id: int) -> list[dict[str, Any]]:
    """Every course of a person, with its history, progress and completions."""
    rows = db.session.execute(
        select(Enrolment, Course.slug)
        .join(Offering, Offering.id == Enrolment.offering_id)
        .join(Course, Course.id == Offering.course_id)
        .where(Enrolment.user_id == user_id)
        .order_by(Enrolment.id)
    ).all()
    return [
        {
            "course": slug,
            "state": enrolment.state,
            "language": enrolment.lang,
            "enrolled_at": enrolment.enrolled_at,
            "last_active_at": enrolment.active_at,
            "history": _history(enrolment.id),
            "progress": _progress(enrolment.id),
            "granted": _granted(enrolment.id),
            "completions": _completions(enrolment.id),
        }
        for enrolment, slug in rows
    ]


def _history(enrolment_id: int) -> list[dict[str, Any]]:
    found = select(EnrolmentEvent).where(EnrolmentEvent.enrolment_id == enrolment_id).order_by(EnrolmentEvent.id)
    return [
        {"from": row.from_state, "to": row.to_state, "reason": row.reason, "at": row.at}
        for row in db.session.scalars(found)
    ]


def _progress(enrolment_id: int) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Step.key, StepProgress.state, StepProgress.score, StepProgress.done_at)
        .join(Step, Step.id == StepProgress.step_id)
        .where(StepProgress.enrolment_id == enrolment_id)
        .order_by(Step.id)
    )
    return [{"step": row[0], "state": row[1], "result_in_per_cent": row[2], "done_at": row[3]} for row in rows]


def _granted(enrolment_id: int) -> list[dict[str, Any]]:
    found = select(StepOverride).where(StepOverride.enrolment_id == enrolment_id).order_by(StepOverride.id)
    return [
        {"attempts": row.extra_attempts, "seconds": row.extra_seconds, "reason": row.reason, "at": row.at}
        for row in db.session.scalars(found)
    ]


def _completions(enrolment_id: int) -> list[dict[str, Any]]:
    found = select(Completion).where(Completion.enrolment_id == enrolment_id).order_by(Completion.number)
    return [
        {
            "kind": row.kind,
            "at": row.at,
            "language": row.lang,
            "minutes": row.minutes,
            "result_in_per_cent": row.score,
            "country": row.country,
            "sex": row.sex,
        }
        for row in db.session.scalars(found)
    ]


def erase(_user_id: int) -> None:
    """Nothing: rows of an enrolment hold no name and no words; why something was granted is assessment's to forget."""
