"""Every write of assessment: starting an attempt, saving answers, handing in, granting more."""

import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from elearn.assessment import queries, rules
from elearn.assessment.access import Held, own_attempt
from elearn.assessment.items.base import Given, Unreadable
from elearn.assessment.models import Attempt, AttemptItem, Response
from elearn.assessment.queries import Content, Row
from elearn.core import audit, clock, jobs
from elearn.core.access import Person
from elearn.core.db import db, refusing_clash, unit_of_work
from elearn.core.errors import Refused
from elearn.core.i18n import long_moment
from elearn.learning.models import Enrolment, StepOverride
from elearn.learning.queries import HERE, Place
from elearn.learning.rules import Evidence
from elearn.learning.service import mark_step_done, require_open, require_what_comes_first

log = logging.getLogger(__name__)
HIGHEST_SEQ = 10**12
CLIENT_LENGTH = 64
SWEEP = 200


class Unclear(Refused):
    """Some answers could not be read; `errors` says why, by item. Nothing of the request is stored."""

    def __init__(self, errors: Mapping[str, str]):
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class TooLate(Refused):
    """The time of the attempt is up."""


@dataclass(frozen=True)
class Saved:
    """What became of an answer: the number under which one is kept, and whether that is a newer one from elsewhere."""

    seq: int
    superseded: bool = False
    deadline: datetime | None = None


# --- starting -----------------------------------------------------------------------------------------------------


def start(place: Place, shown: Content, lang: str) -> Attempt:
    """The attempt that is open, or else a new one with its items drawn. Raises Refused when none is left."""
    enrolment = _locked_enrolment(place.enrolment_id)
    _require_studying(enrolment)
    taken = queries.attempts(enrolment.id, shown.step_id)
    for attempt in taken:
        if attempt.submitted_at is None:
            if rules.in_time(clock.now(), attempt.deadline):
                return attempt
            _close(attempt, enrolment, queries.content(attempt.version_step_id), by="time")
    require_open(place, shown.step_id)
    extra = queries.extra(enrolment.id, shown.step_id)
    allowed = rules.allowed_attempts(shown.quiz.attempts, extra.attempts)
    number = rules.next_attempt_number(len(taken), allowed)
    if number is None:
        raise Refused(ngettext("The one attempt has been used.", "All %(num)d attempts have been used.", allowed or 0))
    return _open(enrolment, shown, number, lang, extra.seconds)


def _open(enrolment: Enrolment, shown: Content, number: int, lang: str, extra_seconds: int) -> Attempt:
    quiz, moment = shown.quiz, clock.now()
    attempt = Attempt(
        enrolment_id=enrolment.id,
        version_step_id=shown.version_step_id,
        number=number,
        seed=secrets.token_hex(16),
        lang=lang,
        started_at=moment,
        deadline=rules.deadline(moment, quiz.minutes, extra_seconds),
    )
    with refusing_clash(_("This attempt has been started already. Please open the quiz again to go on with it.")):
        db.session.add(attempt)
    keys = rules.drawn([item.id for item in quiz.items], seed=attempt.seed, draw=quiz.draw, shuffle=quiz.shuffle)
    for position, key in enumerate(keys, start=1):
        item = quiz[key]
        asked = item.type.prepare(item.ask, seed=f"{attempt.seed}\x1f{key}", shuffle=quiz.shuffle)
        db.session.add(
            AttemptItem(
                attempt_id=attempt.id,
                item_key=key,
                position=position,
                option_order=list(asked.order),
                variables=dict(asked.variables),
            )
        )
    db.session.flush()
    return attempt


# --- answers ------------------------------------------------------------------------------------------------------


def save_answers(
    actor: Person,
    slug: str,
    step: str,
    number: int,
    keys: Iterable[str],
    form: Mapping[str, Sequence[str]],
    *,
    lang: str,
    seq: int | None = None,
    client: str = "",
) -> Saved:
    """Keep the answers that a form holds for the items `keys`. Safe to repeat.

    A script numbers its answers (`seq`, `client`), and an older one never replaces a newer; without a script the
    order of arrival counts. Raises Unclear, TooLate, Refused.
    """
    held = own_attempt(actor, slug, step, number, lock=True)
    _require_open(held)
    quiz = queries.content(held.attempt.version_step_id, held.version_id).quiz
    rows = queries.rows(held.attempt.id)
    highest = max((row.response.seq for row in rows.values() if row.response), default=0)
    number_given = highest + 1 if seq is None else min(seq, HIGHEST_SEQ)
    saved, errors = Saved(highest), {}
    for key in keys:
        if key not in rows:
            raise Refused(_("This question is not part of the attempt. Nothing was changed."))
        try:
            answer = quiz[key].type.read(rows[key].asked(quiz), Given(key, form))
        except Unreadable as bad:
            errors[key] = str(bad.args[0]) if bad.args else _("This answer does not fit the question.")
            continue
        if seq is None and rows[key].response and rows[key].answer == answer:
            continue  # a page sent on without a change
        saved = _keep(held.attempt, rows[key], answer, lang=lang, seq=number_given, client=client)
    if errors:
        raise Unclear(errors)
    db.session.flush()
    return replace(saved, deadline=held.attempt.deadline)


def _keep(attempt: Attempt, row: Row, answer: object, *, lang: str, seq: int, client: str) -> Saved:
    response = row.response
    kept = (response.seq, response.client_key) if response else None
    arrival = rules.arrival(kept, seq, client)
    if response and arrival is not rules.Arrival.NEWER:
        return Saved(response.seq, superseded=arrival is rules.Arrival.OLDER)
    if response is None:
        response = Response(attempt_id=attempt.id, item_key=row.item.item_key, version_step_id=attempt.version_step_id)
        db.session.add(response)
    response.answer = {"value": answer}
    response.seq, response.client_key, response.lang, response.saved_at = seq, client, lang, clock.now()
    return Saved(seq)


def _require_open(held: Held) -> None:
    _require_studying(held.enrolment)
    _require_not_handed_in(held.attempt)
    if not rules.in_time(clock.now(), held.attempt.deadline):
        assert held.attempt.deadline is not None
        raise TooLate(
            _(
                "The time was up on %(moment)s. What had been saved until then counts; this answer came later.",
                moment=long_moment(held.attempt.deadline),
            )
        )


def _require_not_handed_in(attempt: Attempt) -> None:
    if attempt.submitted_at is not None:
        raise Refused(
            _(
                "This attempt was handed in on %(moment)s. It counts once, as it was then.",
                moment=long_moment(attempt.submitted_at),
            )
        )


# --- handing in ---------------------------------------------------------------------------------------------------


def hand_in(actor: Person, slug: str, step: str, number: int) -> Attempt:
    """Close the attempt and mark it, once. After its time, what had been saved in time counts. Raises Refused."""
    found = own_attempt(actor, slug, step, number)
    enrolment = _locked_enrolment(found.enrolment.id)
    attempt = _locked_attempt(found.attempt.id)
    _require_not_handed_in(attempt)
    _require_studying(enrolment)
    pinned = queries.content(attempt.version_step_id, found.version_id)
    require_what_comes_first(enrolment, pinned.version_id, pinned.step_id)
    by = "trainee" if rules.in_time(clock.now(), attempt.deadline) else "time"
    _close(attempt, enrolment, pinned, by=by)
    return attempt


@jobs.every_tick
def hand_in_overdue() -> int:
    """Hand in every attempt whose time is up, each in a transaction of its own; how many there were."""
    count = 0
    for enrolment_id, attempt_id in queries.overdue(clock.now() - rules.GRACE, SWEEP):
        try:
            with unit_of_work():
                enrolment = _locked_enrolment(enrolment_id)
                attempt = _locked_attempt(attempt_id)
                if attempt.submitted_at is None and not rules.in_time(clock.now(), attempt.deadline):
                    _close(attempt, enrolment, queries.content(attempt.version_step_id), by="time")
                    count += 1
        except Exception:
            log.exception("an overdue attempt could not be handed in", extra={"attempt": attempt_id})
    return count


def _close(attempt: Attempt, enrolment: Enrolment, pinned: Content, *, by: str) -> None:
    """Mark every item, score the attempt, and tell learning."""
    quiz = pinned.quiz
    marked = []
    for key, row in queries.rows(attempt.id).items():
        item = quiz[key]
        share = rules.NOTHING if row.answer is None else item.type.mark(row.asked(quiz), item.key, row.answer)
        marked.append(rules.Marked(key, item.points, share))
        if row.response:
            row.response.mark = None if share is None else float(item.points * share)
            row.response.is_final = True
    score = rules.score(marked)
    attempt.submitted_at, attempt.submitted_by = clock.not_before(attempt.started_at), by
    attempt.score, attempt.max_score = float(score.earned), float(score.possible)
    attempt.passed = not score.waiting and score.passes(quiz.pass_mark)
    db.session.flush()
    mark_step_done(
        enrolment,
        pinned.step_id,
        Evidence(
            source=f"quiz:{attempt.number}",
            score=None if score.waiting else float(score.percent),
            done=attempt.passed or quiz.pass_mark is None,
        ),
    )


# --- more for one person ------------------------------------------------------------------------------------------


def grant(actor: Person, enrolment_id: int, pinned: Content, *, attempts: int, minutes: int, reason: str) -> None:
    """Give one person more attempts, or more time for each, at one quiz; an attempt that is open gets the time too."""
    if not attempts and not minutes:
        raise Refused(_("Please grant at least one attempt or some minutes."), "attempts")
    if attempts and pinned.quiz.attempts is None:
        raise Refused(_("The attempts at this quiz are not limited."), "attempts")
    if minutes and pinned.quiz.minutes is None:
        raise Refused(_("The time of this quiz is not limited."), "minutes")
    step_id = pinned.step_id
    _locked_enrolment(enrolment_id)
    db.session.add(
        StepOverride(
            enrolment_id=enrolment_id,
            step_id=step_id,
            extra_attempts=attempts,
            extra_seconds=minutes * 60,
            reason=reason,
            actor_id=actor.id,
            at=clock.now(),
        )
    )
    for attempt in queries.attempts(enrolment_id, step_id):
        if attempt.submitted_at is None and attempt.deadline is not None and minutes:
            _locked_attempt(attempt.id).deadline = attempt.deadline + timedelta(minutes=minutes)
    db.session.flush()
    audit.note(
        "assessment.grant",
        "enrolment",
        enrolment_id,
        actor=actor,
        detail={"step": step_id, "attempts": attempts, "minutes": minutes},
    )


# --- locks: always the enrolment before the attempt -----------------------------------------------------------------


def _locked_enrolment(enrolment_id: int) -> Enrolment:
    return db.session.get_one(Enrolment, enrolment_id, with_for_update=True, populate_existing=True)


def _locked_attempt(attempt_id: int) -> Attempt:
    return db.session.get_one(Attempt, attempt_id, with_for_update=True, populate_existing=True)


def _require_studying(enrolment: Enrolment) -> None:
    if enrolment.state not in HERE:
        raise Refused(_("You have left this course. Enrol again to go on where you stopped."))
