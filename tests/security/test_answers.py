"""Answers: what every one of them forbids a browser, who may keep it, and what it tells about what it does not show."""

import re

import pytest
from flask import Flask, url_for

from elearn.core.web import HEADERS
from elearn.people.models import User
from tests.access_table import OPEN, TABLE, Row
from tests.factories import people as make
from tests.test_access import address_of

pytestmark = pytest.mark.one_database
PEOPLE = ("amina", "boris", "chloe", "dawit")
FOR_EVERYBODY = {"catalogue.asset"}  # the same for all, and named by its content
PASSWORD = "the well is deep enough"
SIGNED = re.compile(r'="\.?[\w-]+\.[\w-]{6}\.[\w-]{27}"', re.ASCII)  # the tokens of forms, in whatever attribute


def best(row: Row) -> str:
    return next((who for who in PEOPLE if getattr(row, who) is OPEN), "dawit")


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_every_answer_forbids_what_no_page_needs(row, app, busy_academy, browser):
    answer = browser(make.persona(best(row).capitalize())).open(address_of(row, app, busy_academy), method=row.method)
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {source for sources in policy.values() for source in sources.split()} <= {"'none'", "'self'", "data:"}
    assert "data:" not in policy.get("script-src", "") + policy.get("style-src", "")
    if row.endpoint not in FOR_EVERYBODY:
        assert (policy["base-uri"], policy["frame-ancestors"], policy["form-action"]) == ("'none'", "'none'", "'self'")
    assert [name for name in HEADERS if name not in answer.headers] == []
    assert answer.headers["Strict-Transport-Security"]
    assert "Server" not in answer.headers and "X-Powered-By" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("row", [row for row in TABLE if row.endpoint not in FOR_EVERYBODY], ids=str)
def test_what_is_meant_for_one_person_is_kept_by_nobody(row, app, busy_academy, browser):
    answer = browser(make.persona(best(row).capitalize())).open(address_of(row, app, busy_academy), method=row.method)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "public" not in answer.headers["Cache-Control"]


KINDS = {
    "text/html": b"<!doctype html>",
    "application/pdf": b"%PDF-",
    "image/svg+xml": b"<svg",
    "application/zip": b"PK",
}


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_every_answer_says_what_it_is(row, app, busy_academy, browser):
    answer = browser(make.persona(best(row).capitalize())).open(address_of(row, app, busy_academy), method=row.method)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype in KINDS or answer.mimetype.startswith(("text/", "application/json"))
    assert answer.data.lstrip().lower().startswith(KINDS.get(answer.mimetype, b"").lower())
    if answer.mimetype.startswith("text/"):
        assert answer.content_type.lower().replace(" ", "").endswith(";charset=utf-8")


@pytest.mark.parametrize(
    "address",
    [
        *("/.git/config", "/.git/", "/.env", "/config.py", "/wsgi.py", "/requirements.txt", "/instance/elearn.sqlite"),
        *("/elearn.sqlite", "/secret_key", "/blobs/", "/static/", "/static/css/", "/static/js", "/courses/x/files/"),
        *(
            "/console",
            "/debug",
            "/__debug__/",
            "/server-status",
            "/actuator",
            "/phpinfo.php",
            "/admin",
            "/api/",
            "/docs",
        ),
    ],
)
def test_there_is_nothing_but_pages(busy_academy, dawit, visitor, browser, address):
    for one in (visitor, browser(dawit)):
        assert one.get(address).status_code == 404
        assert "127.0.0.1" not in one.get(f"{address}?__debugger__=yes&cmd=resource&f=debugger.js").text


@pytest.mark.parametrize("address", ["/reset/some-token", "/confirm/some-token", "/keep-account/some-token"])
def test_neither_is_a_page_that_a_link_from_a_mail_opens(visitor, address):
    assert "no-store" in visitor.get(address).headers["Cache-Control"]


def test_nor_an_answer_with_what_a_visitor_typed(visitor):
    answer = visitor.post("/register", data={"name_latin": "Mariam Diallo", "email": "no address"})
    assert answer.status_code == 422 and "Mariam Diallo" in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


# What an answer tells


def pages_of(app: Flask, public_id: str) -> list[tuple[str, str]]:
    """(method, address) of everything that is done with a person."""
    found = []
    for row in TABLE:
        names = {argument for rule in app.url_map.iter_rules(row.endpoint) for argument in rule.arguments}
        if row.endpoint.startswith("people.") and "public_id" in names:
            others = {"grant_id": 1, "what": "block"}
            with app.test_request_context():
                given = {name: others[name] for name in names - {"public_id"}}
                found.append((row.method, url_for(row.endpoint, public_id=public_id, **given)))
    return found


def test_somebody_out_of_reach_is_not_told_from_nobody(app, busy_academy, browser, limited):
    one = browser(limited(country="TR"))
    for (method, theirs), (_method, nobodys) in zip(
        pages_of(app, busy_academy.amina), pages_of(app, "A" * 16), strict=True
    ):
        found, missing = one.open(theirs, method=method), one.open(nobodys, method=method)
        assert found.status_code == missing.status_code in (403, 404), theirs
        assert plain(found) == plain(missing), theirs


def plain(answer) -> str:
    """The answer without its reference, its address and what is signed anew every second."""
    text = answer.text.replace(answer.headers["X-Request-Id"], "").replace(answer.request.path, "")
    return SIGNED.sub('=""', text)


@pytest.mark.parametrize("who", ["amina", "boris", "chloe"])
def test_a_certificate_of_somebody_else_is_not_told_from_none(app, busy_academy, browser, who):
    one, made_up = browser(make.persona(who.capitalize())), "0" * 26
    for path in ("", "/pdf"):
        theirs = one.get(f"/me/certificates/{busy_academy.certificate}{path}")
        if who == "amina":
            assert theirs.status_code == 200
        else:
            assert plain(theirs) == plain(one.get(f"/me/certificates/{made_up}{path}"))


def test_a_course_of_others_is_not_told_from_none(academy, chloe, browser):
    one = browser(chloe)
    for path in ("people", "people/nobody"):
        theirs, none = one.get(f"/manage/courses/{academy.slug}/{path}"), one.get(f"/manage/courses/no-such/{path}")
        assert theirs.status_code == none.status_code == 404
        assert plain(theirs) == plain(none)


def test_asking_for_a_new_password_costs_the_same_with_and_without_an_account(
    amina, visitor, browser, count_statements
):
    with count_statements() as known:
        first = visitor.post("/reset", data={"email": "amina@example.org"})
    with count_statements() as unknown:
        second = browser().post("/reset", data={"email": "nobody@example.org"})
    assert len(known) == len(unknown)
    assert (first.status_code, first.location, first.data) == (second.status_code, second.location, second.data)


@pytest.mark.parametrize("email", ["amina@example.org", "nobody@example.org"])
@pytest.mark.parametrize("tries", [1, 9])
def test_so_does_signing_in(amina, browser, email, tries):
    for _ in range(tries):
        answer = browser().post("/sign-in", data={"email": email, "password": "not this one"})
    assert answer.status_code == (422 if tries == 1 else 429)
    assert ("Too many attempts" in answer.text) is (tries > 1)


def test_addresses_name_nobody_by_number(app, busy_academy):
    """Codes that nobody guesses, not numbers that anybody counts up."""
    numbers = {
        argument
        for rule in app.url_map.iter_rules()
        for argument in rule.arguments
        if type(rule._converters[argument]).__name__ == "Whole"
    }
    assert numbers == {"grant_id", "number"}  # a role on the page of its person; one's own attempts
    assert len(make.persona("Amina").public_id) >= 16
    assert User.public_id.type.length >= 16
