"""The journey of a trainee on the shipped course, at a real browser: each leg one function, for any site.

`journey(reader, code)` is the way to the certificate; what to do with it stands beside it.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from playwright.sync_api import expect

from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.folder import read_folder
from elearn.catalogue.source import compile
from tests.support.small_course import KINDS
from tests.support.visit import Visit

SLUG = "conditional-cash-transfers"
COURSE = Path(__file__).parent.parent.parent / "courses" / SLUG
NAME, ARABIC_NAME = "Traveller Tayeb", "مسافر طيّب"
PASSWORD = "traveller of three languages"


@cache
def course() -> CompiledCourse:
    compiled = compile(read_folder(COURSE)[0], KINDS)
    assert isinstance(compiled, CompiledCourse)
    return compiled


@cache
def right_answers() -> dict[str, list[str]]:
    """What to choose or type, by the name of the field."""
    found = {}
    for step in course().steps:
        for item in step.content.payload.get("items", []):
            key = item["key"]
            answer = key["correct"] if "correct" in key else [str(key["answer"]).lower()]
            found[f"answer-{item['id']}"] = answer
    return found


def journey(reader: Visit, email: str, code: Callable[[], str]) -> None:
    """From the catalogue to the last step of the course; `code` is what the mail to `email` tells to type."""
    look_around(reader)
    open_an_account(reader, email)
    enrol(reader)
    reader.go("/me/confirm")
    reader.send({"code": code()}, button="main form:has([name=code]) button.button")
    study(reader)


def look_around(reader: Visit) -> None:
    """A visitor finds the course, reads what it is, and reads its first lesson."""
    reader.go("/")
    if reader.page.locator("html").get_attribute("lang") != reader.lang:
        reader.press(f"form.languages button[value={reader.lang}]")
    reader.go("/courses/")
    reader.page.locator("main summary").first.click()
    reader.send({"theme": "cash-transfers", "level": "intermediate"}, button="main details button")
    reader.send({"q": {"en": "cash", "ar": "التحويلات", "fr": "monétaires"}[reader.lang]}, button="main .search button")
    reader.press(f"main a[href='/courses/{SLUG}/']")
    reader.press(f"main a[href^='/courses/{SLUG}/preview']")
    assert reader.page.locator("main .prose").count()
    reader.go(f"/courses/{SLUG}/")


def open_an_account(reader: Visit, email: str) -> None:
    """Asked to sign in, opens an account, signs in, and stands where the journey was left."""
    reader.press("main a.button")
    reader.press("main a[href^='/register']")
    reader.send(
        {
            "name_latin": NAME,
            "name_arabic": ARABIC_NAME,
            "email": email,
            "password": PASSWORD,
            "country": "NE",
            "proposed_institution": "Ministry of Travel",
            "preferred_lang": reader.lang,
            "privacy": "y",
        }
    )
    reader.press("main a.button")
    reader.send({"email": email, "password": PASSWORD})
    assert reader.path == f"/courses/{SLUG}/enrol"


def enrol(reader: Visit) -> None:
    """The name as it will be printed is confirmed."""
    assert reader.page.locator("[name=name_latin]").input_value() == NAME
    reader.send({"lang": reader.lang})


def study(reader: Visit) -> None:
    """Every lesson is read; the final quiz is failed once, and passed with the lessons that the feedback names."""
    first_quiz = min(step.position for step in course().steps if step.kind == "quiz")
    for step in course().steps:
        if step.kind == "lesson":
            reader.go(f"/courses/{SLUG}/learn/{step.key}")
            reader.press("main form[action$='/done'] button")
        else:
            reader.go(f"/courses/{SLUG}/quiz/{step.key}")
            if step.key == course().result_step:
                reader.press("main form[action$='/start'] button")
                hand_in(reader)
                assert reader.page.locator("main a[href*='/learn/']").count()
                reader.go(f"/courses/{SLUG}/quiz/{step.key}")
            reader.press("main form[action$='/start'] button")
            answer(reader, one_by_one=step.position == first_quiz)
            hand_in(reader)
            assert "100" in reader.page.inner_text("main .lead")


def answer(reader: Visit, *, one_by_one: bool) -> None:
    """Each answer is saved as it is given; without scripts, when going on."""
    if not one_by_one:
        reader.press("main button[value=all]")
    items = reader.page.locator("main .item-list > li").count()
    for position in range(1, (items if one_by_one else 1) + 1):
        if one_by_one and position > 1:
            reader.press(f"main button[value='item:{position}']")
        shown = [field.get_attribute("value") for field in reader.page.locator("main [name=item]").all()]
        reader.fill({f"answer-{key}": right_answers()[f"answer-{key}"] for key in shown})
        if reader.scripts:
            expect(reader.page.locator("main .item .save-state.saved")).to_have_count(len(shown))


def hand_in(reader: Visit) -> None:
    reader.press("main button[value=review]")
    reader.press("main form[action$='/hand-in'] button")


def check_certificate(reader: Visit, stranger: Visit) -> str:
    """It is there at once; its paper opens; whoever has the address sees the same claims. Returns its code."""
    reader.go("/me/certificates")
    reader.press("main a[href^='/me/certificates/']")
    first_time = reader.lang == "fr"  # French is asked which language stands beside it
    paper = reader.download("main form[action$='/languages'] button" if first_time else "main a[href$='/pdf']")
    assert paper.startswith(b"%PDF-")
    code = reader.path.rpartition("/")[2]
    stranger.go(f"/verify/{code}?lang={reader.lang}")
    for claim in (NAME, ARABIC_NAME, code[-4:]):
        assert claim in stranger.text
    return code


def export_records(administrator: Visit) -> None:
    """The completion is on record, and leaves the house only with a purpose."""
    administrator.go("/manage/records?country=NE")
    assert NAME in administrator.text
    administrator.fill({"purpose": "Figures for the yearly report", "format": "csv"})
    content = administrator.download("main form[action*='/export'] button.button")
    assert content.startswith(b"\xef\xbb\xbf")
    assert NAME in content.decode("utf-8-sig")
    administrator.go("/manage/exports")
    assert "Figures for the yearly report" in administrator.text
