"""The trainer's page of one person: what she sees, what she grants, and who else does not."""

import pytest
from sqlalchemy import select

from elearn.catalogue.models import Course
from elearn.core.db import db
from elearn.learning import trainers
from elearn.learning.models import StepOverride
from tests.factories import assessment as make
from tests.factories.assessment import QUIZ, RIGHT, SLUG, WRONG
from tests.factories.people import person


@pytest.fixture
def address(app, amina, boris, chloe, dawit) -> str:
    """Amina's page in the course that Boris teaches."""
    make.published("pass: 60\nattempts: 2\ntime_limit: 45\n")
    make.enrol(amina)
    course = db.session.scalars(select(Course).where(Course.slug == SLUG)).one()
    trainers.add(person(dawit), course, boris.email)
    return f"/manage/courses/{SLUG}/people/{amina.public_id}"


def grant(**more: object) -> dict[str, object]:
    return {"step": QUIZ, "attempts": "1", "minutes": "0", "reason": "Power cut in Niamey", **more}


def test_the_trainer_sees_progress_and_every_attempt(address, amina, boris, browser):
    make.whole_attempt(amina, {**WRONG, "answer-one": "a"})
    make.start(amina)
    page = browser(boris).get(address).text
    assert "<bdi>Amina Issoufou</bdi>" in page and "أمينة إيسوفو" in page
    assert "Attempt 1" in page and "25%" in page and "not passed" in page
    assert "Attempt 2" in page and "started on" in page


def test_the_trainer_grants_another_attempt_with_a_reason(address, amina, boris, browser):
    make.whole_attempt(amina, WRONG)
    make.whole_attempt(amina, WRONG)
    trainer = browser(boris)
    assert trainer.post(address, data=grant()).status_code == 303
    page = trainer.get(address).text
    assert "Granted." in page and "1 additional attempt" in page and "Power cut in Niamey" in page
    assert "<bdi>Boris Hakimov</bdi>" in page
    assert "1 of 3 left" in browser(amina).get(f"/courses/{SLUG}/quiz/{QUIZ}").text
    assert browser(amina).post(f"/courses/{SLUG}/quiz/{QUIZ}/start").location.endswith("/3")


def test_more_time_is_shown_before_the_quiz(address, amina, boris, browser):
    browser(boris).post(address, data=grant(attempts="0", minutes="15"))
    assert "60 minutes" in browser(amina).get(f"/courses/{SLUG}/quiz/{QUIZ}").text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"reason": ""}, "Please give the reason"),
        ({"reason": "x" * 501}, "at most 500 characters"),
        ({"attempts": "0"}, "at least one attempt or some minutes"),
        ({"attempts": "-1"}, "whole number from 0 to 5"),
        ({"attempts": "99"}, "whole number from 0 to 5"),
        ({"attempts": "some"}, "whole number"),
        ({"step": "choosing"}, "Please choose from the list"),
    ],
)
def test_what_is_not_in_order_is_told_and_nothing_is_granted(address, boris, browser, given, told):
    answer = browser(boris).post(address, data=grant(**given))
    assert answer.status_code == 422
    assert told in answer.text
    assert db.session.scalars(select(StepOverride)).all() == []


def test_what_a_trainer_writes_is_shown_as_text(address, boris, browser):
    trainer = browser(boris)
    trainer.post(address, data=grant(reason="<b>Bold</b>\u202e reversed"))
    page = trainer.get(address).text
    assert "&lt;b&gt;Bold&lt;/b&gt; reversed" in page


def test_only_those_who_teach_the_course_or_administer_courses_reach_it(address, amina, chloe, dawit, browser):
    assert browser(dawit).get(address).status_code == 200
    for one, code in ((browser(chloe), 404), (browser(amina), 403)):
        assert one.get(address).status_code == code
        assert one.post(address, data=grant()).status_code == code
    assert browser().get(address).location.startswith("/sign-in")
    assert db.session.scalars(select(StepOverride)).all() == []


def test_somebody_who_is_not_in_the_course_is_not_there(address, chloe, boris, browser):
    assert browser(boris).get(f"/manage/courses/{SLUG}/people/{chloe.public_id}").status_code == 404


@pytest.mark.parametrize("who", ["boris", "chloe", "dawit", "visitor"])
def test_nobody_else_reaches_an_attempt(address, amina, who, browser, request):
    """Not her trainer, not another trainee, not an administrator: an attempt belongs to the person."""
    make.start(amina)
    make.save(amina, 1, RIGHT)
    one = browser(None if who == "visitor" else request.getfixturevalue(who))
    path = f"/courses/{SLUG}/quiz/{QUIZ}/1"
    for method, end, data in (
        ("GET", "", None),
        ("POST", "", {"item": "one", "lang": "en", "answer-one": "b"}),
        ("POST", "/save", {"item": "one", "lang": "en", "answer-one": "b"}),
        ("GET", "/review", None),
        ("POST", "/hand-in", {}),
        ("GET", "/result", None),
    ):
        code = one.open(path + end, method=method, data=data).status_code
        assert code == (404 if who != "visitor" else 302 if method == "GET" else 401), (method, end)
    db.session.rollback()
    assert make.start(amina).submitted_at is None
