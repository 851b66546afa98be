"""The catalogue, the preview and the pictures, as people meet them."""

import gzip
import re
from collections.abc import Callable
from textwrap import dedent
from typing import Any

import brotli
import pytest
from flask import Flask
from sqlalchemy import select

from elearn.catalogue import showcase
from elearn.catalogue.models import Course, CourseState
from elearn.core.db import db
from elearn.learning import service as learning
from elearn.people.models import User
from tests.factories import people as make
from tests.factories.catalogue import publish
from tests.support.browser import Browser
from tests.support.small_course import SVG, compiled, edited, files

COURSE, MODULE = "course.yaml", "01-only/module.yaml"
LESSON = "01-only/first-lesson/lesson.en.md"


ARABIC = {
    COURSE: """\
        id: arabic-only
        languages: [ar]
        default_language: ar
        theme: digital
        level: introductory
        title: {ar: الحماية الرقمية}
        summary: {ar: ملخّص.}
        objectives: [{id: o1, text: {ar: هدف}}]
        contact: academy@example.org
        modules: [01-only]
        """,
    MODULE: "id: only\ntitle: {ar: وحدة}\nsteps: [{id: a, kind: lesson, minutes: 600}]\n",
    "01-only/a/lesson.ar.md": "---\ntitle: درس\n---\n\nنص.\n",
}


def course(slug: str, **words: str) -> dict[str, bytes]:
    """The small course under another address; words are passages of its sheet and what stands there instead."""
    found = edited(COURSE, "id: small-course", f"id: {slug}")
    sheet = found[COURSE].decode()
    for old, new in words.items():
        assert old in sheet
        sheet = re.sub(rf"^{old}: .*$", f"{old}: {new}", sheet, count=1, flags=re.MULTILINE)
    return {**found, COURSE: sheet.encode()}


@pytest.fixture
def small(app: Flask) -> None:
    publish(files())


@pytest.fixture
def several(app: Flask) -> None:
    publish(files())
    publish(course("waqf-today", theme="waqf", level="advanced", title="{en: Waqf today, fr: Le waqf aujourd’hui}"))
    publish({path: dedent(text).encode() for path, text in ARABIC.items()})


def titles(page: str) -> list[str]:
    return re.findall(r"<h2><a [^>]*>([^<]*)</a></h2>", page)


def test_a_visitor_sees_what_a_course_takes_and_gives(small: None, visitor: Browser) -> None:
    page = visitor.get("/courses/").text
    assert titles(page) == ["Counting fairly"]
    for words in (
        "How to count people without counting them out.",
        "45 min",
        "2 lessons · 1 quiz",
        "Introductory",
        "Cash transfers",
        "1 course",
        "66%",
    ):
        assert words in page
    assert 'href="/courses/small-course/"' in page


def test_a_card_speaks_the_readers_language_or_carries_its_own(several: None, visitor: Browser) -> None:
    page = visitor.speak("fr").get("/courses/").text
    assert titles(page) == ["Compter juste", "Le waqf aujourd’hui", "الحماية الرقمية"]
    assert '<div lang="ar" dir="rtl"><h2><a href="/courses/arabic-only/">الحماية الرقمية</a></h2>' in page


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("theme=waqf", ["Waqf today"]),
        ("language=ar", ["الحماية الرقمية"]),
        ("language=fr", ["Counting fairly", "Waqf today"]),
        ("level=introductory&theme=waqf", []),
        ("length=long", ["الحماية الرقمية"]),
        ("q=fairly", ["Counting fairly"]),
        ("q=WAQF", ["Waqf today"]),
        ("q=aujourdhui", []),
        ("q=aujourd'hui", ["Waqf today"]),
        ("q=رقميه", ["الحماية الرقمية"]),
        ("q=waqf&level=advanced", ["Waqf today"]),
        ("theme=unknown&colour=blue", ["Counting fairly", "Waqf today", "الحماية الرقمية"]),
        ("theme=&language=&q=+", ["Counting fairly", "Waqf today", "الحماية الرقمية"]),
    ],
)
def test_filters_and_search(several: None, visitor: Browser, question: str, found: list[str]) -> None:
    assert titles(visitor.get(f"/courses/?{question}").text) == found


def test_every_limit_can_be_removed_and_every_choice_says_what_it_leaves(several: None, visitor: Browser) -> None:
    page = visitor.get("/courses/?theme=waqf&level=introductory&q=count").text
    chips = re.findall(r'<li><a href="([^"]*)">(?:<span>)?Remove:', page)
    assert [chip.replace("&amp;", "&") for chip in chips] == [
        "/courses/?theme=waqf&level=introductory",
        "/courses/?q=count&level=introductory",
        "/courses/?q=count&theme=waqf",
    ]
    assert "No course matches" in page
    assert re.search(r'<option value="cash-transfers">Cash transfers \(1\)</option>', page)
    assert re.search(r'<option value="waqf" selected>Waqf \(0\)</option>', page)
    assert "<details open>" in page


def test_an_empty_catalogue_says_what_it_is_for(app: Flask, visitor: Browser) -> None:
    assert "No course is published yet" in visitor.get("/courses/").text


@pytest.mark.parametrize("question", ['"><script>alert(1)</script>', "%", "_" * 5_000, "ـ", "' OR 1=1 --"])
def test_whatever_is_typed_is_only_text(small: None, visitor: Browser, question: str) -> None:
    response = visitor.get("/courses/", query_string={"q": question})
    assert response.status_code == 200
    assert "<script>alert" not in response.text


def test_a_visitors_page_belongs_to_nobody_and_is_kept_compressed(
    several: None, visitor: Browser, count_statements: Callable[..., Any]
) -> None:
    plain = visitor.get("/courses/")
    assert "Set-Cookie" not in plain.headers
    assert "csrf" not in plain.text
    packed = {
        name: visitor.get("/courses/", headers={"Accept-Encoding": name}) for name in ("br", "gzip", "gzip, br;q=0")
    }
    assert brotli.decompress(packed["br"].data) == plain.data
    assert gzip.decompress(packed["gzip"].data) == plain.data
    assert packed["gzip, br;q=0"].headers["Content-Encoding"] == "gzip"
    with count_statements() as seen:
        again = visitor.get("/courses/", headers={"Accept-Encoding": "br"})
    assert len(seen) <= 1, seen  # whether it still holds, once a second
    assert again.data == packed["br"].data
    assert again.headers["Cache-Control"] == "no-cache"
    assert {"Accept-Encoding", "Cookie", "Accept-Language"} <= set(again.headers["Vary"].split(", "))
    same = visitor.get("/courses/", headers={"Accept-Encoding": "br", "If-None-Match": again.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")


def test_a_kept_page_is_kept_per_language_and_until_something_is_published(
    small: None, browser: Callable[..., Browser]
) -> None:
    english, french = browser(), browser().speak("fr")
    assert titles(english.get("/courses/").text) == ["Counting fairly"]
    assert titles(french.get("/courses/").text) == ["Compter juste"]
    publish(edited(COURSE, "Counting fairly", "Counting justly"))
    assert titles(english.get("/courses/").text) == ["Counting justly"]
    assert titles(french.get("/courses/").text) == ["Compter juste"]


def test_what_another_process_publishes_shows_when_the_second_is_over(
    small: None, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showcase, "SECONDS", 3600.0)
    before = titles(visitor.get("/courses/").text)
    monkeypatch.setattr(showcase, "forget", lambda: None)  # the other process forgets its own
    publish(course("new-here"))
    assert titles(visitor.get("/courses/").text) == before
    monkeypatch.setattr(showcase, "SECONDS", 0.0)
    assert len(titles(visitor.get("/courses/").text)) == len(before) + 1


def test_a_retired_course_is_not_shown(small: None, visitor: Browser) -> None:
    db.session.scalars(select(Course)).one().state = CourseState.RETIRED
    assert titles(visitor.get("/courses/").text) == []
    assert visitor.get("/courses/small-course/preview").status_code == 404


def test_twenty_cards_are_a_page_and_travel_light(
    app: Flask, visitor: Browser, count_statements: Callable[..., Any]
) -> None:
    publish(files())
    with count_statements() as few:
        visitor.get("/courses/")
    words = "budget drought pension clinic harvest registry teacher ferry ledger well census loan quarry market bridge"
    for number, word in enumerate((words + " " + words.upper()).split()[:24]):
        title = f"{{en: Course {number:02} on the {word} and its officers, fr: Cours {word}}}"
        summary = f"{{en: What the {word} of {number * 37} villages needs and who keeps it., fr: {word}.}}"
        publish(course(f"course-{number:02}", title=title, summary=summary))
    with count_statements() as many:
        first = visitor.get("/courses/", headers={"Accept-Encoding": "br"})
    assert len(many) == len(few)
    assert len(first.data) <= 12_000
    page = brotli.decompress(first.data).decode()
    assert len(titles(page)) == 20
    assert "25 courses" in page
    following = re.search(r'<a rel="next" href="([^"]*)"', page)
    assert following
    second = visitor.get(following[1].replace("&amp;", "&")).text
    assert len(titles(second)) == 5
    assert not set(titles(second)) & set(titles(page))
    assert "Back to the first page" in second and 'rel="next"' not in second


def test_who_is_signed_in_sees_how_far_she_is(
    several: None, amina: User, browser: Callable[..., Browser], count_statements: Callable[..., Any]
) -> None:
    learning.enrol(make.person(amina), "small-course", "en")
    one = browser(amina)
    response = one.get("/courses/")
    assert "0 of 3 steps done" in response.text
    assert response.headers["Cache-Control"] == "private, no-store"
    with count_statements() as seen:
        one.get("/courses/")
    assert len(seen) <= 4, seen
    assert "0 of 3 steps done" not in browser().get("/courses/").text


def test_anybody_may_read_the_first_lesson(small: None, visitor: Browser, count_statements: Callable[..., Any]) -> None:
    page = visitor.get("/courses/small-course/preview").text
    assert '<h1 lang="en" dir="ltr">Counting</h1>' in page
    assert '<article lang="en" dir="ltr" class="prose">' in page
    assert "Somebody asks <strong>why</strong>." in page
    with count_statements() as seen:
        visitor.get("/courses/small-course/preview")
    assert len(seen) == 1, seen


def test_the_preview_speaks_the_language_asked_for_or_says_that_it_cannot(small: None, visitor: Browser) -> None:
    french = visitor.get("/courses/small-course/preview?lang=fr").text
    assert '<article lang="fr" dir="ltr" class="prose">' in french
    assert "The translation is being revised" in french
    assert 'href="/courses/small-course/preview?lang=en"' in french
    arabic = visitor.speak("ar").get("/courses/small-course/preview").text
    assert '<html lang="ar" dir="rtl">' in arabic
    assert '<article lang="en" dir="ltr" class="prose">' in arabic


def test_a_language_that_lacks_the_lesson_shows_the_default_one_marked(app: Flask, visitor: Browser) -> None:
    found = files()
    del found["01-only/first-lesson/lesson.fr.md"]
    publish(found)
    page = visitor.get("/courses/small-course/preview?lang=fr").text
    assert '<article lang="en" dir="ltr" class="prose">' in page
    assert "not available in this language yet" in page


def test_the_data_saver_shows_words_and_a_link_for_each_picture(small: None, visitor: Browser) -> None:
    visitor.set_cookie("__Host-data_saver", "1", domain="academy.example.org")
    page = visitor.get("/courses/small-course/preview").text
    assert "<img" not in page
    assert re.search(
        r'<p class="placeholder" data-alt="Two bars" data-width="320" data-height="200">Two bars '
        r'<a href="/courses/small-course/files/[0-9a-f]{16}/bars.svg" data-picture [^>]*>Show picture \(1 KB\)</a></p>',
        page,
    )


@pytest.mark.parametrize("address", ["/courses/nothing/preview", "/courses/nothing/files/0123456789abcdef/bars.svg"])
def test_what_is_not_there(small: None, visitor: Browser, address: str) -> None:
    assert visitor.get(address).status_code == 404


def test_a_picture_is_kept_by_the_browser_and_can_do_nothing(
    small: None, visitor: Browser, count_statements: Callable[..., Any]
) -> None:
    fingerprint = compiled().assets[0].sha256[:16]
    with count_statements() as seen:
        response = visitor.get(f"/courses/small-course/files/{fingerprint}/bars.svg")
    assert len(seen) == 1
    assert response.text == SVG
    assert response.mimetype == "image/svg+xml"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in response.headers
    again = visitor.get(response.request.path, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_a_picture_answers_only_to_its_own_fingerprint_path_and_course(several: None, visitor: Browser) -> None:
    fingerprint = compiled().assets[0].sha256[:16]
    for address in (
        f"small-course/files/{fingerprint[:8]}/bars.svg",
        f"small-course/files/{'0' * 16}/bars.svg",
        f"small-course/files/{fingerprint[:-1]}%25/bars.svg",
        f"small-course/files/{fingerprint}/other.svg",
        f"small-course/files/{fingerprint}/../{COURSE}",
        f"arabic-only/files/{fingerprint}/bars.svg",
    ):
        assert visitor.get(f"/courses/{address}").status_code == 404, address


def test_a_picture_of_an_old_version_is_still_there(small: None, visitor: Browser) -> None:
    old = compiled().assets[0].sha256[:16]
    publish({**files(), "assets/bars.svg": SVG.replace("0b5d63", "8a6420").encode()})
    assert visitor.get(f"/courses/small-course/files/{old}/bars.svg").text == SVG
