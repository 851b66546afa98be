"""What machines ask and operators do: readiness, figures, a test message."""

import datetime as dt
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

import config
from elearn.core import clock, mail, readiness
from elearn.core.db import db
from elearn.core.models import Job, JobState

TOKEN = "t0ken-of-the-one-who-watches"


# Ready


def test_an_instance_in_order_is_ready(visitor, fresh_context):
    assert (visitor.get("/readyz").status_code, visitor.get("/readyz").text) == (
        200,
        "database: ok\nmigrations: ok\nstorage: ok\nworker: silent\nmail: ok\n",
    )
    with fresh_context():
        readiness.worker_seen()
        readiness.worker_seen()
    answer = visitor.get("/readyz")
    assert answer.text.endswith("worker: ok\nmail: ok\n")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_worker_that_fell_silent_is_told_and_pages_go_on(visitor, fresh_context, frozen_clock):
    with fresh_context():
        readiness.worker_seen()
    frozen_clock(minutes=4)
    assert "worker: ok" in visitor.get("/readyz").text
    frozen_clock(minutes=2)
    answer = visitor.get("/readyz")
    assert answer.status_code == 200 and "worker: silent" in answer.text


def test_a_worker_at_a_long_job_is_heard_by_its_job(visitor, frozen_clock):
    job("long", JobState.RUNNING, heartbeat=clock.now())
    assert "worker: ok" in visitor.get("/readyz").text


def test_an_old_schema_is_not_ready(app, visitor):
    db.session.execute(text("UPDATE alembic_version SET version_num = '0001_first_tables'"))
    try:
        answer = visitor.get("/readyz")
    finally:
        head = readiness._head(app.extensions["migrate"].directory)
        db.session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
        db.session.commit()
    assert answer.status_code == 503 and "migrations: failed" in answer.text


def test_a_storage_that_takes_nothing_is_not_ready(app, visitor, tmp_path, monkeypatch):
    (tmp_path / "blobs").write_text("where a folder should be")
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    answer = visitor.get("/readyz")
    assert answer.status_code == 503 and "storage: failed" in answer.text


def test_without_a_database_it_is_not_ready_and_says_so(app, visitor, monkeypatch):
    def gone(*_: object, **__: object) -> None:
        raise ConnectionError("gone")

    monkeypatch.setattr("elearn.core.db.Session.execute", gone)
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert answer.text == "database: failed\nmigrations: failed\nstorage: ok\n"


@pytest.mark.one_database
def test_nothing_is_left_of_the_probe(visitor, database):
    visitor.get("/readyz")
    assert not [path for path in (database.folder / "blobs").rglob("*") if path.is_file()]


# Figures


def job(key: str, state: JobState, kind: str = "other", **columns: object) -> None:
    db.session.add(
        Job(kind=kind, key=key, args={}, state=state, **({"run_at": clock.now(), "created_at": clock.now()} | columns))
    )


def figures(answer: object) -> dict[tuple[str, ...], float]:
    """Every sample, by its name and the values of its labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)  # type: ignore[attr-defined]
        for sample in family.samples
    }


def test_figures_of_requests_and_of_what_waits(frozen_clock, dawit, browser, visitor, fresh_context):
    administrator = browser(dawit)
    before = figures(administrator.get("/metrics"))
    visitor.get("/courses/")
    visitor.get("/no/such/page")
    visitor.get("/neither/this")
    job("a", JobState.QUEUED, "mail.send", run_at=clock.now() - dt.timedelta(minutes=3))
    job("b", JobState.QUEUED, run_at=clock.now() + dt.timedelta(hours=1))
    job("c", JobState.RUNNING, "mail.send")
    job("d", JobState.FAILED, "mail.send")
    job("e", JobState.DONE)
    with fresh_context():
        readiness.worker_seen()
    frozen_clock(seconds=30)
    answer = administrator.get("/metrics")
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    seen = figures(answer)
    assert seen["elearn_requests_total", "catalogue.courses", "200"] == 1 + before.get(
        ("elearn_requests_total", "catalogue.courses", "200"), 0
    )
    assert seen["elearn_requests_total", "none", "404"] == 2 + before.get(("elearn_requests_total", "none", "404"), 0)
    assert seen["elearn_request_duration_seconds_bucket", "catalogue.courses", "+Inf"] == 1 + before.get(
        ("elearn_request_duration_seconds_bucket", "catalogue.courses", "+Inf"), 0
    )
    assert {state: seen["elearn_jobs", state] for state in ("queued", "running", "failed")} == {
        "queued": 2,
        "running": 1,
        "failed": 1,
    }
    assert seen["elearn_mails_waiting",] == 2
    assert seen["elearn_mails_failed",] == 1
    assert seen["elearn_job_queue_age_seconds",] == 210
    assert seen["elearn_worker_silence_seconds",] == 30
    assert seen["elearn_database_bytes",] > 100_000
    assert seen["elearn_disk_free_bytes",] > 0


def test_an_empty_queue_has_no_age(dawit, browser):
    seen = figures(browser(dawit).get("/metrics"))
    assert seen["elearn_job_queue_age_seconds",] == 0
    assert ("elearn_worker_silence_seconds",) not in seen


@pytest.mark.one_database
def test_strangers_do_not_make_series(dawit, browser, visitor):
    for number in range(5):
        visitor.get(f"/no/such/page/{number}")
        visitor.open("/courses/", method=f"ODD{number}")
    text_ = browser(dawit).get("/metrics").text
    assert "no/such" not in text_ and "ODD" not in text_


@pytest.mark.one_database
def test_the_token_opens_the_figures_and_nothing_else_does(app, visitor, amina, browser, monkeypatch):
    offered = {"Authorization": f"Bearer {TOKEN}"}
    assert visitor.get("/metrics").status_code == 404
    assert visitor.get("/metrics", headers=offered).status_code == 401  # none is set
    assert visitor.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401
    monkeypatch.setitem(app.config, "METRICS_TOKEN", TOKEN)
    assert visitor.get("/metrics", headers=offered).status_code == 200
    assert visitor.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 401
    assert visitor.get("/metrics", headers={"Authorization": "Bearer clé"}).status_code == 401
    assert browser(amina).get("/metrics").status_code == 404


@pytest.mark.one_database
def test_a_token_that_is_easily_guessed_is_refused(monkeypatch, tmp_path):
    for name, value in {
        "SECRET_KEY": "only-for-tests-0123456789abcdef-0",
        "BASE_URL": "https://academy.example.org",
        "METRICS_TOKEN": "short",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(config.BadConfiguration, match="METRICS_TOKEN"):
        config.from_environment()


# A test message


def test_a_test_message_arrives(app, command, mail_server):
    done = command("mail", "test", "dawit@example.org")
    assert done.exit_code == 0, done.output
    assert "has taken the message" in done.output
    (message,) = mail_server
    assert message["To"] == "dawit@example.org" and "test" in message["Subject"]
    assert app.config["BASE_URL"] in message.get_content()


@contextmanager
def answering(*lines: bytes) -> Iterator[int]:
    """A server that says these lines, one for each that it hears, then hangs up; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            connection, _ = server.accept()
            with connection, connection.makefile("rb") as heard:
                for line in lines:
                    connection.sendall(line)
                    if not heard.readline():
                        return

        thread = threading.Thread(target=talk)
        thread.start()
        yield int(server.getsockname()[1])
        thread.join()


HELLO = (b"220 ready\r\n", b"250-here\r\n250 AUTH PLAIN\r\n")
TROUBLES = {
    "no such port": ((), {}, "Nothing listens at"),
    "no STARTTLS": ((b"220 ready\r\n", b"250 here\r\n"), {"MAIL_USE_TLS": True}, "does not offer what is asked"),
    "not TLS at all": ((b"220 ready\r\n" * 50,), {"MAIL_USE_SSL": True}, "does not speak TLS this way"),
    "wrong password": (
        (*HELLO, b"535 5.7.8 wrong\r\n"),
        {"MAIL_USERNAME": "academy", "MAIL_PASSWORD": "hush"},
        "refuses MAIL_USERNAME and MAIL_PASSWORD (535 5.7.8 wrong)",
    ),
    "sender": ((*HELLO, b"550 not you\r\n", b"250 ok\r\n"), {}, "does not accept the sender MAIL_FROM (550 not you)"),
    "recipient": (
        (*HELLO, b"250 ok\r\n", b"550 nobody here\r\n", b"250 ok\r\n"),
        {},
        "does not accept the recipient (550 nobody here)",
    ),
    "hangs up": ((), {"hangs": True}, "hung up"),
}


@pytest.mark.one_database
@pytest.mark.parametrize("what", TROUBLES)
def test_what_goes_wrong_is_said_in_a_line(what, app, command, mail_server, monkeypatch):
    lines, settings, words = TROUBLES[what]
    with answering(*(lines or (b"",))) as port:
        settings = {"MAIL_PORT": port} | settings
        if what == "no such port":
            with socket.create_server(("127.0.0.1", 0)) as closed:
                settings["MAIL_PORT"] = closed.getsockname()[1]
            socket.create_connection(("127.0.0.1", port)).close()
        for name, value in settings.items():
            monkeypatch.setitem(app.config, name, value)
        done = command("mail", "test", "dawit@example.org")
    assert done.exit_code == 1
    assert words in done.stderr and "hush" not in done.output
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    "error, words",
    [(socket.gaierror(-2, "Name or service not known"), "name of the server"), (TimeoutError(), "does not answer")],
)
def test_a_server_out_of_reach_is_said_in_a_line(error, words, app, command, monkeypatch):
    def fail(_message: object) -> None:
        raise error

    monkeypatch.setitem(app.config, "MAIL_SERVER", "mail.invalid")
    monkeypatch.setattr(mail, "_deliver", fail)
    done = command("mail", "test", "dawit@example.org")
    assert done.exit_code == 1 and words in done.stderr


@pytest.mark.one_database
def test_without_a_server_or_an_address_nothing_is_tried(app, command, mail_server, monkeypatch):
    assert "not an address" in command("mail", "test", "nobody").stderr
    monkeypatch.setitem(app.config, "MAIL_SERVER", "")
    assert "MAIL_SERVER is not set" in command("mail", "test", "dawit@example.org").stderr
    assert mail_server == []
