"""A page of help for each role, the accessibility statement, and the ways to both."""

import re

import pytest

from elearn.home.views import HELP

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize("role", HELP)
@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
def test_every_link_of_a_page_of_help_leads_somewhere(role, lang, visitor, browser, dawit):
    html = visitor.speak(lang).get(f"/help/{role}").text
    main = html[html.index("<main") : html.index("</main>")]
    links = set(re.findall(r'<a href="(/[^"#]*)"', main))
    assert len(links) >= 3
    administrator = browser(dawit)
    assert {link: administrator.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_there_is_no_help_for_a_role_that_does_not_exist(visitor):
    assert visitor.get("/help/minister").status_code == 404


def test_help_is_at_the_foot_of_every_page_and_names_every_role(visitor):
    assert 'href="/help/"' in visitor.get("/courses/").text
    overview = visitor.get("/help/").text
    assert [role for role in HELP if f'href="/help/{role}"' not in overview] == []


def test_the_accessibility_statement_says_whom_to_write_to(visitor, app):
    page = visitor.get("/accessibility").text
    assert f'href="mailto:{app.config["CONTACT"]}"' in page
    assert "WCAG" in page
    assert "21 November 2026" in page
