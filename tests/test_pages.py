"""What holds on every page, in every language: language and direction, headings, nothing inline, little weight."""

import re
from collections import Counter

import brotli
import pytest

from elearn.core.i18n import LANGUAGES, direction
from tests.access_table import OPEN, TABLE, Row
from tests.factories import people as make
from tests.support.pages import Page
from tests.test_access import address_of

pytestmark = pytest.mark.one_database
READERS = ("amina", "boris", "dawit", "visitor")  # the first who may open a page reads it
NOT_PAGES = ("catalogue.asset", "certification.pdf", "home.healthz", "home.metrics", "home.readyz")
PAGES = [
    row
    for row in TABLE
    if row.method == "GET" and row.endpoint not in NOT_PAGES and OPEN in {getattr(row, who) for who in READERS}
]
HEAVIEST = 20_000  # bytes on the wire; the pages of trainees have tighter budgets of their own
WITHOUT_TOKEN = ("/language", "/data-saver")  # these ask for our own origin instead


@pytest.fixture(params=PAGES, ids=str)
def row(request) -> Row:
    return request.param


@pytest.fixture(params=LANGUAGES)
def lang(request) -> str:
    return request.param


@pytest.fixture
def answer(row, lang, app, busy_academy, browser):
    """The page, read in this language by somebody who may."""
    who = next(who for who in READERS if getattr(row, who) is OPEN)
    if who == "visitor":
        one = browser().speak(lang)
    else:
        person = make.persona(who.capitalize())
        person.lang = lang
        one = browser(person)
    return one.get(address_of(row, app, busy_academy), headers={"Accept-Encoding": "br"})


def test_a_page_keeps_the_rules(answer, row, lang):
    weight = len(answer.data)
    html = (brotli.decompress(answer.data) if answer.content_encoding == "br" else answer.data).decode()
    page = Page(html)
    assert answer.status_code in (200, 410)  # 410: a link from a mail that is no longer good
    assert (page.root.get("lang"), page.root.get("dir")) == (lang, direction(lang))
    assert page.headings.count(1) == 1
    assert [pair for pair in zip(page.headings, page.headings[1:], strict=False) if pair[1] > pair[0] + 1] == []
    assert [name for name, times in Counter(page.ids).items() if times > 1] == []
    assert page.forbidden == []
    assert page.without_alternative == []
    assert [form for form in page.forms if form.method == "post" and not _guarded(form)] == []
    assert weight <= HEAVIEST
    if row.amina is OPEN:
        assert not re.search(r"\boffering", page.text, re.IGNORECASE)


def _guarded(form) -> bool:
    return "csrf_token" in form.fields or form.action.startswith(WITHOUT_TOKEN)
