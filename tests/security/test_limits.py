"""Guessing and flooding: passwords, codes, links and messages are tried and sent only so often, also in parallel."""

from functools import partial

import pytest
from sqlalchemy import func, select

from elearn.core.db import db
from elearn.core.limits import LONGEST, Limit
from elearn.core.models import CountedEvent, Mail
from elearn.people import limits, links, passwords
from elearn.people.models import Token, User, UserState
from elearn.people.rules import (
    CODE_TRIES,
    CODE_TRIES_PER_DAY,
    FAILURES_HERE,
    FAILURES_PER_ACCOUNT,
    LETTERS_PER_MAILBOX,
    MAILS_PER_ADDRESS,
    MAILS_PER_WINDOW,
)
from tests.factories import people as make
from tests.support.counted import happened
from tests.support.letters import code_in, last_letter, letters, link_in

PASSWORD = "the well is deep enough"
NEW = "a calm river at noon"


def sign_in(one, password: str = PASSWORD, email: str = "amina@example.org") -> int:
    return one.post("/sign-in", data={"email": email, "password": password}).status_code


# Passwords


def test_passwords_tried_all_at_once_are_no_more_than_one_after_the_other(amina, browser, at_once, monkeypatch):
    looked_at = []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda *given: looked_at.append(given) or matches(*given))
    answers = at_once([partial(sign_in, browser(), f"guess number {number}") for number in range(20)])
    assert len(looked_at) <= FAILURES_HERE
    assert sorted(answers) == [422] * len(looked_at) + [429] * (20 - len(looked_at))


def test_who_guesses_from_one_network_shuts_the_owner_out_of_no_other(amina, from_network):
    for _ in range(FAILURES_HERE + 1):
        guesser = sign_in(from_network("203.0.113.9"), "not this one")
    assert guesser == 429
    assert sign_in(from_network("198.51.100.7")) == 303


def test_nor_does_who_asks_for_links_in_her_name(amina, from_network):
    for _ in range(9):
        asked = from_network("203.0.113.9").post("/reset", data={"email": "amina@example.org"})
    assert asked.status_code == 429
    assert from_network("198.51.100.7").post("/reset", data={"email": "amina@example.org"}).status_code == 303


def test_an_account_is_guessed_at_from_everywhere_less_than_a_hundred_times_an_hour(amina, from_network):
    tried = [sign_in(from_network(f"203.0.113.{number}"), "not this one") for number in range(FAILURES_PER_ACCOUNT + 1)]
    assert tried == [422] * FAILURES_PER_ACCOUNT + [429]
    assert FAILURES_PER_ACCOUNT * 4 < 100


def test_whoever_is_shut_out_from_everywhere_comes_in_by_mail(amina, from_network, visitor, do_jobs):
    for number in range(FAILURES_PER_ACCOUNT):
        sign_in(from_network(f"203.0.113.{number}"), "not this one")
    assert sign_in(visitor) == 429
    visitor.post("/reset", data={"email": "amina@example.org"})
    do_jobs()
    visitor.post(link_in(last_letter("amina@example.org")), data={"password": NEW, "again": NEW})
    assert sign_in(visitor, NEW) == 303


def test_a_house_with_a_thousand_addresses_is_one(amina, from_network):
    for number in range(FAILURES_HERE):
        sign_in(from_network(f"2001:db8:0:1::{number:x}"), "not this one")
    assert sign_in(from_network("2001:db8:0:1:ffff::1")) == 429
    assert sign_in(from_network("2001:db8:0:2::1")) == 303


def test_the_same_address_written_in_two_ways_is_one(amina, from_network):
    for _ in range(FAILURES_HERE):
        sign_in(from_network("::ffff:203.0.113.9"), "not this one")
    assert sign_in(from_network("203.0.113.9")) == 429


def test_a_ministry_that_signs_in_rightly_counts_nothing(amina, browser):
    for _ in range(3):
        assert sign_in(browser()) == 303
    assert db.session.scalar(select(func.count()).select_from(CountedEvent)) == 0


def test_nothing_is_counted_for_longer_than_it_is_kept():
    with pytest.raises(ValueError, match="kept"):
        Limit("too-long", 1, LONGEST * 2)


# Codes


@pytest.fixture
def mariam(app):
    """She has just registered, and a message with a code is on its way to her."""
    return make.user("Mariam Diallo", email="mariam@example.org", email_confirmed_at=None, state=UserState.UNCONFIRMED)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def type_code(one, code: str) -> int:
    return one.post("/me/confirm", data={"code": code}).status_code


def confirmed(user: User) -> bool:
    db.session.rollback()
    return db.session.scalar(select(User.email_confirmed_at).where(User.id == user.id)) is not None


def test_a_code_is_guessed_at_five_times_also_at_once(mariam, browser, at_once):
    links.ask_confirmation(make.person(mariam))
    code = code_in(last_letter("mariam@example.org"))
    browsers = [browser(mariam) for _ in range(12)]
    at_once([partial(type_code, one, wrong(code)) for one in browsers])
    assert db.session.scalar(select(Token.tries)) == CODE_TRIES
    type_code(browser(mariam), code)
    assert not confirmed(mariam)


def test_new_messages_do_not_begin_the_count_of_wrong_codes_again(mariam, browser, frozen_clock):
    hers, tried = browser(mariam), 0
    while tried < CODE_TRIES_PER_DAY:
        links.ask_confirmation(make.person(mariam))
        code = code_in(last_letter("mariam@example.org"))
        for _ in range(CODE_TRIES - 1):
            type_code(hers, wrong(code))
            tried += 1
        frozen_clock(minutes=20)
    type_code(hers, code)
    assert not confirmed(mariam)
    frozen_clock(hours=24)
    type_code(hers, code)
    assert confirmed(mariam)


def test_the_link_of_the_message_is_not_shut_with_the_codes(mariam, browser, visitor):
    links.ask_confirmation(make.person(mariam))
    letter = last_letter("mariam@example.org")
    for _ in range(CODE_TRIES + 1):
        type_code(browser(mariam), wrong(code_in(letter)))
    assert visitor.post(link_in(letter)).status_code == 303
    assert confirmed(mariam)


# Links


def test_a_link_for_a_new_password_serves_once_also_at_once(amina, browser, visitor, do_jobs, at_once):
    visitor.post("/reset", data={"email": "amina@example.org"})
    do_jobs()
    link = link_in(last_letter("amina@example.org"))
    chosen = [f"{NEW} {number}" for number in range(8)]

    def use(one, password: str) -> int:
        return one.post(link, data={"password": password, "again": password}).status_code

    answers = at_once([partial(use, browser(), password) for password in chosen])
    assert sorted(answers) == [303] + [410] * 7
    stored = db.session.scalar(select(User.password_hash).where(User.id == amina.id))
    assert passwords.matches(stored, chosen[answers.index(303)])


def test_a_link_to_confirm_serves_once_also_at_once(mariam, browser, at_once):
    links.ask_confirmation(make.person(mariam))
    link = link_in(last_letter("mariam@example.org"))
    answers = at_once([partial(lambda one: one.post(link).status_code, browser()) for _ in range(6)])
    assert sorted(answers) == [303] + [410] * 5


# Messages


def test_messages_asked_for_at_once_are_no_more_than_one_after_the_other(mariam, browser, at_once):
    browsers = [browser(mariam) for _ in range(10)]
    answers = at_once([partial(lambda one: one.post("/me/confirm/again").status_code, one) for one in browsers])
    assert sorted(answers) == [303] * MAILS_PER_WINDOW + [409] * 6
    assert len(letters("mariam@example.org")) == MAILS_PER_WINDOW


def test_one_network_has_only_so_many_messages_sent_to_whomever(app, browser, from_network):
    happened(app, MAILS_PER_ADDRESS - 1, lambda: limits.having_mail_sent()[0])
    asked = [browser().post("/reset", data={"email": f"somebody{n}@example.org"}).status_code for n in range(2)]
    assert asked == [303, 429]
    assert from_network("198.51.100.7").post("/reset", data={"email": "other@example.org"}).status_code == 303


def test_who_is_signed_in_has_no_more_sent_than_a_visitor(app, mariam, amina, browser):
    happened(app, MAILS_PER_ADDRESS, lambda: limits.having_mail_sent()[0])
    assert browser(mariam).post("/me/confirm/again").status_code == 429
    data = {"email": "new@example.org", "present_password": PASSWORD}
    assert browser(amina).post("/me/email", data=data).status_code == 429
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 0


def test_no_mailbox_is_filled_by_many_accounts_together(app, boris, visitor):
    """Each of them asks for little, and nobody learns that there was enough."""
    for number in range(LETTERS_PER_MAILBOX + 3):
        links.ask_email_change(make.person(make.user(email=f"one{number}@example.org")), "boris@example.org")
    assert len(letters("boris@example.org")) == LETTERS_PER_MAILBOX
    for number in range(LETTERS_PER_MAILBOX + 3):
        links.ask_email_change(make.person(make.user(email=f"two{number}@example.org")), "Nobody@example.org")
    assert len(letters("Nobody@example.org")) == LETTERS_PER_MAILBOX
