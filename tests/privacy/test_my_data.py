"""A copy of one's data: asked for, made by a job, downloaded by its owner with the password, gone after a week."""

import datetime as dt
import json
import zipfile
from io import BytesIO

import pytest
from sqlalchemy import func, select

from elearn.core import clock, jobs
from elearn.core.db import db
from elearn.core.models import Audit, Blob, Job, JobState, Mail
from elearn.core.storage import storage
from elearn.people.models import DataCopy
from tests.factories import people as make
from tests.privacy.conftest import HASH, PASSWORD


@pytest.fixture
def amina(amina):
    amina.password_hash = HASH
    return amina


@pytest.fixture
def hers(amina, browser):
    return browser(amina)


def take(one, password: str = PASSWORD):
    return one.post("/me/data/copy", data={"present_password": password})


def opened(answer) -> dict[str, bytes]:
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def copy(busy_academy, hers, do_jobs) -> dict[str, bytes]:
    """Amina's, after some weeks of studying."""
    assert hers.post("/me/data").location == "/me/data"
    do_jobs()
    return opened(take(hers))


def test_it_holds_what_every_domain_keeps(copy):
    assert set(copy) >= {
        "README.txt",
        *(f"{name}.json" for name in ("assessment", "catalogue", "certification", "core", "learning", "people")),
    }
    people = json.loads(copy["people.json"])
    assert people["account"]["name_in_arabic_letters"] == "أمينة إيسوفو"
    assert people["account"]["email"] == "amina@example.org"
    assert people["institutions_proposed"][0]["name"] == "Ministry of Water"
    assert [one["browser"] for one in people["devices_signed_in"]] == ["test"]
    courses = {one["course"]: one for one in json.loads(copy["learning.json"])}
    assert courses["short-budgets"]["state"] == "completed"
    assert courses["short-budgets"]["completions"][0]["kind"] == "completed"
    assert courses["water-points"]["history"][0]["to"] == "active"
    assert {one["quiz"] for one in json.loads(copy["assessment.json"])} == {"check-counting", "final"}
    assert len(json.loads(copy["certification.json"])) == 1
    log = json.loads(copy["core.json"])["log_of_actions"]
    assert {"asked-for-data"} <= {one["action"] for one in log}


def test_it_holds_the_certificates_themselves(copy):
    (paper,) = (content for name, content in copy.items() if name.startswith("certificates/"))
    assert paper.startswith(b"%PDF-")


def test_it_can_be_read(copy):
    assert "أمينة إيسوفو".encode() in copy["people.json"]
    assert copy["people.json"].decode().startswith('{\n  "account": {\n    "name_in_latin_letters": "Amina Issoufou"')
    about = copy["README.txt"].decode()
    assert about.startswith("Your data at Wasl Academy")
    assert "people.json\n- Your account: name" in about


def test_nothing_that_lets_somebody_in_is_in_it(copy, amina):
    whole = b"".join(copy.values())
    assert HASH.encode() not in whole
    assert b"hash" not in whole.replace(b"holder_hash", b"")


def test_nothing_of_others_is_in_it(copy):
    whole = b"".join(copy[name] for name in copy if name.endswith(".json"))
    for other in ("Boris", "Chloe", "Dawit", "Faysal"):
        assert other.encode() not in whole


def test_its_owner_is_told_in_her_language_with_the_size(amina, hers, do_jobs, app):
    amina.lang = "fr"
    hers.post("/me/data")
    do_jobs()
    (letter,) = db.session.scalars(select(Mail).where(Mail.template == "people/data_ready"))
    size = db.session.scalar(select(DataCopy.size))
    assert (letter.to_addr, letter.lang) == ("amina@example.org", "fr")
    assert "https://academy.example.org/me/data" in letter.body
    assert 1000 < size < 100_000
    page = hers.get("/me/data").text
    assert f"{max(1, round(size / 1000))}" in page and "/me/data/copy" in page


def test_the_page_says_how_far_it_is(amina, hers, do_jobs):
    assert "Prepare a copy of my data" in hers.get("/me/data").text
    assert hers.get("/me/data/copy").location == "/me/data"
    hers.post("/me/data")
    assert "Your copy is being prepared" in hers.get("/me/data").text
    assert hers.get("/me/data/copy").location == "/me/data"
    do_jobs()
    assert "Your copy is ready" in hers.get("/me/data").text


def test_the_password_is_asked_for_again(amina, hers, do_jobs):
    hers.post("/me/data")
    do_jobs()
    refused = take(hers, "not this one")
    assert refused.status_code == 422
    assert "This is not your present password" in refused.text
    assert take(hers, "").status_code == 422
    given = take(hers)
    assert given.status_code == 200
    assert given.headers["Content-Disposition"].startswith("attachment; filename=my-data-")
    assert given.headers["Cache-Control"] == "private, no-store"
    assert int(given.headers["Content-Length"]) == len(given.data)


def test_guessing_the_password_there_is_limited_like_signing_in(amina, hers, do_jobs):
    hers.post("/me/data")
    do_jobs()
    for _ in range(8):
        assert take(hers, "not this one").status_code == 422
    assert take(hers).status_code == 429


def test_nobody_else_gets_it(amina, boris, hers, browser, visitor, do_jobs):
    boris.password_hash = HASH
    hers.post("/me/data")
    do_jobs()
    assert take(browser(boris)).location == "/me/data"
    assert visitor.get("/me/data/copy").location.startswith("/sign-in")


def test_after_a_week_it_is_gone(amina, hers, do_jobs, later):
    hers.post("/me/data")
    do_jobs()
    sha256 = db.session.scalar(select(DataCopy.blob_sha))
    later(days=6, hours=23)
    assert storage().read(sha256)
    with clock.frozen(clock.now() + dt.timedelta(days=7, seconds=1)):
        assert hers.get("/me/data/copy").location == "/me/data"  # even before anybody sweeps
    later(days=7, hours=1)
    assert db.session.scalar(select(func.count()).select_from(DataCopy)) == 0
    assert db.session.get(Blob, sha256) is None
    with pytest.raises(FileNotFoundError):
        storage().read(sha256)


def test_a_newer_one_takes_its_place_but_not_at_once(amina, hers, do_jobs):
    hers.post("/me/data")
    assert "being prepared already" in hers.post("/me/data").text
    do_jobs()
    old = db.session.scalar(select(DataCopy.blob_sha))
    too_soon = hers.post("/me/data")
    assert (too_soon.status_code, "less than an hour old" in too_soon.text) == (409, True)
    with clock.frozen(clock.now() + dt.timedelta(hours=2)):
        assert hers.post("/me/data").status_code == 303
        do_jobs()
    new = db.session.scalar(select(DataCopy.blob_sha))
    assert new != old
    assert storage().read(new)
    with pytest.raises(FileNotFoundError):
        storage().read(old)


def test_a_copy_whose_job_was_given_up_can_be_asked_for_again(amina, hers):
    hers.post("/me/data")
    db.session.query(Job).update({"state": JobState.FAILED})
    with clock.frozen(clock.now() + dt.timedelta(days=1, hours=1)):
        assert "Prepare a copy of my data" in hers.get("/me/data").text
        assert hers.post("/me/data").status_code == 303


def test_a_job_carried_out_twice_makes_one_copy_and_one_letter(amina, hers, do_jobs, app):
    hers.post("/me/data")
    do_jobs()
    number, sha256 = db.session.execute(select(DataCopy.id, DataCopy.blob_sha)).one()
    db.session.commit()
    with app.app_context():
        jobs._handlers["people.data-copy"]({"id": number})
    assert storage().read(sha256)
    assert db.session.scalar(select(func.count()).where(Mail.template == "people/data_ready")) == 1


def test_a_copy_that_is_no_longer_wanted_leaves_no_file(amina, hers, app, do_jobs, monkeypatch):
    """Erased in the very moment in which it was written."""
    from elearn.people import data_copy

    write = data_copy._write

    def erased_meanwhile(*args):
        write(*args)
        with db.engine.begin() as connection:
            connection.execute(DataCopy.__table__.delete())

    monkeypatch.setattr(data_copy, "_write", erased_meanwhile)
    hers.post("/me/data")
    do_jobs()
    assert [path for path in storage().root.rglob("*") if path.is_file()] == []
    assert db.session.scalar(select(func.count()).where(Mail.template == "people/data_ready")) == 0


def test_asking_and_taking_are_on_record(amina, copy):
    verbs = list(db.session.scalars(select(Audit.verb).where(Audit.actor_id == amina.id)))
    assert verbs.count("asked-for-data") == verbs.count("took-data") == 1


@pytest.mark.one_database
def test_many_thousand_messages_are_not_held_in_memory(amina, hers, do_jobs, app, monkeypatch):
    """What grows with time is read and written in portions."""
    from elearn.core import privacy

    moment = clock.now()
    db.session.execute(
        Mail.__table__.insert(),
        [
            {"key": f"letter-{n}", "to_user_id": amina.id, "to_addr": "amina@example.org", "lang": "en",
             "template": "x", "subject": f"Letter {n}", "body": "Words " * 200, "created_at": moment,
             "sent_at": moment}
            for n in range(5000)
        ],
    )  # fmt: skip
    hers.post("/me/data")
    asked, read = [], privacy.in_portions

    def counted(found, key):
        for row in read(found, key):
            asked.append(row[0])
            yield row

    monkeypatch.setattr("elearn.core.holders.in_portions", counted)
    do_jobs()
    copy = opened(take(hers))
    messages = json.loads(copy["core.json"])["messages"]
    assert [one["subject"] for one in messages] == [f"Letter {n}" for n in range(5000)]
    part = next(part for part in privacy.parts() if part.domain == "core")
    asked.clear()
    next(part.export(amina.id)["messages"])
    assert len(asked) == 1  # the rest comes as it is written


def test_somebody_without_anything_gets_a_copy_too(app, browser, do_jobs):
    new = make.user("Idris Kamara", email="idris@example.org", password_hash=HASH)
    one = browser(new)
    one.post("/me/data")
    do_jobs()
    copy = opened(take(one))
    assert json.loads(copy["learning.json"]) == []
    assert json.loads(copy["core.json"])["messages"] == []
