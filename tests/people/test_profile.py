"""One's own profile."""

from sqlalchemy import select

from elearn.core import clock
from elearn.core.db import db
from elearn.core.models import Audit, AuditDetail
from elearn.people.models import Institution, InstitutionStatus, Sex, User
from tests.factories import people as make

FORM = {
    "name_latin": "Amina Issoufou",
    "name_arabic": "أمينة إيسوفو",
    "country": "NE",
    "preferred_lang": "en",
    "tz": "UTC",
    "sex": "female",
}


def save(one, **changes: str):
    return one.post("/me/profile", data=FORM | changes)


def stored(user: User) -> User:
    db.session.rollback()
    db.session.refresh(user)
    return user


def test_amina_changes_what_it_says_of_her(amina, browser):
    hers = browser(amina)
    changes = {"country": "TN", "preferred_lang": "fr", "tz": "Africa/Tunis", "sex": "unsaid", "data_saver": "y"}
    assert save(hers, **changes).status_code == 303
    assert (stored(amina).country, amina.lang, amina.tz) == ("TN", "fr", "Africa/Tunis")
    assert (amina.sex, amina.data_saver) == (Sex.UNSAID, True)
    assert '<html lang="fr" dir="ltr">' in hers.get("/me/profile").text
    save(hers)
    assert not stored(amina).data_saver


def test_what_does_not_exist_is_refused(amina, browser):
    for changes in ({"tz": "Mars/Olympus"}, {"country": "XZ"}, {"preferred_lang": "xx"}, {"institution": "12345"}):
        assert save(browser(amina), **changes).status_code == 422
    assert (stored(amina).tz, amina.country, amina.lang) == ("UTC", "NE", "en")


def test_nobody_else_is_reached_by_it(amina, boris, browser):
    save(browser(amina), id=str(boris.id), user_id=str(boris.id), public_id=boris.public_id, name_latin="Somebody Else")
    assert stored(boris).name_latin == "Boris Hakimov"
    assert stored(amina).name_latin == "Somebody Else"


def test_a_renaming_is_on_record_without_the_name(amina, browser):
    hers = browser(amina)
    save(hers)
    assert db.session.scalars(select(Audit)).all() == []
    save(hers, name_latin="Amina Abdou")
    (entry,) = db.session.scalars(select(Audit))
    assert (entry.verb, entry.object_type, entry.object_id, entry.actor_id) == (
        "renamed",
        "user",
        str(amina.id),
        amina.id,
    )
    detail = db.session.get(AuditDetail, entry.id)
    assert "Abdou" not in str(detail.detail) and detail.ip == "127.0.0.1"


# Affiliation


def confirmed_member(amina: User) -> Institution:
    ministry = make.institution("Ministry of Water")
    amina.institution_id, amina.affiliation_confirmed_at = ministry.id, clock.now()
    return ministry


def test_a_confirmed_affiliation_stays_while_the_institution_does(amina, browser):
    ministry = confirmed_member(amina)
    save(browser(amina), institution=str(ministry.id), country="TN")
    assert stored(amina).affiliation_confirmed_at is not None


def test_another_institution_is_claimed_anew(amina, browser):
    confirmed_member(amina)
    other = make.institution("Ministry of Roads")
    save(browser(amina), institution=str(other.id))
    assert (stored(amina).institution_id, amina.affiliation_confirmed_at) == (other.id, None)
    assert "stated by you, not confirmed yet" in browser(amina).get("/me/profile").text


def test_leaving_an_institution_ends_the_affiliation(amina, browser):
    confirmed_member(amina)
    save(browser(amina), institution="")
    assert (stored(amina).institution_id, amina.affiliation_confirmed_at) == (None, None)


def test_a_proposal_stays_ones_own_until_it_is_looked_at(amina, browser):
    hers = browser(amina)
    save(hers, institution="", proposed_institution="Office for Wells")
    proposal = stored(amina).institution_id
    page = hers.get("/me/profile").text
    assert "Office for Wells" in page and "proposed by you" in page
    save(hers, institution=str(proposal))
    assert stored(amina).institution_id == proposal
    save(hers, institution="", proposed_institution=" Office  for Wells ")
    assert stored(amina).institution_id == proposal
    assert db.session.scalars(select(Institution)).all() == [db.session.get(Institution, proposal)]


def test_a_proposal_that_its_author_leaves_waits_for_nobody(amina, browser):
    hers = browser(amina)
    save(hers, proposed_institution="Office for Wells")
    first = stored(amina).institution_id
    save(hers, institution="", proposed_institution="Office for Deep Wells")
    assert stored(amina).institution_id != first
    assert db.session.get(Institution, first).status == InstitutionStatus.REJECTED


def test_the_page_costs_the_same_whatever_the_number_of_people(amina, browser, count_statements):
    hers = browser(amina)
    with count_statements() as few:
        hers.get("/me/profile")
    for _ in range(20):
        make.institution()
        make.user()
    with count_statements() as many:
        hers.get("/me/profile")
    assert len(few) == len(many) <= 5
