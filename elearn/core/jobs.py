"""Jobs: work after the transaction that asked for it. The `job` row, written in that transaction, is the queue.

A handler runs outside any transaction and opens its own (`reading()`, `unit_of_work()`); it must be safe to run
twice, because a killed worker's job is taken back.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select, update

from elearn.core import clock
from elearn.core.db import db, reading, refusing_clash, unit_of_work
from elearn.core.errors import Refused
from elearn.core.models import Job, JobState

log = logging.getLogger(__name__)
Handler = Callable[[dict[str, Any]], dict[str, Any] | None]

MAX_ATTEMPTS = 6
STALE_AFTER = dt.timedelta(minutes=5)
BEAT_SECONDS = 60
TICK_SECONDS = 60
PAUSES = [dt.timedelta(seconds=30 * 4**attempt) for attempt in range(MAX_ATTEMPTS - 1)]  # before the next try
SKEW = dt.timedelta(minutes=1)  # by how much the clocks of several machines may differ
APART = frozenset({"mail.send"})  # kinds that wait for somebody else's server: they have a thread of their own
_handlers: dict[str, Handler] = {}
_ticks: list[Callable[[], object]] = []


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register what carries out jobs of a kind; its return value becomes the job's result."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def every_tick(function: Callable[[], object]) -> Callable[[], object]:
    """Register a sweep that the worker runs about once a minute, in a transaction of its own making."""
    _ticks.append(function)
    return function


def enqueue(kind: str, args: dict[str, Any], *, key: str, run_at: dt.datetime | None = None) -> None:
    """Ask for work, in the present transaction. The same key again is the same job: nothing is added."""
    if db.session.execute(select(Job.id).where(Job.key == key)).first() is not None:
        return
    moment = clock.now()
    with suppress(Refused), refusing_clash("asked for by somebody else at the same moment"):
        db.session.add(
            Job(kind=kind, key=key, args=args, state=JobState.QUEUED, run_at=run_at or moment, created_at=moment)
        )


def retry(job: Job) -> None:
    """Put a failed job back into the queue. Raises Refused when it has not failed."""
    if job.state != JobState.FAILED:
        raise Refused(_("Only a job that has failed is put back into the queue. Nothing was changed."))
    job.state = JobState.QUEUED
    job.attempts = 0
    job.run_at = clock.now()
    job.error = job.heartbeat = job.finished_at = None


def work_once(*, only: Collection[str] = (), without: Collection[str] = ()) -> bool:
    """Claim one due job and carry it out; False when none is due. `only`, `without`: of or but these kinds."""
    due = _due()
    if only:
        due &= Job.kind.in_(only)
    if without:
        due &= Job.kind.not_in(without)
    with reading():  # an idle worker does not ask for the writer's lock every second
        if db.session.execute(select(Job.id).where(due).limit(1)).first() is None:
            return False
    with unit_of_work():
        claimed = _claim(due)
    if claimed is None:
        return False
    job_id, kind, args, attempts = claimed
    if attempts > MAX_ATTEMPTS:
        with unit_of_work():
            _failed(job_id, attempts, "every worker that began this job ended before the job did")
        return True
    try:
        with _heartbeat(job_id, attempts):
            result = _handlers[kind](args)
    except Exception as failure:
        log.exception("job failed", extra={"job": job_id, "kind": kind})
        with unit_of_work():
            _failed(job_id, attempts, f"{type(failure).__name__}: {failure}")
    else:
        with unit_of_work():
            done = {"state": JobState.DONE, "progress": 100, "finished_at": clock.now()}
            _update(job_id, attempts, result=result, error=None, **done)
    return True


def report_progress(job_id: int, per_cent: int) -> None:
    """Note how far a long job is."""
    with unit_of_work():
        db.session.execute(update(Job).where(Job.id == job_id).values(progress=per_cent, heartbeat=clock.now()))


def _due() -> ColumnElement[bool]:
    """Jobs whose time has come, and jobs whose worker has not been heard of for long."""
    moment = clock.now()
    silent = (Job.state == JobState.RUNNING) & (Job.heartbeat < moment - STALE_AFTER)
    return or_((Job.state == JobState.QUEUED) & (Job.run_at <= moment), silent)


def _claim(due: ColumnElement[bool]) -> tuple[int, str, dict[str, Any], int] | None:
    first = select(Job).where(due).order_by(Job.run_at, Job.id).limit(1).with_for_update(skip_locked=True)
    job = db.session.execute(first).scalar_one_or_none()
    if job is None:
        return None
    job.state = JobState.RUNNING
    job.heartbeat = clock.now()
    job.attempts += 1
    return job.id, job.kind, dict(job.args), job.attempts


def _failed(job_id: int, attempts: int, error: str) -> None:
    again = attempts < MAX_ATTEMPTS
    _update(
        job_id,
        attempts,
        state=JobState.QUEUED if again else JobState.FAILED,
        run_at=clock.now() + PAUSES[attempts - 1] if again else Job.run_at,
        error=error[:2000],
        finished_at=None if again else clock.now(),
    )


def _update(job_id: int, attempts: int, **values: Any) -> None:
    """Change a job that is still ours: a worker that was taken for dead leaves alone what another has begun."""
    mine = (Job.id == job_id) & (Job.attempts == attempts) & (Job.state == JobState.RUNNING)
    db.session.execute(update(Job).where(mine).values(**values))


@contextmanager
def _heartbeat(job_id: int, attempts: int) -> Iterator[None]:
    """Say every minute that the job is alive, from a thread with its own connection."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT_SECONDS):
            try:
                with app.app_context(), unit_of_work():
                    _update(job_id, attempts, heartbeat=clock.now())
            except Exception:
                log.exception("a heartbeat was missed")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def tick() -> None:
    """Every sweep once; one that fails does not keep the others from theirs."""
    for sweep in _ticks:
        try:
            sweep()
        except Exception:
            log.exception("the sweep %s failed", getattr(sweep, "__qualname__", sweep))


@every_tick
def after_the_clock_went_back() -> int:
    """Put right what the clock would make wait when it was set back by an hour or a day; how many jobs there were.

    What was wanted at once is wanted now, a pause lasts no longer than its length, and the silence of a worker is
    counted from now on: one that lives says so within a minute.
    """
    moment = clock.now()
    late = moment + SKEW
    waits = (Job.state == JobState.QUEUED) & (Job.run_at > late)
    waiting = [
        (waits & (Job.attempts == 0) & (Job.run_at <= Job.created_at), {"run_at": moment}),
        (waits & (Job.attempts > 0) & (Job.run_at > moment + PAUSES[-1] + SKEW), {"run_at": moment}),
        ((Job.state == JobState.RUNNING) & (Job.heartbeat > late), {"heartbeat": moment}),
    ]
    with reading():  # nobody's lock is asked for when the clock went on as it should
        if db.session.execute(select(Job.id).where(or_(*(which for which, _ in waiting))).limit(1)).first() is None:
            return 0
    with unit_of_work():
        done: list[Any] = [db.session.execute(update(Job).where(which).values(**put)) for which, put in waiting]
        return sum(int(one.rowcount) for one in done)


def work(app: Flask, stop: threading.Event, *, idle_seconds: float = 1.0) -> None:
    """The worker's life: carry out what is due, sweep once a minute, rest when there is nothing to do.

    What waits for others' servers goes on beside the rest: a mail server that is slow or gone delays mails only.
    """
    beside = threading.Thread(target=_turns, args=(app, stop, idle_seconds), kwargs={"only": APART}, daemon=True)
    beside.start()
    _turns(app, stop, idle_seconds, without=APART, sweeping=True)
    beside.join()


def _turns(
    app: Flask,
    stop: threading.Event,
    idle_seconds: float,
    *,
    only: Collection[str] = (),
    without: Collection[str] = (),
    sweeping: bool = False,
) -> None:
    next_tick = time.monotonic()  # not the clock: it may be set back
    while not stop.is_set():
        busy = False
        try:
            with app.app_context():
                if sweeping and time.monotonic() >= next_tick:
                    next_tick = time.monotonic() + TICK_SECONDS
                    tick()
                busy = work_once(only=only, without=without)
        except Exception:
            log.exception("the worker stumbled and goes on")
        if not busy:
            stop.wait(idle_seconds)
