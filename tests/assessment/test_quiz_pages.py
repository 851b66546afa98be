"""The pages of a quiz as Amina, a stranger and a script meet them."""

import gzip
import re

import pytest
from sqlalchemy import func, select

from elearn.assessment import queries
from elearn.assessment.models import Attempt, Response
from elearn.core.db import db
from elearn.learning import service as learning
from tests.factories import assessment as make
from tests.factories.assessment import ITEMS, QUIZ, RIGHT, SLUG, WRONG
from tests.factories.catalogue import publish
from tests.factories.people import person

QUIZ_URL = f"/courses/{SLUG}/quiz/{QUIZ}"
ONE = f"{QUIZ_URL}/1"


@pytest.fixture
def her(app, amina, browser):
    """Amina's browser; she is enrolled in the course with the quiz."""
    make.published()
    make.enrol(amina)
    return browser(amina)


@pytest.fixture
def started(her):
    assert her.post(f"{QUIZ_URL}/start").location == ONE
    return her


def answers() -> dict[str, object]:
    db.session.rollback()
    attempt_id = db.session.scalars(select(Attempt.id).order_by(Attempt.id.desc())).first()
    return {key: row.answer for key, row in queries.rows(attempt_id).items()}


def form(**more: object) -> dict[str, object]:
    """What a page of a running attempt sends; a tuple is several fields of one name."""
    return {"lang": "en"} | {name: list(value) if isinstance(value, tuple) else value for name, value in more.items()}


def handed_in(one, given) -> str:
    """Start, answer everything, hand in; the result's address."""
    one.post(f"{QUIZ_URL}/start")
    number = db.session.scalar(select(func.max(Attempt.number)))
    one.post(f"{QUIZ_URL}/{number}", data=form(item=ITEMS, at="all", go="review", **given))
    return one.post(f"{QUIZ_URL}/{number}/hand-in").location


# before


def test_before_it_says_what_awaits_one(her):
    page = her.get(QUIZ_URL).text
    assert "Final quiz" in page
    for words in ("60%", "2 of 2 left", "no limit", "Start", "saved as you give it"):
        assert words in page


def test_before_it_offers_to_go_on(started):
    page = started.get(QUIZ_URL).text
    assert "Attempt 1 is open" in page and "Go on with attempt 1" in page
    assert f"{QUIZ_URL}/start" not in page


def test_before_it_lists_attempts_and_which_one_counts(her):
    handed_in(her, WRONG)
    handed_in(her, {**WRONG, "answer-one": "a"})
    page = her.get(QUIZ_URL).text
    assert "25%" in page and "0%" in page and "not passed" in page and page.count("counts</span>") == 1
    assert "No attempt remains" in page and f"{QUIZ_URL}/start" not in page


def test_a_quiz_of_a_course_one_does_not_study_leads_to_the_course(her, boris, browser):
    assert browser(boris).get(QUIZ_URL).location == f"/courses/{SLUG}/"


@pytest.mark.parametrize("address", [f"/courses/{SLUG}/quiz/choosing", f"/courses/{SLUG}/quiz/none", f"{QUIZ_URL}/7"])
def test_what_is_not_there_is_not_found(her, address):
    assert her.get(address).status_code == 404


# during


def test_one_question_at_a_time_saved_on_the_way_without_a_script(started):
    page = started.get(ONE).text
    assert "Question 1 of 4" in page and "Which one is right?" in page and "Which ones are right?" not in page
    assert (
        started.post(ONE, data=form(item="one", at="1", go="item:2", **{"answer-one": "a"})).location == f"{ONE}?item=2"
    )
    assert answers()["one"] == "a"
    assert "Which ones are right?" in started.get(f"{ONE}?item=2").text
    assert "Question 2 of 4" in started.get(ONE).text, "one goes on at the first blank"


def test_all_questions_on_one_page(started):
    page = started.get(f"{ONE}?all=1").text
    assert page.count('name="item"') == 4 and "<strong>how much</strong>" in page
    data = form(item=ITEMS, at="all", go="review", **RIGHT)
    assert started.post(ONE, data=data).location == f"{ONE}/review"
    assert answers() == {"one": "a", "all": ["a", "c"], "true": True, "rate": {"typed": "41,7 %", "values": ["41.7"]}}
    page = started.get(f"{ONE}?all=1").text
    assert page.count(" checked") == 4 and 'value="41,7 %"' in page and page.count(">Saved<") == 4


def test_the_language_may_change_on_the_way_and_answers_stay(started, amina):
    data = form(item="one", at="1", go="lang:ar", **{"answer-one": "c"})
    assert started.post(ONE, data=data).location == f"{ONE}?item=1"
    page = started.get(f"{ONE}?item=1").text
    assert re.search(r'<div class="question"[^>]* lang="ar" dir="rtl">أيها صحيح؟</div>', page)
    assert re.search(r'value="c" checked', page)
    assert "Question 1 of 4" in page, "the interface keeps its own language"
    assert make.place_of(amina).lang == "ar"


def test_a_number_nobody_can_read_comes_back_with_its_error(started):
    data = form(item=ITEMS, at="all", go="review", **{**RIGHT, "answer-rate": "<i>a lot</i>"})
    response = started.post(ONE, data=data)
    assert response.status_code == 422
    assert 'value="&lt;i&gt;a lot&lt;/i&gt;"' in response.text and 'aria-invalid="true"' in response.text
    assert "Please write a number in digits" in response.text and "One answer could not be read" in response.text
    assert response.text.count(" checked") == 4, "what was chosen beside it is still chosen"
    assert answers() == dict.fromkeys(ITEMS), "and nothing is stored yet"


@pytest.mark.parametrize("go", ["item:99", "item:x", "lang:tr", "nonsense", ""])
def test_a_forged_destination_does_no_harm(started, go):
    response = started.post(ONE, data=form(item="one", at="1", go=go, **{"answer-one": "a"}))
    assert response.status_code == 303
    assert started.get(response.location).status_code == 200


def test_nothing_of_the_key_reaches_a_running_attempt(started):
    for address in (ONE, f"{ONE}?all=1", f"{ONE}?all=1&lang=ar", f"{ONE}/review", QUIZ_URL):
        page = started.get(address).text
        for secret in ("Only the first ever was", "a trap", "0.4167", "41.67", "correct", "الأول وحده", "فخّا"):
            assert secret not in page, (address, secret)


def test_review_names_what_is_blank(started):
    started.post(ONE, data=form(item="one", at="1", go="review", **{"answer-one": "a"}))
    page = started.get(f"{ONE}/review").text
    assert "1 of 4 questions is answered" in page or "1 of 4 questions are answered" in page
    assert "Question 2</a>" in page and "Question 1</a>" not in page and "Two and two make four" in page


# a script


def save(one, number: int = 1, **data: object):
    headers = {"Accept": "application/json", "X-Requested-With": "fetch"}
    return one.post(f"{QUIZ_URL}/{number}/save", data=form(**data), headers=headers)


def test_a_script_saves_one_answer_and_is_told_what_is_kept(started):
    reply = save(started, item="one", seq="4", client="phone", **{"answer-one": "b"})
    assert reply.status_code == 200
    assert {key: reply.json[key] for key in ("seq", "superseded", "deadline")} == {
        "seq": 4,
        "superseded": False,
        "deadline": None,
    }
    assert save(started, item="one", seq="4", client="desk", **{"answer-one": "c"}).json["superseded"] is True
    assert answers()["one"] == "b"
    assert 'data-seq="4"' in started.get(ONE).text


def test_a_script_is_told_why_an_answer_is_not_kept(started, browser, boris):
    unreadable = save(started, item="rate", seq="1", client="x", **{"answer-rate": "much"})
    assert (unreadable.status_code, "in digits" in unreadable.json["error"]) == (422, True)
    assert save(browser(boris), item="one", seq="1", **{"answer-one": "a"}).status_code == 404
    assert save(browser(), item="one", seq="1", **{"answer-one": "a"}).status_code == 401
    started.post(f"{ONE}/hand-in")
    late = save(started, item="one", seq="2", client="x", **{"answer-one": "a"})
    assert late.status_code == 409 and "was handed in" in late.json["error"]
    assert db.session.scalar(select(func.count()).select_from(Response)) == 0


@pytest.mark.parametrize("seq", ["-1", "x", "٣", "9" * 30, "1.5"])
def test_a_strange_number_of_a_script_breaks_nothing(started, seq):
    assert save(started, item="one", seq=seq, client="x" * 500, **{"answer-one": "a"}).status_code == 200
    assert answers()["one"] == "a"


# after


def test_a_failed_attempt_tells_what_remains_and_what_to_read_again(her):
    page = her.get(handed_in(her, {**WRONG, "answer-rate": "41.67"})).text
    assert "Not passed yet" in page
    told = re.sub(r"<[^>]+>", "", page)
    told = " ".join(told.split())
    assert (
        "Your score is 25%; the pass mark is 60%. One attempt remains. Rereading lessons 1.1 and 1.2 will help." in told
    )
    assert f'href="/courses/{SLUG}/learn/choosing"' in page
    assert "0 of 2 answers right" in told and "1 of 1 answer right" in told and "Choose well." in told
    assert "The second was a trap." in page and "5 / 12 = 0.4167" in page, "feedback teaches"
    assert "Right answer" not in page, "while an attempt remains, the key stays closed"


def test_the_right_answers_are_shown_when_no_attempt_remains(her):
    handed_in(her, WRONG)
    page = her.get(handed_in(her, WRONG)).text
    assert "No attempt remains." in page and "between 41.57 and 41.77" in page
    assert page.count("Right answer") == 5
    assert f"{QUIZ_URL}/start" not in page


def test_a_passed_attempt_leads_on(her):
    page = her.get(handed_in(her, RIGHT)).text
    assert "Passed" in page and "Your score is 100%; the pass mark is 60%." in page
    assert f'href="/courses/{SLUG}/learn/closing"' in page
    assert "Rereading" not in page


def test_the_best_attempt_is_named(her):
    handed_in(her, {**WRONG, "answer-one": "a"})
    page = her.get(handed_in(her, WRONG)).text
    assert "Your best attempt is attempt 1 with 25%; it is the one that counts." in page


def test_the_result_in_another_language(her):
    location = handed_in(her, WRONG)
    page = her.get(f"{location}?lang=ar").text
    assert "كان الثاني فخّا." in page and 'lang="ar" dir="rtl"' in page and "حسن الاختيار" in page
    assert f"{QUIZ_URL}?lang=ar" in page, "the way back keeps the language"


def test_what_is_over_leads_to_its_result_and_what_runs_to_its_questions(started):
    assert started.get(f"{ONE}/result").location == ONE
    started.post(f"{ONE}/hand-in")
    assert started.get(ONE).location == f"{ONE}/result"
    assert started.get(f"{ONE}/review").location == f"{ONE}/result"


def test_a_second_hand_in_is_told_why(started):
    assert started.post(f"{ONE}/hand-in").status_code == 303
    again = started.post(f"{ONE}/hand-in")
    assert again.status_code == 409 and "was handed in on" in again.text


def test_starting_beyond_the_limit_is_told_why(her):
    handed_in(her, WRONG)
    handed_in(her, WRONG)
    refused = her.post(f"{QUIZ_URL}/start")
    assert refused.status_code == 409 and "All 2 attempts have been used." in refused.text


# the clock


@pytest.fixture
def timed(app, amina, browser, frozen_clock):
    make.published("pass: 60\nattempts: 2\ntime_limit: 45\n")
    make.enrol(amina)
    her = browser(amina)
    her.post(f"{QUIZ_URL}/start")
    return her


def test_the_time_left_is_the_server_s(timed, frozen_clock):
    frozen_clock(minutes=35)
    page = timed.get(ONE).text
    assert "10 minutes were left" in page and "21 November 2026, 12:45" in page
    assert 'data-deadline="2026-11-21T12:45:00+00:00"' in page and 'data-now="2026-11-21T12:35:00+00:00"' in page


def test_when_the_time_is_up_a_page_says_so_and_changes_nothing(timed, frozen_clock):
    timed.post(ONE, data=form(item="one", at="1", go="item:2", **{"answer-one": "a"}))
    frozen_clock(hours=1)
    page = timed.get(ONE).text
    assert "The time is up" in page and "1 of 4 questions" in page and f"{ONE}/hand-in" in page
    assert "The time of attempt 1 is up" in timed.get(QUIZ_URL).text
    assert db.session.scalars(select(Attempt.submitted_at)).one() is None


def test_a_late_answer_is_told_what_counted(timed, frozen_clock):
    timed.post(ONE, data=form(item="one", at="1", go="item:2", **{"answer-one": "a"}))
    frozen_clock(hours=1)
    late = timed.post(ONE, data=form(item="true", at="3", go="review", **{"answer-true": "true"}))
    assert late.status_code == 409 and "This answer came too late" in late.text
    page = timed.get(timed.post(f"{ONE}/hand-in").location).text
    assert "Your score is 25%" in page and "The time was up before this attempt was handed in" in page


# weight


def test_pages_ask_little_of_the_database(started, count_statements):
    started.get(f"{ONE}?all=1")  # the content is in the process from here on
    for address, most in ((QUIZ_URL, 4), (ONE, 3), (f"{ONE}?all=1", 3), (f"{ONE}/review", 3)):
        with count_statements() as seen:
            started.get(address)
        assert len(seen) <= most, (address, seen)
    started.post(f"{ONE}/hand-in")
    with count_statements() as seen:
        started.get(f"{ONE}/result")
    assert len(seen) <= 5, seen


def test_the_script_knows_its_words(started):
    """Every word that quiz.js says stands in the page, none in the module."""
    page = started.get(ONE).text
    module = (make.ROOT / "elearn/static/js/quiz.js").read_text()
    asked = set(re.findall(r"words\.(\w+)", module)) - {
        "store",
        "seq",
        "csrf",
        "save",
        "now",
        "deadline",
        "over",
        "forget",
    }
    for name in asked:
        attribute = "data-" + re.sub(r"([A-Z])", lambda letter: "-" + letter[1].lower(), name)
        assert f"{attribute}=" in page, name


@pytest.mark.one_database
@pytest.mark.parametrize("lang", ["en", "ar", "fr"])
def test_the_longest_shipped_quiz_fits_a_slow_link_on_one_page(app, amina, browser, courses_folder, lang):
    slug, quiz = "conditional-cash-transfers", "final-quiz"
    publish(courses_folder / slug)
    learning.enrol(person(amina), slug, lang)
    her = browser(amina)
    attempt = her.post(f"/courses/{slug}/quiz/{quiz}/start").location
    page = her.get(f"{attempt}?all=1")
    assert page.text.count('name="item"') >= 10
    assert len(gzip.compress(page.text.encode())) <= 15_000
