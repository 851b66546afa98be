"""What administrators do with the accounts of others."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from elearn.core import clock
from elearn.core.access import Role
from elearn.core.db import db
from elearn.core.models import Audit, AuditDetail
from elearn.people import roles
from elearn.people.models import RoleGrant, User, UserState
from tests.factories import people as make

PEOPLE = "/manage/people"


@pytest.fixture
def ministry(amina):
    """Amina's institution, in Niger."""
    institution = make.institution("Ministry of Water", country="NE")
    amina.institution_id = institution.id
    return institution


def administrator(**scope: object) -> User:
    """Somebody who administers only an institution or a country."""
    made = make.user("Local Administrator", country="NE")
    make.grant(made, Role.ADMINISTRATOR, **scope)
    return made


def stored(row):
    db.session.rollback()
    db.session.refresh(row)
    return row


def url(user: User, more: str = "") -> str:
    return f"{PEOPLE}/{user.public_id}{more}"


# Finding


def test_dawit_finds_everybody(amina, boris, chloe, dawit, browser):
    page = browser(dawit).get(PEOPLE).text
    for name in ("Amina Issoufou", "Boris Hakimov", "Chloe Mansour", "Dawit Rahman"):
        assert name in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=amina", "Amina"),
        ("q=BORIS@example", "Boris"),
        ("country=TN", "Chloe"),
        ("role=administrator", "Dawit"),
        ("state=blocked", "Blocked"),
        ("state=unconfirmed", "New"),
        ("role=trainer&country=KZ", "Boris"),
    ],
)
def test_filters_leave_whom_they_say(amina, boris, chloe, dawit, browser, query, found):
    make.user("Blocked Person", state=UserState.BLOCKED)
    make.user("New Person", state=UserState.UNCONFIRMED)
    rows = browser(dawit).get(f"{PEOPLE}?{query}").text.split('<th scope="row">')[1:]
    assert len(rows) == 1 and found in rows[0]


def test_filters_that_do_not_exist_filter_nothing_or_find_nobody(amina, dawit, browser):
    his = browser(dawit)
    for query in ("role=king", "state=asleep"):
        assert "Amina Issoufou" in his.get(f"{PEOPLE}?{query}").text
    assert "Nobody matches" in his.get(f"{PEOPLE}?country=XZ").text


def test_an_erased_person_is_not_there(dawit, browser):
    gone = make.user("Erased Person", state=UserState.ERASED)
    his = browser(dawit)
    assert "Erased Person" not in his.get(PEOPLE).text
    assert his.get(url(gone)).status_code == 404


def test_a_long_list_comes_page_by_page_and_nobody_is_lost(dawit, browser):
    for number in range(104):
        make.user(f"Person {number % 7} of many")  # many of the same name
    his, address, seen = browser(dawit), f"{PEOPLE}?q=of+many", []
    while address:
        page = his.get(address).text
        seen += [part.split('"')[0] for part in page.split(f'href="{PEOPLE}/')[1:]]
        parts = page.split('rel="next" href="')[1:]
        address = parts[0].split('"')[0].replace("&amp;", "&") if parts else ""
        assert not address or "q=of" in address
    assert len(seen) == len(set(seen)) == 104


def test_a_page_costs_the_same_when_there_are_twice_as_many(amina, dawit, browser, count_statements):
    his = browser(dawit)
    for _ in range(60):
        make.user()
    with count_statements() as few:
        his.get(PEOPLE)
    for _ in range(60):
        make.grant(make.user(institution_id=make.institution().id), Role.TRAINER)
    with count_statements() as many:
        his.get(PEOPLE)
    assert len(few) == len(many) <= 4


# Blocking


def test_dawit_blocks_and_opens_an_account(amina, dawit, browser):
    his = browser(dawit)
    assert his.post(url(amina, "/block")).status_code == 303
    assert stored(amina).state == UserState.BLOCKED
    assert "Open the account again" in his.get(url(amina)).text
    assert his.post(url(amina, "/unblock")).status_code == 303
    assert stored(amina).state == UserState.ACTIVE
    assert his.post(url(amina, "/unblock")).status_code == 409


def test_an_address_that_was_never_confirmed_is_not_by_unblocking(dawit, browser):
    new = make.user(email_confirmed_at=None, state=UserState.UNCONFIRMED)
    his = browser(dawit)
    his.post(url(new, "/block"))
    his.post(url(new, "/unblock"))
    assert stored(new).state == UserState.UNCONFIRMED


def test_who_did_it_is_on_record_by_ids(amina, dawit, browser):
    browser(dawit).post(url(amina, "/block"))
    (entry,) = db.session.scalars(select(Audit))
    assert (entry.verb, entry.object_id, entry.actor_id) == ("blocked", str(amina.id), dawit.id)
    assert len(entry.request_id) == 12
    every = " ".join(str(value) for value in vars(entry).values()) + str(db.session.get(AuditDetail, entry.id).detail)
    for name in ("Amina", "Issoufou", "amina@", "Dawit"):
        assert name not in every


# Roles


def test_dawit_makes_amina_a_trainer_and_takes_it_back(amina, dawit, browser):
    his, hers = browser(dawit), browser(amina)
    assert hers.get("/manage/courses").status_code == 403
    assert his.post(url(amina, "/roles"), data={"role": "trainer", "institution": "", "country": ""}).status_code == 303
    assert hers.get("/manage/courses").status_code == 200
    (grant,) = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == amina.id))
    assert grant.granted_by == dawit.id
    assert his.post(url(amina, f"/roles/{grant.id}/end")).status_code == 303
    assert hers.get("/manage/courses").status_code == 403
    assert stored(grant).ends_at is not None
    assert his.post(url(amina, f"/roles/{grant.id}/end")).status_code == 409
    verbs = [row.verb for row in db.session.scalars(select(Audit).order_by(Audit.id))]
    assert verbs == ["granted-role", "ended-role"]


def test_a_role_is_held_once_in_the_same_scope(amina, dawit, browser):
    his, data = browser(dawit), {"role": "trainer", "institution": "", "country": ""}
    his.post(url(amina, "/roles"), data=data)
    again = his.post(url(amina, "/roles"), data=data)
    assert again.status_code == 422
    assert "already holds this role" in again.text
    assert his.post(url(amina, "/roles"), data=data | {"country": "NE"}).status_code == 303


def test_a_role_nobody_knows_is_refused(amina, dawit, browser):
    assert browser(dawit).post(url(amina, "/roles"), data={"role": "king"}).status_code == 422


def test_the_role_of_one_person_is_not_ended_on_the_page_of_another(amina, boris, dawit, browser):
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == boris.id)).one()
    assert browser(dawit).post(url(amina, f"/roles/{grant.id}/end")).status_code == 409
    assert stored(grant).ends_at is None


@pytest.mark.parametrize(("starts", "ends", "status"), [(-2, 2, 200), (-2, -1, 403), (1, 2, 403), (1, None, 403)])
def test_a_role_holds_from_its_first_day_to_its_last(browser, starts, ends, status):
    day = dt.timedelta(days=1)
    person, now = make.user(), clock.now()
    make.grant(
        person, Role.ADMINISTRATOR, starts_at=now + starts * day, ends_at=now + ends * day if ends is not None else None
    )
    assert browser(person).get(PEOPLE).status_code == status


# Nobody manages their own account


@pytest.mark.parametrize("more", ["/block", "/unblock", "/confirm-affiliation"])
def test_dawit_does_not_change_his_own_account(dawit, browser, more):
    answer = browser(dawit).post(url(dawit, more))
    assert answer.status_code == 409
    assert "changed by another administrator" in answer.text
    assert stored(dawit).state == UserState.ACTIVE


def test_nor_his_own_roles(dawit, browser):
    his = browser(dawit)
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == dawit.id)).one()
    assert his.post(url(dawit, f"/roles/{grant.id}/end")).status_code == 409
    assert his.post(url(dawit, "/roles"), data={"role": "trainer"}).status_code == 409
    assert stored(grant).ends_at is None
    page = his.get(url(dawit)).text
    assert "Block the account" not in page and "Grant the role" not in page


# Scope


def test_who_administers_an_institution_sees_its_people_only(amina, boris, ministry, browser):
    theirs = browser(administrator(institution_id=ministry.id))
    page = theirs.get(PEOPLE).text
    assert "Amina Issoufou" in page and "Boris Hakimov" not in page
    assert theirs.get(url(amina)).status_code == 200
    assert theirs.get(url(boris)).status_code == 404
    for more in ("/block", "/confirm-affiliation"):
        assert theirs.post(url(boris, more)).status_code == 404
    assert theirs.post(url(amina, "/block")).status_code == 303
    assert stored(boris).state == UserState.ACTIVE


def test_who_administers_a_country_sees_its_people_only(amina, chloe, browser):
    theirs = browser(administrator(country="NE"))
    assert "Amina Issoufou" in theirs.get(PEOPLE).text
    assert theirs.get(url(chloe)).status_code == 404
    assert "Nobody matches" in theirs.get(f"{PEOPLE}?q=chloe").text


def test_a_scope_of_one_institution_does_not_reach_its_country(amina, ministry, browser):
    elsewhere = make.user("Somebody Else", country="NE")
    theirs = browser(administrator(institution_id=ministry.id, country="NE"))
    assert theirs.get(url(elsewhere)).status_code == 404


def test_what_reaches_beyond_a_scope_is_not_in_it(amina, ministry, browser):
    theirs = browser(administrator(institution_id=ministry.id))
    assert theirs.get("/manage/institutions").status_code == 403
    assert theirs.post(url(amina, "/roles"), data={"role": "administrator"}).status_code == 403
    assert "Grant the role" not in theirs.get(url(amina)).text


def test_a_local_administrator_does_not_block_those_of_the_whole_site(dawit, browser):
    dawit.country = "NE"
    theirs = browser(administrator(country="NE"))
    assert theirs.get(url(dawit)).status_code == 200
    assert "Block the account" not in theirs.get(url(dawit)).text
    assert theirs.post(url(dawit, "/block")).status_code == 403
    assert stored(dawit).state == UserState.ACTIVE


def test_moving_away_leaves_the_scope(amina, ministry, browser):
    theirs = browser(administrator(institution_id=ministry.id))
    amina.institution_id = make.institution().id
    assert theirs.get(url(amina)).status_code == 404


@pytest.mark.parametrize("who", ["amina", "boris", "chloe"])
def test_trainers_and_trainees_see_no_people(request, who, dawit, browser):
    one = browser(request.getfixturevalue(who))
    assert one.get(PEOPLE).status_code == 403
    assert one.get(url(dawit)).status_code == 403
    assert one.post(url(dawit, "/block")).status_code == 403


def test_somebody_who_does_not_exist_is_not_found(dawit, browser):
    his = browser(dawit)
    assert his.get(f"{PEOPLE}/nobody").status_code == 404
    assert his.post(f"{PEOPLE}/nobody/block").status_code == 404


def test_two_who_block_at_once_leave_one_blocked_account(amina, dawit):
    actor = make.person(dawit)
    roles.block(actor, amina)
    roles.block(actor, amina)
    assert amina.state == UserState.BLOCKED


def test_no_role_is_given_to_an_address_that_nobody_confirmed(dawit, browser):
    """Anybody may have registered with it."""
    user = make.user(email="minister@example.org", email_confirmed_at=None, state=UserState.UNCONFIRMED)
    answer = browser(dawit).post(url(user, "/roles"), data={"role": "administrator"})
    assert answer.status_code == 422 and "not confirmed" in answer.text
    assert db.session.scalar(select(func.count()).where(RoleGrant.user_id == user.id)) == 0
