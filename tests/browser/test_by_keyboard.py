"""What trainees do, by keyboard alone: the focus is seen, follows the order of reading and lands where it helps."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.support.journey import right_answers
from tests.support.keyboard import Keyboard
from tests.support.tour import CHECK, LESSON, SLUG, STOPS, Tour

pytestmark = pytest.mark.one_database
PHONE = {"width": 390, "height": 844}
ADDRESS, PASSWORD = "kamal@example.org", "keyboards need no mouse"
IN_ORDER = ("front", "register", "course", "lesson", "quiz-item", "records")


@pytest.fixture
def keys(chromium: Browser, site: Site) -> Iterator[Keyboard]:
    context = chromium.new_context(base_url=site.address, locale="en", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield Keyboard(context.new_page())
    context.close()


def test_from_an_account_to_a_result(keys: Keyboard):
    page = keys.page
    page.goto(f"/courses/{SLUG}/")
    keys.follow("main a.button")
    keys.follow("main a[href^='/register']")
    register(keys)
    keys.follow("main a.button")
    sign_in(keys)
    assert page.url.endswith("/enrol")
    keys.follow("main form button.button")
    assert f"/courses/{SLUG}/learn/" in page.url or page.url.endswith(f"/courses/{SLUG}/")
    read(keys)
    take_the_quiz(keys)
    go_again(keys)


def register(keys: Keyboard) -> None:
    """A forgotten field first: the focus goes to the summary, whose links lead to the fields."""
    keys.write("name_latin", "Kamal Keys")
    keys.follow("main form button.button")
    expect(keys.page.locator(".error-summary")).to_be_focused()
    keys.press(".error-summary a[href$=email]")
    expect(keys.page.locator("main [name=email]")).to_be_focused()
    keys.page.keyboard.type(ADDRESS)
    keys.write("password", PASSWORD)
    keys.write("country", "Mali")
    keys.press("main [name=privacy]", "Space")
    keys.follow("main form button.button")
    assert "/registered" in keys.page.url


def go_again(keys: Keyboard) -> None:
    """From the menu to the profile; something is changed there; then the account is given back, and kept after all."""
    page = keys.page
    keys.press("header details.menu summary")
    keys.follow("header details.menu a[href='/me/profile']")
    keys.write("name_arabic", "كمال")
    keys.follow("main form:has([name=name_arabic]) button.button")
    expect(page.locator("main .notice[role=status]")).to_be_visible()
    keys.follow("main a[href='/me/data']")
    keys.follow("main a[href='/me/data/erase']")
    keys.write("confirmation", ADDRESS)
    keys.follow("main form button.button")  # without the password
    expect(page.locator(".error-summary")).to_be_focused()
    keys.press(".error-summary a[href$=present_password]")
    page.keyboard.type(PASSWORD)
    keys.follow("main form button.button")
    assert page.locator("header details.menu").count() == 0
    page.goto("/sign-in")
    sign_in(keys)
    assert page.locator("header details.menu").count() == 1


def sign_in(keys: Keyboard) -> None:
    keys.write("email", ADDRESS)
    keys.write("password", PASSWORD)
    keys.follow("main form button")


def read(keys: Keyboard) -> None:
    """The skip link leads to the text, the language changes in place, arrows turn pages, a button says it is read."""
    page = keys.page
    page.goto(f"/courses/{SLUG}/learn/{LESSON}")
    keys.press("a.skip")
    expect(page.locator("#main")).to_be_focused()
    keys.follow("main form.lesson-languages button[value=fr]")
    expect(page.locator("main article")).to_have_attribute("lang", "fr")
    for arrow, elsewhere in (("ArrowRight", True), ("ArrowLeft", False)):
        with page.expect_navigation():
            page.keyboard.press(arrow)
        assert (LESSON not in page.url) is elsewhere
    keys.follow("main form[data-done] button")
    assert LESSON not in page.url


def take_the_quiz(keys: Keyboard) -> None:
    """Every type of item is answered; each answer is saved while the focus stays on it; then review and hand in."""
    page = keys.page
    page.goto(f"/courses/{SLUG}/quiz/{CHECK}")
    keys.follow("main form[action$='/start'] button")
    keys.follow("main button[value=all]")
    items = [field.get_attribute("value") for field in page.locator("main [name=item]").all()]
    kinds = {choose(keys, f"answer-{item}", right_answers()[f"answer-{item}"]) for item in items}
    assert kinds == {"radio", "checkbox", "text"}
    keys.follow("main button[value=review]")
    keys.follow("main form[action$='/hand-in'] button")
    assert page.url.endswith("/result")
    assert "100" in page.inner_text("main .lead")


def choose(keys: Keyboard, name: str, wanted: list[str]) -> str:
    """Answer one item: arrows among choices of which one holds, the space bar on ticks, a number typed."""
    keys.to(f"main [name='{name}']")
    page = keys.page
    kind: str = page.evaluate("document.activeElement.type")
    if kind == "radio":
        page.keyboard.press("Space")
        for _ in range(page.locator(f"main [name='{name}']").count()):
            if not keys.on(f"[value='{wanted[0]}']"):
                page.keyboard.press("ArrowDown")
    elif kind == "checkbox":
        for one in range(page.locator(f"main [name='{name}']").count()):
            if one:
                keys.tab()
            if page.evaluate("document.activeElement.value") in wanted:
                page.keyboard.press("Space")
    else:
        page.keyboard.type(wanted[0])
    expect(page.locator(f"main .item:has([name='{name}']) .save-state.saved")).to_have_count(1)
    assert keys.on(f"[name='{name}']")
    return kind


def test_to_find_a_course(keys: Keyboard):
    """Search, choose from the lists, take a choice back, open a course and read its first lesson."""
    page = keys.page
    page.goto("/")
    keys.follow("header nav a[href='/courses/']")
    keys.write("q", "cash")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys.press("main details.filters summary, main .filters summary")
    keys.write("level", page.locator("main [name=level] option[value=intermediate]").inner_text())
    keys.follow("main .filters details button")
    assert "level=intermediate" in page.url and "q=cash" in page.url
    keys.follow("main .chips a")
    assert "q=cash" not in page.url
    keys.follow(f"main a[href='/courses/{SLUG}/']")
    keys.follow(f"main a[href^='/courses/{SLUG}/preview']")
    assert page.locator("main .prose").count() == 1


def test_to_the_certificate_and_back_in_another_language(tour: Tour):
    page = tour.page("graduate")
    keys = Keyboard(page)
    page.goto("/")
    keys.follow("main a[href='/me/certificates']")
    keys.follow("main a[href^='/me/certificates/']")
    assert page.locator("main .framed").count() == 1
    address = page.url
    with page.expect_download() as paper:
        keys.press("main form[action$='/languages'] button, main a[href$='/pdf']")
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF-")
    page.goto(address)
    keys.follow("form.languages button[value=ar]")
    assert page.url.startswith(address)
    assert page.locator("html").get_attribute("dir") == "rtl"
    keys.press("header details.menu summary")
    keys.follow("header details.menu a")
    assert page.url.endswith("/me/profile")


def test_to_check_a_certificate(tour: Tour, keys: Keyboard):
    code = tour.found["certificate"]
    keys.page.goto("/")
    keys.follow("footer a[href='/verify/']")
    keys.write("code", code.lower())
    keys.follow("main form button")
    assert keys.page.url.endswith(f"/verify/{code}")
    keys.press("main details summary")
    assert keys.page.locator("main details").get_attribute("open") is not None


def test_to_take_ones_data_away(tour: Tour):
    page = tour.page("graduate")
    keys = Keyboard(page)
    page.goto("/me/data")
    keys.follow("main form button.button")
    while not page.locator("main a[href='/me/data/copy']").count():
        keys.follow("main a[href='/me/data']")
    keys.follow("main a[href='/me/data/copy']")
    keys.write("present_password", tour.password)
    with page.expect_download() as copy:
        keys.press("main form button.button")
    assert Path(copy.value.path()).read_bytes().startswith(b"PK")


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("name", IN_ORDER)
def test_tab_follows_the_order_of_reading(name: str, lang: str, tour: Tour):
    page = tour.open(next(stop for stop in STOPS if stop.name == name), lang)
    page.set_viewport_size(PHONE)
    keys = Keyboard(page)
    keys.to("header form.languages button")
    before, wrong = None, []
    while (focus := keys.tab()) is not None and not re.search("class=.skip", focus["html"]):
        if before is not None and not _follows(before, focus):
            wrong.append((before["html"], focus["html"]))
        before = focus
    assert before is not None
    assert wrong == []


def _follows(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Further down; or, where both stand in one line, further on in the direction of its text."""
    in_line = min(before["bottom"], after["bottom"]) - max(before["top"], after["top"]) > 8
    if not in_line:
        return after["top"] >= before["top"]
    taller = after["bottom"] - after["top"] > 60 or before["bottom"] - before["top"] > 60  # a link over several lines
    onwards = after["right"] <= before["right"] if after["rtl"] else after["left"] >= before["left"]
    return onwards or (taller and after["bottom"] > before["bottom"])


def test_shown_pictures_take_the_focus(tour: Tour):
    page: Page = tour.page("reader")
    page.goto(f"/courses/{SLUG}/learn/{LESSON}")
    keys = Keyboard(page)
    keys.follow("header form[action='/data-saver'] button")
    try:
        keys.press("main a[data-picture]")
        expect(page.locator("main .prose img").first).to_be_focused()
    finally:
        page.goto("/me/")
        keys.follow("header form[action='/data-saver'] button")
