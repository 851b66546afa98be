"""A lesson with every element there is, in the browser: read, heard, printed and used, in three languages."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unicodedata import normalize

import axe_playwright_python
import brotli
import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.every_element import SLUG, STEP, write
from tests.support.live import ROOT, free_port, running
from tests.support.tour import DESK, Tour, send

pytestmark = pytest.mark.one_database
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PASSWORD = "a plain password for tests"
LESSON, PREVIEW = f"/courses/{SLUG}/learn/{STEP}", f"/courses/{SLUG}/preview"
LANGS = ["en", "fr", "ar"]
OPEN = "document.querySelectorAll('main details:not([name]), .check > :nth-of-type(2)').forEach(e => { e.open = true })"
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def readers(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """People at an instance of their own that offers the course; the beginner is enrolled."""
    folder = tmp_path_factory.mktemp("elements")
    environment = {"DATA_DIR": str(folder / "data"), "DEMO_PASSWORD": PASSWORD, "WEB_CONCURRENCY": "1"}
    with running(["-m", "elearn.demonstration"], free_port(), environment, folder / "log") as site:
        publish(write(folder), {**environment, "DEMONSTRATION": "1", "BASE_URL": site})
        tour = Tour(chromium, site, PASSWORD)
        page = tour.page("beginner")
        page.goto(f"/courses/{SLUG}/enrol")
        send(page)
        yield tour
        tour.close()


def publish(course: Path, environment: dict[str, str]) -> None:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "courses", "sync", str(course)]
    done = subprocess.run(command, cwd=ROOT, env={**inherited, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def lesson(readers: Tour, lang: str, width: int = 1280) -> Page:
    page = readers.page("beginner")
    readers.speak("beginner", lang)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media="screen", color_scheme="light")
    page.goto(f"{LESSON}?lang={lang}")
    return page


@pytest.mark.parametrize("lang", LANGS)
def test_everybody_can_read_it_in_the_light_in_the_dark_and_on_a_narrow_telephone(lang: str, readers: Tour) -> None:
    page = lesson(readers, lang)
    page.evaluate(AXE)
    faults = axe(page, STANDARD)
    page.evaluate(OPEN)
    faults += axe(page, STANDARD)
    page.emulate_media(color_scheme="dark")
    faults += [f"in the dark: {fault}" for fault in axe(page, ["color-contrast"])]
    assert faults == []
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(OVER) <= 0


def axe(page: Page, rules: list[str]) -> list[str]:
    options: dict[str, Any] = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    violations = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return [f"{one['id']} at {node['html']}" for one in violations for node in one["nodes"]]


@pytest.mark.parametrize("lang", LANGS)
def test_drawings_fit_their_column_and_their_words_can_be_read(lang: str, readers: Tour) -> None:
    page = lesson(readers, lang, 320)
    outside = """() => [...document.querySelectorAll('.plot')].flatMap(plot => {
      const frame = plot.closest('figure').getBoundingClientRect();
      return [...plot.querySelectorAll('text, rect, use')].filter(one => {
        const box = one.getBoundingClientRect();
        return box.left < frame.left || box.right > frame.right;
      }).map(one => one.outerHTML);
    })"""
    assert page.locator(".plot").count() == 3
    assert page.evaluate(outside) == []
    sizes = "[...document.querySelectorAll('.plot text')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    assert min(page.evaluate(sizes)) >= 12
    overlaps = """() => [...document.querySelectorAll('.plot')].flatMap(plot => {
      const words = [...plot.querySelectorAll('text')].map(e => [e.textContent, e.getBoundingClientRect()]);
      const high = (one, other) => one.top + one.height / 3 < other.bottom - other.height / 3;
      const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && high(a, b) && high(b, a);
      return words.flatMap(([one, a], i) =>
        words.slice(i + 1).filter(([, b]) => meet(a, b)).map(([other]) => `${one} on ${other}`));
    })"""
    assert page.evaluate(overlaps) == []


@pytest.mark.parametrize("lang", LANGS)
def test_it_stays_within_its_bytes_and_loads_no_recording(lang: str, chromium: Browser, readers: Tour) -> None:
    context = chromium.new_context(base_url=readers.site, viewport=DESK)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url.removeprefix(readers.site)))
    answer = page.goto(f"{PREVIEW}?lang={lang}", wait_until="networkidle")
    assert answer is not None
    html = answer.text()
    article = html.partition("<article")[2].partition("</article>")[0]
    assert len(brotli.compress(article.encode(), quality=5)) <= 10_000
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if re.search(r"\.(mp3|mp4|vtt|xlsx)$", url)] == []
    assert len(asked) <= 5 + 1  # the picture
    context.close()


def test_a_recording_is_fetched_when_it_is_asked_for(readers: Tour) -> None:
    page = lesson(readers, "en")
    with page.expect_request(re.compile(r"talk\.mp3$")) as asked:
        page.evaluate("document.querySelector('audio').play().catch(() => null)")
    answer = asked.value.response()
    assert answer is not None and answer.status in (200, 206)


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_without_scripts_a_term_leads_to_the_list_and_back_and_an_option_says_why(
    lang: str, chromium: Browser, readers: Tour
) -> None:
    context = chromium.new_context(base_url=readers.site, viewport=DESK, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{PREVIEW}?lang={lang}")
    page.locator("a.term").first.focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#term-exclusion-error")
    expect(page.locator("#term-exclusion-error")).to_be_in_viewport()
    page.locator("#term-exclusion-error [role=doc-backlink]").focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#use-exclusion-error")
    options = page.locator(".check > details")
    for number in (0, 1):
        options.nth(number).locator("summary").focus()
        page.keyboard.press("Enter")
        expect(options.nth(number).locator("strong").first).to_be_visible()
        expect(options.nth(1 - number).locator("strong").first).to_be_hidden()
    context.close()


@pytest.mark.parametrize("lang", LANGS)
def test_a_term_opens_beside_the_word_and_gives_the_focus_back(lang: str, readers: Tour) -> None:
    page = lesson(readers, lang, 320)
    term, note = page.locator("a.term").first, page.locator(".term-note")
    term.focus()
    page.keyboard.press("Enter")
    expect(note).to_be_visible()
    expect(note).to_be_focused()
    assert note.get_attribute("aria-label") == page.locator("#term-exclusion-error dt").inner_text()
    box = note.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 320
    assert page.evaluate(OVER) <= 0
    page.evaluate(AXE)
    assert axe(page, STANDARD) == []
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    expect(term).to_be_focused()
    term.click()
    note.locator("button").click()
    expect(note).to_be_hidden()
    assert "#" not in page.url


def test_what_is_right_is_said_once_and_nothing_else(readers: Tour) -> None:
    page = lesson(readers, "en")
    said = page.locator(".prose [role=status]")
    expect(said).to_have_text("")
    for number, verdict in ((0, "Not quite."), (1, "Right.")):
        page.locator(".check summary").nth(number).focus()
        page.keyboard.press("Enter")
        expect(said).to_have_text(verdict)
    assert page.locator("[aria-live], [role=alert]").count() == 0


def test_the_parts_are_heard_by_their_roles_and_names(readers: Tour) -> None:
    page = lesson(readers, "en")
    for role, name in (
        ("img", "Poor households that are covered"), ("img", "n equals z squared times p times one minus p"),
        ("group", "Of 3,000 poor households 1,750 are covered."), ("region", "Ten thousand households of a district"),
        ("rowheader", "Not poor"), ("img", "A well with a pulley"), ("link", "visiting plan (spreadsheet, XLSX, 1"),
        ("link", "Watch at example.org"), ("link", "Back to the text: Sample"),
    ):  # fmt: skip
        assert page.get_by_role(role, name=name).count() >= 1, (role, name)  # type: ignore[arg-type]
    assert page.locator("[role=doc-glossary][aria-label=Terms]").count() == 1
    assert page.get_by_role("listitem").filter(has_text="Done: Draw the sample").count() == 1


@pytest.mark.parametrize("lang", LANGS)
def test_paper_has_every_answer_every_term_and_no_player(lang: str, readers: Tour) -> None:
    page = lesson(readers, lang)
    page.emulate_media(media="print")
    assert [one for one in page.locator("audio, video, .term-note").all() if one.is_visible()] == []
    for shown in (".check details strong", ".media details p", ".chart details table", ".terms dd", ".plot", "math"):
        assert all(one.is_visible() for one in page.locator(shown).all()), shown
    paper = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4")))
    words = normalize("NFKC", re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in paper.pages)))
    if lang == "en":  # letters of Arabic come apart in the text of a PDF
        for text in ("That is the coverage", "the neighbour, and there were seven", "others need not be", "62.5%"):
            assert text in words, text
        assert "https://www.example.org/films/third-house" in words.replace(" ", "")
    page.emulate_media(media="screen")
