"""What a step says of its text: what it weighs, who translated and reviewed it, whether it is out of date."""

import re
from dataclasses import replace

import pytest
from flask import current_app

from elearn.catalogue import shelf
from elearn.learning import player
from tests.factories import ruled as make
from tests.factories.ruled import FILE, LESSONS, QUIZ
from tests.support import ruled_course

LESSON = LESSONS["begin"]
STALE = "has changed since it was translated"


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page[page.index("<main") : page.index("</main>")]))


@pytest.fixture
def hers(app, amina, browser):
    files = ruled_course.files()
    files["01-only/begin/lesson.fr.md"] = ruled_course.lesson("Commencer", "translated_by: Rania\nreviewed_by: Karim\n")
    make.published(files)
    make.enrol(amina)
    return browser(amina)


# Who


@pytest.mark.parametrize(
    ("address", "lang", "said"),
    [
        (LESSON, "en", "English: written by A team · reviewed by A reader"),
        (LESSON, "fr", "Français: translated by Rania · reviewed by Karim"),
        (LESSON, "ar", "العربية: translated by فريق الترجمة · not yet reviewed by a native reader"),
        (LESSONS["read-on"], "fr", "Français: translated by Une équipe · reviewed by Une relectrice"),
        (FILE, "fr", "Français: translated by Une équipe · reviewed by Une relectrice"),
        (QUIZ, "ar", "العربية: translated by فريق الترجمة · not yet reviewed by a native reader"),
    ],
)
def test_who_stands_behind_a_text_is_said_by_itself_or_by_its_course(hers, address, lang, said):
    assert said in plain(hers.get(f"{address}?lang={lang}").text)


def test_where_nobody_is_named_nothing_is_said(app, amina, browser):
    files = ruled_course.files()
    lines = files["course.yaml"].decode().splitlines(keepends=True)
    files["course.yaml"] = "".join(line for line in lines if "_by:" not in line and "credits:" not in line).encode()
    make.published(files)
    make.enrol(amina)
    assert "text-credits" not in browser(amina).get(LESSON).text


def test_a_name_is_no_code(app, amina, browser):
    files = ruled_course.files()
    files["01-only/begin/lesson.fr.md"] = ruled_course.lesson("Commencer", "translated_by: <b>Rania</b>\n")
    make.published(files)
    make.enrol(amina)
    assert "<bdi>&lt;b&gt;Rania&lt;/b&gt;</bdi>" in browser(amina).get(f"{LESSON}?lang=fr").text


# Out of date, not there yet


@pytest.mark.parametrize("address", [LESSON, FILE, QUIZ])
def test_a_translation_that_nobody_brought_up_to_date_says_so_in_every_kind_of_step(hers, address):
    assert STALE in hers.get(f"{address}?lang=ar").text
    assert STALE not in hers.get(f"{address}?lang=en").text


def test_a_quiz_that_is_not_translated_says_so(app, amina, browser):
    files = ruled_course.files()
    files["01-only/the-check/quiz.yaml"] = re.sub(rb", ar: .*", b"}", files["01-only/the-check/quiz.yaml"])
    make.published(files)
    make.enrol(amina, "ar")
    page = browser(amina).get(QUIZ).text
    assert "This quiz is not available in this language yet" in page and "English" in page


# Weight


def test_a_page_says_how_long_it_takes_to_read_and_to_come(hers):
    page = plain(hers.get(LESSON).text)
    assert "about 1 minute to read · text 1 KB · about 1 second on a slow link" in page


@pytest.mark.parametrize(
    ("weighs", "pictures", "seconds", "minutes"),
    [
        ({"bytes": 10_000, "image_bytes": 60_000, "words": 900}, True, 9, 5),
        ({"bytes": 10_000, "image_bytes": 60_000, "words": 900}, False, 2, 5),
        ({"bytes": 8_000, "image_bytes": 0, "words": 1}, True, 1, 1),
        ({"bytes": 8_001, "image_bytes": 0, "words": 0}, True, 2, 0),
    ],
)
def test_seconds_follow_from_bytes_and_minutes_from_words(hers, amina, weighs, pictures, seconds, minutes):
    """64 kbit/s are 8,000 bytes a second; French is read at 195 words a minute."""
    outline = shelf.outline(make.place_of(amina).version_id)
    step = outline.steps[0]
    page = replace(shelf.page(outline.version_id, step, "fr"), **weighs)
    with current_app.test_request_context():
        view = player.step_view(outline, step, page, "fr", {})
    assert (view.seconds(pictures), view.minutes_to_read) == (seconds, minutes)


def test_files_are_told_and_said_to_wait(hers):
    assert "files 1 KB, sent only when you ask for them" in plain(hers.get(FILE).text)
    assert "sent only when you ask" not in hers.get(LESSON).text


def test_nothing_of_it_costs_a_statement(hers, count_statements):
    for address in (LESSON, FILE):
        hers.get(f"{address}?lang=ar")
        with count_statements() as seen:
            hers.get(f"{address}?lang=ar")
        assert len(seen) == 2, seen
