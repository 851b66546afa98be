"""Forged requests: what another site has a signed-in browser send changes nothing, whatever the method."""

import re

import pytest

from elearn.core.db import db
from elearn.core.kept import MAX_AGE
from elearn.people.models import User
from tests.access_table import OPEN, TABLE, Row
from tests.factories import people as make
from tests.support.access import AWAY
from tests.test_access import address_of

pytestmark = pytest.mark.one_database
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|COPY)\b", re.IGNORECASE)
PEOPLE = ("amina", "boris", "chloe", "dawit", "visitor")
EXEMPT = {"certification.compare", "home.choose_data_saver", "home.choose_language"}  # these ask for our own origin
ELSEWHERE = {"Origin": "https://evil.example", "Referer": "https://evil.example/", "Sec-Fetch-Site": "cross-site"}


def rows(method: str) -> list[Row]:
    return [row for row in TABLE if row.method == method]


@pytest.fixture
def best(browser):
    """The browser of somebody whom the table lets through."""

    def open_as(row: Row):
        who = next((who for who in PEOPLE if getattr(row, who) in (OPEN, AWAY)), "visitor")
        return browser(None if who == "visitor" else make.persona(who.capitalize()))

    return open_as


@pytest.mark.parametrize("row", rows("POST"), ids=str)
def test_a_form_on_another_site_does_nothing(row, app, busy_academy, best, count_statements):
    one, address = best(row), address_of(row, app, busy_academy)
    with count_statements() as seen:
        answer = one.post(address, data=row.data, headers=ELSEWHERE, csrf=False)
    assert answer.status_code == 400
    assert [statement for statement in seen if WRITES.match(statement)] == []


@pytest.mark.parametrize("row", [row for row in rows("POST") if row.endpoint not in EXEMPT], ids=str)
def test_nor_does_one_that_a_browser_tells_nothing_about(row, app, busy_academy, best, count_statements):
    """An old browser, or a program: without a token there is only what needs none and harms nobody."""
    one, address = best(row), address_of(row, app, busy_academy)
    with count_statements() as seen:
        answer = one.post(address, data=row.data, csrf=False)
    assert answer.status_code in (303, 400)
    assert [statement for statement in seen if WRITES.match(statement)] == []


def test_only_these_need_no_token(app):
    assert {name for name, view in app.view_functions.items() if getattr(view, "csrf_exempt", False)} == EXEMPT


@pytest.mark.parametrize("row", [row for row in rows("POST") if row.endpoint not in EXEMPT], ids=str)
def test_the_token_of_one_session_is_worth_nothing_in_another(row, app, busy_academy, best, visitor):
    token = visitor.get("/sign-in").text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    sent = {**(row.data or {}), "csrf_token": token}
    answer = best(row).post(address_of(row, app, busy_academy), data=sent, headers=ELSEWHERE, csrf=False)
    assert answer.status_code == 400


@pytest.mark.parametrize("row", rows("GET"), ids=str)
def test_looking_changes_nothing(row, app, busy_academy, best, count_statements):
    """Links, pictures and prefetching reach every page with the reader's cookie."""
    one, address = best(row), address_of(row, app, busy_academy)
    with count_statements() as seen:
        one.get(address)
    written = [statement for statement in seen if WRITES.match(statement)]
    if row.endpoint == "certification.pdf":  # the file is made once, by whoever asks first
        written = [
            statement for statement in written if "blob" not in statement and "certificate_file" not in statement
        ]
    assert written == []


def test_a_method_that_an_address_does_not_know_is_refused(app, busy_academy, dawit, browser):
    one, tried = browser(dawit), 0
    for address in sorted({address_of(row, app, busy_academy) for row in TABLE}):
        with app.test_request_context():
            known = set(app.url_map.bind("academy.example.org").allowed_methods(address))
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - known:
            assert one.open(address, method=method).status_code == 405, (address, method)
            tried += 1
    assert tried > 300


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_nobody_disguises_a_method(amina, browser, name):
    hers = browser(amina)
    assert hers.get("/sign-out", headers={name: "POST"}).status_code == 405
    assert hers.get("/sign-out?_method=POST").status_code == 405
    assert hers.get("/me/profile").status_code == 200


def test_json_is_no_form(amina, browser):
    """It would bring numbers and lists where text is expected, and travels between sites under other rules."""
    hers = browser(amina)
    for sent in ({"name_latin": {"a": 1}, "country": 5}, {"name_latin": "Mallory", "country": "NE", "tz": "UTC"}, [1]):
        assert hers.post("/me/profile", json=sent).status_code == 422
    db.session.refresh(amina)
    assert amina.name_latin == "Amina Issoufou"


# What is carried through a sign-in


def test_kept_answers_of_somebody_else_are_sent_by_nobodys_hand_but_ones_own(app, amina, boris, visitor, browser):
    """Whoever packs a form can have it shown to another person; it is a page with a button, and nothing happens."""
    form = {"name_latin": "Mallory", "country": "NE", "preferred_lang": "en", "tz": "UTC"}
    packed = visitor.post("/me/profile", data=form).text.split('name="kept"')[1].split('value="')[1].split('"')[0]
    victim = browser()
    answer = victim.post(
        "/sign-in", data={"email": "amina@example.org", "password": "the well is deep enough", "kept": packed}
    )
    assert answer.status_code == 200 and "Mallory" in answer.text and "<button" in answer.text
    db.session.expire_all()
    assert db.session.get_one(User, amina.id).name_latin == "Amina Issoufou"
    assert MAX_AGE <= 24 * 60 * 60
