"""Pages of refusals and failures: what happened, what was kept, what next, and a reference, whatever has failed."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response, render_template
from sqlalchemy.exc import OperationalError

from elearn.core.access import public
from elearn.people.models import User
from tests.face.conftest import ELEARN
from tests.support.browser import Browser

CODES = sorted(path.stem for path in (ELEARN / "templates/errors").glob("[45]*.html"))
OUTCOME = ("What happened", "What was kept", "What to do next")


@pytest.mark.parametrize("code", [code for code in CODES if code < "500"])
@pytest.mark.one_database
def test_a_refusal_says_what_happened_what_was_kept_and_what_next(app: Flask, code: str) -> None:
    with app.test_request_context("/"):
        html = render_template(f"errors/{code}.html", reference="3fa9c2d17b04")
    assert all(words in html for words in OUTCOME)
    assert "3fa9c2d17b04" in html
    assert html.count("<h1>") == 1


@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
@pytest.mark.parametrize("code", ["500", "503"])
def test_a_failure_needs_nothing_but_its_words(stage: Flask, code: str, lang: str) -> None:
    """No database, no person, no translations: the stage has none of them."""
    with stage.test_request_context("/"):
        template = stage.jinja_env.get_template(f"errors/{code}.html")
        one = template.render(reference="3fa9c2d17b04", only=lang, contact="help@example.org")
        all_three = template.render(reference="3fa9c2d17b04", only="", contact="")
    assert one.count("<section ") == 1 and all_three.count("<section ") == 3
    assert f'<html lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}">' in one
    assert one.count("<dt>") == 3 and "3fa9c2d17b04" in one and "help@example.org" in one
    assert one.count("<h1>") == all_three.count("<h1>") == 1


def broken_page(error: Exception) -> Callable[[], Any]:
    def view() -> Response:
        raise error

    return public(view)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ZeroDivisionError(), 500, "Something went wrong on our side"),
        (OperationalError("SELECT", {}, Exception("database is locked")), 503, "Please try again in a moment"),
    ],
    ids=["a fault", "a locked database"],
)
def test_a_signed_in_person_meets_the_same_page(
    app: Flask, browser: Callable[..., Browser], amina: User, monkeypatch: Any, error: Exception, code: int, words: str
) -> None:
    monkeypatch.setitem(app.view_functions, "people.profile", broken_page(error))
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = browser(amina).speak("en").get("/me/profile")
    assert answer.status_code == code
    assert words in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


@pytest.mark.one_database
@pytest.mark.parametrize(("lang", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_an_address_that_leads_nowhere(visitor: Browser, lang: str, direction: str) -> None:
    answer = visitor.speak(lang).get("/no-such-page")
    assert answer.status_code == 404
    assert f'<html lang="{lang}" dir="{direction}">' in answer.text
