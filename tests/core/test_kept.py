"""What somebody typed while the session ended is carried through the sign-in, offered again, and stored once sent."""

import re
import time
from html import unescape

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from elearn.core.db import db
from elearn.people import passwords, roles, service
from elearn.people.models import SignIn
from elearn.people.queries import token_hash
from tests.factories import people as make

PASSWORD = "the well is deep enough"
HASH = passwords.hashed(PASSWORD)
TYPED = {
    "name_latin": "Amina “Bint” Issoufou & <b>daughters</b>",
    "name_arabic": "أمينة إيسوفو",
    "country": "NE",
    "preferred_lang": "en",
    "tz": "UTC",
}
SITE = "https://academy.example.org"


@pytest.fixture
def amina(amina):
    amina.password_hash = HASH
    return amina


@pytest.fixture
def hers(amina, browser):
    return browser(amina)


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main")]


def attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r'([a-z_-]+)="([^"]*)"', tag)}


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the main form of a page, as a browser would send them."""
    tags = [attributes(tag) for tag in re.findall(r"<input[^>]*>", main_of(page))]
    return {tag["name"]: tag.get("value", "") for tag in tags if tag.get("type") == "hidden"}


def action(page: str, here: str = "") -> str:
    """Where the main form of a page is sent; `here` when it does not say."""
    return attributes(re.findall(r"<form[^>]*>", main_of(page))[0]).get("action", here)


def press(one, page: str, **more: str):
    """Send the form of a page by its own fields and token alone."""
    return one.post(action(page, "/sign-in"), data=fields(page) | more, csrf=False)


def sign_in(one, page: str, password: str = PASSWORD):
    return press(one, page, email="amina@example.org", password=password)


def name_of(user) -> str:
    db.session.rollback()
    db.session.refresh(user)
    return user.name_latin


def end_the_row(amina, hers):
    with hers.session_transaction(base_url=SITE) as session:
        token = session["_user_id"]
    row = db.session.query(SignIn).filter_by(token_hash=token_hash(token)).one()
    row.ended_at = row.started_at


def sign_out_everywhere(amina, hers):
    service.sign_out_everywhere(amina)


def lose_the_cookie(amina, hers):
    hers.delete_cookie("__Host-session", domain="academy.example.org")


ENDINGS = [end_the_row, sign_out_everywhere, lose_the_cookie]


@pytest.mark.parametrize("end", ENDINGS)
def test_what_was_typed_survives_the_end_of_the_session(amina, hers, end):
    end(amina, hers)
    asked = hers.post("/me/profile", data=TYPED)
    assert asked.status_code == 401
    assert "Please sign in again" in asked.text
    assert name_of(amina) == "Amina Issoufou"
    again = sign_in(hers, asked.text)
    assert again.status_code == 200
    assert "One more step: send again" in again.text and "You are signed in." in again.text
    assert name_of(amina) == "Amina Issoufou"  # nothing is sent by itself
    assert press(hers, again.text).status_code == 303
    assert name_of(amina) == TYPED["name_latin"]
    assert amina.name_arabic == TYPED["name_arabic"]


def test_a_mistyped_password_on_the_way_loses_nothing(amina, hers):
    sign_out_everywhere(amina, hers)
    asked = hers.post("/me/profile", data=TYPED)
    wrong = sign_in(hers, asked.text, "not this one")
    assert wrong.status_code == 422
    again = sign_in(hers, wrong.text)
    assert press(hers, again.text).status_code == 303
    assert name_of(amina) == TYPED["name_latin"]


def test_nor_does_a_sign_in_form_that_stood_open_too_long(amina, hers):
    """Its token belongs to a session that is over; the answers in it are offered with a new one."""
    sign_out_everywhere(amina, hers)
    asked = hers.post("/me/profile", data=TYPED)
    lose_the_cookie(amina, hers)
    once_more = sign_in(hers, asked.text)
    assert once_more.status_code == 400 and "Please sign in again" in once_more.text
    again = sign_in(hers, once_more.text)
    press(hers, again.text)
    assert name_of(amina) == TYPED["name_latin"]


def test_several_values_of_a_name_and_line_breaks_are_carried(amina, hers, app):
    sign_out_everywhere(amina, hers)
    asked = hers.post("/me/profile", data={**TYPED, "proposed_institution": "a\r\nb", "many": ["1", "2"]})
    again = sign_in(hers, asked.text).text
    assert again.count('name="many"') == 2
    assert "a\r\nb" in unescape(again)


def test_a_token_of_an_earlier_session_is_offered_a_new_one(amina, hers, browser):
    """Two tabs: in one she signs out and in again; the form in the other is then out of date."""
    old_form = hers.get("/me/profile").text
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]*)"', old_form)[0]
    hers.post("/sign-out")
    hers.post("/sign-in", data={"email": "amina@example.org", "password": PASSWORD})
    answer = hers.post("/me/profile", data=TYPED | {"csrf_token": token}, csrf=False)
    assert answer.status_code == 400
    assert "One more step: send again" in answer.text
    assert name_of(amina) == "Amina Issoufou"
    assert press(hers, answer.text).status_code == 303
    assert name_of(amina) == TYPED["name_latin"]


def test_a_password_is_never_carried(amina, hers):
    form = {"email": "new@example.org", "present_password": PASSWORD}
    stale = hers.post("/me/email", data=form, csrf=False)
    assert stale.status_code == 303 and stale.location == "/me/email"
    page = hers.get("/me/email").text
    assert "fill it in once more" in page and PASSWORD not in page
    sign_out_everywhere(amina, hers)
    answer = hers.post("/me/email", data=form)
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/me/email")


def test_a_button_is_carried_too_and_leads_back_to_its_page(amina, hers, dawit, browser):
    """The button's own address cannot be opened; without what was kept one goes back to where it stood."""
    his = browser(dawit)
    dawit.password_hash = HASH
    lose_the_cookie(dawit, his)
    there = {"Referer": f"{SITE}/manage/people/{amina.public_id}"}
    asked = his.post(f"/manage/people/{amina.public_id}/block", headers=there)
    assert asked.status_code == 401
    assert fields(asked.text)["next"] == f"/manage/people/{amina.public_id}"
    again = press(his, asked.text, email="dawit@example.org", password=PASSWORD)
    assert press(his, again.text).location == f"/manage/people/{amina.public_id}"
    db.session.refresh(amina)
    assert amina.state == "blocked"


# What is not carried


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": SITE},
        {"Referer": "https://evil.example/page"},
        {"Origin": "https://academy.example.org.evil.example"},
        {"Origin": "http://[broken"},
    ],
    ids=str,
)
@pytest.mark.parametrize("state", ["signed in", "signed out"])
def test_what_comes_from_another_site_is_not(amina, hers, headers, state):
    if state == "signed out":
        sign_out_everywhere(amina, hers)
    answer = hers.post("/me/profile", data=TYPED, csrf=False, headers=headers)
    assert answer.status_code == (400 if state == "signed in" else 303)
    assert "Bint" not in answer.text
    assert name_of(amina) == "Amina Issoufou"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": SITE},
        {"Sec-Fetch-Site": "same-origin"},
        {"Referer": f"{SITE}/me/profile"},
        {},
    ],
    ids=str,
)
def test_what_comes_from_us_is(amina, hers, headers):
    sign_out_everywhere(amina, hers)
    assert hers.post("/me/profile", data=TYPED, csrf=False, headers=headers).status_code == 401


def signed(app, **changes: object) -> str:
    content = {"path": "/me/profile", "fields": [["name_latin", "Forged"]]} | changes
    return str(URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="kept-answers").dumps(content))


@pytest.mark.parametrize("kept", ["nonsense", "e30.x.y", "", "\u202e"])
def test_what_was_forged_is_dropped_and_the_sign_in_goes_on(amina, visitor, kept):
    answer = visitor.post("/sign-in", data={"email": "amina@example.org", "password": PASSWORD, "kept": kept})
    assert (answer.status_code, answer.location) == (303, "/me/")


def test_so_is_what_another_secret_signed_or_what_leads_elsewhere(app, amina, browser):
    foreign = URLSafeTimedSerializer("another secret" * 4, salt="kept-answers").dumps({"path": "/me/", "fields": []})
    elsewhere = signed(app, path="//evil.example/")
    for kept in (foreign, elsewhere, signed(app)[:-3]):
        answer = browser().post("/sign-in", data={"email": "amina@example.org", "password": PASSWORD, "kept": kept})
        assert answer.location == "/me/"


def test_it_is_kept_for_a_day(app, amina, visitor, monkeypatch):
    kept = signed(app)
    tomorrow = int(time.time()) + 24 * 3600 + 60
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: tomorrow)
    answer = visitor.post("/sign-in", data={"email": "amina@example.org", "password": PASSWORD, "kept": kept})
    assert answer.location == "/me/"


def test_what_is_too_large_or_a_file_is_not_carried(amina, hers):
    sign_out_everywhere(amina, hers)
    assert hers.post("/me/profile", data=TYPED | {"more": "x" * 200_000}).location == "/sign-in?next=/me/profile"


def test_what_another_person_typed_is_sent_by_whoever_signs_in_only_after_pressing(amina, hers, boris, browser):
    boris.password_hash = HASH
    sign_out_everywhere(amina, hers)
    asked = hers.post("/me/profile", data=TYPED)
    again = press(hers, asked.text, email="boris@example.org", password=PASSWORD)
    assert "One more step" in again.text
    assert name_of(boris) == "Boris Hakimov"


# Scripts


@pytest.mark.parametrize(
    "asking", [{"json": {}}, {"headers": {"X-Requested-With": "fetch"}}, {"headers": {"Accept": "application/json"}}]
)
def test_a_script_is_told_in_json(amina, hers, asking):
    stale = hers.post("/me/profile", csrf=False, **asking)
    assert (stale.status_code, stale.json) == (400, {"error": "stale-token"})
    roles.block(make.person(amina), amina)
    answer = hers.post("/me/profile", **asking)
    assert (answer.status_code, answer.json) == (401, {"error": "signed-out"})
