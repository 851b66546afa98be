"""Invariant 7: after an erasure no name, address or word of a person is anywhere, and everything counted is as it was.

Amina leaves traces in every way the site knows; the test then looks through every table and every stored file.
"""

import datetime as dt
import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from elearn.assessment import service as assessment
from elearn.assessment.models import Attempt, Response
from elearn.assessment.queries import shown
from elearn.certification import service as certification
from elearn.certification.models import Certificate
from elearn.core import clock, privacy, retention
from elearn.core.access import Scope
from elearn.core.db import db, metadata
from elearn.core.i18n import folded
from elearn.core.models import Audit, AuditDetail, Job, JobState
from elearn.learning.models import Completion, Enrolment, EnrolmentState, StepProgress
from elearn.learning.queries import enrolment_of
from elearn.people import passwords
from elearn.people.models import Institution, InstitutionStatus, User, UserState
from elearn.reporting import queries as records
from elearn.reporting.rules import Wanted
from tests.factories import people as make

PASSWORD = "the well is deep enough"
HASH = passwords.hashed(PASSWORD)
ADDRESS, PHONE = "198.51.100.77", "Fictional-Phone/7.1"
STRINGS = (
    "Issoufou",
    "أمينة",
    "إيسوفو",
    folded("أمينة إيسوفو"),
    "issoufou",
    "amina@example.org",
    "amina.new@example.org",
    "Ministry of Water",
    "asked by letter",
    "was ill in march",
    "misspelt on paper",
    ADDRESS,
    PHONE,
    HASH,
)
VISIT = {"environ_base": {"REMOTE_ADDR": ADDRESS}, "headers": {"User-Agent": PHONE}}


def rows() -> Iterator[tuple[str, str]]:
    """(table, text of a row) of the whole database."""
    db.session.rollback()
    for name, table in metadata.tables.items():
        for row in db.session.execute(select(table)):
            yield (
                name,
                "\t".join(
                    json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
                    for value in row
                ),
            )


def stored(app: Flask) -> Iterator[tuple[str, bytes]]:
    """(file, bytes) of everything stored; what is packed is unpacked."""
    for path in (Path(app.config["DATA_DIR"]) / "blobs").rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        yield path.name, content
        if zipfile.is_zipfile(BytesIO(content)):
            with zipfile.ZipFile(BytesIO(content)) as archive:
                yield from ((f"{path.name}:{name}", archive.read(name)) for name in archive.namelist())


def traces(app: Flask) -> set[str]:
    """Where a string of hers is still found."""
    found = {f"{table}: {text}" for table, line in rows() for text in STRINGS if text in line}
    found |= {f"{name}: {text}" for name, content in stored(app) for text in STRINGS if text.encode() in content}
    return found


def counts() -> dict[str, object]:
    """Everything that somebody counts."""
    db.session.rollback()
    tables = (User, Enrolment, StepProgress, Completion, Attempt, Response, Certificate, Audit)
    found: dict[str, object] = {
        model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) for model in tables
    }
    found["records"] = records.count(Wanted(), Scope(everywhere=True))
    found["by country"] = records.count(Wanted(country="NE"), Scope(everywhere=True))
    found["states"] = sorted(db.session.scalars(select(Enrolment.state)))
    found["scores"] = sorted(score for score in db.session.scalars(select(Attempt.score)) if score is not None)
    return found


@pytest.fixture
def amina(busy_academy, amina):
    amina.password_hash = HASH
    return amina


@pytest.fixture
def lived(app, amina, boris, dawit, browser, busy_academy, do_jobs, monkeypatch):
    """Amina has used everything; returns her browser."""
    monkeypatch.setitem(app.config, "CONTACT", "office@example.org")
    visitor = browser()
    visitor.post("/sign-in", data={"email": "amina@example.org", "password": "not this one"}, **VISIT)
    visitor.post("/register", data={"email": "amina@example.org"}, **VISIT)
    visitor.post("/reset", data={"email": "amina@example.org"}, **VISIT)
    assert visitor.post(
        "/sign-in", data={"email": "Amina@Example.org", "password": PASSWORD}, **VISIT
    ).status_code == 303  # fmt: skip
    visitor.post(
        "/me/email", data={"email": "amina.new@example.org", "present_password": PASSWORD}, **VISIT
    )  # fmt: skip
    visitor.post("/me/data", **VISIT)
    do_jobs()
    place = enrolment_of(amina.id, busy_academy.slug)
    content = shown(place.shown_version_id, busy_academy.quiz)
    assessment.grant(
        make.person(boris), place.enrolment_id, content, attempts=1, minutes=0, reason="She was ill in march"
    )
    standing = db.session.execute(select(Certificate).where(Certificate.user_id == amina.id)).scalar_one()
    amina.name_latin = "Amina Issoufou Abdou"
    certification.reissue(make.person(dawit), standing, "misspelt on paper")
    do_jobs()
    refused = db.session.execute(select(Job).where(Job.key.like("mail:change-%"))).scalar_one()
    refused.state, refused.error = JobState.FAILED, "SMTPRecipientsRefused: amina.new@example.org"
    db.session.commit()
    return visitor


@pytest.fixture
def carry_out(fresh_context, do_jobs):
    """A week later the worker does what is due."""

    def a_week_later() -> None:
        with clock.frozen(clock.now() + dt.timedelta(days=7, minutes=1)):
            with fresh_context():
                retention.sweep()
            do_jobs()

    return a_week_later


def erase_by_an_administrator(browser, dawit, amina) -> None:
    """Ordered by Dawit, for a person who wrote to him; carried out when its days have passed."""
    answer = browser(dawit).post(
        f"/manage/people/{amina.public_id}/erase",
        data={"reason": "asked by letter of 3 November", "confirmation": "amina@example.org"},
    )
    assert answer.status_code == 303, answer.text


def test_an_erased_person_leaves_no_trace_and_every_count_as_it_was(
    app, lived, amina, dawit, browser, carry_out, visitor
):
    number, code = amina.id, db.session.scalar(select(Certificate.code).where(Certificate.superseded_by.is_(None)))
    paper = browser(amina).get(f"/me/certificates/{code}/pdf")
    assert paper.status_code == 200
    erase_by_an_administrator(browser, dawit, amina)
    seen = traces(app)
    for text in STRINGS:  # else the search would prove nothing
        assert any(trace.endswith(f": {text}") for trace in seen), text
    files, before = {name for name, _ in stored(app)}, counts()

    carry_out()
    assert traces(app) == set()
    after = counts()
    assert after.pop("audit") == before.pop("audit") + 1  # that she was erased
    assert after == before

    gone = {name for name in files if ":" not in name} - {name for name, _ in stored(app)}
    assert len(gone) == 3  # two certificates and the copy of her data
    erased = db.session.get_one(User, number)
    assert (erased.state, erased.email_norm, erased.name_latin, erased.sex) == (UserState.ERASED, None, "", None)
    assert db.session.scalars(select(AuditDetail).join(Audit).where(Audit.actor_id == number)).all() == []
    assert "Holder erased" in visitor.get(f"/verify/{code}").text
    assert "Issoufou" not in visitor.get(f"/verify/{code}").text


def test_what_others_have_is_left_alone(app, lived, amina, dawit, browser, carry_out):
    def others() -> dict[str, list[str]]:
        names = ("boris@example.org", "chloe@example.org", "dawit@example.org", "faysal@example.org")
        found = {name: [] for name in names}
        for table, line in rows():
            for name in names:
                if name in line:
                    found[name].append(table)
        return found

    before = others()
    erase_by_an_administrator(browser, dawit, amina)
    carry_out()
    assert others() == before


def test_nobody_signs_in_to_it_and_the_address_is_free_again(lived, amina, dawit, browser, carry_out):
    erase_by_an_administrator(browser, dawit, amina)
    carry_out()
    assert lived.get("/me/profile").status_code == 302
    refused = browser().post("/sign-in", data={"email": "amina@example.org", "password": PASSWORD})
    assert refused.status_code == 422
    opened = browser().post(
        "/register",
        data={
            "email": "amina@example.org",
            "password": "another sentence to remember",
            "name_latin": "Amina Issoufou",
            "country": "NE",
            "preferred_lang": "en",
            "privacy": "y",
        },
    )
    assert opened.status_code == 303
    new = db.session.execute(select(User).where(User.email_norm == "amina@example.org")).scalar_one()
    assert new.id != amina.id
    assert db.session.scalar(select(func.count()).where(Enrolment.user_id == new.id)) == 0


def test_erasing_twice_changes_nothing_more(amina, app, busy_academy):
    privacy.erase(amina.id)
    db.session.commit()
    once = sorted(rows())
    with clock.frozen(clock.now()):
        privacy.erase(amina.id)
    db.session.commit()
    assert sorted(rows()) == once


def test_pages_say_that_the_name_was_erased(lived, amina, boris, chloe, dawit, browser, carry_out):
    public_id = amina.public_id
    erase_by_an_administrator(browser, dawit, amina)
    carry_out()
    db.session.rollback()
    db.session.refresh(amina)
    assert "name erased" in browser(boris).get("/manage/courses/water-points/people").text
    page = browser(boris).get(f"/manage/courses/water-points/people/{amina.public_id}")
    assert page.status_code == 200
    assert "name erased" in page.text
    assert "name erased" in browser(dawit).get("/manage/records").text
    assert browser(dawit).get(f"/manage/people/{public_id}").status_code == 404
    assert "Issoufou" not in browser(dawit).get("/manage/people").text


def test_a_course_under_way_and_a_proposal_stay_as_numbers_only(amina, app, busy_academy):
    privacy.erase(amina.id)
    assert (
        EnrolmentState.ACTIVE in db.session.scalars(select(Enrolment.state).where(Enrolment.user_id == amina.id)).all()
    )
    (proposal,) = db.session.scalars(select(Institution).where(Institution.code == busy_academy.proposed))
    assert (proposal.status, proposal.proposed_by) == (InstitutionStatus.REJECTED, None)


def test_no_certificate_is_issued_to_somebody_erased(amina, app, busy_academy):
    privacy.erase(amina.id)
    db.session.commit()
    before = db.session.scalar(select(func.count()).select_from(Certificate))
    assert certification.issue_after(0)[1] == 0
    assert certification.issue_waiting(amina.id) == []
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == before
