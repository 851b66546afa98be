"""The clock is set back, by an hour or a day: nothing is lost, nothing counted twice, nothing ends before it began."""

import datetime as dt
import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from elearn.assessment.models import Attempt
from elearn.certification import limits as checking
from elearn.certification import service as certification
from elearn.certification.models import Certificate
from elearn.core import clock, jobs, kept, limits, readiness
from elearn.core.access import Role
from elearn.core.db import db
from elearn.core.models import Job, JobState
from elearn.learning import service as learning
from elearn.learning.models import Completion, Enrolment, StepProgress
from elearn.people import queries, roles
from elearn.people.access import in_force
from elearn.people.models import RoleGrant, Token
from tests.factories import assessment as course
from tests.factories import people as make
from tests.factories.certificates import certificate

BACK = [{"hours": -1}, {"days": -1}]
pytestmark = pytest.mark.parametrize("back", BACK, ids=["an hour", "a day"])
Move = Callable[..., dt.datetime]


@pytest.fixture
def done(monkeypatch) -> list[dict[str, object]]:
    carried_out: list[dict[str, object]] = []
    monkeypatch.setitem(jobs._handlers, "note", carried_out.append)
    return carried_out


@pytest.fixture
def worker(app) -> Callable[[], None]:
    """What a worker does in a minute."""

    def minute() -> None:
        db.session.commit()
        with app.app_context():
            jobs.tick()
            while jobs.work_once():
                pass
        db.session.expire_all()

    return minute


# People who are signed in, and what they were sent


def set_back(monkeypatch: pytest.MonkeyPatch, back: dict[str, int]) -> None:
    """The machine's clock too, by which libraries go."""
    moment = time.time() + dt.timedelta(**back).total_seconds()
    monkeypatch.setattr(time, "time", lambda: moment)


def test_nobody_is_signed_out(amina, dawit, browser, frozen_clock, back, monkeypatch):
    hers, his = browser(amina), browser(dawit)
    given = clock.now() - dt.timedelta(days=2)  # a role given in the very time that comes again holds from then on
    db.session.execute(update(RoleGrant).values(starts_at=given))
    frozen_clock(**back)
    set_back(monkeypatch, back)
    assert hers.get("/me/profile").status_code == 200
    assert hers.post("/me/profile", data={"name_latin": "Amina I.", "country": "NE", "preferred_lang": "en",
                                          "tz": "UTC"}).status_code == 303  # fmt: skip
    assert his.get("/manage/people").status_code == 200


def test_what_somebody_typed_is_still_offered_after_signing_in(app, back, monkeypatch):
    with app.test_request_context("/me/profile", method="POST", data={"name_latin": "Amina"}):
        packed = kept.pack()
    set_back(monkeypatch, back)
    with app.app_context():
        assert kept.unpack(packed) == ("/me/profile", [("name_latin", "Amina")])


def test_links_are_as_good_as_before(amina, frozen_clock, back):
    moment = clock.now()
    db.session.add(
        Token(purpose="reset", user_id=amina.id, hash=queries.token_hash("t" * 43), email=amina.email,
              created_at=moment, expires_at=moment + dt.timedelta(hours=2))
    )  # fmt: skip
    frozen_clock(**back)
    assert queries.usable_token("reset", "t" * 43) is not None


def test_nobody_is_shut_out_for_what_was_counted_then(app, amina, frozen_clock, back, fresh_context):
    limit = limits.Limit("test", 3, dt.timedelta(minutes=15))
    counted = (limit, limits.key("mailbox", "amina@example.org"))
    limits.note(counted, counted, counted)
    assert limits.reached(counted)
    moment = clock.now()
    for number in range(4):
        db.session.add(Token(purpose="confirm", user_id=amina.id, hash=f"{number}", created_at=moment,
                             expires_at=moment + dt.timedelta(days=7)))  # fmt: skip
    frozen_clock(**back)
    assert not limits.reached(counted)
    frozen_clock(minutes=1)
    assert queries.tokens_since(amina.id, clock.now() - dt.timedelta(minutes=30)) == 0
    limits.note(counted, counted, counted)
    assert limits.reached(counted)  # it counts on from there


def test_nor_for_codes_that_do_not_exist(frozen_clock, back, monkeypatch):
    monkeypatch.setattr(checking, "_counts", {})
    for _ in range(checking.MISSES):
        checking.missed("192.0.2.7")
    assert checking.exhausted("192.0.2.7")
    frozen_clock(**back)
    assert not checking.exhausted("192.0.2.7")
    checking.missed("192.0.2.7")
    assert not checking.exhausted("192.0.2.7")


def test_a_role_given_then_can_be_taken_back(dawit, boris, frozen_clock, back):
    roles.grant_role(make.person(dawit), boris, Role.ADMINISTRATOR)
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.role == Role.ADMINISTRATOR,
                                                       RoleGrant.user_id == boris.id)).one()  # fmt: skip
    frozen_clock(**back)
    roles.end_role(make.person(dawit), boris, grant.id)
    db.session.flush()
    assert grant.ends_at is not None and grant.ends_at > grant.starts_at
    frozen_clock(days=2)
    held = db.session.scalars(select(RoleGrant.user_id).where(RoleGrant.role == Role.ADMINISTRATOR, in_force()))
    assert held.all() == [dawit.id]


# Studying


def test_an_attempt_goes_on_and_counts_once(amina, frozen_clock, back, worker):
    course.published(settings="pass: 60\nattempts: 2\ntime_limit: 20\n")
    course.enrol(amina)
    number = course.start(amina).number
    frozen_clock(**back)
    assert course.start(amina).number == number  # the one that is open
    course.save(amina, number, course.RIGHT, seq=1, client="x")
    worker()  # its time is not up
    attempt = course.hand_in(amina, number)
    assert (attempt.submitted_by, attempt.passed) == ("trainee", True)
    assert attempt.submitted_at is not None and attempt.submitted_at >= attempt.started_at
    enrolment = db.session.scalars(select(Enrolment).where(Enrolment.user_id == amina.id)).one()
    completion = db.session.scalars(select(Completion)).one()
    certificate = db.session.scalars(select(Certificate)).one()
    progress = db.session.scalars(select(StepProgress)).one()
    assert progress.done_at is not None
    assert enrolment.enrolled_at <= progress.done_at and enrolment.enrolled_at <= completion.at <= certificate.issued_at
    assert certificate.snapshot["issued_on"] == certificate.issued_at.date().isoformat()


def test_answers_are_in_the_order_of_their_numbers_not_of_the_clock(amina, frozen_clock, back):
    course.published()
    course.enrol(amina)
    number = course.start(amina).number
    course.save(amina, number, {"answer-one": ("b",)}, seq=1, client="x")
    frozen_clock(**back)
    course.save(amina, number, {"answer-one": ("a",)}, seq=2, client="x")
    assert course.save(amina, number, {"answer-one": ("c",)}, seq=1, client="x").seq == 2
    course.save(amina, number, {key: course.RIGHT[key] for key in ("answer-all", "answer-true", "answer-rate")})
    assert course.hand_in(amina, number).score == 4


def test_an_attempt_whose_time_was_up_stays_handed_in(amina, frozen_clock, back, worker):
    course.published(settings="pass: 60\nattempts: 1\ntime_limit: 20\n")
    course.enrol(amina)
    course.start(amina)
    frozen_clock(minutes=25)
    worker()
    frozen_clock(**back)
    worker()
    attempt = db.session.scalars(select(Attempt)).one()
    assert attempt.submitted_by == "time" and attempt.submitted_at is not None
    assert attempt.submitted_at >= attempt.started_at


def test_a_certificate_ends_no_earlier_than_it_was_issued(academy, amina, dawit, frozen_clock, back):
    learning.enrol(make.person(amina), academy.other_slug, "en")
    old = certificate(amina, academy.other_slug)
    frozen_clock(**back)
    amina.name_latin = "Amina Issoufou-Keita"
    db.session.flush()
    new = certification.reissue(make.person(dawit), old, "Married.")
    assert old.ended_at is not None
    assert old.issued_at <= old.ended_at <= new.issued_at
    certification.revoke(make.person(dawit), new, "mistake", "")
    assert new.ended_at is not None and new.ended_at >= new.issued_at


# Jobs


def test_work_asked_for_before_is_done_within_a_minute(app, done, worker, frozen_clock, back):
    jobs.enqueue("note", {"key": "at once"}, key="a")
    jobs.enqueue("note", {"key": "later"}, key="b", run_at=clock.now() + dt.timedelta(minutes=30))
    frozen_clock(**back)
    worker()
    assert done == [{"key": "at once"}]  # what was wanted at a time waits for that time
    jobs.enqueue("note", {"key": "new"}, key="c")
    worker()
    assert done == [{"key": "at once"}, {"key": "new"}]
    frozen_clock(days=1, minutes=31)
    worker()
    assert [one["key"] for one in done] == ["at once", "new", "later"]


def test_a_pause_before_the_next_try_gets_no_longer(app, done, worker, frozen_clock, back, monkeypatch, caplog):
    with monkeypatch.context() as patch:
        patch.setitem(jobs._handlers, "note", lambda _args: 1 / 0)
        jobs.enqueue("note", {"key": "a"}, key="a")
        worker()
    frozen_clock(**back)
    for _ in range(int((jobs.PAUSES[-1] + dt.timedelta(minutes=2)).total_seconds() // 60)):
        worker()
        frozen_clock(minutes=1)
    assert done == [{"key": "a"}]


def test_the_job_of_a_dead_worker_is_taken_back_and_that_of_a_living_one_is_not(app, done, worker, frozen_clock, back):
    for key in ("dead", "living"):
        jobs.enqueue("note", {"key": key}, key=key)
    db.session.execute(update(Job).values(state=JobState.RUNNING, attempts=1, heartbeat=clock.now()))
    frozen_clock(**back)
    for _ in range(7):
        worker()
        db.session.execute(update(Job).where(Job.key == "living").values(heartbeat=clock.now()))
        frozen_clock(minutes=1)
    assert done == [{"key": "dead"}]


def test_the_sweeps_go_on(app, monkeypatch, frozen_clock, back):
    """The worker counts its minutes by another clock than the one that was set back."""
    stop, swept = threading.Event(), []

    def sweep() -> None:
        swept.append(clock.now())
        if len(swept) == 3:
            stop.set()
        frozen_clock(**back)

    monkeypatch.setattr(jobs, "_ticks", [sweep])
    monkeypatch.setattr(jobs, "TICK_SECONDS", 0.01)
    db.session.commit()
    jobs.work(app, stop, idle_seconds=0.01)
    assert len(swept) == 3 and swept == sorted(swept, reverse=True)


def test_a_worker_that_was_heard_of_then_is_not_taken_for_one_that_lives(app, frozen_clock, back, fresh_context):
    with fresh_context():
        readiness.worker_seen()
    frozen_clock(**back)
    silence = readiness.worker_silence()
    assert silence == -dt.timedelta(**back)
    assert not readiness.worker_at_work()
    with fresh_context():
        readiness.worker_seen()
    assert readiness.worker_at_work()
