"""quiz.js in a real browser on real pages: answers saved, kept over a lost link and a restart, and the clock."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from elearn.assessment import queries
from elearn.assessment.models import Attempt
from elearn.core import clock
from elearn.core.db import db
from tests.factories import assessment as make
from tests.factories.assessment import QUIZ, SLUG, WRONG
from tests.support.browser import Browser

pytestmark = pytest.mark.one_database
SITE = "https://academy.example.org"
QUIZ_URL = f"{SITE}/courses/{SLUG}/quiz/{QUIZ}"
ONE = f"{QUIZ_URL}/1"
UNSENT = "Not sent yet. Your answer is kept on this device and will be sent when the connection returns."


class Device:
    """A phone whose requests go to the application through a person's browser of the tests; the link can be cut."""

    def __init__(self, app: Any, context: BrowserContext, link: Browser):
        self.app, self.context, self.link = app, context, link
        self.cut = False  # nothing gets through
        self.saves = True  # answers get through
        self.trouble: list[str] = []
        self.statuses: list[int] = []
        context.route("**/*", self._carry)

    def page(self, address: str) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.goto(address)
        return page

    def _carry(self, route: Route) -> None:
        asked = route.request
        if self.cut or (asked.url.endswith("/save") and not self.saves):
            return route.abort("internetdisconnected")
        with self.app.app_context():
            headers = {k: v for k, v in asked.headers.items() if k in ("accept", "content-type", "x-requested-with")}
            reply = self.link.open(
                asked.url.removeprefix(SITE),
                method=asked.method,
                data=asked.post_data_buffer,
                headers=headers,
                csrf=asked.method == "POST" and "csrf_token" not in (asked.post_data or ""),
                environ_overrides={"HTTP_REFERER": f"{SITE}/"},
                follow_redirects=False,
            )
            if "/save" in asked.url:
                self.statuses.append(reply.status_code)
        if reply.status_code in (302, 303):  # a redirection would leave the road to the application
            page = f'<!doctype html><meta http-equiv="refresh" content="0;url={reply.location}">'
            return route.fulfill(body=page, content_type="text/html")
        kept = {k: v for k, v in reply.headers.items() if k.lower() not in ("set-cookie", "content-length")}
        route.fulfill(status=reply.status_code, headers=kept, body=reply.data)


@pytest.fixture
def phone(app, amina, browser, chromium) -> Iterator[Device]:
    make.published("pass: 60\nattempts: 2\ntime_limit: 45\n")
    make.enrol(amina)
    make.start(amina)
    context = chromium.new_context(viewport={"width": 390, "height": 800})
    device = Device(app, context, browser(amina))
    yield device
    context.close()
    assert device.trouble == []


def told(column: Any) -> Any:
    """One value of the only attempt, as it stands now; the test holds no lock afterwards."""
    db.session.rollback()
    value = db.session.query(column).scalar()
    db.session.rollback()
    return value


def answers() -> dict[str, object]:
    found = {key: row.answer for key, row in queries.rows(told(Attempt.id)).items()}
    db.session.rollback()
    return found


def state(page: Page, item: str) -> Any:
    return page.locator(f"[data-item={item}] [data-state]")


def choose(page: Page, item: str, value: str) -> None:
    page.locator(f"[name=answer-{item}][value={value}]").check()


def test_an_answer_is_saved_as_it_is_given_and_says_so(phone: Device) -> None:
    page = phone.page(f"{ONE}?all=1")
    choose(page, "one", "b")
    expect(state(page, "one")).to_have_text("Saved")
    expect(page.locator("[data-link=one]")).to_have_text(re.compile("answered"))
    page.fill("[name=answer-rate]", "41,7")
    expect(state(page, "rate")).to_have_text("Saved")
    assert (answers()["one"], answers()["rate"]) == ("b", {"typed": "41,7", "values": ["41.7"]})
    page.fill("[name=answer-rate]", "")
    expect(state(page, "rate")).to_have_text("Not answered yet")
    assert answers()["rate"] is None


def test_a_number_nobody_can_read_is_told_at_once(phone: Device) -> None:
    page = phone.page(f"{ONE}?all=1")
    page.fill("[name=answer-rate]", "a lot")
    expect(state(page, "rate")).to_have_text("Please write a number in digits, for example 41.67 or 41,67.")
    expect(page.locator("[name=answer-rate]")).to_have_attribute("aria-invalid", "true")
    page.click("button[value=review]")
    expect(page.locator(".error-summary")).to_contain_text("One answer could not be read")


def test_a_lost_link_loses_nothing(phone: Device) -> None:
    page = phone.page(f"{ONE}?all=1")
    phone.cut = True
    choose(page, "one", "a")
    expect(state(page, "one")).to_have_text(UNSENT)
    choose(page, "one", "c")
    choose(page, "true", "true")
    expect(page.locator("[data-waiting-for]")).to_contain_text("Answers not sent yet: 2.")
    assert answers() == dict.fromkeys(answers())
    phone.cut = False
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(state(page, "one")).to_have_text("Saved")
    expect(page.locator("[data-waiting-for]")).to_have_text("")
    assert (answers()["one"], answers()["true"]) == ("c", True)


def test_what_was_not_sent_survives_a_restart_and_is_shown(phone: Device) -> None:
    page = phone.page(f"{ONE}?all=1")
    phone.cut = True
    choose(page, "one", "c")
    expect(state(page, "one")).to_have_text(UNSENT)
    page.close()
    phone.cut = False
    page = phone.page(f"{ONE}?item=1")
    expect(page.locator("[name=answer-one][value=c]")).to_be_checked()
    expect(state(page, "one")).to_have_text("Saved")
    assert answers()["one"] == "c"


def test_going_on_waits_for_what_is_not_sent(phone: Device) -> None:
    page = phone.page(f"{ONE}?item=1")
    phone.cut = True
    choose(page, "one", "a")
    page.click("button[value='item:2']")
    expect(page.locator("[data-waiting-for]")).to_contain_text("Answers not sent yet: 1.")
    assert "item=1" in page.url
    phone.cut = False
    page.click("button[value='item:2']")
    page.wait_for_url("**item=2")
    assert answers()["one"] == "a"


def test_the_hand_in_waits_for_unsent_answers_and_says_how_many(phone: Device) -> None:
    page = phone.page(f"{ONE}?all=1")
    phone.cut = True
    choose(page, "one", "a")
    choose(page, "true", "true")
    expect(state(page, "true")).to_have_text(UNSENT)
    phone.cut, phone.saves = False, False
    page.goto(f"{ONE}/review")
    expect(page.locator("[data-waiting-for]")).to_contain_text("Answers not sent yet: 2.")
    expect(page.locator("[data-link=one]")).to_have_text(re.compile("not sent"))
    page.click("[data-hand-in] button")
    page.wait_for_timeout(200)
    assert page.url == f"{ONE}/review"
    assert told(Attempt.submitted_at) is None
    phone.saves = True
    page.click("[data-hand-in] button")
    page.wait_for_url("**/result")
    assert told(Attempt.score) == 2.0
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('quiz:')).length") == 0


def test_a_session_that_ended_keeps_the_answer_and_says_so(phone: Device, browser, amina) -> None:
    page = phone.page(f"{ONE}?all=1")
    signed_in, phone.link = phone.link, browser()
    choose(page, "one", "a")
    expect(state(page, "one")).to_contain_text("you are signed out. Your answer is kept on this device.")
    assert phone.statuses[-1] == 401
    phone.link = browser(amina)  # a new session: the token of this page is out of date
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(state(page, "one")).to_have_text("Saved")
    assert answers()["one"] == "a"
    assert signed_in is not phone.link


def test_a_newer_answer_from_another_device_stays(phone: Device, amina) -> None:
    page = phone.page(f"{ONE}?all=1")
    make.save(amina, 1, WRONG, seq=50, client="desk")
    db.session.commit()
    choose(page, "one", "a")
    expect(state(page, "one")).to_contain_text("A newer answer to this question was saved in another window")
    assert answers()["one"] == "b"


def test_a_page_left_open_does_not_undo_a_newer_answer(phone: Device, amina) -> None:
    page = phone.page(f"{ONE}?item=1")
    make.save(amina, 1, {"answer-one": ("b",)}, seq=50, client="desk")
    db.session.commit()
    page.click("button[value='item:2']")
    page.wait_for_url("**item=2")
    assert answers()["one"] == "b"


def test_an_answer_that_came_too_late_is_told_why(phone: Device, amina) -> None:
    page = phone.page(f"{ONE}?all=1")
    make.hand_in(amina, 1)
    db.session.commit()
    choose(page, "one", "a")
    expect(state(page, "one")).to_contain_text("was handed in on")
    assert (
        page.evaluate("JSON.parse(localStorage.getItem(document.querySelector('[data-quiz]').dataset.store)).waiting")
        == {}
    )


def test_the_clock_is_the_server_s_announced_politely_and_may_be_hidden(phone: Device) -> None:
    page = phone.context.new_page()
    wrong = clock.now().timestamp() * 1000 - 86_400_000  # the phone is a day behind
    page.clock.install(time=wrong / 1000)
    page.goto(ONE)
    left = page.locator("[data-clock-left]")
    expect(left).to_have_text(re.compile(r"4[45]:\d\d"))
    say = page.locator("[data-clock-say]")
    expect(say).to_have_text("")
    page.clock.run_for("35:30")
    expect(say).to_have_text("10 minutes are left.")
    page.clock.run_for("05:00")
    expect(say).to_have_text("5 minutes are left.")
    page.click("[data-clock-hide]")
    expect(left).to_be_hidden()
    page.clock.run_for("04:00")
    expect(say).to_have_text("One minute is left.")
    page.clock.run_for("01:30")
    page.wait_for_url("**/review")


def test_answers_of_one_person_are_never_sent_by_another_on_the_same_device(phone: Device, boris, browser) -> None:
    page = phone.page(f"{ONE}?all=1")
    phone.cut = True
    choose(page, "one", "a")
    expect(state(page, "one")).to_have_text(UNSENT)
    make.enrol(boris)
    make.start(boris)
    db.session.commit()
    phone.cut, phone.link = False, browser(boris)
    phone.statuses.clear()
    other = phone.page(f"{ONE}?all=1")
    other.wait_for_timeout(200)
    expect(other.locator("[name=answer-one][value=a]")).not_to_be_checked()
    assert 200 not in phone.statuses
