"""Opening an account."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from elearn.core.db import db
from elearn.people import limits, passwords
from elearn.people.models import Consent, Institution, InstitutionStatus, InstitutionText, Sex, Token, User, UserState
from elearn.people.rules import ASKED_PER_MAILBOX, PRIVACY_VERSION, REGISTRATIONS_PER_ADDRESS
from tests.factories import people as make
from tests.support.counted import happened
from tests.support.letters import last_letter, letters

FORM = {
    "name_latin": "Mariam Diallo",
    "name_arabic": "مريم ديالو",
    "email": "Mariam@Example.org",
    "password": "a calm river at noon",
    "country": "NE",
    "preferred_lang": "ar",
    "sex": "female",
    "privacy": "y",
}


def register(one, **changes: str):
    return one.post("/register", data=FORM | changes)


def account(email: str = "mariam@example.org") -> User | None:
    db.session.rollback()
    return db.session.scalar(select(User).where(User.email_norm == email))


def test_an_account_is_open_at_once_and_its_address_unconfirmed(visitor):
    answer = register(visitor)
    assert (answer.status_code, answer.location) == (303, "/registered")
    user = account()
    assert (user.name_latin, user.name_arabic) == ("Mariam Diallo", "مريم ديالو")
    assert (user.email, user.country, user.lang, user.sex) == ("Mariam@Example.org", "NE", "ar", Sex.FEMALE)
    assert (user.state, user.email_confirmed_at) == (UserState.UNCONFIRMED, None)
    signed = visitor.post("/sign-in", data={"email": "mariam@example.ORG", "password": FORM["password"]})
    assert signed.location == "/me/"


def test_the_message_speaks_the_chosen_language(visitor):
    register(visitor)
    letter = last_letter("Mariam@Example.org")
    assert letter.lang == "ar"
    assert "/confirm/" in letter.body


def test_from_then_on_so_does_the_device(visitor):
    register(visitor)
    assert 'lang="ar" dir="rtl"' in visitor.get("/sign-in").text


def test_the_version_of_the_privacy_notice_is_on_record(visitor):
    register(visitor)
    (consent,) = db.session.scalars(select(Consent))
    assert (consent.user_id, consent.policy, consent.version) == (account().id, "privacy", PRIVACY_VERSION)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"privacy": ""}, "Please read and accept the privacy notice."),
        ({"name_latin": " "}, "Please write a name in letters."),
        ({"name_latin": "12345"}, "Please write a name in letters."),
        ({"name_latin": "x" * 201}, "at most 200 characters"),
        ({"email": "mariam"}, "This does not look like an e-mail address"),
        ({"email": "a@example.org, b@example.org"}, "This does not look like an e-mail address"),
        ({"password": "short"}, "Please use between 10 and 200 characters"),
        ({"password": "mariam@example.org", "email": "mariam@example.org"}, "too easy to guess"),
        ({"password": "Mariam Diallo"}, "too easy to guess"),
        ({"password": "aaaaaaaaaaaa"}, "too easy to guess"),
        ({"country": "XZ"}, "Please choose from the list"),
        ({"country": ""}, "Please fill this in."),
        ({"preferred_lang": "de"}, "Please choose from the list"),
        ({"institution": "999999"}, "Please choose from the list"),
        ({"sex": "other"}, "Please choose from the list"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_stored(visitor, changes, words):
    answer = register(visitor, **changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert "a calm river at noon" not in answer.text
    assert account() is None
    assert letters() == []


def test_sex_and_the_arabic_name_are_optional(visitor):
    register(visitor, sex="", name_arabic="")
    assert (account().sex, account().name_arabic) == (None, None)


def test_another_country_and_an_international_organisation_are_answers_too(visitor):
    page = visitor.get("/register").text
    assert 'value="XX">Another country' in page and 'value="XI">International organisation' in page
    assert page.count("<option") > 57
    register(visitor, country="XI")
    assert account().country == "XI"


# An address that exists already


def names_of_cookies(answer) -> list[str]:
    return [cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")]


def test_the_answer_does_not_tell_whether_there_is_an_account(visitor, browser):
    make.user(email="known@example.org", email_norm="known@example.org")
    unknown, known = register(visitor), register(browser(), email="Known@example.org")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert names_of_cookies(known) == names_of_cookies(unknown)
    assert known.data == unknown.data


def test_both_answers_cost_one_hash(visitor, browser, monkeypatch):
    """Argon2 is what takes the time of this page; the rest drowns in it."""
    make.user(email="known@example.org", email_norm="known@example.org")
    hashes = []
    monkeypatch.setattr(passwords, "hashed", lambda password: hashes.append(password) or "x")
    register(visitor)
    assert len(hashes) == 1
    register(browser(), email="known@example.org")
    assert len(hashes) == 2


def test_the_owner_of_the_address_is_told_and_nothing_is_changed(visitor):
    owner = make.user("Known Person", email="known@example.org", lang="fr", password_hash="theirs")
    register(visitor, email="known@example.org")
    letter = last_letter("known@example.org")
    assert (letter.lang, letter.template) == ("fr", "people/already_registered")
    db.session.refresh(owner)
    assert (owner.name_latin, owner.password_hash, owner.lang) == ("Known Person", "theirs", "fr")
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_the_owner_of_a_closed_account_is_not_written_to(visitor):
    make.user(email="closed@example.org", state=UserState.BLOCKED)
    assert register(visitor, email="closed@example.org").status_code == 303
    assert letters() == []


def test_nobodys_mailbox_is_filled_that_way(visitor, browser, frozen_clock):
    make.user(email="known@example.org")
    for _ in range(6):
        assert register(browser(), email="known@example.org").status_code == 303
    assert len(letters("known@example.org")) == 4
    frozen_clock(minutes=61)
    register(browser(), email="known@example.org")
    assert len(letters("known@example.org")) == 5


def test_one_address_is_not_asked_for_over_and_over(browser, frozen_clock):
    for _ in range(ASKED_PER_MAILBOX):
        assert register(browser()).status_code == 303
    answer = register(browser())
    assert answer.status_code == 429
    assert "too often" in answer.text
    assert register(browser(), email="another@example.org").status_code == 303
    frozen_clock(minutes=16)
    assert register(browser()).status_code == 303


def test_a_whole_ministry_may_register_from_one_network_address(app, visitor, frozen_clock):
    happened(app, REGISTRATIONS_PER_ADDRESS - 1, lambda: limits.registering("")[1])
    assert register(visitor).status_code == 303
    assert register(visitor, email="one-more@example.org").status_code == 429


def test_ten_at_the_same_moment_make_one_account(app, browser):
    browsers = [browser() for _ in range(10)]
    db.session.commit()
    together = Barrier(10)

    def go(one):
        together.wait()
        with app.app_context():
            return register(one).status_code

    with ThreadPoolExecutor(10) as pool:
        codes = list(pool.map(go, browsers))
    db.session.rollback()
    assert set(codes) <= {303, 429} and 303 in codes
    assert db.session.scalar(select(func.count()).select_from(User)) == 1
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 1


# Institution


def test_an_institution_of_the_list_is_claimed(visitor):
    ministry = make.institution("Ministry of Water")
    assert "Ministry of Water" in visitor.get("/register").text
    register(visitor, institution=str(ministry.id))
    assert (account().institution_id, account().affiliation_confirmed_at) == (ministry.id, None)


def test_an_institution_that_is_not_listed_is_proposed(visitor):
    register(visitor, proposed_institution="  Office \u202efor\u202c  Wells ")
    institution = db.session.get(Institution, account().institution_id)
    assert (institution.status, institution.country) == (InstitutionStatus.PROPOSED, "NE")
    text = db.session.get(InstitutionText, (institution.id, "ar"))
    assert text.name == "Office for Wells"
    assert "Office for Wells" not in visitor.get("/register").text


def test_a_proposal_of_somebody_else_cannot_be_chosen(visitor):
    proposal = make.institution(status=InstitutionStatus.PROPOSED)
    answer = register(visitor, institution=str(proposal.id))
    assert answer.status_code == 422
    assert account() is None


# Where one was going


def test_the_way_on_is_kept_through_registering_and_signing_in(visitor):
    answer = visitor.post("/register?next=/courses/water/", data=FORM)
    page = visitor.get(answer.location).text
    assert 'href="/sign-in?next=/courses/water/"' in page


def test_a_code_is_kept_as_a_hash_only(visitor):
    register(visitor)
    (token,) = db.session.scalars(select(Token))
    assert token.code_hash and len(token.code_hash) == 64
    assert last_letter("Mariam@Example.org").body.count(token.hash) == 0
