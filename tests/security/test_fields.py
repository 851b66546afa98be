"""Fields: a form takes those it has, as they were typed, from its body alone; what else comes along does nothing."""

from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from elearn.core import clock
from elearn.core.db import db
from elearn.people import passwords
from elearn.people.models import RoleGrant, User, UserState
from tests.factories import people as make

pytestmark = pytest.mark.one_database
PROFILE = {"name_latin": "Amina Issoufou", "country": "NE", "preferred_lang": "en", "tz": "UTC"}
REGISTER = {"name_latin": "Mariam Diallo", "country": "NE", "preferred_lang": "en", "privacy": "y"}
FORM = "application/x-www-form-urlencoded"
PASSWORD = "the well is deep enough"
MORE = {
    "id": "1",
    "public_id": "chosen",
    "email": "other@example.org",
    "email_norm": "other@example.org",
    "email_confirmed_at": "2026-11-21",
    "state": "active",
    "epoch": "7",
    "role": "administrator",
    "roles": "administrator",
    "grants": "administrator",
    "affiliation_confirmed_at": "2026-11-21",
    "password_hash": "x",
    "user_id": "1",
    "is_admin": "1",
}


def kept(user: User) -> dict[str, object]:
    """What the database holds of somebody."""
    db.session.commit()
    columns = User.__table__.columns
    return dict(db.session.execute(select(columns).where(columns.id == user.id)).mappings().one())


def test_nobody_gives_themselves_what_the_profile_does_not_ask_for(amina, browser):
    hers = browser(amina)
    hers.post("/me/profile", data=PROFILE)
    before = kept(amina)
    assert hers.post("/me/profile", data=MORE | PROFILE).status_code == 303
    assert kept(amina) == before
    assert db.session.scalar(select(func.count()).select_from(RoleGrant)) == 0


def test_nor_by_opening_an_account(visitor):
    sent = MORE | REGISTER | {"email": "mariam@example.org", "password": PASSWORD}
    assert visitor.post("/register", data=sent).status_code == 303
    user = db.session.scalars(select(User)).one()
    assert (user.email, user.state, user.email_confirmed_at) == ("mariam@example.org", UserState.UNCONFIRMED, None)
    assert user.public_id != "chosen" and passwords.matches(user.password_hash, PASSWORD)
    assert db.session.scalar(select(func.count()).select_from(RoleGrant)) == 0


def test_nor_does_an_administrator_give_what_a_form_does_not(frozen_clock, dawit, browser):
    user = make.user(email="faysal@example.org", institution_id=make.institution().id)
    before = kept(user)
    sent = MORE | {"affiliation_confirmed_at": "1999-01-01"}
    answer = browser(dawit).post(f"/manage/people/{user.public_id}/confirm-affiliation", data=sent)
    changed = {name for name, value in kept(user).items() if value != before[name]}
    assert answer.status_code == 303 and changed == {"affiliation_confirmed_at", "affiliation_confirmed_by"}
    assert kept(user)["affiliation_confirmed_at"] == clock.now()


def test_what_stands_in_the_address_is_no_field(amina, browser):
    """Else a link could fill in a form."""
    answer = browser(amina).post("/me/profile?" + urlencode(PROFILE | {"name_latin": "Mallory"}))
    assert answer.status_code == 422
    answer = browser(amina).post("/me/profile?name_latin=Mallory&country=TR", data=PROFILE)
    assert answer.status_code == 303
    assert kept(amina)["name_latin"] == "Amina Issoufou" and kept(amina)["country"] == "NE"


def test_of_a_field_that_comes_twice_the_first_is_judged_and_taken(amina, dawit, browser):
    twice = urlencode([*PROFILE.items(), ("name_latin", "Mallory"), ("country", "nowhere"), ("tz", "x")])
    assert browser(amina).post("/me/profile", data=twice, content_type=FORM).status_code == 303
    assert kept(amina)["name_latin"] == "Amina Issoufou" and kept(amina)["tz"] == "UTC"
    twice = urlencode([("role", "nobody"), ("role", "administrator"), ("institution", ""), ("country", "")])
    answer = browser(dawit).post(f"/manage/people/{amina.public_id}/roles", data=twice, content_type=FORM)
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).where(RoleGrant.user_id == amina.id)) == 0


@pytest.mark.parametrize(
    "password",
    [
        "  a river, at noon  ",
        "A RIVER at noon",
        "x" * 30 + " the well is deep " * 8,
        "نهر هادئ عند الظهيرة",
        "e\u0301t\u00e9 long à midi",
    ],
    ids=["blanks", "capitals", "long", "arabic", "composed"],
)
def test_a_password_is_taken_exactly_as_it_was_typed(visitor, browser, password):
    sent = REGISTER | {"email": "mariam@example.org", "password": password}
    assert visitor.post("/register", data=sent).status_code == 303

    def sign_in(typed: str) -> int:
        return browser().post("/sign-in", data={"email": "mariam@example.org", "password": typed}).status_code

    others = {password.strip(), password.lower(), password[:-1], password[:72], password + " "} - {password}
    assert {sign_in(other) for other in others} == {422}
    assert sign_in(password) == 303


FORMATS = "100% %s %(name)s %(count)d {0} {name.__class__} %n $name ${HOME}"


def test_what_looks_like_a_format_is_text(app, busy_academy, browser):
    """Names stand inside sentences that are filled in."""
    amina, dawit = make.persona("Amina"), make.persona("Dawit")
    for person in (amina, dawit):
        browser(person).post("/me/profile", data=PROFILE | {"name_latin": FORMATS})
    for person, address in {
        amina: "/me/profile",
        dawit: f"/manage/people/{busy_academy.amina}",
        make.persona("Boris"): f"/manage/courses/{busy_academy.slug}/people/{busy_academy.amina}",
    }.items():
        answer = browser(person).get(address)
        assert answer.status_code == 200 and FORMATS in answer.text, address
    assert FORMATS in browser(dawit).get("/manage/people?q=100%25").text
