"""References to what is somebody else's: every address with every value, as people who should not reach it.

Two trainees, each with a course, attempts and a certificate; the trainer of one of them; an administrator of one
country. Whatever they put into an address, they see nobody they may not see, and change nothing of theirs.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import select

from elearn.assessment.models import Attempt, Response
from elearn.catalogue.models import Course, CourseAuthor, Step
from elearn.certification.models import Certificate, CertificateEvent
from elearn.core.db import db
from elearn.core.models import Job
from elearn.learning import service as learning
from elearn.learning.models import Enrolment, EnrolmentState, StepOverride
from elearn.people.models import Erasure, Institution, RoleGrant, User
from tests.access_table import TABLE, Row
from tests.factories import people as make
from tests.factories.academy import _attempt
from tests.factories.certificates import certificate

pytestmark = pytest.mark.one_database
FAYSAL = {"email": "faysal@example.org", "name": "Faysal Demir"}
AMINA = {"email": "amina@example.org", "name": "Amina Issoufou"}
SEES = {
    "visitor": (),
    "amina": (AMINA,),
    "faysal": (FAYSAL,),
    "boris": (AMINA,),  # teaches the course she studies
    "chloe": (AMINA, FAYSAL),  # teaches one that both study
    "limited": (FAYSAL,),  # administers Türkiye
}
PUBLIC = ("certification.verify", "certification.compare", "certification.verify_form")  # who has the code may read
# What each form needs in order to be accepted.
GOOD: dict[str, dict[str, str]] = {
    "assessment.manage_person": {"step": "final", "attempts": "2", "minutes": "0", "reason": "Because I say so"},
    "certification.revoke": {"reason": "mistake", "remark": "x"},
    "certification.choose_languages": {"second": "ar"},
    "learning.manage_trainers": {"email": FAYSAL["email"]},
    "people.accept_institution": {"name_en": "Taken over"},
    "people.erase_person": {"confirmation": AMINA["email"], "reason": "Because I say so"},
    "people.grant_role": {"role": "administrator", "institution": "", "country": ""},
    "people.change_person": {},
    "people.reject_institution": {},
    "core_manage.retry_job": {"key": "broken"},
}


@pytest.fixture
def people(app, busy_academy, browser, limited) -> dict[str, Any]:
    """Their browsers, and beside Amina's what Faysal has."""
    faysal = db.session.scalars(select(User).where(User.email == FAYSAL["email"])).one()
    certificate(faysal, busy_academy.other_slug)
    names = {name: make.persona(name.capitalize()) for name in ("amina", "boris", "chloe", "dawit")}
    found = {name: browser(user) for name, user in names.items()}
    return found | {"visitor": browser(), "faysal": browser(faysal), "limited": browser(limited(country="TR"))}


@pytest.fixture
def values(people, busy_academy) -> dict[str, list[Any]]:
    """What may stand in an address, whoever it belongs to."""
    other_quiz = db.session.scalars(select(Step.key).join(Course).where(Course.slug == busy_academy.other_slug)).all()[
        -1
    ]
    return {
        "slug": [busy_academy.slug, busy_academy.other_slug],
        "step": [busy_academy.quiz, busy_academy.lessons[0], other_quiz],
        "number": [1],
        "code": [*db.session.scalars(select(Certificate.code)), *db.session.scalars(select(Institution.code))],
        "public_id": list(db.session.scalars(select(User.public_id))),
        "grant_id": list(db.session.scalars(select(RoleGrant.id))),
        "key": [busy_academy.mail, busy_academy.job],
        "what": ["block", "unblock", "confirm-affiliation"],
        "role": ["trainee"],
        "token": ["x"],
        "version": [busy_academy.asset[:16]],
        "path": ["map.svg"],
    }


def addresses(app, row: Row, values: dict[str, list[Any]]) -> Iterator[str]:
    names = sorted({argument for rule in app.url_map.iter_rules(row.endpoint) for argument in rule.arguments})
    for chosen in product(*(values[name] for name in names)):
        with app.test_request_context():
            yield url_for(row.endpoint, **dict(zip(names, chosen, strict=True)))


@pytest.mark.parametrize("who", SEES)
def test_nobody_sees_those_they_may_not_see(app, people, values, who):
    hidden = [person for person in (AMINA, FAYSAL) if person not in SEES[who]]
    asked = 0
    for row in (row for row in TABLE if row.method == "GET" and row.endpoint not in PUBLIC):
        for address in addresses(app, row, values):
            answer = people[who].get(address)
            assert answer.status_code < 500, address
            shown = [word for person in hidden for word in person.values() if word.encode() in answer.data]
            assert shown == [], address
            asked += 1
    assert asked > 100


def test_those_who_may_do_see_them(app, people, values):
    """Else the test above could not fail."""
    for who, address in {
        "boris": "/manage/courses/water-points/people",
        "chloe": "/manage/courses/short-budgets/people",
        "limited": "/manage/people",
        "amina": "/me/profile",
    }.items():
        page = people[who].get(address).text
        assert [person["name"] for person in SEES[who] if person["name"] not in page] == [], address


def belongings(of: User) -> dict[str, list[Any]]:
    """What the outsider's requests must leave as it is: everything that is not theirs."""
    others = select(Enrolment.id).where(Enrolment.user_id != of.id)
    attempts = select(Attempt.id).where(Attempt.enrolment_id.in_(others))
    questions = {
        "people": select(User.id, User.email, User.name_latin, User.state, User.epoch, User.institution_id).where(
            User.id != of.id
        ),
        "roles": select(RoleGrant.id, RoleGrant.user_id, RoleGrant.role, RoleGrant.ends_at),
        "trainers": select(CourseAuthor.id, CourseAuthor.user_id),
        "institutions": select(Institution.id, Institution.status, Institution.merged_into),
        "enrolments": select(Enrolment.id, Enrolment.state, Enrolment.lang).where(Enrolment.id.in_(others)),
        "attempts": select(Attempt.id, Attempt.submitted_at).where(Attempt.enrolment_id.in_(others)),
        "answers": select(Response.attempt_id, Response.item_key, Response.seq).where(
            Response.attempt_id.in_(attempts)
        ),
        "grants": select(StepOverride.id),
        "certificates": select(Certificate.id, Certificate.ended_at, Certificate.langs),
        "events": select(CertificateEvent.id),
        "erasures": select(Erasure.id),
        "jobs": select(Job.key, Job.state).where(Job.key == "broken"),
    }
    db.session.rollback()
    return {name: sorted(map(tuple, db.session.execute(question)), key=str) for name, question in questions.items()}


@pytest.mark.parametrize("who", ["visitor", "faysal", "chloe", "limited"])
def test_nobody_changes_what_is_not_theirs(app, people, values, who):
    """Chloe's own course and Faysal, who is in the scope of the limited administrator, are theirs: left out."""
    emails = {"faysal": FAYSAL["email"], "chloe": "chloe@example.org", "limited": "layla@example.org"}
    me = db.session.scalars(select(User).where(User.email == emails.get(who, AMINA["email"]))).one()
    if who == "chloe":
        values["slug"] = [slug for slug in values["slug"] if slug == "water-points"]
    if who == "limited":
        faysal = db.session.scalar(select(User.public_id).where(User.email == FAYSAL["email"]))
        values["public_id"].remove(faysal)
    item = db.session.scalar(select(Response.item_key).limit(1)) or "x"
    before, sent = belongings(me), 0
    for row in (row for row in TABLE if row.method == "POST" and not row.endpoint.startswith("people.sign_out")):
        for address in addresses(app, row, values):
            data = {"item": item, "seq": "99", "step": "final", **GOOD.get(row.endpoint, row.data or {})}
            answer = people[who].post(address, data=data)
            assert answer.status_code < 500, address
            sent += 1
    assert sent > 100
    assert belongings(me) == before


def test_who_may_does_change_it(app, people, values):
    """Else the test above could not fail: the same requests, sent by an administrator."""
    dawit = db.session.scalars(select(User).where(User.email == "dawit@example.org")).one()
    before = belongings(dawit)
    for row in (row for row in TABLE if row.endpoint in GOOD):
        for address in addresses(app, row, values):
            people["dawit"].post(address, data=GOOD[row.endpoint])
    after = belongings(dawit)
    changed = {name for name in before if before[name] != after[name]}
    assert {
        "people",
        "roles",
        "trainers",
        "institutions",
        "grants",
        "certificates",
        "events",
        "erasures",
        "jobs",
    } <= changed


# Answers and attempts, by their owners' hands


def test_an_attempt_is_answered_and_handed_in_by_its_owner_alone(app, people, busy_academy):
    """Both study the same course, so that the addresses are the same: the number means one's own attempt."""
    faysal = db.session.scalars(select(User).where(User.email == FAYSAL["email"])).one()
    learning.enrol(make.person(faysal), busy_academy.slug, "en")
    address = f"/courses/{busy_academy.slug}/quiz/{busy_academy.quiz}/1"
    for path in ("", "/save", "/hand-in"):
        assert people["faysal"].post(f"{address}{path}").status_code == 404
    _attempt(faysal, busy_academy.slug, busy_academy.quiz)
    assert people["faysal"].post(f"{address}/hand-in").status_code == 303
    db.session.rollback()
    amina = select(Attempt.submitted_at).join(Enrolment).join(User).where(User.email == AMINA["email"])
    assert None in db.session.scalars(amina.where(Enrolment.state == EnrolmentState.ACTIVE)).all()


# Administrators of a part


def test_an_administrator_of_a_part_hands_out_no_rights(app, people, values):
    """Nor takes any, nor makes others administrators of the same part."""
    for address in addresses(app, next(row for row in TABLE if row.endpoint == "people.grant_role"), values):
        for scope in ({"institution": "", "country": ""}, {"institution": "", "country": "TR"}):
            answer = people["limited"].post(address, data={"role": "administrator", **scope})
            assert answer.status_code == 403


def test_nobody_gets_into_a_part_by_saying_that_they_belong_there(app, people, values, amina):
    """What somebody claims of themselves lets others see them; it gives them nothing."""
    people["amina"].post(
        "/me/profile", data={"name_latin": "Amina Issoufou", "country": "TR", "preferred_lang": "en", "tz": "UTC"}
    )
    assert "Faysal" not in people["amina"].get("/manage/people").text
    assert people["amina"].get("/manage/people").status_code == 403
    assert "Amina Issoufou" in people["limited"].get("/manage/people").text
