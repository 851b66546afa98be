"""Several processes on one database: every job once, every request answered, the figures of all in one."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import func, select

from elearn.core import clock, jobs
from elearn.core.db import db
from elearn.core.models import Job, JobState, Mail
from elearn.learning.models import Enrolment
from tests.support.databases import ENVIRONMENT
from tests.support.live import ROOT, free_port, running

WORKERS, MAILS = 3, 60
TOKEN = "t0ken-of-the-one-who-watches"


@pytest.fixture
def environment(app: Flask) -> dict[str, str]:
    """That of a process beside this one, on the same database."""
    names = ("DATABASE_URL", "DATA_DIR")
    return {**ENVIRONMENT, **{name: app.config[name] for name in names}, "METRICS_TOKEN": TOKEN}


def together(count: int, do: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(do, range(count)))


def test_several_workers_carry_out_every_job_once(app, environment, mail_server):
    for number in range(MAILS):
        key = f"letter-{number}"
        db.session.add(
            Mail(key=key, to_addr=f"reader{number}@example.org", lang="en", template="x", subject="A letter",
                 body="Text\n", created_at=clock.now())
        )  # fmt: skip
        jobs.enqueue("mail.send", {"key": key}, key=f"mail:{key}")
    db.session.commit()
    sending = {name: str(app.config[name]) for name in ("MAIL_SERVER", "MAIL_PORT")} | {"MAIL_USE_TLS": "0"}
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "flask", "worker", "--once"],
            cwd=ROOT,
            env=environment | sending,
            stderr=subprocess.PIPE,
        )
        for _ in range(WORKERS)
    ]
    said = [worker.communicate(timeout=120)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * WORKERS, said
    assert Counter(str(message["To"]) for message in mail_server) == {
        f"reader{number}@example.org": 1 for number in range(MAILS)
    }
    db.session.expire_all()
    done = db.session.execute(select(Job.state, Job.attempts, func.count()).group_by(Job.state, Job.attempts)).all()
    assert done == [(JobState.DONE, 1, MAILS)]
    assert db.session.scalar(select(func.count()).where(Mail.sent_at.is_(None))) == 0


def test_several_web_processes_are_one_site(app, academy, amina, browser, environment, tmp_path):
    page = browser(amina)
    path = f"/courses/{academy.other_slug}/enrol"
    page.get(path)
    enrol = {
        "Host": "academy.example.org",
        "X-Forwarded-Proto": "https",
        "Cookie": "; ".join(f"{cookie.key}={cookie.value}" for cookie in page._cookies.values()),
        "X-CSRFToken": page._csrf_token(),
    }
    several = {"WEB_CONCURRENCY": str(WORKERS), "WEB_THREADS": "4", "TRUSTED_PROXIES": "1"}
    command = ["-m", "gunicorn", "--config", "python:elearn.serving", "wsgi:app"]
    log = tmp_path / "log"
    with running(command, free_port(), environment | several, log) as address:
        catalogue = together(24, lambda _: asked(f"{address}/courses/"))
        pressed = together(
            12, lambda _: asked(address + path, enrol, b"name_latin=Amina+Issoufou&name_arabic=&lang=en")
        )
        figures = [
            figures_of(asked(f"{address}/metrics", {"Authorization": f"Bearer {TOKEN}"})[1]) for _ in range(2 * WORKERS)
        ]
    assert {status for status, _ in catalogue} == {200}
    assert Counter(status for status, _ in pressed) == {303: 1, 422: 11}  # one is enrolled, the others are told why
    mine = select(func.count()).select_from(Enrolment).where(Enrolment.user_id == amina.id)
    db.session.expire_all()
    assert db.session.scalar(mine) == 2  # that of the academy, and this one
    # Whichever process is asked tells of all.
    assert {seen["elearn_requests_total", "catalogue.courses", "200"] for seen in figures} == {24.0}
    assert {seen["elearn_request_duration_seconds_count", "catalogue.courses"] for seen in figures} == {24.0}
    in_json(log, 24)


def asked(url: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> tuple[int, str]:
    """Status and text; not followed where it leads."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
    connection.request("POST" if body is not None else "GET", urlsplit(url).path, body, kind | (headers or {}))
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def figures_of(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def in_json(log: Path, visits: int) -> None:
    """Every line, those of gunicorn among them; processes do not write into each other's."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    seen = [line for line in lines if line.get("endpoint") == "catalogue.courses"]
    assert len(seen) == len({line["request_id"] for line in seen}) == visits
    assert {line["logger"] for line in lines} >= {"elearn.request", "gunicorn.error"}
