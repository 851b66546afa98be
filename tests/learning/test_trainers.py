"""Trainers: their courses, the people in them, and who makes somebody a trainer."""

import pytest
from sqlalchemy import select

from elearn.catalogue.models import CourseAuthor
from elearn.core.access import Role
from elearn.core.db import db
from elearn.core.models import Audit
from elearn.learning.models import Enrolment
from elearn.people.models import RoleGrant, UserState
from elearn.people.service import name
from elearn.programmes.queries import default_offering
from tests.factories import people as make

NASTY = "<script>alert(1)</script> Amina"


@pytest.fixture
def course(academy):
    return f"/manage/courses/{academy.slug}"


def rows(page: str) -> list[str]:
    return page.split('<th scope="row">')[1:]


# Courses


def test_boris_sees_his_course_chloe_hers_and_dawit_both(academy, boris, chloe, dawit, browser):
    for person, titles in (
        (boris, ["Counting water points"]),
        (chloe, ["Budgets on one page"]),
        (dawit, ["Budgets on one page", "Counting water points"]),
    ):
        found = rows(browser(person).get("/manage/courses").text)
        assert len(found) == len(titles)
        assert all(title in row for title, row in zip(titles, found, strict=True))


def test_amina_has_no_business_there(amina, academy, browser):
    hers = browser(amina)
    for path in (
        "/manage/courses",
        f"/manage/courses/{academy.slug}/people",
        f"/manage/courses/{academy.slug}/trainers",
    ):
        assert hers.get(path).status_code == 403


def test_a_trainer_without_a_course_is_told_how_one_comes(academy, browser):
    assert "No course yet" in browser(make.trainer()).get("/manage/courses").text


def test_the_numbers_say_how_many_study_and_how_many_have_completed(academy, boris, browser):
    enrolments = db.session.scalars(select(Enrolment)).all()
    template = next(one for one in enrolments if one.offering_id == offering_of(academy.slug))
    for number in range(7):
        db.session.add(copy_of(template, make.user().id, "completed" if number < 3 else "active"))
    (row,) = rows(browser(boris).get("/manage/courses").text)
    assert '<td class="num">5</td><td class="num">3</td>' in row.replace("\n", "")


def offering_of(slug: str) -> int:
    found = default_offering(slug)
    assert found is not None
    return found[0].id


def copy_of(enrolment: Enrolment, user_id: int, state: str) -> Enrolment:
    values = {
        name: getattr(enrolment, name) for name in ("offering_id", "version_id", "lang", "enrolled_at", "active_at")
    }
    return Enrolment(user_id=user_id, state=state, **values)


# People


def test_boris_sees_who_is_in_his_course_and_how_far(academy, amina, boris, course, browser):
    page = browser(boris).get(f"{course}/people").text
    (row,) = rows(page)
    assert "Amina Issoufou" in row and "studying" in row
    assert f'href="{course}/people/{amina.public_id}"' in row
    browser(amina).post(f"/courses/{academy.slug}/learn/{academy.lessons[0]}/done")
    (row,) = rows(browser(boris).get(f"{course}/people").text)
    assert "1 of 5" in row


def test_to_chloe_the_course_of_another_is_not_there(course, chloe, browser):
    hers = browser(chloe)
    assert hers.get(f"{course}/people").status_code == 404
    assert hers.get("/manage/courses/no-such-course/people").status_code == 404


def test_dawit_sees_the_people_of_every_course(academy, course, dawit, browser):
    his = browser(dawit)
    assert "Amina Issoufou" in his.get(f"{course}/people").text
    assert "Faysal Demir" in his.get(f"/manage/courses/{academy.other_slug}/people").text


def test_who_has_left_is_shown_as_gone(academy, amina, boris, course, browser):
    browser(amina).post(f"/courses/{academy.slug}/leave")
    (row,) = rows(browser(boris).get(f"{course}/people").text)
    assert "left" in row


def test_a_course_without_people_says_what_will_stand_there(academy, boris, course, browser):
    elsewhere = offering_of(academy.other_slug)
    db.session.execute(Enrolment.__table__.update().values(offering_id=elsewhere))
    assert "Nobody is enrolled yet" in browser(boris).get(f"{course}/people").text


def test_html_in_a_name_is_text_there_too(academy, amina, boris, course, browser):
    name(amina, NASTY, "")
    page = browser(boris).get(f"{course}/people").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt; Amina" in page


def test_a_page_of_people_costs_the_same_however_many_there_are(
    academy, amina, boris, course, browser, count_statements
):
    his = browser(boris)
    enrolment = db.session.scalars(select(Enrolment).where(Enrolment.user_id == amina.id)).one()
    for _ in range(10):
        db.session.add(copy_of(enrolment, make.user().id, "active"))
    his.get(f"{course}/people")
    with count_statements() as few:
        assert len(rows(his.get(f"{course}/people").text)) == 11
    for _ in range(60):
        db.session.add(copy_of(enrolment, make.user().id, "active"))
    with count_statements() as many:
        page = his.get(f"{course}/people").text
    assert len(rows(page)) == 50 and 'rel="next"' in page
    assert len(few) == len(many) <= 4


def test_so_does_the_list_of_courses(academy, dawit, browser, count_statements):
    his = browser(dawit)
    his.get("/manage/courses")
    with count_statements() as few:
        his.get("/manage/courses")
    template = db.session.scalars(select(Enrolment)).first()
    for _ in range(30):
        db.session.add(copy_of(template, make.user().id, "active"))
    with count_statements() as many:
        his.get("/manage/courses")
    assert len(few) == len(many) == 2


# Who trains


def authors() -> list[int]:
    db.session.commit()
    return list(db.session.scalars(select(CourseAuthor.user_id).order_by(CourseAuthor.id)))


def test_dawit_makes_chloe_a_trainer_of_it_and_takes_it_back(academy, course, chloe, dawit, browser):
    his, hers = browser(dawit), browser(chloe)
    assert his.post(f"{course}/trainers", data={"email": "CHLOE@example.org"}).status_code == 303
    assert "Chloe Mansour" in his.get(f"{course}/trainers").text
    assert hers.get(f"{course}/people").status_code == 200
    assert his.post(f"{course}/trainers/{chloe.public_id}/remove").status_code == 303
    assert hers.get(f"{course}/people").status_code == 404
    assert his.post(f"{course}/trainers/{chloe.public_id}/remove").status_code == 409
    verbs = [row.verb for row in db.session.scalars(select(Audit).order_by(Audit.id))]
    assert verbs[-2:] == ["added-trainer", "removed-trainer"]


def test_it_makes_a_trainer_of_somebody_who_was_none(course, amina, dawit, browser):
    browser(dawit).post(f"{course}/trainers", data={"email": "amina@example.org"})
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == amina.id)).one()
    assert (grant.role, grant.granted_by) == (Role.TRAINER, dawit.id)
    assert browser(amina).get(f"{course}/people").status_code == 200


@pytest.mark.parametrize("email", ["nobody@example.org", "", "blocked@example.org"])
def test_only_an_active_account_can_be_a_trainer(course, dawit, browser, email):
    make.user(email="blocked@example.org", state=UserState.BLOCKED)
    before = authors()
    answer = browser(dawit).post(f"{course}/trainers", data={"email": email})
    assert answer.status_code == 422
    assert authors() == before


def test_nobody_trains_a_course_twice(course, boris, dawit, browser):
    before = authors()
    answer = browser(dawit).post(f"{course}/trainers", data={"email": "boris@example.org"})
    assert answer.status_code == 422 and "already" in answer.text
    assert authors() == before


def test_boris_decides_about_no_trainers(course, boris, chloe, browser):
    his = browser(boris)
    assert his.get(f"{course}/trainers").status_code == 403
    assert his.post(f"{course}/trainers", data={"email": "chloe@example.org"}).status_code == 403
    assert his.post(f"{course}/trainers/{chloe.public_id}/remove").status_code == 403
    assert "/trainers" not in his.get("/manage/courses").text


def test_an_administrator_of_one_country_is_no_administrator_of_courses(course, academy, browser):
    local = make.user(country="NE")
    make.grant(local, Role.ADMINISTRATOR, country="NE")
    theirs = browser(local)
    assert theirs.get(f"{course}/people").status_code == 404
    assert theirs.get(f"{course}/trainers").status_code == 403
