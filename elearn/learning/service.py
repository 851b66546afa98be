"""Every write of learning: enrolling, leaving, doing a step, completing."""

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import func, select

from elearn.catalogue import shelf
from elearn.catalogue.models import CourseVersion, Step
from elearn.core import clock
from elearn.core.access import Person
from elearn.core.db import db, refusing_clash
from elearn.core.errors import Refused
from elearn.learning import queries, rules, words
from elearn.learning.events import course_completed
from elearn.learning.models import (
    Completion,
    CompletionKind,
    Enrolment,
    EnrolmentEvent,
    EnrolmentState,
    ProgressState,
    StepProgress,
)
from elearn.learning.queries import Place
from elearn.learning.rules import Evidence
from elearn.people.models import User
from elearn.programmes import queries as offerings
from elearn.programmes.models import Offering, OfferingState
from elearn.programmes.rules import Closed, closed_because

SEATED = (EnrolmentState.ACTIVE, EnrolmentState.COMPLETED)
LONG_AGO = rules.Opening(dt.datetime(1970, 1, 1, tzinfo=dt.UTC))  # every day that somebody waits for has come


def enrol(actor: Person, slug: str, lang: str) -> Enrolment:
    """Enrol the actor in a course's open offering, on its published version. Raises Refused when it cannot be."""
    found = offerings.default_offering(slug)
    if found is None:
        raise Refused(_("This course is not open for enrolment."))
    offering, course = found
    offerings.lock(offering.id)
    existing = db.session.execute(
        select(Enrolment).where(Enrolment.user_id == actor.id, Enrolment.offering_id == offering.id)
    ).scalar_one_or_none()
    if existing is not None and existing.state != EnrolmentState.WITHDRAWN:
        raise Refused(_("You are already enrolled in this course. Nothing was changed."))
    _require_open(offering)
    moment = clock.now()
    if existing is not None:
        _move(existing, EnrolmentState.ACTIVE, actor.id)
        existing.lang, existing.active_at = lang, moment
        complete_if_all_is_done(existing)  # a quiz that ended by the clock meanwhile may have been the last step
        db.session.flush()
        return existing
    assert course.published_version_id is not None
    enrolment = Enrolment(
        user_id=actor.id,
        offering_id=offering.id,
        version_id=_structural(course.published_version_id),
        lang=lang,
        state=EnrolmentState.ACTIVE,
        enrolled_at=moment,
        active_at=moment,
    )
    with refusing_clash(_("You are already enrolled in this course. Nothing was changed.")):
        db.session.add(enrolment)
    _record(enrolment, None, EnrolmentState.ACTIVE, actor.id)
    return enrolment


def leave(actor: Person, slug: str) -> None:
    """Leave a course; what was done stays and is there again on coming back. Raises Refused."""
    _place, enrolment = _own(actor, slug)
    if enrolment.state != EnrolmentState.ACTIVE:
        raise Refused(_("This course is already completed or left. Nothing was changed."))
    _move(enrolment, EnrolmentState.WITHDRAWN, actor.id)


def choose_language(actor: Person, slug: str, lang: str) -> None:
    """Study in another language from now on; place and progress stay."""
    _place, enrolment = _own(actor, slug)
    enrolment.lang = lang


def read_step(actor: Person, slug: str, step_id: int) -> None:
    """The trainee says that a lesson is done."""
    place, enrolment = _own(actor, slug)
    if enrolment.state not in SEATED:
        raise Refused(_("You have left this course. Enrol again to go on where you stopped."))
    require_open(place, step_id)
    mark_step_done(enrolment, step_id, Evidence(source="read"))


def require_open(place: Place, step_id: int) -> None:
    """Raise Refused when a step is not open yet to somebody. For whoever offers a kind of step: before it is begun."""
    _refuse_what_is_closed(place.enrolment_id, place.shown_version_id, step_id, place.lang, place.opening)


def require_what_comes_first(enrolment: Enrolment, version_id: int, step_id: int) -> None:
    """Raise Refused when something has to be done before a step, by the rules of the version in which it was begun.

    For whoever hands in: what was begun on its day may be finished, whatever became of the dates or the version since.
    """
    _refuse_what_is_closed(enrolment.id, version_id, step_id, enrolment.lang, LONG_AGO)


def _refuse_what_is_closed(enrolment_id: int, version_id: int, step_id: int, lang: str, opening: rules.Opening) -> None:
    outline = shelf.outline(version_id)
    if outline is None or outline.free:
        return
    closed = rules.closed_steps(
        outline.steps,
        ordered=outline.ordered,
        done=queries.steps_done(enrolment_id),
        opening=opening,
        now=clock.now(),
    )
    for step in outline.steps:
        if step.step_id == step_id and step.key in closed:
            raise Refused(words.not_open(outline, closed[step.key], lang))


def mark_step_done(enrolment: Enrolment, step_id: int, evidence: Evidence) -> None:
    """Note what was achieved in a step, and complete the course when that was the last required one.

    Safe to repeat: the best score is kept, a done step stays done, a course is completed once.
    """
    # One at a time per enrolment, so that two last steps at once still make one completion.
    db.session.refresh(enrolment, with_for_update=True)
    progress = db.session.get(StepProgress, (enrolment.id, step_id))
    if progress is None:
        progress = StepProgress(
            enrolment_id=enrolment.id, step_id=step_id, state=ProgressState.STARTED, source=evidence.source
        )
        db.session.add(progress)
    progress.score = rules.better(progress.score, evidence.score)
    if evidence.done and progress.state != ProgressState.DONE:
        progress.state = ProgressState.DONE
        progress.source = evidence.source
        progress.done_at = clock.not_before(enrolment.enrolled_at)
    enrolment.last_step_id = step_id
    enrolment.active_at = clock.now()
    db.session.flush()
    if enrolment.state == EnrolmentState.ACTIVE and evidence.done:
        complete_if_all_is_done(enrolment)


def complete_if_all_is_done(enrolment: Enrolment) -> None:
    """Complete the course by the rule of the version that somebody studies, if that is fulfilled."""
    progress = queries.progress_of(enrolment.id)
    done = [step_id for step_id, found in progress.items() if found.state == ProgressState.DONE]
    required, optional = queries.steps_by_need(enrolment.version_id)
    if not set(required) <= set(done):
        return
    version = db.session.get_one(CourseVersion, enrolment.version_id)
    if not rules.completed(required, done, optional, version.rules.get("optional") or 0):
        return
    user = db.session.get_one(User, enrolment.user_id)
    result_key = version.rules["completion"]["result"]
    result_step = db.session.execute(
        select(Step.id).where(Step.course_id == version.course_id, Step.key == result_key)
    ).scalar_one_or_none()
    result = progress.get(result_step) if result_step is not None else None
    number = db.session.scalar(select(func.count()).where(Completion.enrolment_id == enrolment.id)) or 0
    completion = Completion(
        enrolment_id=enrolment.id,
        number=number + 1,
        kind=CompletionKind.COMPLETED,
        version_id=enrolment.version_id,
        lang=enrolment.lang,
        minutes=version.minutes,
        score=result.score if result is not None else None,
        evidence={
            "steps": sorted(done),
            "scores": {str(k): v.score for k, v in progress.items() if v.score is not None},
        },
        institution_id=user.institution_id,
        affiliation_confirmed=user.affiliation_confirmed_at is not None,
        country=user.country,
        sex=user.sex,
        at=clock.not_before(enrolment.enrolled_at),
    )
    db.session.add(completion)
    _move(enrolment, EnrolmentState.COMPLETED, None)
    db.session.flush()
    course_completed.send("learning", completion=completion, enrolment=enrolment)


def _own(actor: Person, slug: str) -> tuple[Place, Enrolment]:
    place = queries.enrolment_of(actor.id, slug)
    if place is None:
        raise Refused(_("You are not enrolled in this course."))
    return place, db.session.get_one(Enrolment, place.enrolment_id, with_for_update=True)


def _structural(version_id: int) -> int:
    """The structural version behind a published one: enrolments pin steps, not wording."""
    version = db.session.get_one(CourseVersion, version_id)
    return version.parent_id or version.id


def _require_open(offering: Offering) -> None:
    taken = 0
    if offering.seats is not None:
        taken = (
            db.session.scalar(
                select(func.count()).where(Enrolment.offering_id == offering.id, Enrolment.state.in_(SEATED))
            )
            or 0
        )
    closed = closed_because(
        running=offering.state == OfferingState.RUNNING,
        opens_at=offering.opens_at,
        closes_at=offering.closes_at,
        seats=offering.seats,
        taken=taken,
        now=clock.now(),
    )
    if closed == Closed.FULL:
        raise Refused(_("Every seat of this course is taken."))
    if closed is not None:
        raise Refused(_("This course is not open for enrolment at this time."))


def _move(enrolment: Enrolment, to: EnrolmentState, actor_id: int | None, reason: str = "") -> None:
    before, enrolment.state = enrolment.state, to
    _record(enrolment, before, to, actor_id, reason)


def _record(
    enrolment: Enrolment, before: EnrolmentState | None, to: EnrolmentState, actor_id: int | None, reason: str = ""
) -> None:
    db.session.add(
        EnrolmentEvent(
            enrolment_id=enrolment.id, from_state=before, to_state=to, actor_id=actor_id, reason=reason, at=clock.now()
        )
    )
    db.session.flush()
