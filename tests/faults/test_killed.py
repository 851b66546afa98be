"""Web processes and worker are killed (SIGKILL) at random moments, while people enrol, answer, hand in, are certified.

`make faults` runs a thousand schedules on each database; here it is a small number of them. FAULT_SEED runs the same
choices and the same pauses between kills again (which process the kernel was running at each is beyond a seed),
FAULT_SCHEDULES says how many.

On 21 November 2026, with the seed firm-ground, both at once on two cores that had much else to do:
SQLite: 1,000 schedules in 2,136 s, 1,007 web processes and 338 workers killed, 4,016 requests lost and sent
again, 6,657 acknowledged answers and 995 certificates compared, none lost, none twice.
PostgreSQL: 1,000 schedules in 1,957 s, 997 web processes and 336 workers killed, 3,962 requests lost and sent
again, 6,657 acknowledged answers and 995 certificates compared, none lost, none twice.
"""

import os
import secrets
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from elearn.assessment.models import Attempt, Response
from elearn.certification.models import Certificate, CertificateEvent, CertificateFile
from elearn.core.db import db
from elearn.core.models import Blob, Job, JobState
from elearn.core.storage import storage
from elearn.learning.models import Completion, CompletionKind, Enrolment, EnrolmentEvent, StepProgress
from tests.factories import assessment as course
from tests.factories import people as make
from tests.support.databases import ENVIRONMENT
from tests.support.live import free_port
from tests.support.lives import mortal, until
from tests.support.trainee import Attempt as Known
from tests.support.trainee import Browser, Tally, Trainee, signed_in

SCHEDULES = int(os.environ.get("FAULT_SCHEDULES", "40"))
SEED = os.environ.get("FAULT_SEED") or secrets.token_hex(4)
AT_ONCE = 8
LIMIT, PASS = 2, 60  # attempts, per cent: as the course says
CHOICES = {
    "one": ([("answer-one", "a")], "a"), "one:b": ([("answer-one", "b")], "b"), "one:": ([], None),
    "all": ([("answer-all", "a"), ("answer-all", "c")], ["a", "c"]), "all:a": ([("answer-all", "a")], ["a"]),
    "all:3": ([("answer-all", "a"), ("answer-all", "b"), ("answer-all", "c")], ["a", "b", "c"]),
    "true": ([("answer-true", "true")], True), "true:no": ([("answer-true", "false")], False),
    "rate": ([("answer-rate", "41,7 %")], "41,7 %"), "rate:50": ([("answer-rate", "50")], "50"),
}  # fmt: skip
BY_ITEM = {
    item: [choice for name, choice in CHOICES.items() if name.partition(":")[0] == item] for item in course.ITEMS
}
RIGHT = dict.fromkeys(course.ITEMS, 0)  # the first of each


@dataclass
class Figures:
    """What happened, to be told."""

    schedules: int
    seconds: float
    kills_web: int
    kills_worker: int
    lost: int
    busy: int
    answers: int
    certificates: int

    def __str__(self) -> str:
        return (
            f"seed {SEED}: {self.schedules} schedules in {self.seconds:.0f} s; {self.kills_web} kills of web processes,"
            f" {self.kills_worker} of the worker; {self.lost} requests lost, {self.busy} told to try again;"
            f" {self.answers} acknowledged answers, {self.certificates} certificates checked"
        )


@pytest.fixture
def environment(app: Flask) -> dict[str, str]:
    names = ("DATABASE_URL", "DATA_DIR")
    more = {"TRUSTED_PROXIES": "1", "WEB_CONCURRENCY": "2", "PORT": str(free_port())}
    return {**ENVIRONMENT, **{name: app.config[name] for name in names}, **more}


@pytest.mark.long
def test_nothing_acknowledged_is_lost_and_nothing_counted_twice(
    app: Flask, database, environment: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course.published()
    tally = Tally()
    trainees = [a_trainee(app, number, environment["PORT"], tally) for number in range(SCHEDULES)]
    db.session.commit()
    began = time.monotonic()
    with (
        mortal("web", environment, tmp_path / "web.log") as web,
        mortal("worker", environment, tmp_path / "worker.log", "--stale", "5") as worker,
    ):
        with (
            web.dying(Random(f"{SEED}:web"), lambda: tally.answered, 1, 40),
            worker.dying(Random(f"{SEED}:worker"), lambda: tally.answered, 10, 90),
            ThreadPoolExecutor(AT_ONCE) as people,
        ):
            for done in [people.submit(trainee.go, LIMIT) for trainee in trainees]:
                done.result()
        until(lambda: not jobs_left(app), 120, "the worker has done what was left")
        figures = Figures(
            SCHEDULES, time.monotonic() - began, web.kills, worker.kills,
            tally.lost, tally.busy, answers=0, certificates=0,
        )  # fmt: skip
    db.session.expire_all()
    for trainee in trainees:
        figures.answers += sum(len(seqs) for known in trainee.attempts for seqs in known.acknowledged.values())
        figures.certificates += check(trainee)
    check_the_whole(figures)
    with capsys.disabled():
        print(f"\n{database.name}, {figures}")  # noqa: T201, the seed and the figures are what the run is for
    assert figures.kills_web > SCHEDULES / 10 and figures.kills_worker > 0 and figures.lost > 0


def a_trainee(app: Flask, number: int, port: str, tally: Tally) -> Trainee:
    user = make.user(f"Trainee {number}")
    address = urlsplit(f"//127.0.0.1:{port}").netloc
    rng = Random(f"{SEED}:{number}")
    return Trainee(
        user.id, Browser(address, signed_in(app, user), tally), course.SLUG, course.QUIZ, BY_ITEM, rng, RIGHT
    )


def jobs_left(app: Flask) -> int:
    with db.engines["reader"].connect() as connection:
        waiting = select(func.count()).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
        return int(connection.scalar(waiting) or 0)


# What must hold. Scores are worked out here, from what the person answered.


def check(trainee: Trainee) -> int:
    """Everything about one person; the number of certificates, 0 or 1."""
    (enrolment,) = db.session.scalars(select(Enrolment).where(Enrolment.user_id == trainee.user_id)).all()
    attempts = db.session.scalars(
        select(Attempt).where(Attempt.enrolment_id == enrolment.id).order_by(Attempt.number)
    ).all()
    assert [attempt.number for attempt in attempts] == [known.number for known in trainee.attempts]
    assert [attempt.number for attempt in attempts] == list(range(1, len(attempts) + 1)) and len(attempts) <= LIMIT
    earned = [check_attempt(attempt, known) for attempt, known in zip(attempts, trainee.attempts, strict=True)]
    best = max(100 * points // len(course.ITEMS) for points in earned)
    passed = any(100 * points >= PASS * len(course.ITEMS) for points in earned)
    assert passed == trainee.passed
    (progress,) = db.session.scalars(select(StepProgress).where(StepProgress.enrolment_id == enrolment.id)).all()
    assert progress.score == best
    completions = db.session.scalars(select(Completion).where(Completion.enrolment_id == enrolment.id)).all()
    assert [(one.kind, one.number, one.score) for one in completions] == (
        [(CompletionKind.COMPLETED, 1, best)] if passed else []
    )
    moves = db.session.execute(
        select(EnrolmentEvent.from_state, EnrolmentEvent.to_state)
        .where(EnrolmentEvent.enrolment_id == enrolment.id)
        .order_by(EnrolmentEvent.id)
    ).all()
    assert moves == [(None, "active"), *([("active", "completed")] if passed else [])]
    check_certificate(trainee, passed)
    return int(passed)


def check_attempt(attempt: Attempt, known: Known) -> int:
    """Handed in once, with the newest answers; the points earned."""
    assert known.handed_in and attempt.submitted_at is not None and attempt.submitted_by == "trainee"
    stored = {
        row.item_key: row
        for row in db.session.scalars(select(Response).where(Response.attempt_id == attempt.id))
    }  # fmt: skip
    newest: dict[str, int] = {}
    for seq, (item, _value) in known.sent.items():
        newest[item] = max(seq, newest.get(item, 0))
    assert stored.keys() == newest.keys()
    points = 0
    for item, row in stored.items():
        assert row.seq == newest[item] >= max(known.acknowledged[item])
        value = row.answer["value"]
        if item == "rate":
            value = value["typed"]
        assert value == known.sent[row.seq][1] and row.client_key == known.client
        points += value == BY_ITEM[item][RIGHT[item]][1]
        assert row.is_final
    assert (attempt.score, attempt.max_score) == (points, len(course.ITEMS))
    assert attempt.passed == (100 * points >= PASS * len(course.ITEMS))
    return points


def check_certificate(trainee: Trainee, passed: bool) -> None:
    certificates = db.session.scalars(select(Certificate).where(Certificate.user_id == trainee.user_id)).all()
    assert len(certificates) == int(passed)
    for certificate in certificates:
        assert certificate.ended_at is None
        events = db.session.scalars(
            select(CertificateEvent.what).where(CertificateEvent.certificate_id == certificate.id)
        )
        assert events.all() == ["issued"]
        kept = db.session.get_one(CertificateFile, certificate.id)
        assert [sha256(content).hexdigest() for content in trainee.files] == [kept.blob_sha] * 2
        assert storage().read(kept.blob_sha) == trainee.files[0]


def check_the_whole(figures: Figures) -> None:
    """Nothing beside what was checked: serial numbers without a gap, stored files that a row names, jobs done once."""
    serials = sorted(int(serial.rpartition("-")[2]) for serial in db.session.scalars(select(Certificate.serial)))
    assert serials == list(range(1, figures.certificates + 1))
    named = set(db.session.scalars(select(Blob.sha256)))
    assert set(db.session.scalars(select(CertificateFile.blob_sha))) <= named
    left_over = {path.name for path in storage().unfinished()}
    there = {path.name for path in storage().root.rglob("*") if path.is_file()} - left_over
    assert there == named
    states = Counter(db.session.scalars(select(Job.state).where(Job.kind == "certificate.file")))
    assert states == {JobState.DONE: figures.certificates}
