"""The lesson page: reading, going on, languages, data saver, and what it costs."""

import re

import pytest
from sqlalchemy import func, select

from elearn.core.db import db
from elearn.learning.models import EnrolmentState, ProgressState, StepProgress
from tests.factories import learning as make
from tests.factories import people
from tests.factories.learning import FIRST, QUIZ, SECOND, SLUG

URL = f"/courses/{SLUG}"
LESSON = f"{URL}/learn/{FIRST}"


@pytest.fixture
def course(app):
    return make.published()


@pytest.fixture
def hers(course, amina, browser):
    make.enrol(amina)
    return browser(amina)


def progress(key: str = FIRST) -> StepProgress | None:
    db.session.commit()
    found = select(StepProgress).where(StepProgress.step_id == make.step_id(key))
    return db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()


def article(page: str) -> str:
    return page[page.index("<article") : page.index("</article>")]


# Reading


def test_the_page_says_where_one_is_what_is_next_and_what_is_left(hers):
    page = hers.get(LESSON).text
    assert "Module 1 · step 1 of 3 · 20 min" in page
    assert "0 of 3 steps done" in page
    assert f'rel="next" href="{URL}/learn/{SECOND}"' in page and 'rel="prev"' not in page
    assert f'href="{URL}/quiz/{QUIZ}"' in page
    assert "<strong>why</strong>" in article(page)


def test_the_last_step_has_nothing_after_it_and_the_middle_both(hers):
    page = hers.get(f"{URL}/learn/{SECOND}").text
    assert f'rel="prev" href="{LESSON}"' in page and f'rel="next" href="{URL}/quiz/{QUIZ}"' in page


def test_looking_marks_nothing(hers):
    hers.get(LESSON)
    hers.head(LESSON)
    assert progress() is None


def test_having_read_it_leads_to_the_next_and_is_counted(amina, hers):
    answer = hers.post(f"{LESSON}/done")
    assert (answer.status_code, answer.location) == (303, f"{URL}/learn/{SECOND}")
    assert (progress().state, progress().source, progress().score) == (ProgressState.DONE, "read", None)
    page = hers.get(LESSON).text
    assert "1 of 3 steps done" in page and f"{LESSON}/done" not in page
    assert make.place_of(amina).last_step_id == make.step_id(FIRST)


def test_reading_it_again_changes_nothing(hers, frozen_clock):
    hers.post(f"{LESSON}/done")
    first = progress().done_at
    frozen_clock(hours=1)
    assert hers.post(f"{LESSON}/done").status_code == 303
    assert progress().done_at == first


def test_going_on_begins_where_one_stopped(amina, hers):
    assert hers.get(f"{URL}/resume").location == LESSON
    hers.post(f"{LESSON}/done")
    assert hers.get(f"{URL}/resume").location == f"{URL}/learn/{SECOND}"
    hers.post(f"{URL}/learn/{SECOND}/done")
    assert hers.get(f"{URL}/resume").location == f"{URL}/quiz/{QUIZ}"


def test_who_began_in_the_middle_comes_back_to_what_was_left_out(amina, hers):
    hers.post(f"{URL}/learn/{SECOND}/done")
    assert hers.get(f"{URL}/resume").location == f"{URL}/quiz/{QUIZ}"
    make.done(amina, QUIZ, 80)
    assert hers.get(f"{URL}/resume").location == LESSON


# What is not there


@pytest.mark.parametrize("path", [f"{URL}/learn/no-such-step", "/courses/no-such-course/learn/x"])
def test_a_step_that_does_not_exist_is_not_found(hers, path):
    assert hers.get(path).status_code == 404
    assert hers.post(f"{path}/done").status_code == 404


def test_a_quiz_is_on_its_own_page_and_is_not_done_by_saying_so(hers):
    assert hers.get(f"{URL}/learn/{QUIZ}").location == f"{URL}/quiz/{QUIZ}"
    assert hers.post(f"{URL}/learn/{QUIZ}/done").status_code == 404
    assert progress(QUIZ) is None


def test_a_lesson_of_a_course_one_is_not_in_leads_to_the_course(course, boris, browser, visitor):
    assert browser(boris).get(LESSON).location == f"{URL}/"
    assert visitor.get(LESSON).location == f"/sign-in?next={LESSON}"


def test_marking_changes_nothing_by_a_get(hers):
    assert hers.get(f"{LESSON}/done").status_code == 405
    assert progress() is None


# Languages


def test_switching_the_language_keeps_the_place_and_the_progress(amina, hers):
    hers.post(f"{LESSON}/done")
    data = {"lang": "fr", "step": FIRST, "anchor": "one"}
    answer = hers.post(f"{URL}/language", data=data)
    assert (answer.status_code, answer.location) == (303, f"{LESSON}#one")
    page = hers.get(LESSON).text
    assert '<article lang="fr" dir="ltr"' in page and "Quelqu’un demande" in page
    assert 'id="one"' in article(page)
    assert "1 of 3 steps done" in page  # the interface speaks English still
    assert (make.place_of(amina).lang, progress().state) == ("fr", ProgressState.DONE)


@pytest.mark.parametrize("anchor", ["", "a b", 'x"><script>', "x" * 100, "https://evil.example"])
def test_a_place_that_is_no_place_is_left_out(hers, anchor):
    answer = hers.post(f"{URL}/language", data={"lang": "fr", "step": FIRST, "anchor": anchor})
    assert answer.location == LESSON


@pytest.mark.parametrize("lang", ["ar", "xx", ""])
def test_a_language_the_course_does_not_have_is_refused(amina, hers, lang):
    assert hers.post(f"{URL}/language", data={"lang": lang, "step": FIRST}).status_code == 400
    assert make.place_of(amina).lang == "en"


def test_without_a_step_one_comes_to_the_course(hers):
    assert hers.post(f"{URL}/language", data={"lang": "fr", "step": "no-such-step"}).location == f"{URL}/"


def test_an_address_with_a_language_shows_it_without_choosing_it(amina, hers):
    assert '<article lang="fr"' in hers.get(f"{LESSON}?lang=fr").text
    assert '<article lang="en"' in hers.get(LESSON).text
    assert make.place_of(amina).lang == "en"


def test_a_lesson_that_is_not_translated_is_shown_in_the_first_language_and_says_so(amina, hers):
    hers.post(f"{URL}/language", data={"lang": "fr", "step": SECOND})
    page = hers.get(f"{URL}/learn/{SECOND}").text
    assert '<article lang="en" dir="ltr"' in page
    assert "not available in this language yet" in page


def test_a_translation_older_than_its_source_says_so(amina, hers):
    assert "has changed since it was translated" in hers.get(f"{LESSON}?lang=fr").text
    assert "has changed since it was translated" not in hers.get(LESSON).text


def test_an_arabic_lesson_in_a_french_page_runs_from_right_to_left(academy, amina, browser):
    amina.lang = "fr"
    page = browser(amina).get(f"/courses/{academy.slug}/learn/{academy.lessons[0]}?lang=ar").text
    assert '<html lang="fr" dir="ltr">' in page
    assert '<article lang="ar" dir="rtl"' in page


# Data saver


def test_the_data_saver_shows_pictures_by_their_description_and_size(amina, hers):
    page = article(hers.get(LESSON).text)
    assert "<img" in page
    amina.data_saver = True
    page = article(hers.get(LESSON).text)
    assert "<img" not in page
    assert "Two bars" in page and re.search(r"Show picture \(<?[^)]*\d+ KB", page)
    assert re.search(r'<a [^>]*href="/courses/small-course/files/[^"]+"', page)


def test_a_device_without_an_account_setting_follows_its_own_choice_when_it_signs_in(amina, hers):
    """The choice of a signed-in person stands in the account, so that every device follows it."""
    hers.post("/data-saver", data={"on": "1", "next": LESSON}, csrf=False)
    db.session.refresh(amina)
    assert amina.data_saver
    assert "<img" not in article(hers.get(LESSON).text)


# What it costs


def test_a_page_is_two_statements_however_much_there_is(amina, hers, count_statements, browser):
    hers.get(LESSON)  # takes the texts from the shelf's shop to the shelf
    with count_statements() as few:
        assert hers.get(LESSON).status_code == 200
    for _ in range(10):
        someone = people.user()
        make.enrol(someone)
        make.done(someone, FIRST)
    make.done(amina, FIRST)
    make.done(amina, SECOND)
    with count_statements() as many:
        assert hers.get(LESSON).status_code == 200
    assert len(few) == len(many) == 2, few


def test_in_another_language_it_is_two_too(hers, count_statements):
    hers.get(f"{LESSON}?lang=fr")
    with count_statements() as seen:
        hers.get(f"{LESSON}?lang=fr")
    assert len(seen) == 2


def test_marking_a_lesson_costs_the_same_for_everybody(amina, hers, count_statements):
    hers.get(LESSON)
    with count_statements() as first:
        hers.post(f"{LESSON}/done")
    for _ in range(10):
        make.enrol(people.user())
    db.session.execute(StepProgress.__table__.delete())
    with count_statements() as again:
        hers.post(f"{LESSON}/done")
    assert len(first) == len(again) <= 12


def test_a_page_that_is_refused_writes_nothing(hers):
    hers.post(f"{LESSON}/done", csrf=False)
    assert db.session.scalar(select(func.count()).select_from(StepProgress)) == 0


def test_a_completed_course_can_still_be_read(amina, hers):
    make.done(amina, FIRST)
    make.done(amina, QUIZ, 80)
    assert make.place_of(amina).state == EnrolmentState.COMPLETED
    assert hers.get(LESSON).status_code == 200
    assert hers.get(f"{URL}/resume").location == f"{URL}/learn/{SECOND}"
    assert hers.post(f"{URL}/learn/{SECOND}/done").status_code == 303
