"""The mail server is slow, gone or in a bad mood, or the worker is killed between two of its words.

What no order of steps can do: know after a kill whether the server had taken a message whose taking was not noted yet.
Then it is handed in once more, with the same Message-ID, the same date and the same text, by which mailboxes and
filters recognise it. The window is the time between the server's last word and one short transaction.
"""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select

from elearn.certification.models import Certificate, CertificateFile
from elearn.core import clock, jobs, mail, readiness
from elearn.core.db import db
from elearn.core.models import Blob, Job, JobState, Mail
from elearn.core.outages import NoRoom
from elearn.core.storage import storage
from tests.factories import learning as course
from tests.factories import people as make
from tests.support.databases import ENVIRONMENT
from tests.support.lives import mortal, until

MAILS, PAPERS = 24, 6
Say = Callable[[str], bytes | None]


class MailServer:
    """Speaks SMTP. `before` is told the name of each step and may answer for the server, or take its time."""

    def __init__(self, before: Say = lambda _step: None) -> None:
        self.before = before
        self.messages: list[EmailMessage] = []  # whose taking was at least about to be said
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._open.append(connection)
            self._threads.append(threading.Thread(target=self._talk, args=(connection,)))
            self._threads[-1].start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as heard:
                self._say(connection, "HELLO", b"220 here")
                for line in heard:
                    step = line.split()[0].upper().decode(errors="replace")
                    if step == "DATA":
                        self._say(connection, "DATA", b"354 go on")
                        content = b"".join(iter(heard.readline, b".\r\n"))
                        message = message_from_bytes(content.replace(b"\r\n..", b"\r\n."), policy=policy.default)
                        self._say(connection, "TAKE", b"250 taken", message)
                    else:
                        self._say(connection, step, b"221 bye" if step == "QUIT" else b"250 fine")
        except OSError:
            return

    def _say(self, connection: socket.socket, step: str, words: bytes, message: EmailMessage | None = None) -> None:
        instead = self.before(step)
        if message is not None and instead is None:
            self.messages.append(message)
        connection.sendall((instead or words) + b"\r\n")
        if message is not None and instead is None:
            self.before("TAKEN")

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in self._open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in self._threads:
            thread.join()


@pytest.fixture
def smtp(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., MailServer]]:
    """`smtp(before)` is a server to which the application sends."""
    servers: list[MailServer] = []
    monkeypatch.undo()

    def start(before: Say = lambda _step: None) -> MailServer:
        servers.append(MailServer(before))
        settings = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": servers[-1].port, "MAIL_USE_TLS": False}
        for name, value in settings.items():
            monkeypatch.setitem(app.config, name, value)
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def letters(number: int, first: int = 0) -> None:
    for n in range(first, first + number):
        db.session.add(
            Mail(key=f"letter-{n}", to_addr=f"reader{n}@example.org", lang="en", template="x", subject=f"Letter {n}",
                 body=f"Text {n}\n", created_at=clock.now())
        )  # fmt: skip
        jobs.enqueue("mail.send", {"key": f"letter-{n}"}, key=f"mail:letter-{n}")
    db.session.commit()


def waiting(*, kind: str = "") -> int:
    with db.engines["reader"].connect() as connection:
        found = select(func.count()).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
        return int(connection.scalar(found.where(Job.kind == kind) if kind else found) or 0)


@contextmanager
def at_work(app: Flask) -> Iterator[None]:
    """A worker as it lives, in this process."""
    stop = threading.Event()
    thread = threading.Thread(target=jobs.work, args=(app, stop), kwargs={"idle_seconds": 0.02})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


# A worker that is killed


def environment(app: Flask, server: MailServer) -> dict[str, str]:
    given = {name: str(app.config[name]) for name in ("DATABASE_URL", "DATA_DIR")}
    return {**ENVIRONMENT, **given, "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(server.port), "MAIL_USE_TLS": "0"}


def test_a_worker_killed_in_the_middle_sends_and_makes_everything_once(app, database, smtp, tmp_path: Path) -> None:
    """Killed at every step of the conversation, and at random moments while it draws papers."""
    rng = Random("mails and papers")
    steps = ["HELLO", "EHLO", "MAIL", "RCPT", "DATA", "TAKE", "TAKEN", "QUIT"]
    deaths: list[str] = []
    plan = [*steps, *rng.choices(steps, k=2)]

    def before(step: str) -> bytes | None:
        if plan and step == plan[0] and rng.random() < 0.5:
            deaths.append(plan.pop(0))
            worker.kill_all()
        return None

    course.published(course.of_lessons_only())
    for number in range(PAPERS):
        user = make.user(f"Trainee {number}")
        course.enrol(user)
        for step in (course.FIRST, course.SECOND):
            course.done(user, step)
    letters(MAILS)
    server = smtp(before)
    with mortal("worker", environment(app, server), tmp_path / "log", "--stale", "1") as worker:
        until(lambda: not waiting() and not plan, 120, "everything is sent and made")
    db.session.expire_all()
    assert len(deaths) >= len(steps)
    # Every message came; more than once only where the kill fell between the server's having it and the note of it.
    came = Counter(str(message["Message-ID"]) for message in server.messages)
    assert len(came) == MAILS
    unknown = sum(death in ("TAKE", "TAKEN", "QUIT") for death in deaths)
    assert sum(came.values()) - MAILS <= unknown
    said = {
        (str(one["Message-ID"]), str(one["Date"]), str(one["To"]), one.get_content()) for one in server.messages
    }  # fmt: skip
    assert len(said) == MAILS  # those that came twice say the same
    assert db.session.scalar(select(func.count()).where(Mail.sent_at.is_(None))) == 0
    # Every paper once.
    files = db.session.scalars(select(CertificateFile.blob_sha)).all()
    assert len(files) == len(set(files)) == db.session.scalar(select(func.count()).select_from(Certificate)) == PAPERS
    left_over = {path.name for path in storage().unfinished()}
    there = {path.name for path in storage().root.rglob("*") if path.is_file()} - left_over
    assert set(files) <= there == set(db.session.scalars(select(Blob.sha256)))
    assert set(db.session.scalars(select(Job.state))) == {JobState.DONE}


# A server that is slow or gone


def test_a_server_that_never_answers_holds_up_mails_and_nothing_else(app, smtp, browser, amina, dawit, monkeypatch):
    """It takes the connection and says nothing. Twenty seconds of that are one here."""
    gone = threading.Event()

    def silent(_step: str) -> bytes | None:
        gone.wait(30)
        return None

    real = mail.smtplib.SMTP
    monkeypatch.setattr(mail.smtplib, "SMTP", lambda host, port, timeout: real(host, port, timeout=timeout / 20))
    server = smtp(silent)
    done: list[object] = []
    monkeypatch.setitem(jobs._handlers, "note", done.append)
    letters(5)
    for n in range(20):
        jobs.enqueue("note", {"n": n}, key=f"note-{n}")
    db.session.commit()
    with at_work(app):
        try:
            until(lambda: len(done) == 20, 10, "the other jobs are done")
            assert waiting(kind="mail.send") == 5
            began = time.monotonic()
            answer = browser().post("/reset", data={"email": "amina@example.org"})  # somebody causes a mail meanwhile
            assert answer.status_code == 303 and time.monotonic() - began < 5  # nobody waits for twenty seconds
            until(lambda: tried() >= 2, 30, "mails are tried")
            page = browser(dawit).get("/metrics").text
            assert "mail: late" in browser().get("/readyz").text and browser().get("/readyz").status_code == 200
            assert server.messages == []
        finally:
            gone.set()
    figures = dict(line.rsplit(" ", 1) for line in page.splitlines() if line.startswith("elearn_"))
    assert float(figures["elearn_mails_waiting"]) >= 5
    db.session.expire_all()
    for job in db.session.scalars(select(Job).where(Job.kind == "mail.send", Job.error.is_not(None))):
        assert job.state == JobState.QUEUED and job.run_at > job.created_at + jobs.PAUSES[0] / 2


def tried() -> int:
    with db.engines["reader"].connect() as connection:
        return int(connection.scalar(select(func.count()).where(Job.kind == "mail.send", Job.error.is_not(None))) or 0)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("HELLO", b"421 too busy"),
        ("MAIL", b"451 try later"),
        ("RCPT", b"450 greylisted"),
        ("TAKE", b"452 no room here"),
    ],
    ids=["greeting", "sender", "greylisting", "full"],
)
def test_not_now_is_asked_again_later_and_then_sent_once(app, smtp, frozen_clock, caplog, step, words):
    refusals = [words, words]
    server = smtp(lambda told: refusals.pop() if told == step and refusals else None)
    letters(1)
    for pause in jobs.PAUSES[:2]:
        work(app)
        assert server.messages == [] and job().state == JobState.QUEUED
        assert words.split()[0].decode() in (job().error or "")
        work(app)  # not before its time
        frozen_clock(seconds=pause.total_seconds())
    work(app)
    work(app)
    assert len(server.messages) == 1
    assert (job().state, job().attempts, job().error) == (JobState.DONE, 3, None)
    assert readiness.mails_go_out()


@pytest.mark.parametrize("words", [b"421 going down", b"500 what?"])
def test_a_bad_parting_does_not_send_a_message_again(app, smtp, frozen_clock, caplog, words):
    server = smtp(lambda step: words if step == "QUIT" else None)
    letters(1)
    for _ in range(3):
        work(app)
        frozen_clock(hours=3)
    assert len(server.messages) == 1 and job().state == JobState.DONE and job().attempts == 1


def test_a_database_that_is_busy_when_the_message_is_out_is_asked_again(app, smtp, frozen_clock, monkeypatch):
    server = smtp()
    letters(1)
    real, failures = mail.unit_of_work, [NoRoom(), NoRoom()]

    def busy():
        if failures:
            raise failures.pop()
        return real()

    monkeypatch.setattr(mail, "unit_of_work", busy)
    monkeypatch.setattr(mail, "NOTING_SECONDS", (0, 0, 0))
    work(app)
    frozen_clock(hours=3)
    work(app)
    assert len(server.messages) == 1 and job().state == JobState.DONE


def test_a_server_that_refuses_for_good_is_given_up_and_told(app, smtp, frozen_clock, browser, dawit, caplog):
    server = smtp(lambda step: b"550 nobody here" if step == "RCPT" else None)
    letters(1)
    for _ in range(jobs.MAX_ATTEMPTS):
        work(app)
        frozen_clock(hours=3)
    assert server.messages == [] and job().state == JobState.FAILED
    assert "elearn_mails_failed 1.0" in browser(dawit).get("/metrics").text
    assert "mail.send" in browser(dawit).get("/manage/jobs").text


def work(app: Flask) -> None:
    db.session.commit()
    with app.app_context():
        while jobs.work_once():
            pass


def job() -> Job:
    db.session.commit()
    return db.session.scalars(select(Job).execution_options(populate_existing=True)).one()
