"""Asking to be erased, taking it back, having somebody erased; what is done when the days have passed."""

import datetime as dt

import pytest
from sqlalchemy import select

from elearn.core import clock
from elearn.core.access import Role
from elearn.core.db import db, unit_of_work
from elearn.core.models import Audit, AuditDetail, Mail
from elearn.people import erasure, roles
from elearn.people.models import Erasure, User, UserState
from tests.factories import people as make
from tests.privacy.conftest import HASH, PASSWORD
from tests.support.letters import last_letter, letters, link_in

AMINA = "amina@example.org"


@pytest.fixture
def amina(amina):
    amina.password_hash = HASH
    return amina


def ask(one, confirmation: str = AMINA, password: str = PASSWORD):
    return one.post("/me/data/erase", data={"confirmation": confirmation, "present_password": password})


def sign_in(one, email: str = AMINA):
    return one.post("/sign-in", data={"email": email, "password": PASSWORD})


def state(user: User) -> UserState:
    db.session.rollback()
    db.session.refresh(user)
    return user.state


def waiting() -> Erasure | None:
    db.session.rollback()
    return db.session.execute(
        select(Erasure).where(Erasure.cancelled_at.is_(None), Erasure.done_at.is_(None))
    ).scalar_one_or_none()


# Asking


def test_the_page_says_what_is_erased_and_what_is_kept_and_why(amina, browser):
    page = browser(amina).get("/me/data/erase").text
    assert "Your account: name, e-mail address" in page
    assert "Your name as it is printed on certificates" in page
    assert "Completions: course, date, hours and result" in page
    assert "anybody who may must be able to count again" in page
    assert "7 days" in page


def test_asking_takes_the_password_and_the_address_typed(amina, browser):
    hers = browser(amina)
    assert "not your present password" in ask(hers, password="not this one").text
    assert "not the address of the account" in ask(hers, confirmation="boris@example.org").text
    assert ask(hers, confirmation="").status_code == 422
    assert waiting() is None
    assert ask(hers, confirmation=" Amina@Example.ORG ").location == "/"
    found = waiting()
    assert (found.user_id, found.asked_by) == (amina.id, amina.id)
    assert found.due_at - found.asked_at == dt.timedelta(days=7)


def test_every_device_is_signed_out_and_a_message_is_sent(amina, browser):
    phone, desk = browser(amina), browser(amina)
    answer = ask(phone)
    assert "Your account will be erased on" in phone.get(answer.location).text
    for device in (phone, desk):
        assert device.get("/me/profile").status_code == 302
    letter = last_letter(AMINA)
    assert letter.subject == "Your account will be erased"
    assert link_in(letter).startswith("/keep-account/")


def test_it_is_done_after_seven_days_and_not_before(amina, browser, later):
    ask(browser(amina))
    later(days=6, hours=23, minutes=58)
    assert state(amina) == UserState.ACTIVE
    later(days=7, minutes=1)
    assert state(amina) == UserState.ERASED
    later(days=8)
    verbs = list(db.session.scalars(select(Audit.verb).where(Audit.object_id == str(amina.id)).order_by(Audit.id)))
    assert verbs == ["asked-for-erasure", "erased"]


# Taking it back


def test_signing_in_takes_it_back_and_says_so(amina, browser, visitor, later):
    ask(browser(amina))
    answer = sign_in(visitor)
    assert "so your account is kept" in visitor.get(answer.location).text
    assert waiting() is None
    later(days=30)
    assert state(amina) == UserState.ACTIVE


def test_the_link_takes_it_back_by_a_button(amina, browser, visitor, later):
    ask(browser(amina))
    link = link_in(last_letter(AMINA))
    page = visitor.get(link)
    assert page.status_code == 200 and "Keep the account" in page.text
    assert waiting() is not None  # a mail scanner opens links
    assert visitor.post(link).location == "/sign-in"
    assert waiting() is None
    for again in (visitor.get(link), visitor.post(link)):
        assert (again.status_code, "no longer good" in again.text) == (410, True)
    later(days=8)
    assert state(amina) == UserState.ACTIVE


def test_a_made_up_link_does_nothing(amina, browser, visitor):
    ask(browser(amina))
    assert visitor.post("/keep-account/made-up").status_code == 410
    assert waiting() is not None


def test_the_link_of_another_message_does_not(amina, browser, visitor, do_jobs):
    ask(browser(amina))
    visitor.post("/reset", data={"email": AMINA})
    do_jobs()
    token = link_in(last_letter(AMINA)).rpartition("/")[2]
    assert visitor.post(f"/keep-account/{token}").status_code == 410
    assert waiting() is not None


def test_after_taking_it_back_one_may_ask_again(amina, browser, visitor, later):
    ask(browser(amina))
    sign_in(visitor)
    assert ask(visitor).status_code == 303
    assert len(db.session.scalars(select(Erasure)).all()) == 2
    later(days=8)
    assert state(amina) == UserState.ERASED


# An administrator


def order(one, user: User, **changes: str):
    form = {"reason": "Asked by letter of 3 November", "confirmation": user.email or ""}
    return one.post(f"/manage/people/{user.public_id}/erase", data=form | changes)


def test_an_administrator_orders_it_with_a_reason(amina, dawit, browser, later):
    his = browser(dawit)
    assert "Erase this account" in his.get(f"/manage/people/{amina.public_id}").text
    assert order(his, amina, reason="").status_code == 422
    assert order(his, amina, reason="because").status_code == 422
    assert order(his, amina, confirmation="somebody@example.org").status_code == 422
    assert waiting() is None
    assert order(his, amina).location == f"/manage/people/{amina.public_id}"
    page = his.get(f"/manage/people/{amina.public_id}").text
    assert "This account will be erased" in page and "Keep the account" in page
    assert "administrator was asked to erase" in last_letter(AMINA).body
    noted = select(AuditDetail.detail).join(Audit).where(Audit.verb == "asked-for-erasure", Audit.actor_id == dawit.id)
    assert db.session.scalars(noted).all() == [{"reason": "Asked by letter of 3 November"}]
    later(days=7, minutes=1)
    assert state(amina) == UserState.ERASED
    assert "Asked by letter" not in str(db.session.scalars(select(AuditDetail.detail)).all())


def test_an_order_is_given_once(amina, dawit, browser):
    order(browser(dawit), amina)
    again = order(browser(dawit), amina)
    assert (again.status_code, "asked for already" in again.text) == (422, True)
    assert len(letters(AMINA)) == 1


def test_its_person_takes_it_back_by_signing_in(amina, dawit, browser, visitor, later):
    order(browser(dawit), amina)
    sign_in(visitor)
    later(days=8)
    assert state(amina) == UserState.ACTIVE


def test_an_administrator_takes_it_back_and_its_person_is_told(amina, dawit, browser, later):
    his = browser(dawit)
    nothing = his.post(f"/manage/people/{amina.public_id}/keep")
    assert (nothing.status_code, "Nobody has asked" in nothing.text) == (409, True)
    ask(browser(amina))
    assert his.post(f"/manage/people/{amina.public_id}/keep").status_code == 303
    assert last_letter(AMINA).subject == "Your account is kept"
    later(days=8)
    assert state(amina) == UserState.ACTIVE


def test_it_ends_at_the_administrators_scope(app, browser):
    niger, tunis = make.user("Ada Niang", country="NE"), make.user("Bechir Trabelsi", country="TN")
    limited = make.user("Salma Country")
    make.grant(limited, Role.ADMINISTRATOR, country="NE")
    everywhere = make.administrator(country="NE")
    assert order(browser(limited), niger).status_code == 303
    assert order(browser(limited), tunis).status_code == 404
    assert browser(limited).get(f"/manage/people/{tunis.public_id}/erase").status_code == 404
    assert order(browser(limited), everywhere).status_code == 403
    assert browser(limited).post(f"/manage/people/{tunis.public_id}/keep").status_code == 404


def test_nobody_orders_their_own(dawit, browser):
    assert order(browser(dawit), dawit).status_code == 403


def test_the_only_administrator_stays(dawit, browser, later):
    dawit.password_hash = HASH
    answer = ask(browser(dawit), "dawit@example.org")
    assert (answer.status_code, "the only administrator" in answer.text) == (422, True)
    other = make.administrator(name_latin="Second Administrator")
    assert ask(browser(dawit), "dawit@example.org").status_code == 303
    other.password_hash = HASH
    assert "the only administrator" in ask(browser(other), other.email).text  # the first one is leaving
    later(days=8)
    assert state(dawit) == UserState.ERASED


def test_whoever_administers_a_part_or_is_blocked_does_not_count(dawit, browser):
    dawit.password_hash = HASH
    make.grant(make.user("Salma Country"), Role.ADMINISTRATOR, country="NE")
    roles.block(make.person(dawit), make.administrator(name_latin="Closed Account"))
    assert "the only administrator" in ask(browser(dawit), "dawit@example.org").text


def test_roles_end_with_it_and_stay_on_record(app, boris, browser, later):
    boris.password_hash = HASH
    ask(browser(boris), "boris@example.org")
    later(days=8)
    (grant,) = db.session.scalars(select(make.RoleGrant).where(make.RoleGrant.user_id == boris.id))
    assert grant.ends_at is not None


# Carrying it out


def test_one_that_fails_keeps_nobody_else_and_is_tried_again(amina, boris, browser, later, monkeypatch):
    boris.password_hash = HASH
    ask(browser(amina))
    ask(browser(boris), "boris@example.org")
    erase, broken = erasure.privacy.erase, amina.id

    def fails_once(user_id: int) -> None:
        erase(user_id)
        if user_id == broken:
            raise RuntimeError("the disk is full")

    monkeypatch.setattr(erasure.privacy, "erase", fails_once)
    later(days=8)
    assert (state(amina), state(boris)) == (UserState.ACTIVE, UserState.ERASED)
    assert amina.email == AMINA  # undone as a whole
    monkeypatch.undo()
    later(days=8, minutes=1)
    assert state(amina) == UserState.ERASED


def test_taking_it_back_at_the_very_moment_wins_or_loses_as_a_whole(amina, browser, app):
    ask(browser(amina))
    found = waiting()
    number, user_id = found.id, found.user_id
    db.session.commit()
    with app.app_context(), unit_of_work():
        assert erasure.take_back(user_id, None)
    with app.app_context(), unit_of_work():
        assert erasure._carry_out(number, user_id) is False
    assert state(amina) == UserState.ACTIVE


# Accounts that were never used


@pytest.fixture
def mariam(app):
    """She registered, and was not seen again."""
    return make.user(
        "Mariam Diallo",
        email="mariam@example.org",
        email_confirmed_at=None,
        state=UserState.UNCONFIRMED,
        password_hash=HASH,
    )


def test_an_account_nobody_ever_used_goes_after_a_year_with_a_warning(mariam, later):
    later(days=334)
    assert letters("mariam@example.org") == []
    later(days=336)
    assert last_letter("mariam@example.org").subject == "Your account was never used"
    later(days=350)
    assert len(letters("mariam@example.org")) == 1
    assert state(mariam) == UserState.UNCONFIRMED
    later(days=367)
    assert state(mariam) == UserState.ERASED


@pytest.mark.parametrize("how", ["signing in", "the link", "confirming"])
def test_whoever_comes_in_time_stays(mariam, later, visitor, how):
    later(days=336)
    with clock.frozen(clock.now() + dt.timedelta(days=340)):
        if how == "signing in":
            assert sign_in(visitor, "mariam@example.org").status_code == 303
        elif how == "the link":
            assert visitor.post(link_in(last_letter("mariam@example.org"))).status_code == 303
        else:
            mariam.state, mariam.email_confirmed_at = UserState.ACTIVE, clock.now()
            db.session.commit()
    later(days=400)
    assert state(mariam) != UserState.ERASED


def test_whoever_keeps_it_by_the_link_is_not_asked_again_the_next_day(mariam, later, visitor):
    later(days=336)
    with clock.frozen(clock.now() + dt.timedelta(days=337)):
        visitor.post(link_in(last_letter("mariam@example.org")))
    later(days=340)
    assert len(db.session.scalars(select(Erasure)).all()) == 1
    later(days=336 + 340)
    assert len(db.session.scalars(select(Erasure)).all()) == 2


def test_who_studies_without_a_confirmed_address_is_not_unused(mariam, visitor, later):
    sign_in(visitor, "mariam@example.org")
    later(days=500)
    assert db.session.scalars(select(Mail)).all() == []
    assert state(mariam) == UserState.UNCONFIRMED
