"""What is open in a course with rules: on every page, by every address, in words."""

import datetime as dt
import re

import pytest
from sqlalchemy import func, select

from elearn.assessment.models import Attempt
from elearn.core import clock
from elearn.core.db import db
from elearn.learning.models import Completion, EnrolmentState, StepProgress
from elearn.programmes.models import Offering
from tests.factories import people
from tests.factories import ruled as make
from tests.factories.ruled import FILE, LESSONS, QUIZ, URL
from tests.support import ruled_course

READ_ON = LESSONS["read-on"]


@pytest.fixture
def course(app):
    return make.ordered()


@pytest.fixture
def hers(course, amina, browser):
    make.enrol(amina)
    return browser(amina)


def rows(model=StepProgress) -> int:
    db.session.commit()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page[page.index("<main") : page.index("</main>")]))


# By address


@pytest.mark.parametrize("address", [READ_ON, FILE, QUIZ])
def test_a_step_that_is_not_open_says_what_comes_first_and_leads_there(hers, address):
    answer = hers.get(address)
    assert answer.status_code == 403
    assert "This step is not open yet" in answer.text
    assert f'<li><a href="{LESSONS["begin"]}"><span lang="en" dir="ltr">How to begin</span></a></li>' in answer.text
    assert f'<a class="button" href="{LESSONS["begin"]}">' in answer.text
    assert "Some words to read here" not in answer.text and "assets/plan" not in answer.text


@pytest.mark.parametrize("address", [f"{READ_ON}/done", f"{URL}/learn/plan/done", f"{QUIZ}/start"])
def test_nor_is_it_done_by_posting_to_its_address(hers, address):
    answer = hers.post(address)
    assert answer.status_code == 409
    assert "First comes: \u2068How to begin\u2069." in answer.text
    assert rows() == rows(Attempt) == 0


def test_it_opens_when_what_comes_first_is_done(hers):
    assert hers.post(f"{LESSONS['begin']}/done").location == READ_ON
    assert hers.get(READ_ON).status_code == 200
    assert hers.get(FILE).status_code == 403
    assert hers.post(f"{READ_ON}/done").location == FILE
    assert hers.post(f"{URL}/learn/plan/done").location == LESSONS["extra"]
    assert hers.get(QUIZ).status_code == 200
    assert hers.post(f"{QUIZ}/start").status_code == 303


def test_an_optional_step_waits_for_nothing_it_does_not_name(hers):
    assert hers.get(LESSONS["extra"]).status_code == 200


def test_an_attempt_that_is_open_where_the_step_is_not_may_not_be_handed_in(amina, hers):
    """Nobody can have begun it; should anybody, it counts for nothing."""
    make.done(amina, "begin", "read-on", "plan")
    hers.post(f"{QUIZ}/start")
    db.session.execute(StepProgress.__table__.delete())
    answer = hers.post(f"{QUIZ}/1/hand-in")
    assert answer.status_code == 409 and "First comes:" in answer.text
    assert rows() == 0


def test_the_same_holds_for_prerequisites_in_a_free_course(app, amina, browser):
    make.published(ruled_course.files(the_check="after: [begin, extra]", extra="after: [begin]"))
    make.enrol(amina)
    hers = browser(amina)
    page = hers.get(QUIZ)
    assert page.status_code == 403 and "These steps come first:" in page.text
    assert hers.get(READ_ON).status_code == 200
    assert "First come: \u2068How to begin\u2069 · \u2068More to read\u2069." in hers.post(f"{QUIZ}/start").text
    make.done(amina, "begin", "extra")
    assert hers.post(f"{QUIZ}/start").status_code == 303


def test_what_is_done_stays_open(amina, hers):
    """As after a version that asks for more than the one in which it was done."""
    make.done(amina, "plan", "the-check")
    for address in (FILE, QUIZ):
        assert hers.get(address).status_code == 200
    assert hers.post(f"{QUIZ}/start").status_code == 303
    assert hers.get(READ_ON).status_code == 403


def test_who_is_not_in_the_course_learns_nothing(course, boris, browser, visitor):
    assert browser(boris).get(READ_ON).location == f"{URL}/"
    assert browser(boris).post(f"{READ_ON}/done").status_code == 404
    assert visitor.get(FILE).location == f"/sign-in?next={FILE}"


# On other pages


def test_the_syllabus_says_it_in_words_and_gives_no_link(hers):
    page = hers.get(f"{URL}/").text
    assert "The required steps are done one after the other" in page
    assert f'href="{LESSONS["begin"]}"' in page and f'href="{LESSONS["extra"]}"' in page
    assert f'href="{READ_ON}"' not in page and f'href="{QUIZ}"' not in page
    assert plain(page).count("not open yet First comes: How to begin") == 3


def test_so_do_the_lesson_and_its_neighbours(amina, hers):
    page = hers.get(LESSONS["begin"]).text
    assert '<a rel="next"' not in page
    assert "Next Reading on · not open yet" in plain(page)
    hers.post(f"{LESSONS['begin']}/done")
    page = hers.get(LESSONS["begin"]).text
    assert f'rel="next" href="{READ_ON}"' in page and f'<a class="button" href="{READ_ON}">' in page


def test_my_learning_leads_to_what_is_open(amina, hers):
    assert f'<a class="button" href="{LESSONS["begin"]}">' in hers.get("/me/").text
    make.done(amina, "begin")
    assert f'<a class="button" href="{READ_ON}">' in hers.get("/me/").text
    make.done(amina, "extra")  # further on, where only what comes between is open
    assert hers.get(f"{URL}/resume").location == READ_ON


def test_visitors_are_told_the_rules(app, visitor):
    make.published(ruled_course.files(the_check="after: [begin, plan]", extra="release_after: 14"))
    page = plain(visitor.get(f"{URL}/").text)
    assert "after: How to begin · A plan to fill in" in page
    assert "opens 14 days after the beginning" in page
    assert "not open yet" not in page and "one after the other" not in page


@pytest.mark.parametrize(
    ("course", "rules", "title"),
    [
        ("", {}, "How to begin"),
        ("order: ordered\n", {}, "How to begin"),
        ("", {"begin": "after: [plan]"}, "Reading on"),
        ("", {"begin": "release_after: 7", "read_on": "release_after: 0"}, "Reading on"),
        ("order: ordered\n", {"begin": "release_after: 7"}, "More to read"),
        ("", dict.fromkeys(("begin", "read_on", "extra"), "release_after: 7"), None),
    ],
)
def test_visitors_read_no_lesson_that_opens_later(app, visitor, course, rules, title):
    make.published(ruled_course.files(course, **rules))
    page = visitor.get(f"{URL}/preview")
    assert page.status_code == (200 if title else 404)
    assert title is None or f">{title}</h1>" in page.text
    assert (f'href="{URL}/preview"' in visitor.get(f"{URL}/").text) == (title is not None)


# Days


@pytest.fixture
def by_days(app, amina, browser, frozen_clock):
    amina.tz = "Asia/Jakarta"
    make.published(
        ruled_course.files(read_on="release_after: 7", plan="release_after: 0", the_check="after: [read-on]")
    )
    make.enrol(amina)
    return browser(amina)


def test_a_day_is_told_in_the_readers_zone_and_then_it_is_open(by_days, frozen_clock):
    page = by_days.get(READ_ON)
    assert page.status_code == 403
    assert "It opens on" in page.text and "28 November 2026, 19:00 (WIB)" in page.text  # noon in UTC
    assert "This step opens on 28 November 2026, 19:00 (WIB)." in by_days.post(f"{READ_ON}/done").text
    assert by_days.get(FILE).status_code == 200
    frozen_clock(days=6, hours=23)
    assert by_days.get(READ_ON).status_code == 403
    frozen_clock(hours=1)
    assert by_days.get(READ_ON).status_code == 200
    assert by_days.post(f"{READ_ON}/done").status_code == 303


def test_the_offering_opens_for_everybody_on_its_day(by_days, amina, frozen_clock):
    db.session.scalars(select(Offering)).one().opens_at = clock.now() - dt.timedelta(days=5)
    assert "23 November 2026" in by_days.get(READ_ON).text
    frozen_clock(days=2)
    assert by_days.get(READ_ON).status_code == 200


def test_what_was_begun_on_its_day_is_handed_in_although_the_day_was_put_off(app, amina, browser, frozen_clock):
    make.published(ruled_course.files(the_check="release_after: 3"))
    make.enrol(amina)
    frozen_clock(days=3)
    hers = browser(amina)
    assert hers.post(f"{QUIZ}/start").status_code == 303
    db.session.scalars(select(Offering)).one().opens_at = clock.now()
    assert "Attempt 1 is open" in hers.get(QUIZ).text
    assert hers.post(f"{QUIZ}/1/hand-in").status_code == 303
    assert hers.get(QUIZ).status_code == 403
    assert "This step opens on" in hers.post(f"{QUIZ}/start").text


def test_lesson_and_syllabus_name_the_day_until_it_comes(by_days, frozen_clock):
    """The lesson page is kept ready: it must not go on saying so."""
    for address in (LESSONS["begin"], f"{URL}/"):
        assert "28 November 2026" in by_days.get(address).text
    frozen_clock(days=7)
    for address in (LESSONS["begin"], f"{URL}/"):
        page = by_days.get(address).text
        assert "28 November 2026" not in page and f'href="{READ_ON}"' in page


def test_a_page_kept_for_one_is_not_shown_to_another(by_days, boris, chloe, browser, frozen_clock):
    """The same lesson, nothing done by either: another day of enrolment, another zone."""
    by_days.get(LESSONS["begin"])
    boris.tz = "America/New_York"
    make.enrol(boris)
    assert "28 November 2026, 07:00 (EST)" in browser(boris).get(LESSONS["begin"]).text
    frozen_clock(days=2)
    chloe.lang, chloe.tz = "en", "UTC"
    make.enrol(chloe)
    assert "30 November 2026, 12:00 (UTC)" in browser(chloe).get(LESSONS["begin"]).text
    assert "28 November 2026, 19:00 (WIB)" in by_days.get(LESSONS["begin"]).text


def test_who_has_done_all_that_is_open_is_told_when_it_goes_on(by_days, amina):
    make.done(amina, "begin", "plan", "extra")
    page = by_days.get("/me/").text
    assert "opens on <time" in page and "28 November 2026" in page
    assert by_days.get(f"{URL}/resume").location == READ_ON
    assert by_days.get(READ_ON).status_code == 403
    last = by_days.get(LESSONS["extra"]).text
    assert "not open yet" in last


def test_in_another_language_too(by_days, amina):
    amina.lang = "ar"
    page = by_days.get(f"{READ_ON}?lang=ar")
    assert page.status_code == 403 and "متابعة القراءة" in page.text


# Completion


def test_so_many_optional_steps_belong_to_it(app, amina, browser):
    make.published(ruled_course.with_rule("{result: the-check, optional: 1}"))
    make.enrol(amina)
    hers = browser(amina)
    assert "every required step and 1 of the optional ones" in hers.get(f"{URL}/").text
    make.done(amina, *ruled_course.REQUIRED)
    assert rows(Completion) == 0
    hers.post(f"{LESSONS['extra']}/done")
    assert rows(Completion) == 1
    assert make.place_of(amina).state == EnrolmentState.COMPLETED


def test_whoever_completed_goes_on_reading_what_is_open(amina, hers):
    make.done(amina, *ruled_course.REQUIRED)
    assert make.place_of(amina).state == EnrolmentState.COMPLETED
    for address in (*LESSONS.values(), FILE, QUIZ):
        assert hers.get(address).status_code == 200


# What it costs


@pytest.mark.parametrize(("address", "statements"), [(LESSONS["begin"], 2), (READ_ON, 2), (FILE, 2), (QUIZ, 4)])
def test_rules_cost_no_statement(amina, hers, count_statements, address, statements):
    hers.get(address)
    with count_statements() as few:
        hers.get(address)
    for _ in range(8):
        someone = people.user()
        make.enrol(someone)
        make.done(someone, "begin", "read-on")
    make.done(amina, "begin")
    hers.get(address)
    with count_statements() as many:
        hers.get(address)
    assert len(few) == len(many) == statements, many
