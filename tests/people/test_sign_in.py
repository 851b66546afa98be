"""Signing in and out, and how often one may get it wrong."""

import pytest
from sqlalchemy import func, select

from elearn.core.access import person_or_none
from elearn.core.db import db
from elearn.core.models import CountedEvent
from elearn.people import limits, passwords, roles
from elearn.people.models import SignIn, User, UserState
from elearn.people.rules import FAILURES_HERE, FAILURES_PER_ADDRESS
from tests.factories import people as make
from tests.support.counted import happened

PASSWORD = "the well is deep enough"
HASH = passwords.hashed(PASSWORD)
WRONG = "The e-mail address or the password is not right."


@pytest.fixture
def amina(amina):
    amina.password_hash = HASH
    return amina


def sign_in(one, email: str = "amina@example.org", password: str = PASSWORD, to: str = "/sign-in", **more: str):
    return one.post(to, data={"email": email, "password": password} | more)


def signed_in(one) -> bool:
    return one.get("/me/profile").status_code == 200


def failures() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(CountedEvent.kind == "failure-here")) or 0


def test_amina_signs_in_whatever_the_case_of_her_address(amina, visitor):
    assert sign_in(visitor, " Amina@EXAMPLE.org ").location == "/me/"
    assert signed_in(visitor)


def test_she_is_taken_where_she_wanted_to_go(amina, visitor):
    asked = visitor.get("/me/profile?x=1")
    assert asked.location == "/sign-in?next=/me/profile?x%3D1"
    assert sign_in(visitor, to=asked.location, next="/me/profile?x=1").location == "/me/profile?x=1"
    assert visitor.get("/sign-in?next=/me/email").location == "/me/email"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\/evil.example",
        "/\t/evil.example/",
        " //evil.example",
        "javascript:alert(1)",
        "//[",
        "/a\r\nSet-Cookie: x=1",
        "/" + "a" * 5000,
        "me/profile",
    ],
)
def test_nobody_is_sent_to_another_site(amina, visitor, target):
    assert sign_in(visitor, next=target).location == "/me/"
    assert visitor.get("/sign-in", query_string={"next": target}).location == "/me/"


@pytest.mark.parametrize("email", ["amina@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(amina, visitor, email):
    answer = sign_in(visitor, email, "not this one")
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert not signed_in(visitor)


def test_both_take_the_time_of_one_check(amina, visitor, monkeypatch):
    checked = []
    verify = passwords._hasher.verify
    monkeypatch.setattr(
        passwords, "_hasher", type("Spy", (), {"verify": lambda self, *a: checked.append(1) or verify(*a)})()
    )
    sign_in(visitor, "nobody@example.org", "not this one")
    assert len(checked) == 1
    sign_in(visitor, "amina@example.org", "not this one")
    assert len(checked) == 2


def test_an_account_without_a_password_cannot_be_signed_in_to(app, visitor):
    make.user(email="imported@example.org", password_hash=None)
    assert WRONG in sign_in(visitor, "imported@example.org", "nobody has this password").text


@pytest.mark.parametrize("email", ["amina@example.org", "nobody@example.org"])
def test_after_too_many_failures_even_the_right_password_waits(amina, browser, frozen_clock, email):
    for _ in range(FAILURES_HERE):
        assert sign_in(browser(), email, "not this one").status_code == 422
    limited = sign_in(browser(), email)
    assert limited.status_code == 429
    assert "Too many attempts" in limited.text
    frozen_clock(minutes=15, seconds=1)
    assert sign_in(browser()).location == "/me/"


def test_the_limit_of_one_account_is_not_that_of_another(amina, boris, browser):
    boris.password_hash = HASH
    for _ in range(FAILURES_HERE):
        sign_in(browser(), password="not this one")
    assert sign_in(browser(), "boris@example.org").location == "/me/"


def test_a_ministry_behind_one_address_is_not_shut_out_by_some_who_forgot(app, amina, visitor):
    happened(app, FAILURES_PER_ADDRESS - 1, lambda: limits.signing_in("")[2])
    assert sign_in(visitor).location == "/me/"


def test_a_guesser_who_tries_everybody_from_one_address_is(app, amina, visitor):
    happened(app, FAILURES_PER_ADDRESS, lambda: limits.signing_in("")[2])
    assert sign_in(visitor).status_code == 429


def test_the_right_password_ends_the_count_of_the_wrong_ones(amina, browser):
    for _ in range(FAILURES_HERE - 1):
        sign_in(browser(), password="not this one")
    assert sign_in(browser()).status_code == 303
    assert failures() == 0


def test_failures_name_nobody_and_are_soon_forgotten(amina, visitor, frozen_clock, sweep):
    sign_in(visitor, password="not this one")
    rows = db.session.scalars(select(CountedEvent)).all()
    assert {len(row.key) for row in rows} == {64}
    assert [row for row in rows if "amina" in row.key or "127.0.0.1" in row.key] == []
    frozen_clock(hours=24, seconds=1)
    sign_in(visitor, "nobody@example.org")
    sweep()
    assert failures() == 1  # the new one


def test_a_blocked_account_says_so_only_to_who_knows_the_password(amina, visitor):
    amina.state = UserState.BLOCKED
    assert WRONG in sign_in(visitor, password="not this one").text
    answer = sign_in(visitor)
    assert answer.status_code == 422
    assert "This account is closed" in answer.text
    assert not signed_in(visitor)


def test_blocking_ends_what_is_open(amina, dawit, browser):
    hers = browser(amina)
    assert signed_in(hers)
    roles.block(make.person(dawit), amina)
    assert not signed_in(hers)
    roles.unblock(make.person(dawit), amina)
    assert not signed_in(hers)
    assert sign_in(hers).location == "/me/"


def test_an_account_that_changes_while_its_password_is_checked_is_not_entered(amina, visitor, monkeypatch):
    matches = passwords.matches

    def blocked_meanwhile(*given):
        with db.engine.begin() as connection:
            connection.execute(User.__table__.update().values(state="blocked"))
        return matches(*given)

    monkeypatch.setattr(passwords, "matches", blocked_meanwhile)
    answer = sign_in(visitor)
    assert answer.status_code == 422
    assert "changed at this very moment" in answer.text
    assert not signed_in(visitor)
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0


def test_the_database_knows_only_the_hash_of_what_the_cookie_carries(amina, visitor):
    sign_in(visitor)
    with visitor.session_transaction(base_url="https://academy.example.org") as session:
        token = session["_user_id"]
    (row,) = db.session.scalars(select(SignIn))
    assert token not in (row.token_hash, "") and row.agent.startswith("Werkzeug")


def test_signing_out_ends_this_device_only(amina, browser):
    phone, desk = browser(amina), browser(amina)
    assert phone.post("/sign-out").location == "/"
    assert not signed_in(phone)
    assert signed_in(desk)


def test_a_copied_cookie_is_worth_nothing_after_signing_out(amina, browser):
    hers, thief = browser(amina), browser()
    cookie = hers.get_cookie("__Host-session", domain="academy.example.org")
    thief.set_cookie("__Host-session", cookie.value, domain="academy.example.org")
    assert signed_in(thief)
    hers.post("/sign-out")
    assert not signed_in(thief)


def test_signing_out_everywhere_ends_every_device(amina, browser):
    phone, desk = browser(amina), browser(amina)
    assert phone.post("/sign-out-everywhere").status_code == 303
    assert not signed_in(phone) and not signed_in(desk)
    assert sign_in(desk).location == "/me/"
    assert signed_in(desk) and not signed_in(phone)


def test_signing_in_again_on_a_device_ends_what_was_open_on_it(amina, boris, browser):
    boris.password_hash = HASH
    one = browser(amina)
    cookie = one.get_cookie("__Host-session", domain="academy.example.org").value
    assert sign_in(one, "boris@example.org").status_code == 303
    assert "boris@example.org" in one.get("/me/profile").text
    one.set_cookie("__Host-session", cookie, domain="academy.example.org")
    assert not signed_in(one)


def test_a_sign_in_does_not_last_for_ever(amina, browser, frozen_clock, sweep):
    hers = browser(amina)
    frozen_clock(days=89)
    assert signed_in(hers)
    frozen_clock(days=2)
    assert not signed_in(hers)
    frozen_clock(days=400)
    sweep()
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0


def test_signing_out_changes_nothing_by_a_get(amina, browser):
    hers = browser(amina)
    assert hers.get("/sign-out").status_code == 405
    assert signed_in(hers)


def test_the_person_is_read_in_one_statement(amina, browser, count_statements):
    make.grant(amina, make.ROLES["Boris"])
    hers = browser(amina)
    with count_statements() as seen:
        hers.get("/me/password")
    assert len(seen) == 1


def test_outside_a_request_there_is_nobody(app):
    assert person_or_none() is None


def test_an_administrator_signs_in_every_day(amina, dawit, browser, frozen_clock):
    his, hers = browser(dawit), browser(amina)
    frozen_clock(hours=11, minutes=59)
    assert signed_in(his)
    frozen_clock(minutes=2)
    assert not signed_in(his) and signed_in(hers)
