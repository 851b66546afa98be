"""Secrets: who reads the database, a backup, the log or an error message gets nothing that opens an account."""

import hmac
import json
import logging
import re

import pytest
from sqlalchemy import select

from elearn.core.db import db, metadata
from elearn.core.logs import JsonLines, PlainLines
from elearn.core.models import Mail
from elearn.people import links
from elearn.people.models import User, UserState
from elearn.people.rules import FAILURES_HERE
from tests.factories import people as make
from tests.support.letters import code_in, last_letter, letters, link_in

COOKIE, HOST = "__Host-session", "academy.example.org"
PASSWORD = "the well is deep enough"
NEW = "a calm river at noon"
FORM = {"name_latin": "Mariam Diallo", "country": "NE", "preferred_lang": "en", "privacy": "y"}


@pytest.fixture
def journey(app, visitor, browser, do_jobs, mail_server):
    """Everything that takes a secret, once, and every message sent; returns the secrets, by what they are."""

    def go() -> dict[str, str]:
        visitor.post("/register", data=FORM | {"email": "mariam@example.org", "password": PASSWORD})
        confirm = last_letter("mariam@example.org")
        code = code_in(confirm)
        visitor.post("/sign-in", data={"email": "mariam@example.org", "password": PASSWORD + "!"})
        visitor.post("/sign-in", data={"email": "mariam@example.org", "password": PASSWORD})
        visitor.get(link_in(confirm))
        visitor.post("/me/confirm", data={"code": f"{(int(code) + 1) % 10**6:06d}"})
        visitor.post("/me/email", data={"email": "new@example.org", "present_password": PASSWORD})
        browser().post("/reset", data={"email": "mariam@example.org"})
        do_jobs()
        text = "\n".join("\n".join(message.get_content().splitlines()) for message in mail_server)
        sent = dict(
            enumerate(re.findall(r"/(?:confirm|reset)/([\w-]{43})", text) + re.findall(r"^[0-9]{6}$", text, re.M))
        )
        assert len(sent) == 5 and code in sent.values()
        with visitor.session_transaction(base_url=f"https://{HOST}") as session:
            opened = {"session": session["_user_id"], "form": session["csrf_token"], "password": PASSWORD}
        cookie = visitor.get_cookie(COOKIE, domain=HOST).value
        return {f"sent {number}": secret for number, secret in sent.items()} | opened | {"cookie": cookie}

    return go


def everything_stored() -> str:
    db.session.rollback()
    found = []
    for table in metadata.sorted_tables:
        found += [str(tuple(row)) for row in db.session.execute(select(table))]
    return "\n".join(found)


def test_who_reads_the_database_can_enter_no_account(journey):
    """Of passwords, links, codes and sessions it holds hashes; of messages that were sent, not even these."""
    secrets = journey()
    stored = everything_stored()
    assert "mariam@example.org" in stored
    assert [name for name, secret in secrets.items() if secret in stored] == []
    assert len([letter for letter in letters() if "/…" in letter.body]) == 3


def test_what_was_not_sent_yet_is_kept_whole(app, journey):
    links.ask_confirmation(
        make.person(make.user(email="one@example.org", state=UserState.UNCONFIRMED, email_confirmed_at=None))
    )
    assert link_in(last_letter("one@example.org")) and code_in(last_letter("one@example.org"))


def test_the_hash_of_a_code_takes_the_secret_of_the_site(app):
    """A million codes are tried in a second by whoever has only the database."""
    user = make.user(email="one@example.org", state=UserState.UNCONFIRMED, email_confirmed_at=None)
    kept = links._code_hash(user.id, "123456")
    secret, app.config["SECRET_KEY"] = app.config["SECRET_KEY"], "another"
    other = links._code_hash(user.id, "123456")
    app.config["SECRET_KEY"] = secret
    assert kept != other


@pytest.mark.one_database
@pytest.mark.parametrize("lines", [JsonLines, PlainLines])
def test_the_log_holds_none_of_them(app, journey, caplog, lines):
    with caplog.at_level(logging.DEBUG):
        secrets = journey()
        app.logger.error("an error that names https://academy.example.org/reset/%s", secrets["sent 0"])
    ours = [record for record in caplog.records if not record.name.startswith(("asyncio", "mail.log"))]
    logged = "\n".join(lines().format(record) for record in ours)
    assert "/reset/" in logged and "/sign-in" in logged
    assert [name for name, secret in secrets.items() if secret in logged] == []


@pytest.mark.one_database
def test_the_log_tells_of_guessing_by_the_number_of_the_account(amina, browser, caplog):
    for email in ["amina@example.org", "nobody@example.org"] + ["amina@example.org"] * FAILURES_HERE:
        browser().post("/sign-in", data={"email": email, "password": "not this one"})
    told = [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == "elearn.people.views"]
    assert [line.get("account") for line in told] == [amina.id, 0] + [amina.id] * (FAILURES_HERE - 1) + [None]
    assert "too often" in told[-1]["message"]
    assert "amina" not in str(told) and "not this one" not in str(told)


@pytest.mark.one_database
def test_no_page_repeats_a_password_or_a_code(amina, browser):
    hers = browser(amina)
    sent = {"present_password": PASSWORD, "password": NEW, "again": NEW + "!", "email": "no address", "code": "12345"}
    for address in ("/me/password", "/me/email", "/me/data/erase", "/me/confirm"):
        answer = hers.post(address, data=sent)
        assert answer.status_code == 422, address
        assert PASSWORD not in answer.text and NEW not in answer.text, address


@pytest.mark.one_database
def test_codes_are_compared_in_a_time_that_tells_nothing(app, browser, monkeypatch):
    user = make.user(email="one@example.org", state=UserState.UNCONFIRMED, email_confirmed_at=None)
    links.ask_confirmation(make.person(user))
    compared = []
    compare = hmac.compare_digest
    monkeypatch.setattr(links.hmac, "compare_digest", lambda a, b: compared.append((a, b)) or compare(a, b))
    browser(user).post("/me/confirm", data={"code": "000000"})
    assert [pair for pair in compared if len(pair[0]) == len(pair[1]) == 64] != []


ADDRESSES = [
    "a@example.org\r\nBcc: b@example.org",
    "a@example.org, b@example.org",
    "a@example.org;b@example.org",
    "<a@example.org>",
    "a@example.org\n\nText",
    '"a b"@example.org',
    "a@example.org%0aBcc:b@example.org",
]


@pytest.mark.one_database
def test_a_message_cannot_be_sent_to_more_than_one(app, visitor, amina, browser):
    for address in ADDRESSES:
        visitor.post("/register", data=FORM | {"email": address, "password": PASSWORD})
        visitor.post("/reset", data={"email": address})
        browser(amina).post("/me/email", data={"email": address, "present_password": PASSWORD})
    told = {letter.to_addr for letter in db.session.scalars(select(Mail))} - {"amina@example.org"}
    assert [address for address in told if any(sign in address for sign in "\r\n,;<> ")] == []
    assert db.session.scalars(select(User.email).where(User.email.contains("\n"))).all() == []
