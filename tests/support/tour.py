"""A tour of the site: every page, in the states in which people meet it, on a demonstration instance of its own."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.support import ruled_course, two_versions
from tests.support.two_versions import Publish

DESK: ViewportSize = {"width": 1280, "height": 900}
SLUG = "conditional-cash-transfers"
LESSON, CHECK, FINAL = "what-is-a-cct", "check-foundations", "final-quiz"
ACCOUNTS = {
    "newcomer": "nadia@demo.example",
    "beginner": "trainee@demo.example",
    "reader": "mariam@demo.example",
    "candidate": "yusuf@demo.example",
    "graduate": "leila@demo.example",
    "trainer": "trainer@demo.example",
    "administrator": "admin@demo.example",
}
NOT_PAGES = {  # files, words for machines, and addresses that only lead elsewhere
    "static", "catalogue.asset", "certification.pdf", "learning.resume", "reporting.after_export", "people.take_copy",
    "home.healthz", "home.readyz", "home.metrics",
}  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """One page in one state. `address` may name what the tour found (`{certificate}`); `act` leads to the state."""

    name: str
    endpoint: str
    who: str
    address: str
    act: Callable[[Page], None] | None = None


def send(page: Page, values: Mapping[str, str] | None = None, form: str = "main form[method=post]") -> None:
    """Fill in a form and send it by its last button."""
    for name, value in (values or {}).items():
        field = page.locator(f"{form} [name='{name}']").first
        kind = field.evaluate("e => e.type")
        if kind == "checkbox":
            field.check()
        elif kind == "select-one":
            field.select_option(value)
        else:
            field.fill(value)
    with page.expect_navigation():
        page.locator(f"{form} button").last.click()


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def answer(page: Page) -> None:
    """Answer the first question shown, of whichever type."""
    field = page.locator("main .item [name^=answer-]").first
    if field.evaluate("e => e.type") in ("radio", "checkbox"):
        field.check()
    else:
        field.fill("12")


def unfold(page: Page) -> None:
    """Open every fold of the page, and the menu of the header."""
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")


QUIZ = f"/courses/{SLUG}/quiz/{CHECK}"
RULED = f"/courses/{ruled_course.SLUG}"
STOPS = (
    Stop("front", "home.front", "visitor", "/"),
    Stop("catalogue", "catalogue.courses", "visitor", "/courses/"),
    Stop("catalogue-filters", "catalogue.courses", "visitor", "/courses/?theme=cash-transfers", unfold),
    Stop("catalogue-nothing", "catalogue.courses", "visitor", "/courses/?q=astronomy&theme=waqf"),
    Stop("course-visitor", "home.course", "visitor", f"/courses/{SLUG}/"),
    Stop("preview", "catalogue.preview", "visitor", f"/courses/{SLUG}/preview"),
    Stop("sign-in", "people.sign_in", "visitor", "/sign-in"),
    Stop("sign-in-refused", "people.sign_in", "visitor", "/sign-in",
         partial(send, values={"email": "nobody@example.org", "password": "not a password"}, form="main form")),
    Stop("register", "people.register", "visitor", "/register"),
    Stop("register-corrections", "people.register", "visitor", "/register", partial(send, values={"email": "x"})),
    Stop("registered", "people.registered", "visitor", "/registered"),
    Stop("reset-ask", "people.ask_reset", "visitor", "/reset"),
    Stop("reset-sent", "people.reset_sent", "visitor", "/reset/sent"),
    Stop("reset", "people.reset", "visitor", "{reset}"),
    Stop("reset-over", "people.reset", "visitor", "/reset/not-a-token"),
    Stop("confirm", "people.confirm", "visitor", "{confirm}"),
    Stop("confirm-over", "people.confirm", "visitor", "/confirm/not-a-token"),
    Stop("verify-form", "certification.verify_form", "visitor", "/verify/"),
    Stop("verify-valid", "certification.verify", "visitor", "/verify/{certificate}"),
    Stop("verify-revoked", "certification.verify", "visitor", "/verify/{revoked}"),
    Stop("verify-unknown", "certification.verify", "visitor", "/verify/7K2M9QXA4T8R5WZC"),
    Stop("accessibility", "home.accessibility", "visitor", "/accessibility"),
    Stop("privacy", "home.privacy", "visitor", "/privacy"),
    Stop("what-is-kept", "people.what_is_kept", "visitor", "/privacy/data"),
    Stop("keep-account-over", "people.keep_account", "visitor", "/keep-account/not-a-token"),
    Stop("help", "home.help", "visitor", "/help/"),
    Stop("help-trainee", "home.help_page", "visitor", "/help/trainee"),
    Stop("help-trainer", "home.help_page", "trainer", "/help/trainer"),
    Stop("help-administrator", "home.help_page", "administrator", "/help/administrator"),
    Stop("not-found", "home.front", "visitor", "/nowhere"),
    Stop("learning-unconfirmed", "home.my_learning", "newcomer", "/me/"),
    Stop("confirm-address", "people.confirm_address", "newcomer", "/me/confirm"),
    Stop("learning-empty", "home.my_learning", "beginner", "/me/"),
    Stop("certificates-empty", "certification.mine", "beginner", "/me/certificates"),
    Stop("course-beginner", "home.course", "beginner", f"/courses/{SLUG}/"),
    Stop("enrol", "learning.enrol", "beginner", f"/courses/{SLUG}/enrol"),
    Stop("profile", "people.profile", "beginner", "/me/profile"),
    Stop("password", "people.change_password", "beginner", "/me/password"),
    Stop("password-corrections", "people.change_password", "beginner", "/me/password", send),
    Stop("email", "people.change_email", "beginner", "/me/email"),
    Stop("my-data", "people.my_data", "beginner", "/me/data"),
    Stop("erase-me", "people.erase_me", "beginner", "/me/data/erase"),
    Stop("forbidden", "home.manage", "beginner", "/manage/"),
    Stop("learning", "home.my_learning", "reader", "/me/"),
    Stop("course", "home.course", "reader", f"/courses/{SLUG}/"),
    Stop("lesson-done", "learning.lesson", "reader", f"/courses/{SLUG}/learn/{LESSON}"),
    Stop("lesson", "learning.lesson", "reader", f"/courses/{SLUG}/learn/methods-of-selection"),
    Stop("leave", "learning.leave", "reader", f"/courses/{SLUG}/leave"),
    Stop("quiz-before", "assessment.quiz", "reader", f"/courses/{SLUG}/quiz/{FINAL}"),
    Stop("quiz-open", "assessment.quiz", "reader", QUIZ),
    Stop("quiz-item", "assessment.attempt", "reader", f"{QUIZ}/1?item=2"),
    Stop("quiz-all", "assessment.attempt", "reader", f"{QUIZ}/1?all=1"),
    Stop("quiz-review", "assessment.review", "reader", f"{QUIZ}/1/review"),
    Stop("quiz-result", "assessment.result", "candidate", f"/courses/{SLUG}/quiz/{FINAL}/1/result"),
    Stop("quiz-again", "assessment.quiz", "candidate", f"/courses/{SLUG}/quiz/{FINAL}"),
    Stop("glossary", "learning.glossary", "visitor", f"{RULED}/glossary"),
    Stop("glossary-nothing", "learning.glossary", "visitor", f"{RULED}/glossary?q=astronomy"),
    Stop("course-rules", "home.course", "newcomer", f"{RULED}/"),
    Stop("course-rules-visitor", "home.course", "visitor", f"{RULED}/"),
    Stop("lesson-rules", "learning.lesson", "newcomer", f"{RULED}/learn/begin", unfold),
    Stop("lesson-closed", "learning.lesson", "newcomer", f"{RULED}/learn/read-on"),
    Stop("lesson-later", "learning.lesson", "newcomer", f"{RULED}/learn/extra"),
    Stop("file", "learning.file", "newcomer", f"{RULED}/file/plan"),
    Stop("learning-completed", "home.my_learning", "graduate", "/me/"),
    Stop("course-completed", "home.course", "graduate", f"/courses/{SLUG}/"),
    Stop("certificates", "certification.mine", "graduate", "/me/certificates"),
    Stop("certificate", "certification.show", "graduate", "/me/certificates/{certificate}"),
    Stop("teaching", "learning.manage_courses", "trainer", "/manage/courses"),
    Stop("teaching-course", "learning.manage_course", "trainer", f"/manage/courses/{SLUG}/people"),
    Stop("teaching-person", "assessment.manage_person", "trainer", "{trainee}"),
    Stop("versions", "learning.manage_versions", "administrator", f"/manage{RULED}/versions"),
    Stop("move-all", "learning.move_everybody", "administrator", f"/manage{RULED}/versions/2/move"),
    Stop("move-nobody", "learning.move_everybody", "trainer", f"/manage/courses/{SLUG}/versions/1/move"),
    Stop("move-person", "learning.move_person", "administrator", "{to_move}/move/2"),
    Stop("manage-trainer", "home.manage", "trainer", "/manage/"),
    Stop("manage", "home.manage", "administrator", "/manage/"),
    Stop("people", "people.manage_people", "administrator", "/manage/people"),
    Stop("people-nobody", "people.manage_people", "administrator", "/manage/people?q=nobody+of+that+name"),
    Stop("person", "people.manage_person", "administrator", "{person}"),
    Stop("erase-person", "people.erase_person", "administrator", "{person}/erase"),
    Stop("institutions", "people.manage_institutions", "administrator", "/manage/institutions"),
    Stop("trainers", "learning.manage_trainers", "administrator", f"/manage/courses/{SLUG}/trainers"),
    Stop("records", "reporting.records", "administrator", "/manage/records"),
    Stop("records-nobody", "reporting.records", "administrator", "/manage/records?country=NE&course=" + SLUG),
    Stop("exports", "reporting.exports", "administrator", "/manage/exports"),
    Stop("certificates-manage", "certification.manage", "administrator", "/manage/certificates?q=demo"),
    Stop("certificate-manage", "certification.manage_one", "administrator", "/manage/certificates/{certificate}"),
    Stop("certificate-revoked", "certification.manage_one", "administrator", "/manage/certificates/{revoked}"),
    Stop("jobs", "core_manage.jobs", "administrator", "/manage/jobs"),
    Stop("outbox", "core_manage.outbox", "administrator", "/manage/outbox"),
    Stop("message", "core_manage.message", "administrator", "{message}"),
)  # fmt: skip


class Tour:
    """The people of a demonstration at their browsers. `prepare()` once, then `open(stop, "ar")`."""

    def __init__(self, browser: Browser, site: str, password: str) -> None:
        self.browser, self.site, self.password = browser, site, password
        self.found: dict[str, str] = {}
        self._pages: dict[str, Page] = {}
        self._speaks: dict[str, str] = {}

    def page(self, who: str) -> Page:
        """This person's window, signed in."""
        if who not in self._pages:
            page = self._pages[who] = self._context().new_page()
            if who in ACCOUNTS:
                page.goto("/sign-in")
                send(page, {"email": ACCOUNTS[who], "password": self.password}, "main form")
        return self._pages[who]

    def _context(self) -> BrowserContext:
        context = self.browser.new_context(base_url=self.site, locale="en", viewport=DESK, reduced_motion="reduce")
        context.set_default_timeout(15_000)
        return context

    def open(self, stop: Stop, lang: str) -> Page:
        """The page of a stop, in this language."""
        page = self.page(stop.who)
        self.speak(stop.who, lang)
        page.goto(stop.address.format_map(self.found))
        if stop.act is not None:
            stop.act(page)
        return page

    def speak(self, who: str, lang: str) -> None:
        """Choose the language of the interface as the words in the header do."""
        if self._speaks.get(who) != lang:
            requests = self.page(who).context.request
            chosen = requests.post("/language", form={"lang": lang}, headers={"Origin": self.site}, max_redirects=0)
            assert chosen.status == 303, chosen.text()
            self._speaks[who] = lang

    def rest(self) -> None:
        """Leave the people and their windows as they were, for whoever comes next."""
        for who, page in self._pages.items():
            self.speak(who, "en")
            page.set_viewport_size(DESK)
            page.emulate_media(color_scheme="light")

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()

    def prepare(self) -> None:
        """Let happen what pages show: a registration, a forgotten password, attempts, a revocation, an export."""
        self._register()
        self._sit_quizzes()
        self._administer()
        self._look_up_addresses()

    def by_rules(self, publish: Publish) -> None:
        """Let somebody study a course in which one step waits for another, and of which there is a newer version."""
        publish(two_versions.first_version())
        page = self.page("newcomer")
        page.goto(f"{RULED}/enrol")
        send(page)
        publish(two_versions.second_version())
        page = self.page("administrator")
        page.goto(f"/manage{RULED}/people")
        self.found["to_move"] = page.locator("main tr:has-text('Nadia') a").first.get_attribute("href") or ""

    def _register(self) -> None:
        page = self.page("visitor")
        page.goto("/register")
        send(page, {
            "name_latin": "Nadia Demo", "email": ACCOUNTS["newcomer"], "password": self.password, "country": "MR",
            "proposed_institution": "Demonstration Agency for Food Security", "privacy": "y",
        })  # fmt: skip
        page.goto("/reset")
        send(page, {"email": ACCOUNTS["graduate"]})

    def _sit_quizzes(self) -> None:
        page = self.page("reader")
        page.goto(QUIZ)
        press(page, "main form[action$='/start'] button")
        answer(page)
        press(page, "main button[value='item:2']")
        page = self.page("candidate")
        page.goto(f"/courses/{SLUG}/quiz/{FINAL}")
        press(page, "main form[action$='/start'] button")
        answer(page)
        press(page, "main button[value=review]")
        press(page, "main form[action$='/hand-in'] button")

    def _administer(self) -> None:
        page = self.page("administrator")
        page.goto("/manage/certificates?q=Omar")
        press(page, "main table a")
        self.found["revoked"] = page.url.rpartition("/")[2]
        send(page, {"reason": "mistake"}, "main form[action$='/revoke']")
        page.goto("/manage/records")
        page.locator("main [name=purpose]").fill("Figures for the yearly report")
        with page.expect_download():
            page.locator("main form[action*='/export'] button.button").click()

    def _look_up_addresses(self) -> None:
        page = self.page("administrator")
        for name, account, pattern in (
            ("confirm", "newcomer", r"/confirm/[\w.-]+"),
            ("reset", "graduate", r"/reset/[\w.-]+"),
        ):
            page.goto("/manage/outbox")
            press(page, f"tr:has-text('{ACCOUNTS[account]}') a")
            self.found["message"] = page.url
            link = re.search(pattern, page.content())
            assert link, page.inner_text("main")
            self.found[name] = link[0]
        page.goto("/manage/people?q=leila")
        self.found["person"] = page.locator("main table a").first.get_attribute("href") or ""
        page = self.page("trainer")
        page.goto(f"/manage/courses/{SLUG}/people")
        self.found["trainee"] = page.locator("main tr:has-text('Yusuf') a").first.get_attribute("href") or ""
        page = self.page("graduate")
        page.goto("/me/certificates")
        own = page.locator("main a[href^='/me/certificates/']").first.get_attribute("href") or ""
        self.found["certificate"] = own.removesuffix("/pdf").rpartition("/")[2]
