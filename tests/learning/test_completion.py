"""Completing a course: by its rule, once, as things stood on that day."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from elearn.core import clock
from elearn.core.db import db
from elearn.learning.events import course_completed
from elearn.learning.models import Completion, CompletionKind, EnrolmentEvent, EnrolmentState, StepProgress
from elearn.people.models import Sex
from elearn.people.service import name
from tests.factories import learning as make
from tests.factories import people
from tests.factories.learning import FIRST, QUIZ, SECOND, SLUG

URL = f"/courses/{SLUG}"


@pytest.fixture
def enrolled(app, amina):
    make.published()
    make.enrol(amina)
    return amina


@pytest.fixture
def told():
    """What learning told about completions."""
    seen = []

    def note(_sender, completion, enrolment):
        seen.append((completion.id, enrolment.id))

    course_completed.connect(note)
    yield seen
    course_completed.disconnect(note)


def completions() -> list[Completion]:
    db.session.commit()
    return list(db.session.scalars(select(Completion)))


def test_it_takes_every_required_step_and_no_optional_one(enrolled, told):
    make.done(enrolled, SECOND)
    make.done(enrolled, QUIZ, 80)
    assert completions() == [] and told == []
    make.done(enrolled, FIRST)
    (row,) = completions()
    assert (row.kind, row.number, row.score) == (CompletionKind.COMPLETED, 1, 80)
    assert make.place_of(enrolled).state == EnrolmentState.COMPLETED
    assert told == [(row.id, row.enrolment_id)]


def test_a_quiz_that_was_not_passed_is_not_done_but_its_score_is_kept(enrolled):
    make.done(enrolled, FIRST)
    make.done(enrolled, QUIZ, 40, passed=False)
    assert completions() == []
    progress = db.session.scalars(select(StepProgress).where(StepProgress.step_id == make.step_id(QUIZ))).one()
    assert (progress.state, progress.score, progress.done_at) == ("started", 40, None)


def test_the_best_score_counts(enrolled):
    make.done(enrolled, QUIZ, 80)
    make.done(enrolled, QUIZ, 60)
    make.done(enrolled, FIRST)
    assert completions()[0].score == 80


def test_a_better_score_afterwards_does_not_change_the_record(enrolled, told):
    make.done(enrolled, FIRST)
    make.done(enrolled, QUIZ, 60)
    make.done(enrolled, QUIZ, 100)
    assert [row.score for row in completions()] == [60]
    assert len(told) == 1
    progress = db.session.scalars(select(StepProgress).where(StepProgress.step_id == make.step_id(QUIZ))).one()
    assert progress.score == 100


def test_the_last_step_again_completes_nothing_again(enrolled, told):
    for _ in range(3):
        make.done(enrolled, FIRST)
        make.done(enrolled, QUIZ, 80)
    assert len(completions()) == len(told) == 1


def test_the_record_says_how_things_stood_on_that_day(frozen_clock, enrolled):
    ministry = people.institution("Ministry of Water")
    enrolled.institution_id, enrolled.country, enrolled.sex = ministry.id, "NE", Sex.FEMALE
    enrolled.affiliation_confirmed_at = clock.now()
    make.enrolment_of(enrolled).lang = "fr"
    make.done(enrolled, FIRST)
    make.done(enrolled, QUIZ, 75)
    (row,) = completions()
    moment = clock.now()
    frozen_clock(days=90)
    enrolled.institution_id, enrolled.country, enrolled.sex = people.institution().id, "TN", None
    name(enrolled, "Another Name", "")
    make.enrolment_of(enrolled).lang = "en"
    db.session.commit()
    db.session.refresh(row)
    assert (row.institution_id, row.affiliation_confirmed) == (ministry.id, True)
    assert (row.country, row.sex, row.lang, row.at) == ("NE", Sex.FEMALE, "fr", moment)
    assert (row.version_id, row.minutes) == (make.place_of(enrolled).version_id, 45)
    steps = sorted(make.step_id(key) for key in (FIRST, QUIZ))
    assert row.evidence == {"steps": steps, "scores": {str(make.step_id(QUIZ)): 75}}


def test_where_one_only_says_one_works_is_recorded_as_said(enrolled):
    enrolled.institution_id = people.institution().id
    make.done(enrolled, FIRST)
    make.done(enrolled, QUIZ, 75)
    assert completions()[0].affiliation_confirmed is False


def test_the_history_says_that_the_rule_did_it(enrolled):
    make.done(enrolled, FIRST)
    make.done(enrolled, QUIZ, 75)
    last = db.session.scalars(select(EnrolmentEvent).order_by(EnrolmentEvent.id.desc())).first()
    assert (last.from_state, last.to_state, last.actor_id) == ("active", "completed", None)


def test_whoever_listens_may_still_undo_it_all(enrolled, browser):
    """What others do about a completion belongs to the same transaction: all of it, or nothing."""
    make.published(make.of_lessons_only())

    def refuse(_sender, **_more):
        raise ZeroDivisionError

    other = people.user()
    make.enrol(other)
    theirs = browser(other)
    theirs.post(f"{URL}/learn/{FIRST}/done")
    course_completed.connect(refuse)
    try:
        assert theirs.post(f"{URL}/learn/{SECOND}/done").status_code == 500
    finally:
        course_completed.disconnect(refuse)
    assert completions() == []
    assert make.place_of(other).state == EnrolmentState.ACTIVE
    assert theirs.post(f"{URL}/learn/{SECOND}/done").status_code == 303
    assert len(completions()) == 1


def test_two_last_steps_at_the_same_moment_complete_it_once(app, amina, browser, told):
    make.published(make.of_lessons_only())
    make.enrol(amina)
    browsers = [browser(amina) for _ in range(8)]
    db.session.commit()
    together = Barrier(8)

    def finish(number: int) -> int:
        together.wait()
        with app.app_context():
            return browsers[number].post(f"{URL}/learn/{(FIRST, SECOND)[number % 2]}/done").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(finish, range(8))) == {303}
    assert len(completions()) == len(told) == 1
    assert make.place_of(amina).state == EnrolmentState.COMPLETED
    assert db.session.scalar(select(func.count()).select_from(StepProgress)) == 2


def test_the_page_leads_on_to_the_course_after_the_last_step(app, amina, browser):
    make.published(make.of_lessons_only())
    make.enrol(amina)
    hers = browser(amina)
    hers.post(f"{URL}/learn/{FIRST}/done")
    assert hers.post(f"{URL}/learn/{SECOND}/done").location == f"{URL}/quiz/{QUIZ}"
    assert len(completions()) == 1


# Append-only


@pytest.fixture
def completed(enrolled):
    make.done(enrolled, FIRST)
    make.done(enrolled, QUIZ, 75)
    db.session.commit()
    return enrolled


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE completion SET score = 100",
        "DELETE FROM completion",
        "UPDATE enrolment_event SET reason = 'x'",
        "DELETE FROM enrolment_event",
        "DELETE FROM consent",
    ],
)
def test_the_database_refuses_to_change_a_record(completed, statement):
    db.session.execute(
        text("INSERT INTO consent (user_id, policy, version, at) SELECT id, 'privacy', '1', created_at FROM \"user\"")
    )
    db.session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert [row.score for row in completions()] == [75]


def test_the_application_does_too(completed):
    (row,) = completions()
    row.score = 100
    with pytest.raises(RuntimeError, match="Completion is append-only"):
        db.session.flush()
    db.session.rollback()
    db.session.delete(completions()[0])
    with pytest.raises(RuntimeError, match="Completion is append-only"):
        db.session.flush()
    db.session.rollback()


def test_a_number_is_given_once(completed):
    (row,) = completions()
    values = {column.name: getattr(row, column.name) for column in Completion.__table__.columns if column.name != "id"}
    with pytest.raises(DBAPIError, match=r"(?i)unique"):
        db.session.execute(Completion.__table__.insert().values(values))
    db.session.rollback()
