"""What trainees do, by keyboard alone: the focus is seen, follows the order of reading and lands where it helps."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.support.keyboard import Keyboard
from tests.support.tour import CHECK, LESSON, SLUG, STOPS, Tour

pytestmark = pytest.mark.one_database
PHONE = {"width": 390, "height": 844}
PASSWORD = "keyboards need no mouse"
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
    keys.write("email", "kamal@example.org")
    keys.write("password", PASSWORD)
    keys.follow("main form button")
    assert page.url.endswith("/enrol")
    keys.follow("main form button.button")
    assert f"/courses/{SLUG}/learn/" in page.url or page.url.endswith(f"/courses/{SLUG}/")
    read(keys)
    answer(keys)


def register(keys: Keyboard) -> None:
    """A forgotten field first: the focus goes to the summary, whose links lead to the fields."""
    keys.write("name_latin", "Kamal Keys")
    keys.follow("main form button.button")
    expect(keys.page.locator(".error-summary")).to_be_focused()
    keys.press(".error-summary a[href$=email]")
    expect(keys.page.locator("main [name=email]")).to_be_focused()
    keys.page.keyboard.type("kamal@example.org")
    keys.write("password", PASSWORD)
    keys.write("country", "Mali")
    keys.press("main [name=privacy]", "Space")
    keys.follow("main form button.button")
    assert "/registered" in keys.page.url


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


def answer(keys: Keyboard) -> None:
    """An answer is saved while the focus stays on it; then review and hand in."""
    page = keys.page
    page.goto(f"/courses/{SLUG}/quiz/{CHECK}")
    keys.follow("main form[action$='/start'] button")
    keys.to("main .item [name^=answer-]")
    field = page.evaluate_handle("document.activeElement").as_element()
    assert field is not None
    if field.get_attribute("type") == "text":
        page.keyboard.type("12")
    else:
        page.keyboard.press("Space")
    expect(page.locator("main .item .save-state.saved")).to_have_count(1)
    assert field.evaluate("e => e === document.activeElement")
    keys.follow("main button[value='item:2']")
    assert "item=2" in page.url
    keys.follow("main button[value=review]")
    keys.follow("main form[action$='/hand-in'] button")
    assert page.url.endswith("/result")


def test_to_the_certificate_and_back_in_another_language(tour: Tour):
    page = tour.page("graduate")
    keys = Keyboard(page)
    page.goto("/")
    keys.follow("main a[href='/me/certificates']")
    keys.follow("main a[href^='/me/certificates/']")
    assert page.locator("main .framed").count() == 1
    address = page.url
    keys.follow("form.languages button[value=ar]")
    assert page.url.startswith(address)
    assert page.locator("html").get_attribute("dir") == "rtl"
    keys.press("header details.menu summary")
    keys.follow("header details.menu a")
    assert page.url.endswith("/me/profile")


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
