"""Institutions that people propose, and what an administrator makes of them."""

import pytest
from sqlalchemy import select

from elearn.core.access import Role
from elearn.core.db import db
from elearn.core.models import Audit
from elearn.people import queries
from elearn.people.models import Institution, InstitutionStatus, InstitutionText, User
from tests.factories import people as make

PAGE = "/manage/institutions"


@pytest.fixture
def proposal(amina):
    """Amina and a colleague say they work at an institution that is not in the list."""
    institution = make.institution("Office for Wells", status=InstitutionStatus.PROPOSED, code="wells")
    colleague = make.user(country="NE")
    amina.institution_id = colleague.institution_id = institution.id
    return institution


def stored(row):
    db.session.rollback()
    db.session.refresh(row)
    return row


def members(institution: Institution) -> int:
    return len(db.session.scalars(select(User.id).where(User.institution_id == institution.id)).all())


def test_proposals_wait_with_the_number_of_their_people(proposal, dawit, browser):
    page = browser(dawit).get(PAGE).text
    assert "<bdi>Office for Wells</bdi>" in page
    assert "Niger · 2 people" in page


def test_an_accepted_one_is_in_everybodys_list_and_keeps_its_people(proposal, dawit, browser, visitor):
    names = {"name_en": "Wells Office", "name_fr": " Office  des puits", "name_ar": ""}
    assert browser(dawit).post(f"{PAGE}/wells/accept", data=names).status_code == 303
    assert stored(proposal).status == InstitutionStatus.CONFIRMED
    assert members(proposal) == 2
    assert "Wells Office" in visitor.get("/register").text
    assert db.session.get(InstitutionText, (proposal.id, "fr")).name == "Office des puits"
    assert [row.verb for row in db.session.scalars(select(Audit))] == ["accepted"]


def test_it_needs_a_name(proposal, dawit, browser):
    answer = browser(dawit).post(f"{PAGE}/wells/accept", data={"name_en": " ", "name_fr": "", "name_ar": ""})
    assert answer.status_code == 422
    assert "at least one language" in answer.text
    assert stored(proposal).status == InstitutionStatus.PROPOSED


def test_one_that_was_in_the_list_all_along_gives_its_people_to_that(proposal, amina, dawit, browser):
    ministry = make.institution("Ministry of Water")
    assert browser(dawit).post(f"{PAGE}/wells/merge", data={"into": str(ministry.id)}).status_code == 303
    assert (stored(proposal).status, proposal.merged_into) == (InstitutionStatus.MERGED, ministry.id)
    assert (members(proposal), members(ministry)) == (0, 2)
    assert stored(amina).affiliation_confirmed_at is None


def test_it_is_not_merged_into_another_proposal_or_into_nothing(proposal, dawit, browser):
    other = make.institution(status=InstitutionStatus.PROPOSED)
    for into in (str(other.id), "", "999999", str(proposal.id)):
        assert browser(dawit).post(f"{PAGE}/wells/merge", data={"into": into}).status_code == 422
    assert members(proposal) == 2


def test_what_is_no_institution_is_rejected_and_its_people_belong_to_none(proposal, amina, dawit, browser):
    assert browser(dawit).post(f"{PAGE}/wells/reject").status_code == 303
    assert stored(proposal).status == InstitutionStatus.REJECTED
    assert stored(amina).institution_id is None
    assert "No proposals wait" in browser(dawit).get(PAGE).text


@pytest.mark.parametrize("verb", ["accept", "merge", "reject"])
def test_what_two_administrators_do_at_once_is_done_once(proposal, dawit, browser, verb):
    ministry = make.institution()
    data = {"name_en": "Wells", "into": str(ministry.id)}
    his = browser(dawit)
    assert his.post(f"{PAGE}/wells/{verb}", data=data).status_code == 303
    for again in ("accept", "merge", "reject"):
        answer = his.post(f"{PAGE}/wells/{again}", data=data)
        assert answer.status_code in (409, 422)
        assert "already been dealt with" in answer.text


def test_html_in_a_proposal_is_text(amina, dawit, browser):
    make.institution("<img src=x onerror=alert(1)>", status=InstitutionStatus.PROPOSED)
    page = browser(dawit).get(PAGE).text
    assert "<img src=x" not in page and "&lt;img src=x onerror=alert(1)&gt;" in page


def test_the_list_is_shown_page_by_page_at_the_same_cost(dawit, browser, count_statements):
    for number in range(120):
        make.institution(f"Institution number {number}", country="NE" if number % 2 else "TN")
    his = browser(dawit)
    with count_statements() as few:
        page = his.get(PAGE).text
    shown, pages = set(), 0
    while True:
        pages += 1
        shown |= {line for line in page.splitlines() for line in line.split("<li>") if "Institution number" in line}
        if 'rel="next"' not in page:
            break
        after = page.split('rel="next" href="')[1].split('"')[0]
        page = his.get(after.replace("&amp;", "&")).text
    assert pages == 3
    for _ in range(120):
        make.institution()
    with count_statements() as many:
        his.get(PAGE)
    assert len(few) == len(many)


# Affiliation


def test_dawit_confirms_where_somebody_works(amina, dawit, browser):
    ministry = make.institution("Ministry of Water")
    amina.institution_id = ministry.id
    his = browser(dawit)
    page = his.get(f"/manage/people/{amina.public_id}").text
    assert "stated, not confirmed" in page and "Confirm the affiliation" in page
    assert his.post(f"/manage/people/{amina.public_id}/confirm-affiliation").status_code == 303
    assert (stored(amina).affiliation_confirmed_at is not None, amina.affiliation_confirmed_by) == (True, dawit.id)
    assert "affiliation confirmed" in his.get(f"/manage/people/{amina.public_id}").text


def test_an_affiliation_with_a_proposal_or_with_nothing_cannot_be_confirmed(proposal, amina, boris, dawit, browser):
    his = browser(dawit)
    assert "still a proposal" in his.post(f"/manage/people/{amina.public_id}/confirm-affiliation").text
    assert "has named no institution" in his.post(f"/manage/people/{boris.public_id}/confirm-affiliation").text
    assert stored(amina).affiliation_confirmed_at is None


def test_who_administers_one_institution_confirms_its_people(amina, browser):
    ministry = make.institution("Ministry of Water")
    amina.institution_id = ministry.id
    local = make.user()
    make.grant(local, Role.ADMINISTRATOR, institution_id=ministry.id)
    assert browser(local).post(f"/manage/people/{amina.public_id}/confirm-affiliation").status_code == 303
    assert stored(amina).affiliation_confirmed_by == local.id


def test_a_name_in_another_language_serves_where_there_is_none_in_ones_own(app):
    institution = make.institution("Ministry of Water")
    for lang in ("ar", "fr"):
        db.session.delete(db.session.get(InstitutionText, (institution.id, lang)))
    db.session.flush()
    assert [found[2] for found in queries.institution_names("ar")] == ["Ministry of Water"]
