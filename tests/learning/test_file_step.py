"""The step that is a file: its page, taking it, having worked with it."""

import pytest
from sqlalchemy import select

from elearn.core.db import db
from elearn.learning.models import StepProgress
from tests.factories import ruled as make
from tests.factories.ruled import FILE, LESSONS, URL
from tests.support import ruled_course


@pytest.fixture
def hers(app, amina, browser):
    make.published(ruled_course.files())
    make.enrol(amina)
    return browser(amina)


def test_it_says_what_the_file_is_and_gives_it(hers):
    page = hers.get(FILE).text
    assert '<h1 lang="en" dir="ltr">A plan to fill in</h1>' in page
    assert "Fill in <strong>every</strong> row." in page
    assert "plan.csv" in page and "table (CSV)" in page and "1 KB" in page
    address = page.split('download="plan.csv"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert address.startswith(f"{URL}/files/")
    answer = hers.get(address)
    assert (answer.status_code, answer.data) == (200, b"what,when\nbegin,today\n")
    assert answer.mimetype == "text/csv"


def test_it_is_done_when_one_says_so(hers):
    answer = hers.post(f"{URL}/learn/plan/done")
    assert (answer.status_code, answer.location) == (303, LESSONS["extra"])
    db.session.commit()
    assert db.session.scalars(select(StepProgress.source)).one() == "read"
    page = hers.get(FILE).text
    assert "1 of 5 steps done" in page and "I have worked with this file" not in page


def test_each_kind_of_step_is_on_its_own_page(hers):
    assert hers.get(f"{URL}/learn/plan").location == FILE
    assert hers.get(f"{URL}/file/begin").location == LESSONS["begin"]
    assert hers.get(f"{URL}/file/the-check").location == f"{URL}/quiz/the-check"
    assert hers.get(f"{URL}/file/no-such-step").status_code == 404


def test_in_arabic_it_runs_from_right_to_left(amina, hers):
    amina.lang = "ar"
    page = hers.get(f"{FILE}?lang=ar").text
    assert '<h1 lang="ar" dir="rtl">خطة للتعبئة</h1>' in page
    assert "<strong>كل</strong>" in page


def test_a_visitor_signs_in_and_a_stranger_is_led_to_the_course(hers, boris, browser, visitor):
    assert visitor.get(FILE).location == f"/sign-in?next={FILE}"
    assert browser(boris).get(FILE).location == f"{URL}/"


def test_it_stands_in_the_syllabus_and_counts_to_the_end(amina, hers):
    assert f'href="{FILE}"' in hers.get(f"{URL}/").text
    make.done(amina, "begin", "read-on", "the-check")
    assert make.place_of(amina).state == "active"
    hers.post(f"{URL}/learn/plan/done")
    assert make.place_of(amina).state == "completed"
