"""The small modules in a real browser, on pages of a few lines; the Content-Security-Policy is the application's."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

from elearn.core.i18n import folded
from elearn.core.web import HEADERS
from tests.face.conftest import ELEARN

SITE = "https://face.test"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Site:
    """Pages from memory, static files from the disk, and the requests that came."""

    def __init__(self, context: BrowserContext):
        self.pages: dict[str, str] = {}
        self.posts: list[Request] = []
        self.trouble: list[str] = []
        context.route("**/*", self._answer)
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("console", lambda said: self.trouble.append(said.text) if said.type == "error" else None)

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE).partition("?")[0].partition("#")[0]
        file = ELEARN / path.lstrip("/")
        if path.startswith("/static/") and file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        elif route.request.method == "POST":
            self.posts.append(route.request)
            if path == "/no-content":  # the browser then stays where it is
                route.fulfill(status=204)
            else:
                route.fulfill(body=self.pages["/posted"], content_type="text/html; charset=utf-8", headers=HEADERS)
        elif path in self.pages:
            route.fulfill(body=self.pages[path], content_type="text/html; charset=utf-8", headers=HEADERS)
        else:
            route.fulfill(status=404)

    def show(self, body: str, *modules: str, path: str = "/page", direction: str = "ltr") -> Page:
        scripts = "".join(f'<script type="module" src="/static/js/{name}.js"></script>' for name in ("site", *modules))
        self.pages[path] = (
            f'<!doctype html><html lang="en" dir="{direction}"><title>t</title><link rel="icon" '
            f'href="/static/img/icon.svg"><link rel="stylesheet" href="/static/css/site.css">{scripts}'
            f"<body><main>{body}</main></body></html>"
        )
        self.page.goto(SITE + path)
        return self.page


@pytest.fixture
def site(chromium: Browser) -> Iterator[Site]:
    context = chromium.new_context(viewport={"width": 390, "height": 700})
    made = Site(context)
    made.pages["/posted"] = "<!doctype html><title>t</title><p>Thank you</p>"
    yield made
    context.close()
    assert made.trouble == []


def test_a_form_pressed_twice_is_sent_once_and_says_that_it_is_on_its_way(site: Site) -> None:
    page = site.show(
        '<form method="post" action="/no-content">'
        '<button name="go" value="1" data-pending="Sending…">Send</button></form>'
    )
    page.click("button")
    page.wait_for_selector("button[aria-disabled=true]")
    assert page.inner_text("button") == "Sending…"
    page.click("button", force=True)
    page.wait_for_timeout(100)
    assert [post.post_data for post in site.posts] == ["go=1"]


def test_the_summary_of_corrections_takes_the_focus(site: Site) -> None:
    page = site.show('<div class="error-summary" role="alert" tabindex="-1" data-focus>Two</div><input>')
    assert page.evaluate("document.activeElement.className") == "error-summary"


@pytest.mark.parametrize(
    ("direction", "key", "arrives"),
    [
        ("ltr", "ArrowRight", "/next"),
        ("ltr", "ArrowLeft", "/previous"),
        ("rtl", "ArrowLeft", "/next"),
        ("rtl", "ArrowRight", "/previous"),
    ],
)
def test_the_arrows_turn_the_page_in_the_direction_of_reading(
    site: Site, direction: str, key: str, arrives: str
) -> None:
    site.pages |= {"/next": "<title>n</title>", "/previous": "<title>p</title>"}
    page = site.show(
        '<p>Text</p><a rel="prev" href="/previous">Back</a> <a rel="next" href="/next">On</a>',
        "lesson",
        direction=direction,
    )
    page.keyboard.press(key)
    page.wait_for_url(SITE + arrives)


def test_the_arrows_stay_with_whoever_is_typing_or_scrolling(site: Site) -> None:
    page = site.show(
        '<label>Note <input></label><div role="region" tabindex="0">wide</div><a rel="next" href="/next">On</a>',
        "lesson",
    )
    for place in ("input", "[role=region]"):
        page.focus(place)
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(50)
    assert page.url == SITE + "/page"


def test_a_saved_picture_comes_when_it_is_asked_for(site: Site) -> None:
    page = site.show(
        '<span class="placeholder" data-alt="Five dials" data-width="48" data-height="48">Five dials '
        '<a data-picture href="/static/img/motif.svg">Show picture</a></span>'
    )
    page.click("a[data-picture]")
    page.wait_for_selector("img")
    assert page.locator("img").get_attribute("alt") == "Five dials"
    assert page.locator(".placeholder").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "IMG"


FORM = """<form method="post" action="/send" data-keep="note"><label>Note <textarea name="note"></textarea></label>
  <label>Key <input type="password" name="secret"></label>
  <label><input type="checkbox" name="agree" value="y"> Yes</label><button>Send</button></form>"""


def test_what_was_typed_is_there_again_but_no_password(site: Site) -> None:
    page = site.show(FORM, "form")
    page.fill("textarea", "Forty words of a careful answer")
    page.fill("[type=password]", "open sesame")
    page.check("[type=checkbox]")
    page.wait_for_timeout(600)  # it is kept when typing pauses
    assert "sesame" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.goto(SITE + "/page")
    assert page.input_value("textarea") == "Forty words of a careful answer"
    assert page.input_value("[type=password]") == ""
    assert page.is_checked("[type=checkbox]")


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("<p>Thank you</p>", 0),
        ('<div class="error-summary">One correction</div>', 1),
        ('<dl class="outcome"><dt>What happened</dt></dl>', 1),
    ],
    ids=["accepted", "refused", "failed"],
)
def test_it_is_forgotten_once_it_has_arrived(site: Site, answer: str, kept: int) -> None:
    page = site.show(FORM, "form")
    site.pages["/posted"] = (
        f'<!doctype html><title>t</title><script type="module" src="/static/js/site.js"></script>{answer}'
    )
    page.fill("textarea", "A careful answer")
    page.click("button")
    page.wait_for_url("**/send")
    page.wait_for_load_state("load")
    assert page.evaluate("Object.keys(sessionStorage).length") == kept


UNSENT = '{"client":"c","seq":3,"waiting":{"total":{"seq":3,"lang":"en","fields":[["answer-total","300"]]}}}'
SIGN_OUT = f"""{FORM}<form method="post" action="/sign-out"><button id="out">Sign out</button></form>"""


def test_signing_out_leaves_nothing_on_the_device_but_answers_that_were_not_sent(site: Site) -> None:
    """On a shared machine the next person finds what the last one left."""
    page = site.show(SIGN_OUT, "form")
    page.evaluate(
        "unsent => { localStorage.setItem('quiz:a', unsent); localStorage.setItem('place:/b', 'heading');"
        "localStorage.setItem('quiz:b', unsent.replace(/:\\{\"total.*/, ':{}}')); }",
        UNSENT,
    )
    page.fill("textarea", "A careful answer")
    page.wait_for_timeout(600)
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [1, 3]
    assert page.evaluate("JSON.parse(localStorage.getItem('quiz:b')).waiting") == {}
    page.click("#out")
    page.wait_for_url("**/sign-out")
    assert page.evaluate("[sessionStorage.length, Object.keys(localStorage)]") == [0, ["quiz:a"]]


def test_the_menu_closes_by_escape_and_by_a_press_elsewhere(site: Site) -> None:
    page = site.show(
        '<details class="menu"><summary>Amina</summary><div><a href="#">Profile</a></div></details><p>Text</p>'
    )

    def is_open() -> bool:
        return bool(page.evaluate("document.querySelector('details').open"))

    page.click("summary")
    page.keyboard.press("Escape")
    assert not is_open()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.click("summary")
    page.mouse.click(300, 600)
    assert not is_open()


LESSON = """
  <form method="post" action="/language" data-same-place><button name="lang" value="ar">العربية</button></form>
  <p data-resume hidden><a href="#">Go on reading at</a></p>
  <article class="prose"><h2 id="one">One</h2><p class="far">…</p>
  <h2 id="two">Two <em>dials</em></h2><p class="far">…</p></article>
  <form method="post" action="/no-content" data-done><button id="done">Done</button></form>"""
FILLING = (
    "document.querySelectorAll('.far').forEach(p => p.after(...Array.from({length: 60}, () => p.cloneNode(true))))"
)


def test_the_place_is_kept_by_its_heading_until_the_lesson_is_done(site: Site) -> None:
    page = site.show(LESSON, "lesson")
    assert not page.is_visible("[data-resume]")
    page.evaluate(FILLING)
    page.evaluate("document.getElementById('two').scrollIntoView()")
    page.wait_for_selector("form[action$='#two']")
    page.goto(SITE + "/page")
    assert page.inner_text("[data-resume]") == "Go on reading at Two dials"
    assert page.get_attribute("[data-resume] a", "href") == "#two"
    page.click("#done")
    page.goto(SITE + "/page")
    assert not page.is_visible("[data-resume]")


def test_a_lost_connection_is_told_in_words(site: Site) -> None:
    page = site.show('<p role="status" data-offline="There is no connection."></p>')
    line = page.locator("[data-offline]")
    assert line.inner_text() == ""
    page.context.set_offline(True)
    assert line.inner_text() == "There is no connection."
    page.context.set_offline(False)
    assert line.inner_text() == ""


TERMS = {"a": "Éligibilité", "b": "الاستهداف مُباشَرة", "c": "Proxy means test 3"}


def glossary(site: Site, typed: str = "") -> Page:
    listed = "".join(
        f'<div id="term-{key}" data-find="{folded(term)}"><dt>{term}</dt></div>' for key, term in TERMS.items()
    )
    return site.show(
        f'<form data-glossary><input name="q" value="{typed}"><button>Search</button></form>'
        f'<p data-found data-none="No term" data-some="Found:">3 terms</p><dl class="glossary">{listed}</dl>',
        "glossary",
    )


@pytest.mark.parametrize(
    ("typed", "shown", "said"),
    [
        ("eligib", "a", "Found: 1"),
        ("ÉLIGIBILITÉ", "a", "Found: 1"),
        ("إستهداف", "b", "Found: 1"),
        ("مباشره", "b", "Found: 1"),
        ("test ٣", "c", "Found: 1"),
        ("i", "a", "Found: 1"),
        ("e", "ac", "Found: 2"),
        ("proxy nothing", "", "No term"),
        (" ", "abc", "3 terms"),
    ],
)
def test_the_glossary_finds_while_one_types_as_the_server_would(site: Site, typed: str, shown: str, said: str) -> None:
    page = glossary(site)
    page.fill("[name=q]", typed)
    visible = [key for key in TERMS if page.is_visible(f"#term-{key}")]
    assert ("".join(visible), page.inner_text("[data-found]")) == (shown, said)
    words = folded(typed).split()
    assert visible == [key for key, term in TERMS.items() if all(word in folded(term) for word in words)]


def test_a_glossary_that_was_searched_by_the_server_is_searched_by_it_again(site: Site) -> None:
    page = glossary(site, "proxy")
    page.fill("[name=q]", "nothing")
    assert page.is_visible("#term-a")
