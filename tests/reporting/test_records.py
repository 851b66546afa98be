"""The page of completion records: who sees which, filters, counts, pages, cost."""

import datetime as dt
import re

import pytest

from elearn.core import clock
from elearn.core.access import Role
from elearn.core.db import db
from elearn.core.models import Audit
from elearn.core.paging import COUNT_CAP
from elearn.people.models import InstitutionStatus, Sex, UserState
from elearn.reporting import queries
from tests.factories import people as make
from tests.factories import reporting

AT = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


def _text(response) -> str:
    """The page as it is read: no tags, one blank between words."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", body).replace("&nbsp;", " ").split())


@pytest.fixture
def ministry(app):
    return make.institution("Ministry of Water", "NE")


@pytest.fixture
def records(app, ministry, frozen_clock):
    """Three completions in two countries: Amina's two, and Faysal's from Türkiye, without an institution."""
    amina = make.persona("Amina")
    amina.institution_id, amina.affiliation_confirmed_at = ministry.id, clock.now()
    faysal = make.user("Faysal Demir", country="TR", sex=Sex.MALE)
    first = reporting.completion(amina, "waqf-basics", AT)
    reporting.certificate(first, "WA-2026-000001")
    reporting.completion(amina, "cash-transfers", AT + dt.timedelta(days=1), lang="fr", score=None)
    reporting.completion(faysal, "waqf-basics", AT + dt.timedelta(days=240), lang="ar", minutes=20)
    db.session.flush()


def test_dawit_sees_every_completion_newest_first(records, browser, dawit):
    response = browser(dawit).get("/manage/records")
    page = _text(response)
    assert response.status_code == 200
    table = page[page.index("Faysal Demir") :]
    assert table.index("cash-transfers") < table.index("WA-2026-000001")
    assert "3 completions · 2 people · 2 countries" in page
    row = page[page.rindex("Amina Issoufou") :]
    assert row.startswith(
        "Amina Issoufou Ministry of Water confirmed Niger waqf-basics 1 4 May 2026 5.75 84% WA-2026-000001"
    )
    assert "Türkiye" in page
    assert "The file will hold 3 rows" in page


@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
def test_the_page_speaks_the_reader_s_language(records, browser, dawit, lang):
    dawit.lang = lang
    response = browser(dawit).get("/manage/records?country=NE&since=2026-01-01&until=2026-12-31")
    assert response.status_code == 200
    assert f'<html lang="{lang}"' in response.text
    assert {"en": "Niger", "fr": "Niger", "ar": "النيجر"}[lang] in response.text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("course=waqf-basics", ["Faysal", "Amina"]),
        ("course=cash-transfers", ["Amina"]),
        ("country=TR", ["Faysal"]),
        ("language=fr", ["Amina"]),
        ("affiliation=claimed", ["Faysal"]),
        ("affiliation=confirmed", ["Amina", "Amina"]),
        ("sex=male", ["Faysal"]),
        ("since=2026-05-05", ["Faysal", "Amina"]),
        ("until=2026-05-05", ["Amina", "Amina"]),
        ("since=2026-05-04&until=2026-05-04", ["Amina"]),
        ("country=NE&language=en&course=waqf-basics", ["Amina"]),
    ],
)
def test_filters(records, browser, dawit, query, names):
    response = browser(dawit).get(f"/manage/records?{query}")
    assert response.status_code == 200
    assert re.findall(r"<th scope=\"row\">.*?<bdi>(\w+)", response.text) == names


def test_the_filters_are_said_as_a_sentence_and_can_be_removed(records, browser, dawit, ministry):
    address = (
        f"/manage/records?course=waqf-basics&country=NE&institution={ministry.code}&since=2026-01-01&until=2026-12-31"
    )
    response = browser(dawit).get(address)
    assert "Completed · waqf-basics · Niger · Ministry of Water · 2026" in _text(response)
    assert "/manage/records?course=waqf-basics&amp;country=NE&amp;institution=" + ministry.code + '"' in response.text


def test_an_institution_is_chosen_within_a_country(records, browser, dawit, ministry):
    one = browser(dawit)
    assert "Institutions can be chosen once a country is." in one.get("/manage/records").text
    assert "Ministry of Water</option>" in one.get("/manage/records?country=NE").text
    other = one.get(f"/manage/records?country=TR&institution={ministry.code}")
    assert other.status_code == 200, "that of another country is let go"
    assert "1 completion " in _text(other)


def test_completions_of_a_merged_proposal_belong_to_where_it_went(records, browser, dawit, ministry):
    proposal = make.institution("Min. of Water", "NE", status=InstitutionStatus.MERGED, merged_into=ministry.id)
    reporting.completion(make.user("Ousmane Diop", country="NE"), institution_id=proposal.id)
    response = browser(dawit).get(f"/manage/records?country=NE&institution={ministry.code}")
    assert "Ousmane Diop" in response.text
    assert "Min. of Water" not in response.text


def test_an_annulled_completion_is_not_counted(records, browser, dawit):
    gone = reporting.completion(make.user("Gone Away", country="ML"))
    reporting.annul(gone)
    page = _text(browser(dawit).get("/manage/records"))
    assert "Gone Away" not in page
    assert "3 completions · 2 people · 2 countries" in page


def test_a_completion_after_an_annulled_one_counts_again(records, browser, dawit):
    back = make.user("Back Again", country="ML")
    reporting.annul(reporting.completion(back))
    reporting.completion(back)
    assert "4 completions · 3 people" in _text(browser(dawit).get("/manage/records"))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"ended_at": AT, "ended_why": "revoked"}, "WA-2026-000009 revoked"),
        ({"expires_at": AT}, "WA-2026-000009 expired"),
        ({"expires_at": dt.datetime(2026, 11, 21, 0, tzinfo=dt.UTC)}, "WA-2026-000009 English"),
    ],
)
def test_what_a_certificate_is_worth(records, browser, dawit, columns, said):
    reporting.certificate(reporting.completion(make.user("Zara Adam")), "WA-2026-000009", **columns)
    assert said in _text(browser(dawit).get("/manage/records"))


def test_the_last_of_several_certificates_is_shown(records, browser, dawit):
    done = reporting.completion(make.user("Zara Adam"))
    reporting.certificate(done, "WA-2026-000008", ended_at=AT, ended_why="superseded")
    reporting.certificate(done, "WA-2026-000009")
    page = _text(browser(dawit).get("/manage/records"))
    assert "WA-2026-000009 English" in page
    assert "WA-2026-000008" not in page
    assert "4 completions" in page


def test_an_erased_person_has_no_name_and_still_counts(records, browser, dawit):
    erased = make.user("Nobody Known", country="ML")
    reporting.completion(erased)
    erased.state = UserState.ERASED
    page = _text(browser(dawit).get("/manage/records"))
    assert "Nobody Known" not in page
    assert "name erased" in page
    assert "4 completions · 3 people" in page


def test_names_are_text(records, browser, dawit):
    reporting.completion(make.user("<script>alert(1)</script>"))
    response = browser(dawit).get("/manage/records")
    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>" in response.text


# Scope


def test_an_administrator_of_a_country_sees_it_alone(records, browser):
    limited = make.user("Limited Admin")
    make.grant(limited, Role.ADMINISTRATOR, country="TR")
    response = browser(limited).get("/manage/records")
    page = _text(response)
    assert "Faysal Demir" in page
    assert "Amina" not in page
    assert "1 completion · 1 person · 1 country" in page
    assert 'value="NE"' not in response.text, "no other country to choose"
    assert browser(limited).get("/manage/records?country=NE").status_code == 422


def test_an_administrator_of_an_institution_sees_its_people_as_they_were(records, browser, ministry):
    limited = make.user("Limited Admin")
    make.grant(limited, Role.ADMINISTRATOR, institution_id=ministry.id)
    amina = make.persona("Amina")
    amina.institution_id = None  # she has left; her completions stay the ministry's
    page = _text(browser(limited).get("/manage/records"))
    assert "2 completions · 1 person · 1 country" in page
    assert "Faysal" not in page


def test_roles_add_up(records, browser, ministry):
    limited = make.user("Limited Admin")
    make.grant(limited, Role.ADMINISTRATOR, institution_id=ministry.id)
    make.grant(limited, Role.ADMINISTRATOR, country="TR")
    assert "3 completions" in _text(browser(limited).get("/manage/records"))


@pytest.mark.parametrize("who", ["amina", "boris", "chloe"])
def test_others_see_nothing(records, browser, request, who):
    assert browser(request.getfixturevalue(who)).get("/manage/records").status_code == 403


def test_looking_by_sex_is_on_record(records, browser, dawit):
    browser(dawit).get("/manage/records?sex=male")
    noted = db.session.query(Audit).filter_by(verb="saw-sex").all()
    assert [row.actor_id for row in noted] == [dawit.id]
    browser(dawit).get("/manage/records")
    assert db.session.query(Audit).filter_by(verb="saw-sex").count() == 1


# Nothing found, wrong filters


def test_an_empty_house_says_what_the_page_is_for(browser, dawit):
    page = browser(dawit).get("/manage/records")
    assert "Nobody has completed a course yet" in page.text
    assert 'name="purpose"' not in page.text


def test_the_filter_that_excludes_all_is_named(records, browser, dawit):
    response = browser(dawit).get("/manage/records?country=TR&course=waqf-basics&language=fr")
    page = _text(response)
    assert "Nothing matches these filters" in page
    blamed = page[page.index("without one of these") :]
    assert "Remove: Français" in blamed
    assert "Remove: Türkiye" not in blamed
    several = _text(browser(dawit).get("/manage/records?country=ID&language=fr&since=2027-01-01"))
    assert "No single filter is to blame" in several


@pytest.mark.parametrize(
    "query",
    ["course=none", "country=ZZ", "since=yesterday", "since=2026-02-01&until=2026-01-01", "language=xx"],
)
def test_a_wrong_filter_is_refused_in_words(records, browser, dawit, query):
    response = browser(dawit).get(f"/manage/records?{query}")
    assert response.status_code == 422
    assert "One correction is needed" in response.text
    assert "Amina" not in response.text


def test_a_made_up_cursor_is_refused(records, browser, dawit):
    assert browser(dawit).get("/manage/records?after=zzz").status_code == 400


# Many


def _many(number: int) -> None:
    people = [make.user(f"Person {n}", country="NE" if n % 2 else "ID") for n in range(20)]
    for n in range(number):
        reporting.completion(people[n % 20], f"course-{n // 20}", AT + dt.timedelta(minutes=n // 3))


def test_pages_follow_each_other_without_gap_or_repetition(frozen_clock, browser, dawit):
    _many(120)
    one, address, seen = browser(dawit), "/manage/records?language=en", []
    while address:
        response = one.get(address)
        seen.append(re.findall(r'<time datetime="([^"]+)"', response.text))
        found = re.search(r'rel="next" href="([^"]+)"', response.text)
        address = found[1].replace("&amp;", "&") if found else None
        assert address is None or "language=en" in address
    assert [len(page) for page in seen] == [50, 50, 20]
    flat = [at for page in seen for at in page]
    assert flat == sorted(flat, reverse=True)


def test_the_number_of_statements_does_not_depend_on_the_data(frozen_clock, browser, dawit, count_statements):
    one = browser(dawit)

    def asked(address: str) -> int:
        with count_statements() as seen:
            assert one.get(address).status_code == 200
        return len(seen)

    addresses = ("/manage/records", "/manage/records?course=course-0&country=NE")
    _many(60)
    before = [asked(address) for address in addresses]
    _many_more = [reporting.completion(make.user(country="NE"), f"course-{n % 5}") for n in range(60)]
    assert [asked(address) for address in addresses] == before
    assert before[0] <= 5


def test_counting_stops_at_a_cap_unless_asked(frozen_clock, browser, dawit, monkeypatch):
    monkeypatch.setattr(queries, "COUNT_CAP", 10)
    _many(12)
    assert "10+ completions" in _text(browser(dawit).get("/manage/records"))
    assert "more than 10 rows" in _text(browser(dawit).get("/manage/records"))
    assert "12 completions · 12 people · 2 countries" in _text(browser(dawit).get("/manage/records?exact=1"))
    assert COUNT_CAP == 10_000


@pytest.mark.parametrize("condition", ["", "country=NE", "course=course-0"])
def test_no_page_sorts_the_table(frozen_clock, browser, dawit, condition, count_statements):
    """The order comes from an index, so that the fiftieth row costs the same in a table of any size."""
    _many(60)
    with count_statements() as seen:
        browser(dawit).get(f"/manage/records?{condition}")
    listed = next(statement for statement in seen if "LIMIT" in statement and "serial" in statement)
    if db.engine.name == "sqlite":
        parameters = _parameters(listed)
        plan = db.session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + listed, parameters).all()
        assert not [row for row in plan if "TEMP B-TREE FOR ORDER BY" in row[3]], plan
        assert [row for row in plan if "USING" in row[3] and "_at_id" in row[3]], plan


def _parameters(statement: str) -> tuple[object, ...]:
    """Any values: the plan does not depend on them."""
    return (1,) * statement.count("?")


def test_fifty_rows_are_light(frozen_clock, browser, dawit):
    _many(60)
    response = browser(dawit).get("/manage/records", headers={"Accept-Encoding": "br"})
    assert len(response.data) < 20_000
