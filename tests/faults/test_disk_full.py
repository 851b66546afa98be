"""The disk is full: words on a page, nothing half-written, and the site goes on by itself once there is room.

The database that says "full" by itself is tested in tests/core/test_outages.py; here the files are full.
"""

import io
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from elearn.certification.models import CertificateFile
from elearn.core import jobs, measuring, tables
from elearn.core.db import db
from elearn.core.models import Blob, Job, JobState
from elearn.core.storage import storage
from elearn.people.models import User
from elearn.reporting.models import ExportLog
from tests.support.databases import ENVIRONMENT
from tests.support.live import ROOT, free_port
from tests.support.lives import mortal
from tests.support.room import children, no_room
from tests.support.trainee import Answer, Browser, Pass, Tally, signed_in

WORDS = "Please try again in a moment"
EXPORT = {"format": "csv", "lang": "en", "purpose": "Report to the steering committee"}
PROFILE = {"name_latin": "Amina Keita", "country": "NE", "preferred_lang": "en", "tz": "UTC"}


@pytest.fixture
def environment(app: Flask) -> dict[str, str]:
    names = ("DATABASE_URL", "DATA_DIR")
    more = {"TRUSTED_PROXIES": "1", "WEB_CONCURRENCY": "1", "PORT": str(free_port())}
    return {**ENVIRONMENT, **{name: app.config[name] for name in names}, **more}


def stored() -> set[str]:
    """What stands in the storage, whole or not."""
    return {path.name for path in storage().root.rglob("*") if path.is_file()}


# The whole site


def test_the_site_says_so_and_goes_on_by_itself(
    app, database, busy_academy, amina, dawit, environment, tmp_path, monkeypatch
) -> None:
    code = busy_academy.certificate
    db.session.execute(update(User).values(email_confirmed_at=User.created_at))
    address = f"127.0.0.1:{environment['PORT']}"
    hers = Browser(address, signed_in(app, amina), Tally())
    his = Browser(address, signed_in(app, dawit), Tally())
    db.session.commit()
    before = stored()
    with mortal("web", environment, tmp_path / "log") as web:
        (process,) = children(web.process.pid)
        assert once(hers, "GET", "/me/").status == once(his, "GET", "/manage/records").status == 200
        with no_room(pid=process):
            # What only shows goes on.
            assert once(hers, "GET", "/me/").status == 200
            assert once(hers, "GET", f"/courses/{busy_academy.slug}/learn/{busy_academy.lessons[0]}").status == 200
            # A certificate that was never rendered, an export, a file that is compared: each needs room.
            told(once(hers, "GET", f"/me/certificates/{code}/pdf"))
            told(once(his, "POST", "/manage/records/export", EXPORT))
            told(compare(address, code))
            if database.name == "sqlite":
                told(once(hers, "POST", "/me/profile", PROFILE))
            ready = once(hers, "GET", "/readyz")
            assert (ready.status, "storage: failed" in ready.text) == (503, True)
        db.session.expire_all()
        assert stored() == before
        assert db.session.scalar(select(func.count()).select_from(ExportLog)) == 0
        assert db.session.scalar(select(func.count()).select_from(CertificateFile)) == 0
        db.session.rollback()
        paper = once(hers, "GET", f"/me/certificates/{code}/pdf")
        assert paper.status == 200 and paper.body.startswith(b"%PDF-") and paper.body.rstrip().endswith(b"%%EOF")
        assert once(his, "POST", "/manage/records/export", EXPORT).body.startswith(b"\xef\xbb\xbf")
        assert compare(address, code).status == 422  # looked at: larger than any certificate
        assert once(hers, "POST", "/me/profile", PROFILE).status == 303
        assert once(hers, "GET", "/readyz").status == 200
        assert children(web.process.pid) == [process]  # all this in one life
        hers.close()
        his.close()
    in_whole_lines(tmp_path / "log")
    assert stored() == set(db.session.scalars(select(Blob.sha256)))


def once(browser: Browser, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
    answer = browser._once(method, path, list((form or {}).items()), json=False)
    assert answer is not None, "no answer"
    return answer


def told(answer: Answer) -> None:
    assert answer.status == 503, (answer.status, answer.text[:500])
    assert WORDS in answer.text and "What was kept" in answer.text and "What to do next" in answer.text


def compare(address: str, code: str) -> Answer:
    """Somebody sends a file too large to be kept in memory."""
    line = HTTPConnection(address, timeout=30)
    edge = secrets.token_hex(8)
    body = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode() + b"%PDF" + b"x" * 300_000 + f"\r\n--{edge}--\r\n".encode()  # fmt: skip
    headers = {"Host": "academy.example.org", "X-Forwarded-Proto": "https", "Origin": ENVIRONMENT["BASE_URL"]}
    line.request("POST", f"/verify/{code}", body, headers | {"Content-Type": f"multipart/form-data; boundary={edge}"})
    reply = line.getresponse()
    answer = Answer(reply.status, "", reply.read(), False)
    line.close()
    return answer


def in_whole_lines(log: Path) -> None:
    """Lines of the time without room may be missing; what is there is whole, but for the one that was cut by it."""
    broken = 0
    for line in log.read_text().splitlines():
        try:
            json.loads(line)
        except ValueError:
            broken += 1
    assert broken <= 2


@pytest.mark.one_database
def test_a_log_without_room_stops_nobody(app, environment):
    """Every line fails, from the first on."""
    script = (
        "import os, sys; os.dup2(os.open('/dev/full', os.O_WRONLY), 2)\n"
        "from elearn import create_app; from elearn.demonstration import Web; Web(create_app()).run()"
    )
    server = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, **environment})
    try:
        visitor = Browser(f"127.0.0.1:{environment['PORT']}", Pass("", ""), Tally())
        assert visitor.insist("GET", "/courses/").status == 200
        assert visitor.insist("GET", "/no/such/page").status == 404
        assert visitor.insist("GET", "/healthz").status == 200
        visitor.close()
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.mark.one_database
def test_what_cannot_be_counted_does_not_undo_an_answer(amina, browser, monkeypatch, caplog):
    def full(_measured: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(measuring, "_listeners", [full])
    assert browser(amina).post("/me/profile", data=PROFILE).status_code == 303
    assert "could not be noted" in caplog.text


# What is stored, and what the worker makes


@pytest.mark.one_database
@pytest.mark.parametrize("how", ["at once", "in portions"])
def test_nothing_is_left_of_a_file_that_had_no_room(app, how):
    content = os.urandom(300_000)
    put: Callable[[], str] = (
        (lambda: storage().put(content)) if how == "at once" else lambda: storage().put_stream(io.BytesIO(content))
    )
    with no_room(beyond=100_000), pytest.raises(OSError):
        put()
    assert stored() == set()
    assert storage().read(put()) == content


def test_a_paper_that_had_no_room_is_made_once_there_is(app, database, busy_academy, do_jobs, caplog):
    db.session.commit()
    with app.app_context(), no_room():
        if database.name == "sqlite":  # nothing can even be claimed: the worker goes on asking
            with pytest.raises(Exception, match=r"disk I/O|full"):
                jobs.work_once()
        else:
            while jobs.work_once():
                pass
    db.session.expire_all()
    paper = select(Job).where(Job.kind == "certificate.file")
    (job,) = db.session.scalars(paper).all()
    assert job.state == JobState.QUEUED
    assert database.name == "sqlite" or "File too large" in (job.error or "")
    assert stored() == {sha for sha in stored() if not sha.startswith("tmp")}
    db.session.execute(update(Job).values(run_at=Job.created_at))
    do_jobs()
    db.session.expire_all()
    (job,) = db.session.scalars(paper).all()
    assert job.state == JobState.DONE and job.result is not None
    assert storage().read(job.result["sha256"]).startswith(b"%PDF-")


@pytest.mark.parametrize("format", ["csv", "csv-semicolon", "xlsx"])
def test_an_export_without_room_is_no_export(app, busy_academy, dawit, browser, format, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    his = browser(dawit)
    before = stored()
    with without_files_growing(monkeypatch):
        answer = his.post("/manage/records/export", data=EXPORT | {"format": format})
    assert answer.status_code == 503 and WORDS in answer.text
    db.session.expire_all()
    assert stored() == before and db.session.scalar(select(func.count()).select_from(ExportLog)) == 0
    db.session.rollback()
    assert his.post("/manage/records/export", data=EXPORT | {"format": format}).status_code == 200


@contextmanager
def without_files_growing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No file of an export takes a byte; the database does."""
    real = tables.export

    def export(*args, **kwargs):
        with no_room():
            return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr("elearn.reporting.service.export", export)
        yield


# Backup and restore


@pytest.mark.parametrize("beyond", [0, 40_000, 200_000, 400_000])
def test_a_backup_without_room_leaves_nothing_and_says_so(app, busy_academy, command, tmp_path, beyond):
    archive = tmp_path / "backup.tar"
    with no_room(beyond=beyond):
        done = command("backup", archive)
    if done.exit_code == 0:
        assert archive.stat().st_size <= beyond  # it had room after all
    else:
        assert done.exit_code == 1 and len(done.stderr.splitlines()) == 1, done.stderr
        assert "large" in done.stderr or "full" in done.stderr or "I/O" in done.stderr, done.stderr
        assert list(tmp_path.iterdir()) == []
        assert command("backup", archive).exit_code == 0


def test_a_restore_without_room_leaves_nothing_and_says_so(app, busy_academy, command, tmp_path, elsewhere):
    assert command("backup", tmp_path / "backup.tar.zst").exit_code == 0
    new = elsewhere()
    data = Path(new.config["DATA_DIR"])
    for beyond in (0, 4_000):
        with new.app_context(), no_room(beyond=beyond):
            done = new.test_cli_runner().invoke(args=["restore", str(tmp_path / "backup.tar.zst")])
        assert done.exit_code == 1, done.output
        assert "cannot be read" not in done.stderr  # nothing is wrong with the archive
        assert [path for path in data.rglob("*") if path.is_file()] == []
    with new.app_context():
        done = new.test_cli_runner().invoke(args=["restore", str(tmp_path / "backup.tar.zst")])
    assert done.exit_code == 0, done.output
