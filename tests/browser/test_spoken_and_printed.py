"""What reaches a screen reader, and what reaches paper: roles and names in order, few announcements, only the text."""

import io
import re

import pypdf
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.tour import CHECK, FINAL, LESSON, SLUG, STOPS, Stop, Tour

pytestmark = pytest.mark.one_database
LISTEN = """() => {
  window.said = [];
  const regions = '[role=status], [role=alert], [aria-live]:not([aria-live=off])';
  new MutationObserver(changes => {
    for (const change of changes) {
      const region = (change.target.closest ? change.target : change.target.parentElement)?.closest(regions);
      if (region && region.textContent.trim()) window.said.push(region.textContent.trim());
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


TASKS = {  # what a trainee does on a page, in the order in which it is spoken
    "catalogue-filters": (
        r'search "Courses"',
        r'searchbox "Search the courses"',
        r'button "Search"',
        r'combobox "Theme"',
        r'combobox "Length"',
        r'button "Show these courses"',
        r'list "What limits the list"',
        r"heading .*\[level=2\]",
    ),
    "course-visitor": (
        r'navigation "You are here"',
        r"heading .*\[level=1\]",
        r'link "Sign in to enrol"',
        r'link "Read the first lesson',
        r'heading "Syllabus" \[level=2\]',
    ),
    "sign-in-refused": (
        r'heading "Sign in" \[level=1\]',
        r'heading "One correction is needed" \[level=2\]',
        r'textbox "E-mail address"',
        r'textbox "Password"',
        r'button "Sign in"',
        r'link "I have forgotten my password"',
    ),
    "register-corrections": (
        r'heading "Open an account" \[level=1\]',
        r"heading .*corrections",
        r'link "Your name in Latin',
        r'link "E-mail address"',
        r'textbox "Your name in Latin letters',
        r'textbox "E-mail address',
        r'textbox "Password',
        r'combobox "Country',
        r"checkbox .*privacy",
        r"button ",
    ),
    "enrol": (
        r'textbox "Your name in Latin letters',
        r'combobox "Language of the lessons',
        r'button "Confirm and enrol"',
    ),
    "quiz-before": (r"heading .*\[level=1\]", "term", "definition", r'button "Start"', r'link "Back to the course"'),
    "quiz-review": (r'heading "Before you hand in" \[level=1\]', r'link "Question 2"', r'button "Hand in"'),
    "quiz-result": (
        r'heading "Not passed yet" \[level=1\]',
        r'link "Read lesson',
        r'button "Start another attempt"',
        r'heading "By objective" \[level=2\]',
        r'heading "Question by question" \[level=2\]',
        r'heading "Question 1 .*\[level=3\]',
    ),
    "certificate": (
        r'navigation "You are here"',
        r"heading .*\[level=1\]",
        r'heading "Leila Demo',
        "term",
        "definition",
        r'heading "The paper" \[level=2\]',
        r'heading "Let others check it" \[level=2\]',
    ),
    "verify-form": (r'heading "Check a certificate" \[level=1\]', r'textbox "Verification code', r'button "Check"'),
    "verify-valid": (r'heading "Valid\. Issued', r'heading "Leila Demo', "term", "definition"),
    "profile": (
        r'heading "My profile" \[level=1\]',
        r'textbox "Your name in Latin letters',
        r'combobox "Country',
        r'button "Save the profile"',
        r'link "Download my data, or erase',
        r'button "Sign out on every device"',
    ),
    "my-data": (
        r'heading "My data" \[level=1\]',
        r'heading "Download my data" \[level=2\]',
        r'heading "Erase my account" \[level=2\]',
        r'link "What is erased',
    ),
    "erase-me": (
        r'heading "Erase my account" \[level=1\]',
        r'heading "Ask for the erasure"',
        r"textbox ",
        r'textbox "Present password',
        r'button "Erase my account"',
    ),
}


def stop(name: str) -> Stop:
    return next(one for one in STOPS if one.name == name)


def spoken(page: Page) -> list[str]:
    """Roles and names of the page, in the order in which they are read."""
    return lines_of(page.locator("body"))


def lines_of(part: Locator) -> list[str]:
    return [line.strip().removeprefix("- ").strip("'") for line in part.aria_snapshot().splitlines()]


def in_order(lines: list[str], *patterns: str) -> list[str]:
    """The patterns that are not found one after the other."""
    rest, missing = iter(lines), []
    for pattern in patterns:
        if not any(re.match(pattern, line) for line in rest):
            missing.append(pattern)
            rest = iter(lines)
    return missing


def test_a_lesson_is_spoken_in_order(tour: Tour):
    page = tour.open(stop("lesson"), "en")
    expected = (
        r'link "Skip to the text"',
        "banner",
        r'form "Language"',
        r'navigation "Main"',
        "main",
        r'navigation "You are here"',
        r"heading .*\[level=1\]",
        r'form "Language of the lesson"',
        "article",
        r"heading .*\[level=2\]",
        r'region "What comes next"',
        r'button "I have read this',
        r'navigation "Neighbouring steps"',
        "contentinfo",
    )
    assert in_order(spoken(page), *expected) == []
    assert live_regions(page) <= {"status"}


def test_a_question_is_spoken_in_order(tour: Tour):
    page = tour.open(stop("quiz-all"), "en")
    question = page.locator("main .item", has=page.locator("[type=radio]")).first
    text = question.locator(".question").inner_text().replace("\xa0", " ").strip()
    lines = lines_of(question)
    assert in_order(lines, r"heading .Question \d of \d. \[level=2\]", "group", r"radio .+", r"radio .+") == []
    assert text[:40] in next(line for line in lines if line.startswith("group"))
    assert in_order(spoken(page), r"heading .*\[level=1\]", "group", r'button "Save and review"',
                    r'navigation "Questions"', r'link "Question 1', r'button "Save and go on later"') == []  # fmt: skip
    assert live_regions(page) <= {"status"}


@pytest.mark.parametrize("task", TASKS)
def test_a_task_is_spoken_in_order(task: str, tour: Tour):
    page = tour.open(stop(task), "en")
    around = (r'link "Skip to the text"', "banner", r'form "Language"', r'navigation "Main"', "main")
    lines = spoken(page)
    assert in_order(lines, *around, *TASKS[task], "contentinfo") == []
    assert sum("[level=1]" in line for line in lines) == 1
    corrected = page.locator(".error-summary").count() == 1
    assert live_regions(page) <= ({"status", "alert"} if corrected else {"status"})


def live_regions(page: Page) -> set[str]:
    """What announces itself: roles and values of aria-live, but for what is silenced."""
    found: list[str] = page.eval_on_selector_all(
        "[role=status], [role=alert], [role=log], [aria-live]:not([aria-live=off])",
        "all => all.map(one => one.getAttribute('role') || one.getAttribute('aria-live'))",
    )
    return set(found)


def test_an_answer_is_announced_once(tour: Tour):
    """*Saved* and nothing else; the clock counts in silence."""
    page = tour.page("candidate")
    tour.speak("candidate", "en")
    page.goto(f"/courses/{SLUG}/quiz/{FINAL}")
    page.locator("main form[action$='/start'] button, main a.button").first.click()
    page.goto(f"/courses/{SLUG}/quiz/{FINAL}/2?all=1")
    expect(page.locator("[data-clock-left]")).to_be_visible()
    page.evaluate(LISTEN)
    item = page.locator("main .item", has=page.locator("[type=radio]")).first
    before = page.locator("[data-clock-left]").inner_text()
    item.locator("[type=radio]").first.check()
    expect(item.locator(".save-state.saved")).to_have_text("Saved")
    expect(page.locator("[data-clock-left]")).not_to_have_text(before)
    said: list[str] = page.evaluate("window.said")
    assert said[-1] == "Saved"
    assert len(said) <= 2  # perhaps that it is being saved


@pytest.mark.parametrize("path", [f"/courses/{SLUG}/learn/{LESSON}", f"/courses/{SLUG}/quiz/{CHECK}"])
def test_an_unchanged_page_says_nothing(path: str, tour: Tour):
    page = tour.page("reader")
    tour.speak("reader", "en")
    page.goto(path)
    page.evaluate(LISTEN)
    page.mouse.wheel(0, 600)
    page.keyboard.press("Tab")
    assert page.evaluate("new Promise(done => requestAnimationFrame(() => done(window.said)))") == []


def test_a_printed_lesson_is_its_text(tour: Tour):
    page = tour.open(stop("lesson"), "en")
    title = page.locator("h1").inner_text()
    page.emulate_media(media="print")
    try:
        for gone in ("header nav", ".strip", "footer", ".skip", "main form", "main .crumbs", "main .pager", ".button"):
            assert [one for one in page.locator(gone).all() if one.is_visible()] == [], gone
        answers = page.locator("details.box")
        assert answers.count() == 0 or answers.first.locator("summary").is_visible()
        paper = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4")))
    finally:
        page.emulate_media(media="screen")
    words = re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in paper.pages))
    assert re.sub(r"\s+", " ", title) in words
    for left_out in ("Skip to the text", "Data saver", "My learning", "I have read this", "Check a certificate"):
        assert left_out not in words
