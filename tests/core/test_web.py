"""What surrounds every request: headers, cookies, errors, proxies, the language."""

import pytest
from flask import request
from sqlalchemy import select

from elearn.core.access import public
from elearn.core.db import db
from elearn.core.models import CountedEvent
from elearn.people import passwords
from elearn.people.models import User
from tests.support.databases import application

PASSWORD = "the well is deep enough"
PAGES = ["/", "/sign-in", "/register", "/me/profile", "/nowhere", "/manage/people", "/healthz", "/static/css/site.css"]


# Headers


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["visitor", "amina"])
def test_every_answer_carries_the_security_headers(path, who, visitor, amina, browser):
    answer = (visitor if who == "visitor" else browser(amina)).get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "style-src 'self'" in policy
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_refusals_and_failures_carry_them_too(app, visitor, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "people.ask_reset", public(lambda: 1 / 0))
    for answer in (visitor.get("/reset"), visitor.post("/sign-in", csrf=False), visitor.get("/nowhere")):
        assert answer.status_code >= 300
        assert "Content-Security-Policy" in answer.headers and len(answer.headers["X-Request-Id"]) == 12


@pytest.mark.one_database
def test_whoever_owns_every_name_below_this_one_has_browsers_use_https_there_too(database):
    app = application(database.folder, database.url, HSTS_SUBDOMAINS="1")
    answer = app.test_client().get("/healthz", base_url="https://academy.example.org")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_what_a_signed_in_person_sees_is_kept_by_nobody(amina, browser, visitor):
    assert browser(amina).get("/me/profile").headers["Cache-Control"] == "private, no-store"
    assert "no-store" not in visitor.get("/sign-in").headers["Cache-Control"]
    assert {"Cookie", "Accept-Language"} <= set(visitor.get("/sign-in").vary)


def test_cookies_are_for_https_for_the_server_and_for_this_site_only(amina, visitor):
    amina.password_hash = passwords.hashed(PASSWORD)
    answer = visitor.post("/sign-in", data={"email": "amina@example.org", "password": PASSWORD})
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-session", "__Host-lang"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_a_visitor_who_only_looks_gets_no_cookie(visitor):
    assert visitor.get("/").headers.getlist("Set-Cookie") == []


# The token


@pytest.mark.parametrize("path", ["/sign-in", "/register", "/reset", "/reset/x", "/confirm/x"])
def test_a_form_without_its_token_is_refused_and_nothing_is_written(visitor, path, count_statements):
    with count_statements() as seen:
        answer = visitor.post(path, data={"email": "a@example.org"}, csrf=False)
    assert answer.status_code in (303, 400)
    assert seen == []


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_so_is_one_with_a_made_up_token(amina, browser, token):
    answer = browser(amina).post("/sign-out", data={"csrf_token": token}, csrf=False)
    assert answer.status_code == 400
    assert browser(amina).get("/me/profile").status_code == 200


def test_a_browser_behind_a_proxy_that_hides_the_referer_is_served(amina, browser):
    hers = browser(amina)
    page = hers.get("/me/password").text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    answer = hers.post("/sign-out", data={"csrf_token": token}, csrf=False)
    assert answer.location == "/"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "https://academy.example.org"}, 303),
    ],
    ids=str,
)
def test_choosing_a_language_needs_no_token_but_one_of_our_pages(amina, browser, headers, status):
    hers = browser(amina)
    data = {"lang": "ar", "next": "/"}
    assert hers.post("/language", data=data, headers=headers, csrf=False).status_code == status
    db.session.refresh(amina)
    assert amina.lang == ("ar" if status == 303 else "en")


def test_a_proxy_that_does_not_pass_on_our_name_still_brings_our_pages(app, visitor):
    headers = {"Origin": "https://academy.example.org"}
    answer = visitor.post("/language", data={"lang": "ar"}, headers=headers, base_url="http://127.0.0.1:8000")
    assert answer.status_code == 303


# Errors


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/sign-out", 405),
        ("GET", "/a%00b", 400),
        ("GET", "/sign-in?next=%00", 400),
        ("GET", "/manage/people?q=%00", 400),
        ("POST", "/nowhere", 404),
        ("PUT", "/sign-in", 405),
    ],
)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_an_error_page_speaks_the_readers_language_and_gives_a_reference(visitor, method, path, status, lang):
    answer = visitor.speak(lang).open(path, method=method)
    assert answer.status_code == status
    assert f'<html lang="{lang}"' in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_script_gets_errors_as_json(visitor):
    answer = visitor.get("/nowhere", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]) == (404, "Not Found")
    assert answer.json["reference"] == answer.headers["X-Request-Id"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(visitor):
    assert visitor.post("/register", data={"name_latin": "x" * 2_000_000}).status_code == 413
    assert visitor.post("/register", data={f"f{n}": "" for n in range(3000)}, content_type=FORM).status_code == 413


FORM = "multipart/form-data"


@pytest.mark.parametrize("data", [b"\xff\xfe%%%", b"a=%ff&b=%00", b"------x\r\n"], ids=["bytes", "nul", "parts"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/x"])
def test_a_body_that_is_no_form_is_no_failure(visitor, data, kind):
    assert visitor.post("/register", data=data, content_type=kind).status_code in (400, 422)


def test_a_failure_in_a_page_is_told_without_the_page(app, amina, browser, monkeypatch):
    monkeypatch.setitem(app.view_functions, "people.ask_reset", public(lambda: 1 / 0))
    answer = browser(amina).get("/reset")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text and answer.headers["X-Request-Id"] in answer.text


def test_a_view_that_declares_no_access_is_refused(app, amina, browser, monkeypatch):
    monkeypatch.setitem(app.view_functions, "people.ask_reset", lambda: "open")
    assert browser(amina).get("/reset").status_code == 403


def test_a_view_declares_its_access_once():
    with pytest.raises(RuntimeError, match="twice"):
        public(public(lambda: ""))


# Proxies


@pytest.mark.parametrize(
    ("trusted", "forwarded", "seen"),
    [
        ("0", "203.0.113.9", "127.0.0.1"),
        ("1", "203.0.113.9", "203.0.113.9"),
        ("1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("2", "198.51.100.1, 203.0.113.9", "198.51.100.1"),
    ],
)
@pytest.mark.one_database
def test_an_address_is_believed_only_from_a_trusted_proxy(database, trusted, forwarded, seen):
    app = application(database.folder, database.url, TRUSTED_PROXIES=trusted)
    told = []
    app.view_functions["home.privacy"] = public(lambda: told.append((request.remote_addr, request.host)) or "")
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Host": "other.example", "X-Forwarded-Proto": "https"}
    app.test_client().get("/privacy", headers=headers, base_url="http://academy.example.org")
    assert told == [(seen, "academy.example.org" if trusted != "1" else "other.example")]


def test_failures_are_counted_under_the_address_of_the_connection(amina, visitor):
    for claimed in ("203.0.113.9", "203.0.113.10"):
        data = {"email": "amina@example.org", "password": "not this one"}
        visitor.post("/sign-in", data=data, headers={"X-Forwarded-For": claimed})
    counted = select(CountedEvent.key).where(CountedEvent.kind == "failure-address")
    assert len(set(db.session.scalars(counted))) == 1


# The language


@pytest.mark.parametrize(
    ("account", "cookie", "browser_says", "lang"),
    [
        ("fr", "ar", "en", "fr"),
        (None, "ar", "fr", "ar"),
        (None, None, "fr-BE,fr;q=0.9,en;q=0.5", "fr"),
        (None, None, "ar-EG", "ar"),
        (None, None, "tr,de;q=0.9", "en"),
        (None, "xx", "", "en"),
    ],
)
def test_the_account_then_the_device_then_the_browser_says_the_language(
    browser, amina: User, account, cookie, browser_says, lang
):
    if account:
        amina.lang = account
    one = browser(amina) if account else browser()
    if cookie:
        one.speak(cookie)
    page = one.get("/reset", headers={"Accept-Language": browser_says}).text
    assert f'<html lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}">' in page
