"""Moving people who study a course to its newest version: every write of it, and what it would do.

Progress belongs to steps and not to versions, so it comes along by itself: what is done stays done, the best scores
stay. An attempt that is open stays pinned to the questions it was started with, may be finished, and its result counts
for the step. Whoever has completed the course stays on the version completed; whoever left, on the version left.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, insert, select

from elearn.catalogue.models import Course, CourseVersion
from elearn.core import audit, clock
from elearn.core.access import Person
from elearn.core.db import db
from elearn.core.errors import Refused
from elearn.learning import queries, rules
from elearn.learning.models import Enrolment, EnrolmentEvent, EnrolmentState
from elearn.learning.queries import MOVABLE
from elearn.learning.service import complete_if_all_is_done
from elearn.programmes.models import Offering


@dataclass(frozen=True)
class Moved:
    """What moving did, or would do: how many people, and how many of them complete the course by it."""

    people: int
    completed: int


def target(course: Course) -> CourseVersion:
    """The version to move people to: the structural one behind what is published. Raises Refused before the first."""
    published = db.session.get(CourseVersion, course.published_version_id) if course.published_version_id else None
    if published is None:
        raise Refused(_("This course has not been published yet."))
    return db.session.get_one(CourseVersion, published.parent_id or published.id)


def movable(course: Course, to: CourseVersion, user_id: int | None = None) -> Select[Enrolment, int]:
    """The enrolments of those who study an older version, all or one person's, each with the version's number."""
    found = (
        select(Enrolment, CourseVersion.number)
        .join(Offering, Offering.id == Enrolment.offering_id)
        .join(CourseVersion, CourseVersion.id == Enrolment.version_id)
        .where(Offering.course_id == course.id, Enrolment.state.in_(MOVABLE), CourseVersion.number < to.number)
        .order_by(Enrolment.id)
    )
    return found if user_id is None else found.where(Enrolment.user_id == user_id)


def outlook(course: Course, to: CourseVersion, user_id: int | None = None) -> Mapping[int, Moved]:
    """What moving would do, by the number of the version that people study now. Writes nothing. Three statements."""
    rows = db.session.execute(movable(course, to, user_id)).all()
    complete = _completing([enrolment for enrolment, _number in rows], course, to)
    return {
        number: Moved(
            people=sum(their == number for _enrolment, their in rows),
            completed=sum(their == number and enrolment.id in complete for enrolment, their in rows),
        )
        for number in sorted({their for _enrolment, their in rows}, reverse=True)
    }


def move(actor: Person | None, course: Course, number: int, user_id: int | None = None) -> Moved:
    """Move everybody who studies an older version, or one person, to version `number`, which has to be the newest.

    `actor` None: the command line. Raises Refused.
    """
    to = target(course)
    if to.number != number:
        raise Refused(_("Another version was published meanwhile. Please look again at what would change."))
    locked = movable(course, to, user_id).with_for_update(of=Enrolment).execution_options(populate_existing=True)
    rows = db.session.execute(locked).all()
    if not rows:
        raise Refused(_("Nobody is left to move. Nothing was changed."))
    for enrolment, _old in rows:
        enrolment.version_id = to.id
    db.session.flush()
    _record(actor, [(enrolment, f"version {old} to version {to.number}") for enrolment, old in rows])
    complete = _completing([enrolment for enrolment, _old in rows], course, to)
    for enrolment, _old in rows:
        if enrolment.id in complete:
            complete_if_all_is_done(enrolment)
    moved = Moved(len(rows), len(complete))
    _note(actor, course, to, moved, rows[0][0] if user_id is not None else None)
    return moved


def _completing(enrolments: list[Enrolment], course: Course, to: CourseVersion) -> set[int]:
    """Which of these enrolments fulfil the rule of a version by what is done already."""
    required, optional = queries.steps_by_need(to.id)
    done = queries.done_by_enrolment(course.id)
    needed = to.rules.get("optional") or 0
    return {
        one.id
        for one in enrolments
        if one.state == EnrolmentState.ACTIVE and rules.completed(required, done.get(one.id, ()), optional, needed)
    }


def _record(actor: Person | None, moved: list[tuple[Enrolment, str]]) -> None:
    """The history of each enrolment, in one statement."""
    moment = clock.now()
    values = [
        {
            "enrolment_id": enrolment.id,
            "from_state": enrolment.state,
            "to_state": enrolment.state,
            "actor_id": actor.id if actor else None,
            "reason": reason,
            "at": moment,
        }
        for enrolment, reason in moved
    ]
    db.session.execute(insert(EnrolmentEvent), values)


def _note(actor: Person | None, course: Course, to: CourseVersion, moved: Moved, one: Enrolment | None) -> None:
    detail = {"course": course.slug, "version": to.number, "people": moved.people, "completed": moved.completed}
    kind, key = ("enrolment", one.id) if one is not None else ("course", course.id)
    audit.note("moved-to-version", kind, key, actor=actor, detail=detail)
