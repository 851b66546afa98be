"""Jobs: each carried out once, tried again with patience, taken back from a worker that was killed."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from elearn.core import clock, jobs
from elearn.core.db import db, unit_of_work
from elearn.core.errors import Refused
from elearn.core.models import Job, JobState

Done = list[dict[str, Any]]


@pytest.fixture
def done(monkeypatch) -> Done:
    """What jobs of the kind "note" were carried out with."""
    carried_out: Done = []
    monkeypatch.setitem(jobs._handlers, "note", carried_out.append)
    return carried_out


@pytest.fixture
def work(app) -> Callable[[], bool]:
    """One turn of a worker."""

    def turn() -> bool:
        db.session.commit()
        with app.app_context():
            return jobs.work_once()

    return turn


def ask(key: str = "a", kind: str = "note", **more: Any) -> None:
    jobs.enqueue(kind, {"key": key}, key=key, **more)


def job(key: str = "a") -> Job:
    db.session.commit()
    return db.session.scalars(select(Job).where(Job.key == key).execution_options(populate_existing=True)).one()


def fail_with(monkeypatch, error: BaseException) -> None:
    def failing(_args: dict[str, Any]) -> None:
        raise error

    monkeypatch.setitem(jobs._handlers, "note", failing)


def test_a_job_is_carried_out_once_and_its_result_kept(app, work, done, monkeypatch):
    ask()
    monkeypatch.setitem(jobs._handlers, "note", lambda args: done.append(args) or {"rows": 3})
    assert work() is True
    assert work() is False
    assert done == [{"key": "a"}]
    assert (job().state, job().result, job().progress, job().attempts) == (JobState.DONE, {"rows": 3}, 100, 1)
    assert job().finished_at is not None


def test_the_same_key_again_is_the_same_job(app, work, done):
    ask()
    ask()
    while work():
        pass
    ask()
    assert work() is False
    assert done == [{"key": "a"}]


def test_what_is_undone_asked_for_nothing(app, work, done, fresh_context):
    with fresh_context(), pytest.raises(ZeroDivisionError), unit_of_work():
        ask()
        raise ZeroDivisionError
    assert work() is False


def test_the_key_may_be_asked_for_by_many_at_once(app, done, work):
    db.session.commit()
    together = threading.Barrier(5)

    def one(_number: int) -> None:
        with app.app_context():
            together.wait()
            with unit_of_work():
                ask()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(one, range(5)))
    while work():
        pass
    assert done == [{"key": "a"}]


def test_jobs_come_in_their_order_and_not_before_their_time(app, work, done, frozen_clock):
    ask("later", run_at=clock.now() + dt.timedelta(hours=1))
    ask("first")
    ask("second")
    while work():
        pass
    assert [one["key"] for one in done] == ["first", "second"]
    frozen_clock(hours=1)
    assert work() is True
    assert done[-1] == {"key": "later"}


def test_several_workers_never_take_the_same_job(app, done):
    for number in range(40):
        ask(str(number))
    db.session.commit()

    def worker(_number: int) -> None:
        with app.app_context():
            while jobs.work_once():
                pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worker, range(4)))
    assert sorted(int(one["key"]) for one in done) == list(range(40))
    db.session.rollback()
    assert db.session.scalar(select(func.sum(Job.attempts))) == 40


def test_an_idle_worker_does_not_ask_for_the_writers_lock(app, work, count_statements):
    with count_statements() as seen:
        assert work() is False
    assert len(seen) == 1


# Failing


def test_a_job_that_fails_is_tried_again_later_and_later(app, work, frozen_clock, monkeypatch, caplog):
    fail_with(monkeypatch, ValueError("the printer is out of paper"))
    ask()
    pauses = []
    for attempt in range(1, jobs.MAX_ATTEMPTS):
        assert work() is True
        assert (job().state, job().attempts) == (JobState.QUEUED, attempt)
        assert job().error == "ValueError: the printer is out of paper"
        assert work() is False  # not yet
        pauses.append(job().run_at - clock.now())
        frozen_clock(seconds=pauses[-1].total_seconds())
    assert pauses == sorted(pauses) and pauses[0] < dt.timedelta(minutes=1) < dt.timedelta(hours=1) < pauses[-1]
    assert work() is True
    assert (job().state, job().attempts) == (JobState.FAILED, jobs.MAX_ATTEMPTS)
    frozen_clock(days=30)
    assert work() is False


def test_a_failed_job_may_be_put_back_and_then_succeeds(app, work, done, frozen_clock):
    ask()
    one = job()
    one.state, one.attempts, one.error = JobState.FAILED, jobs.MAX_ATTEMPTS, "ValueError: no"
    jobs.retry(one)
    assert work() is True
    assert done == [{"key": "a"}]
    assert (job().state, job().error, job().attempts) == (JobState.DONE, None, 1)


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.DONE])
def test_only_a_failed_one(app, state):
    ask()
    one = job()
    one.state = state
    with pytest.raises(Refused):
        jobs.retry(one)
    assert one.state == state


def test_a_job_of_a_kind_nobody_knows_fails_like_any_other(app, work, caplog):
    ask(kind="unheard-of")
    assert work() is True
    assert job().error == "KeyError: 'unheard-of'"


def test_a_long_error_is_cut(app, work, monkeypatch, caplog):
    fail_with(monkeypatch, ValueError("x" * 10_000))
    ask()
    work()
    assert len(job().error) == 2000


# Killed workers


class Killed(BaseException):
    """What ends a process ends it without clearing up."""


def kill_a_worker(work, monkeypatch) -> None:
    """A worker takes the job and is never heard of again."""
    fail_with(monkeypatch, Killed())
    with pytest.raises(Killed):
        work()


def test_what_a_killed_worker_left_is_taken_back(app, work, done, frozen_clock, monkeypatch):
    ask()
    with monkeypatch.context() as patch:
        kill_a_worker(work, patch)
    assert job().state == JobState.RUNNING
    assert work() is False  # it may still be alive
    frozen_clock(seconds=jobs.STALE_AFTER.total_seconds() + 1)
    assert work() is True
    assert done == [{"key": "a"}]
    assert (job().state, job().attempts) == (JobState.DONE, 2)


def test_a_job_that_kills_every_worker_is_given_up(app, work, frozen_clock, monkeypatch):
    ask()
    for _ in range(jobs.MAX_ATTEMPTS):
        kill_a_worker(work, monkeypatch)
        frozen_clock(seconds=jobs.STALE_AFTER.total_seconds() + 1)
    assert work() is True
    assert job().state == JobState.FAILED
    assert "every worker" in job().error
    assert work() is False


def test_who_was_taken_for_dead_leaves_alone_what_another_has_begun(app, work, frozen_clock, monkeypatch):
    """A worker that slept too long ends its job after another has taken it and failed: that is what counts."""

    def slow(_args: dict[str, Any]) -> None:
        frozen_clock(seconds=jobs.STALE_AFTER.total_seconds() + 1)
        fail_with(monkeypatch, ValueError("the second worker's"))
        with app.app_context():
            assert jobs.work_once() is True

    monkeypatch.setitem(jobs._handlers, "note", slow)
    ask()
    assert work() is True
    assert (job().state, job().attempts, job().error) == (JobState.QUEUED, 2, "ValueError: the second worker's")


def test_nor_does_it_end_what_another_is_in_the_middle_of(app, work, frozen_clock, monkeypatch):
    def slow(_args: dict[str, Any]) -> None:
        frozen_clock(seconds=jobs.STALE_AFTER.total_seconds() + 1)
        fail_with(monkeypatch, Killed())
        with app.app_context(), pytest.raises(Killed):
            jobs.work_once()

    monkeypatch.setitem(jobs._handlers, "note", slow)
    ask()
    assert work() is True
    assert (job().state, job().attempts, job().finished_at) == (JobState.RUNNING, 2, None)


def test_a_long_job_says_that_it_is_alive(app, work, monkeypatch):
    beats = []
    update = jobs._update

    def watch(job_id: int, attempts: int, **values: Any) -> None:
        update(job_id, attempts, **values)
        if "heartbeat" in values:
            beats.append(values["heartbeat"])
            seen.set()

    seen = threading.Event()
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(jobs, "_update", watch)
    monkeypatch.setitem(jobs._handlers, "note", lambda _args: seen.wait(5) and None)
    ask()
    assert work() is True
    assert beats
    assert job().state == JobState.DONE


def test_a_heartbeat_that_is_missed_does_not_end_the_job(app, work, monkeypatch, caplog):
    missed = threading.Event()

    def watch(_job_id: int, _attempts: int, **values: Any) -> None:
        if "heartbeat" in values:
            missed.set()
            raise ValueError("the database was busy")

    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(jobs, "_update", watch)
    monkeypatch.setitem(jobs._handlers, "note", lambda _args: missed.wait(5) and None)
    ask()
    assert work() is True
    assert "a heartbeat was missed" in caplog.text


def test_progress_is_told_while_a_job_runs(app, work, monkeypatch):
    told = []

    def long(_args: dict[str, Any]) -> None:
        number = job_id()
        for per_cent in (10, 60):
            jobs.report_progress(number, per_cent)
            told.append(progress_seen_by_others(app))

    monkeypatch.setitem(jobs._handlers, "note", long)
    ask()
    assert work() is True
    assert told == [10, 60]


def job_id() -> int:
    return int(db.session.scalars(select(Job.id)).one())


def progress_seen_by_others(app) -> int:
    with app.app_context():
        return int(db.session.scalars(select(Job.progress)).one())


# The worker's life


@pytest.fixture
def sweeps(monkeypatch) -> Iterator[list[str]]:
    swept: list[str] = []
    monkeypatch.setattr(jobs, "_ticks", [lambda: swept.append("first"), lambda: 1 / 0, lambda: swept.append("last")])
    yield swept


def test_a_sweep_that_fails_keeps_nobody_from_theirs(app, sweeps, caplog):
    jobs.tick()
    assert sweeps == ["first", "last"]


def test_a_worker_sweeps_works_and_stops_when_it_is_told(app, done, sweeps, caplog):
    ask("1")
    ask("2")
    db.session.commit()
    stop = threading.Event()
    thread = threading.Thread(target=jobs.work, args=(app, stop), kwargs={"idle_seconds": 0.01})
    thread.start()
    for _ in range(500):
        if len(done) == 2:
            break
        stop.wait(0.01)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert done == [{"key": "1"}, {"key": "2"}]
    assert sweeps == ["first", "last"]


def test_a_worker_that_stumbles_goes_on(app, done, monkeypatch, caplog):
    stop, turns = threading.Event(), []

    def stumbling(*, only: object, without: object) -> bool:
        if only:
            return False
        turns.append(1)
        if len(turns) == 3:
            stop.set()
        raise ValueError("the database was restarted")

    monkeypatch.setattr(jobs, "_ticks", [])
    monkeypatch.setattr(jobs, "work_once", stumbling)
    jobs.work(app, stop, idle_seconds=0)
    assert len(turns) == 3


def test_the_command_carries_out_what_is_due(command, done):
    ask("1")
    ask("2")
    assert command("worker", "--once").exit_code == 0
    assert done == [{"key": "1"}, {"key": "2"}]
