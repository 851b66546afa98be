"""Attempts through the service: starting, saving, handing in, what is granted, what the clock does."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from elearn.assessment import queries, service
from elearn.assessment.models import Attempt, AttemptItem, Response
from elearn.core import jobs
from elearn.core.db import db
from elearn.core.errors import Refused
from elearn.core.models import Audit
from elearn.learning import service as learning
from elearn.learning.models import Completion, Enrolment, EnrolmentState, ProgressState, StepOverride, StepProgress
from tests.factories import assessment as make
from tests.factories.assessment import ITEMS, QUIZ, RIGHT, SLUG, WRONG
from tests.factories.people import person


@pytest.fixture
def amina_enrolled(app, amina):
    make.published()
    make.enrol(amina)
    return amina


def progress(user) -> StepProgress | None:
    return db.session.get(StepProgress, (make.place_of(user).enrolment_id, make.quiz_of(user).step_id))


def count(model, *where) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


# starting


def test_an_attempt_is_pinned_to_the_quiz_and_keeps_what_was_drawn(amina_enrolled):
    attempt = make.start(amina_enrolled)
    assert (attempt.number, attempt.version_step_id, attempt.lang) == (
        1,
        make.quiz_of(amina_enrolled).version_step_id,
        "en",
    )
    assert (attempt.deadline, attempt.submitted_at, len(attempt.seed)) == (None, None, 32)
    rows = queries.rows(attempt.id)
    assert tuple(rows) == ITEMS
    assert rows["one"].item.option_order == ["a", "b", "c"]


def test_a_draw_asks_so_many_in_a_kept_order(app, amina):
    make.published("draw: 2\nshuffle: true\n")
    make.enrol(amina)
    attempt = make.start(amina)
    first = [(key, row.item.option_order) for key, row in queries.rows(attempt.id).items()]
    db.session.expire_all()
    assert len(first) == 2
    assert [(key, row.item.option_order) for key, row in queries.rows(attempt.id).items()] == first


def test_an_open_attempt_is_gone_on_with(amina_enrolled):
    assert make.start(amina_enrolled).id == make.start(amina_enrolled).id
    assert count(Attempt) == 1


def test_attempts_end_at_the_limit(amina_enrolled):
    make.whole_attempt(amina_enrolled, WRONG)
    make.whole_attempt(amina_enrolled, WRONG)
    with pytest.raises(Refused, match="All 2 attempts have been used"):
        make.start(amina_enrolled)
    assert count(Attempt) == 2


def test_without_a_limit_they_never_end(app, amina):
    make.published("pass: 60\n")
    make.enrol(amina)
    assert [make.whole_attempt(amina, WRONG).number for _ in range(4)] == [1, 2, 3, 4]


def test_who_has_left_starts_nothing_and_saves_nothing(amina_enrolled):
    place, content = make.place_of(amina_enrolled), make.quiz_of(amina_enrolled)
    attempt = make.start(amina_enrolled)
    learning.leave(person(amina_enrolled), SLUG)
    for verb in (
        lambda: service.start(place, content, "en"),
        lambda: make.save(amina_enrolled, attempt.number, RIGHT),
        lambda: make.hand_in(amina_enrolled, attempt.number),
    ):
        with pytest.raises(Refused, match="You have left this course"):
            verb()


# answers


def test_answers_are_kept_as_they_are_given(amina_enrolled):
    attempt = make.start(amina_enrolled)
    make.save(amina_enrolled, 1, RIGHT)
    answers = {key: row.answer for key, row in queries.rows(attempt.id).items()}
    assert answers == {
        "one": "a",
        "all": ["a", "c"],
        "true": True,
        "rate": {"typed": "41,7 %", "values": ["41.7"]},
    }
    make.save(amina_enrolled, 1, {"answer-one": ("b",)})
    make.save(amina_enrolled, 1, {"answer-all": ()})
    rows = queries.rows(attempt.id)
    assert (rows["one"].answer, rows["all"].answer, rows["true"].answer) == ("b", None, True)
    assert rows["all"].response.seq == rows["one"].response.seq + 1


@pytest.mark.parametrize(
    ("arriving", "kept", "superseded"),
    [
        ([("a", 1, "x"), ("b", 2, "x")], "b", False),
        ([("b", 2, "x"), ("a", 1, "x")], "b", False),  # the link delivered them the wrong way round
        ([("b", 2, "x"), ("b", 2, "x")], "b", False),  # the first reply was lost
        ([("b", 2, "x"), ("a", 1, "y")], "b", True),  # an older answer from another device
        ([("b", 2, "x"), ("a", 2, "y")], "b", True),  # both from the same page: the first to arrive stays
        ([("b", 2, "x"), ("a", 3, "y")], "a", False),
        ([("b", 2, "x"), ("a", None, "")], "a", False),  # without a script the order of arrival counts
    ],
)
def test_an_older_answer_never_replaces_a_newer(amina_enrolled, arriving, kept, superseded):
    attempt = make.start(amina_enrolled)
    for option, seq, client in arriving:
        last = make.save(amina_enrolled, 1, {"answer-one": (option,)}, seq=seq, client=client)
    assert queries.rows(attempt.id)["one"].answer == kept
    assert last.superseded is superseded


def test_a_page_sent_again_without_a_change_leaves_the_answer_alone(amina_enrolled):
    attempt = make.start(amina_enrolled)
    make.save(amina_enrolled, 1, {"answer-one": ("b",)}, seq=5, client="x")
    make.save(amina_enrolled, 1, {"answer-one": ("b",)})
    response = queries.rows(attempt.id)["one"].response
    assert (response.seq, response.client_key) == (5, "x")


def test_an_answer_nobody_can_read_is_refused_with_its_reason_and_nothing_is_stored(amina_enrolled):
    attempt = make.start(amina_enrolled)
    with pytest.raises(service.Unclear) as refused, db.session.begin_nested():
        make.save(amina_enrolled, 1, {"answer-one": ("a",), "answer-rate": ("a lot",)})
    assert set(refused.value.errors) == {"rate"}
    assert "41.67" in refused.value.errors["rate"]
    assert all(row.response is None for row in queries.rows(attempt.id).values())


@pytest.mark.parametrize(
    "form",
    [{"answer-one": ("z",)}, {"answer-one": ("a", "b")}, {"answer-true": ("maybe",)}, {"answer-nothing": ("a",)}],
)
def test_a_forged_answer_is_refused(amina_enrolled, form):
    make.start(amina_enrolled)
    with pytest.raises(Refused):
        make.save(amina_enrolled, 1, form)


def test_an_item_that_was_not_drawn_takes_no_answer(app, amina):
    make.published("draw: 1\n")
    make.enrol(amina)
    attempt = make.start(amina)
    (drawn,) = queries.rows(attempt.id)
    with pytest.raises(Refused, match="not part of the attempt"):
        make.save(amina, 1, {name: value for name, value in RIGHT.items() if name != f"answer-{drawn}"})


# handing in


def test_a_passed_attempt_is_scored_and_completes_the_course(amina_enrolled):
    attempt = make.whole_attempt(amina_enrolled, RIGHT)
    assert (attempt.score, attempt.max_score, attempt.passed, attempt.submitted_by) == (4.0, 4.0, True, "trainee")
    assert [row.response.mark for row in queries.rows(attempt.id).values()] == [1.0, 1.0, 1.0, 1.0]
    done = progress(amina_enrolled)
    assert (done.state, done.score, done.source) == (ProgressState.DONE, 100.0, "quiz:1")
    assert make.place_of(amina_enrolled).state == EnrolmentState.COMPLETED
    assert db.session.scalars(select(Completion)).one().score == 100.0


def test_a_failed_attempt_keeps_its_score_and_leaves_the_step_open(amina_enrolled):
    attempt = make.whole_attempt(amina_enrolled, {**WRONG, "answer-one": ("a",)})
    assert (attempt.score, attempt.passed) == (1.0, False)
    assert (progress(amina_enrolled).state, progress(amina_enrolled).score) == (ProgressState.STARTED, 25.0)
    assert count(Completion) == 0


def test_the_best_attempt_stays_the_step_s_score(amina_enrolled):
    make.whole_attempt(amina_enrolled, {**WRONG, "answer-one": ("a",)})
    make.whole_attempt(amina_enrolled, WRONG)
    assert progress(amina_enrolled).score == 25.0


def test_without_a_pass_mark_handing_in_does_the_step(app, amina):
    make.published("attempts: 2\n")
    make.enrol(amina)
    attempt = make.whole_attempt(amina, WRONG)
    assert attempt.passed is True
    assert (progress(amina).state, progress(amina).score) == (ProgressState.DONE, 0.0)


def test_blanks_earn_nothing(amina_enrolled):
    attempt = make.whole_attempt(amina_enrolled, {"answer-true": ("true",)})
    assert (attempt.score, attempt.max_score) == (1.0, 4.0)


def test_points_weigh(app, amina):
    make.published("pass: 60\n", make.QUIZ_ITEMS.replace("type: single\n", "type: single\n    points: 7\n"))
    make.enrol(amina)
    attempt = make.whole_attempt(amina, {"answer-one": ("a",)})
    assert (attempt.score, attempt.max_score, attempt.passed) == (7.0, 10.0, True)


def test_an_attempt_is_handed_in_once(amina_enrolled):
    make.whole_attempt(amina_enrolled, RIGHT)
    with pytest.raises(Refused, match="was handed in on"):
        make.hand_in(amina_enrolled, 1)
    with pytest.raises(Refused, match="was handed in on"):
        make.save(amina_enrolled, 1, WRONG)


def test_a_correction_reaches_new_attempts_while_open_ones_stay_pinned(amina_enrolled):
    open_attempt = make.start(amina_enrolled)
    make.published(items=make.QUIZ_ITEMS.replace("Which one is right?", "Which single one is right?"))
    assert make.quiz_of(amina_enrolled).version_step_id != open_attempt.version_step_id
    assert make.start(amina_enrolled).id == open_attempt.id
    make.hand_in(amina_enrolled, 1)
    second = make.start(amina_enrolled)
    assert (second.number, second.version_step_id) == (2, make.quiz_of(amina_enrolled).version_step_id)
    make.hand_in(amina_enrolled, 2)
    with pytest.raises(Refused):
        make.start(amina_enrolled)


# time


@pytest.fixture
def timed(app, amina, frozen_clock):
    make.published("pass: 60\nattempts: 2\ntime_limit: 45\n")
    make.enrol(amina)
    return amina


def test_an_answer_counts_until_the_time_and_its_grace_are_over(timed, frozen_clock):
    attempt = make.start(timed)
    assert attempt.deadline == attempt.started_at + dt.timedelta(minutes=45)
    make.save(timed, 1, {"answer-one": ("a",)})
    frozen_clock(minutes=45, seconds=30)
    assert make.save(timed, 1, {"answer-true": ("true",)}).deadline == attempt.deadline
    frozen_clock(seconds=1)
    with pytest.raises(service.TooLate, match="The time was up on 21 November 2026"):
        make.save(timed, 1, {"answer-rate": ("41.67",)})


def test_what_was_saved_in_time_counts_when_it_is_handed_in_late(timed, frozen_clock):
    make.start(timed)
    make.save(timed, 1, RIGHT)
    frozen_clock(hours=2)
    attempt = make.hand_in(timed, 1)
    assert (attempt.submitted_by, attempt.passed, attempt.score) == ("time", True, 4.0)


def test_the_sweep_hands_in_what_is_overdue_and_nothing_else(timed, boris, fresh_context, frozen_clock):
    make.enrol(boris)
    make.start(timed)
    make.save(timed, 1, {"answer-one": ("a",)})
    frozen_clock(minutes=40)
    make.start(boris)
    frozen_clock(minutes=6)
    with fresh_context():
        assert service.hand_in_overdue() == 1
    with fresh_context():
        assert service.hand_in_overdue() == 0
    first, second = db.session.scalars(select(Attempt).order_by(Attempt.id).execution_options(populate_existing=True))
    assert (first.submitted_by, first.score, first.passed) == ("time", 1.0, False)
    assert second.submitted_at is None
    assert progress(timed).score == 25.0


def test_the_worker_sweeps_every_minute(app):
    assert service.hand_in_overdue in jobs._ticks


def test_an_overdue_attempt_is_closed_before_the_next_begins(timed, frozen_clock):
    make.start(timed)
    frozen_clock(hours=1)
    second = make.start(timed)
    first = db.session.scalars(select(Attempt).where(Attempt.number == 1)).one()
    assert (second.number, first.submitted_by) == (2, "time")


# what is granted to one person


def test_a_granted_attempt_with_its_reason(amina_enrolled, boris):
    make.whole_attempt(amina_enrolled, WRONG)
    make.whole_attempt(amina_enrolled, WRONG)
    place, content = make.place_of(amina_enrolled), make.quiz_of(amina_enrolled)
    service.grant(person(boris), place.enrolment_id, content, attempts=1, minutes=0, reason="Power cut")
    assert make.start(amina_enrolled).number == 3
    make.hand_in(amina_enrolled, 3)
    with pytest.raises(Refused):
        make.start(amina_enrolled)
    row = db.session.scalars(select(StepOverride)).one()
    assert (row.extra_attempts, row.reason, row.actor_id) == (1, "Power cut", boris.id)
    assert count(Audit, Audit.verb == "assessment.grant", Audit.actor_id == boris.id) == 1


def test_more_time_reaches_the_open_attempt_and_the_next(timed, boris):
    attempt = make.start(timed)
    before = attempt.deadline
    place, content = make.place_of(timed), make.quiz_of(timed)
    service.grant(person(boris), place.enrolment_id, content, attempts=0, minutes=15, reason="Screen reader")
    assert attempt.deadline == before + dt.timedelta(minutes=15)
    make.hand_in(timed, 1)
    second = make.start(timed)
    assert second.deadline == second.started_at + dt.timedelta(minutes=60)


@pytest.mark.parametrize(
    ("settings", "attempts", "minutes", "field"),
    [
        ("attempts: 2\n", 0, 0, "attempts"),
        ("pass: 60\n", 1, 0, "attempts"),
        ("attempts: 2\n", 0, 10, "minutes"),
    ],
)
def test_what_would_change_nothing_is_not_granted(app, amina, boris, settings, attempts, minutes, field):
    make.published(settings)
    make.enrol(amina)
    place, content = make.place_of(amina), make.quiz_of(amina)
    with pytest.raises(Refused) as refused:
        service.grant(person(boris), place.enrolment_id, content, attempts=attempts, minutes=minutes, reason="x")
    assert refused.value.field == field
    assert count(StepOverride) == 0


def test_nobody_elses_attempt_is_there(amina_enrolled, boris):
    from werkzeug.exceptions import NotFound

    make.enrol(boris)
    make.start(amina_enrolled)
    for verb in (lambda: make.save(boris, 1, RIGHT), lambda: make.hand_in(boris, 1)):
        with pytest.raises(NotFound):
            verb()
    assert count(Response) == 0
    assert count(AttemptItem) == 4
    assert count(Enrolment) == 2
    assert QUIZ == "final"
