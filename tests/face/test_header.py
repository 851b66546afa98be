"""The head of every page: whose it is, what it offers to whom, and the reader's two choices."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask

from elearn.people.models import User
from tests.support.browser import Browser

Open = Callable[..., Browser]
pytestmark = pytest.mark.one_database


def header_of(browser: Browser, path: str = "/accessibility") -> str:
    found = re.search(r"<header>.*?</header>", browser.get(path).text, flags=re.DOTALL)
    assert found
    return unescape(found[0])


def links_of(header: str, hidden: str = "narrow") -> list[str]:
    """What is offered on a wide screen; with `hidden="wide"` on a narrow one."""
    nav = re.search(r"<nav.*</nav>", header, flags=re.DOTALL)
    assert nav
    links = re.findall(r"<a ([^>]*)>(.*?)</a>", nav[0])
    return [re.sub(r"<.*?>", "", words).strip() for marks, words in links if f'class="{hidden}"' not in marks]


def test_a_visitor_is_offered_the_catalogue_and_the_door(visitor: Browser) -> None:
    assert links_of(header_of(visitor)) == ["Catalogue", "Sign in", "Open an account"]


def test_each_person_is_offered_what_she_may_do(browser: Open, amina: User, boris: User, dawit: User) -> None:
    assert links_of(header_of(browser(amina))) == ["Catalogue", "My learning", "My profile"]
    assert links_of(header_of(browser(boris))) == ["Catalogue", "My learning", "Teaching", "My profile"]
    offered = links_of(header_of(browser(dawit)))
    assert "Administration" in offered and "Sign in" not in offered
    in_the_menu = links_of(header_of(browser(dawit)), hidden="wide")
    assert sorted(in_the_menu) == sorted(offered)
    assert in_the_menu[:2] == ["Catalogue", "My learning"]


def test_the_name_of_a_person_is_isolated_and_is_text(browser: Open, amina: User) -> None:
    amina.name_latin = "<b>Amina</b>"
    page = browser(amina).get("/accessibility").text
    assert "<bdi>&lt;b&gt;Amina&lt;/b&gt;</bdi>" in page


@pytest.mark.parametrize(("lang", "name"), [("en", "English"), ("fr", "Français"), ("ar", "العربية")])
def test_languages_are_words_and_the_present_one_is_marked(visitor: Browser, lang: str, name: str) -> None:
    header = header_of(visitor.speak(lang))
    buttons = re.findall(r'<button class="word" name="lang" value="(\w+)" lang="\w+"([^>]*)>([^<]*)</button>', header)
    assert [words for _, _, words in buttons] == ["English", "Français", "العربية"]
    assert [(code, words) for code, marks, words in buttons if "aria-current" in marks] == [(lang, name)]


def test_choosing_a_language_leads_back_to_where_one_was(visitor: Browser) -> None:
    header = header_of(visitor, "/accessibility?from=a+course&lang=fr")
    back = re.search(r'name="next" value="([^"]*)"', header)
    assert back and back[1] == "/accessibility?from=a+course"
    answer = visitor.post("/language", data={"lang": "ar", "next": back[1]}, csrf=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/accessibility?from=a+course")
    assert '<html lang="ar" dir="rtl">' in visitor.get("/accessibility").text


def test_the_data_saver_says_whether_it_is_on(visitor: Browser) -> None:
    assert 'value="1" aria-pressed="false">Data saver<' in header_of(visitor)
    visitor.post("/data-saver", data={"on": "1", "next": "/accessibility"}, csrf=False)
    assert 'value="0" aria-pressed="true">Data saver: on<' in header_of(visitor)


def test_only_a_demonstration_calls_itself_one(app: Flask, visitor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DEMONSTRATION", True)
    assert "Demonstration</span>" in header_of(visitor)
    monkeypatch.setitem(app.config, "DEMONSTRATION", False)
    assert "Demonstration" not in visitor.get("/accessibility").text


def test_a_page_for_many_visitors_holds_nothing_of_one(visitor: Browser) -> None:
    answer = visitor.get("/courses/")
    assert answer.status_code == 200
    assert "csrf" not in answer.text and "aria-pressed" not in answer.text
    assert "Set-Cookie" not in answer.headers
