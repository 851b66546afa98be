"""Sessions and links: nobody is put into a session they did not open; no link outlives the password it came by."""

import pytest
from sqlalchemy import select

from elearn.core.db import db
from elearn.people import links, roles
from elearn.people.models import SignIn, User
from tests.access_table import OPEN, SIGN_IN, TABLE
from tests.factories import people as make
from tests.support.letters import code_in, last_letter, link_in
from tests.test_access import address_of

COOKIE, HOST = "__Host-session", "academy.example.org"
PASSWORD = "the well is deep enough"
NEW = "a calm river at noon"


def signed_in(one) -> bool:
    return one.get("/me/profile").status_code == 200


def token_on(page: str) -> str:
    return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]


def now(user: User) -> User:
    db.session.rollback()
    db.session.refresh(user)
    return user


# Fixation


@pytest.mark.one_database
def test_a_session_that_was_planted_is_not_the_one_that_is_opened(amina, visitor, browser):
    attacker = browser()
    known = token_on(attacker.get("/sign-in").text)
    planted = attacker.get_cookie(COOKIE, domain=HOST).value
    visitor.set_cookie(COOKIE, planted, domain=HOST)
    sent = {"email": "amina@example.org", "password": PASSWORD, "csrf_token": known}
    assert visitor.post("/sign-in", data=sent, csrf=False).location == "/me/"
    assert visitor.get_cookie(COOKIE, domain=HOST).value != planted
    assert signed_in(visitor) and not signed_in(attacker)
    forged = visitor.post("/sign-out", data={"csrf_token": known}, csrf=False)
    assert forged.status_code == 400 and signed_in(visitor)


@pytest.mark.one_database
def test_an_attackers_own_session_does_not_become_that_of_the_victim(amina, boris, visitor, browser):
    """Planted before she signs in, it would let him read on as her."""
    his = browser(boris)
    visitor.set_cookie(COOKIE, his.get_cookie(COOKIE, domain=HOST).value, domain=HOST)
    visitor.post("/sign-in", data={"email": "amina@example.org", "password": PASSWORD})
    assert "amina@example.org" in visitor.get("/me/profile").text
    assert not signed_in(his)


@pytest.mark.one_database
def test_no_neighbour_can_put_a_cookie_in_the_place_of_ours(amina, visitor):
    """A browser takes a name that begins so only from this host, over HTTPS, for every path."""
    answer = visitor.post("/sign-in", data={"email": "amina@example.org", "password": PASSWORD})
    (cookie,) = [cookie for cookie in answer.headers.getlist("Set-Cookie") if "session" in cookie]
    parts = {part.strip().partition("=")[0] for part in cookie.split(";")}
    assert cookie.startswith("__Host-") and {"Secure", "HttpOnly", "Path"} <= parts and "Domain" not in parts


@pytest.mark.one_database
def test_a_cookie_that_was_changed_is_none(amina, browser):
    hers = browser(amina)
    payload, _, signature = hers.get_cookie(COOKIE, domain=HOST).value.rpartition(".")
    for forged in (f"{payload}.{signature[::-1]}", payload, f"{payload[:-2]}AA.{signature}", "", "a.b.c"):
        hers.set_cookie(COOKIE, forged, domain=HOST)
        assert not signed_in(hers)


# What was got by an old password


def test_links_sent_before_a_new_password_are_good_for_nothing(amina, browser, visitor, do_jobs):
    """Who knew the old one may have asked for them."""
    hers = browser(amina)
    hers.post("/me/email", data={"email": "thief@example.com", "present_password": PASSWORD})
    change = last_letter("thief@example.com")
    visitor.post("/reset", data={"email": "amina@example.org"})
    do_jobs()
    reset = link_in(last_letter("amina@example.org"))
    hers.post("/me/password", data={"present_password": PASSWORD, "password": NEW, "again": NEW})
    assert visitor.post(link_in(change)).status_code == 410
    hers.post("/me/confirm", data={"code": code_in(change)})
    assert visitor.post(reset, data={"password": PASSWORD, "again": PASSWORD}).status_code == 410
    assert now(amina).email == "amina@example.org"


def test_one_link_for_a_new_password_voids_the_others(amina, visitor, do_jobs):
    found = []
    for _ in range(2):
        visitor.post("/reset", data={"email": "amina@example.org"})
        do_jobs()
        found.append(link_in(last_letter("amina@example.org")))
    assert visitor.post(found[1], data={"password": NEW, "again": NEW}).status_code == 303
    assert visitor.post(found[0], data={"password": PASSWORD, "again": PASSWORD}).status_code == 410


def test_only_the_latest_wish_for_an_address_counts(amina, browser, visitor):
    hers = browser(amina)
    for address in ("first@example.com", "second@example.com"):
        hers.post("/me/email", data={"email": address, "present_password": PASSWORD})
    assert visitor.post(link_in(last_letter("first@example.com"))).status_code == 410
    assert visitor.post(link_in(last_letter("second@example.com"))).status_code == 303
    assert now(amina).email == "second@example.com"


def test_who_opened_an_account_in_somebodys_name_loses_it_to_the_owner_of_the_mailbox(app, visitor, browser, do_jobs):
    form = {"name_latin": "Somebody", "country": "NE", "preferred_lang": "en", "privacy": "y"}
    account = form | {"email": "victim@example.org", "password": "known to the thief"}
    visitor.post("/register", data=account)
    thief = browser()
    thief.post("/sign-in", data={"email": "victim@example.org", "password": "known to the thief"})
    thief.post("/me/email", data={"email": "thief@example.com", "present_password": "known to the thief"})
    way_back = link_in(last_letter("thief@example.com"))
    owner = browser()
    owner.post("/register", data=account | {"password": NEW})
    letter = last_letter("victim@example.org")
    assert letter.template == "people/already_registered"
    assert owner.post(link_in(letter), data={"password": NEW, "again": NEW}).status_code == 303
    assert not signed_in(thief)
    assert browser().post(way_back).status_code == 410
    assert owner.post("/sign-in", data={"email": "victim@example.org", "password": NEW}).status_code == 303


def test_a_blocked_account_changes_nothing_by_link(amina, dawit, browser, visitor):
    browser(amina).post("/me/email", data={"email": "new@example.com", "present_password": PASSWORD})
    change = link_in(last_letter("new@example.com"))
    amina.email_confirmed_at = None
    links.ask_confirmation(make.person(amina))
    confirm = link_in(last_letter("amina@example.org"))
    roles.block(make.person(dawit), amina)
    assert visitor.post(change).status_code == 410
    assert visitor.post(confirm).status_code == 422
    assert (now(amina).email, amina.email_confirmed_at) == ("amina@example.org", None)


@pytest.mark.one_database
def test_the_database_gives_nobody_a_session(amina, browser):
    """It keeps hashes: who reads it cannot make a cookie of them, nor of the number of an account."""
    hers, thief = browser(amina), browser()
    row = db.session.scalars(select(SignIn)).one()
    for identity in (row.token_hash, str(amina.id), amina.public_id, str(row.id)):
        with thief.session_transaction(base_url=f"https://{HOST}") as session:
            session["_user_id"] = identity
        assert not signed_in(thief)
    assert signed_in(hers)


@pytest.mark.one_database
def test_signing_out_is_offered_on_every_page_that_takes_signing_in(app, busy_academy, browser):
    people = {name: browser(make.persona(name.capitalize())) for name in ("amina", "boris", "dawit")}
    pages = 0
    for row in (row for row in TABLE if row.method == "GET" and row.visitor is SIGN_IN):
        who = next((name for name in people if getattr(row, name) is OPEN), "dawit")
        answer = people[who].get(address_of(row, app, busy_academy))
        if answer.status_code == 200 and answer.mimetype == "text/html":
            assert 'action="/sign-out"' in answer.text, row
            pages += 1
    assert pages > 15


@pytest.mark.one_database
@pytest.mark.parametrize(("address", "data"), [("/language", {"lang": "fr"}), ("/data-saver", {"on": "1"})])
def test_the_choices_of_a_device_are_for_the_server_and_this_site_only_too(visitor, address, data):
    (cookie,) = visitor.post(address, data=data).headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-") and "Domain" not in cookie
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
