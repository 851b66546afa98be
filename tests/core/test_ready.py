"""Pages kept with gaps: the same words for everybody, and of each person only what is theirs."""

import re

import pytest

from elearn.core import ready
from elearn.learning import service
from tests.factories import people as make

pytestmark = pytest.mark.one_database
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def other(academy):
    """Another trainee of the same course."""
    user = make.user("Chloe <b>Mansour</b>")
    service.enrol(make.person(user), academy.slug, "en")
    return user


@pytest.fixture
def lesson(academy):
    return f"/courses/{academy.slug}/learn/{academy.lessons[0]}"


def without_tokens(html):
    return TOKEN.sub("", html)


def kept(app):
    return len(app.extensions[ready.READY_PAGES].pages)


def test_a_kept_page_is_the_page_as_it_was_rendered(app, browser, amina, lesson):
    amina_at_home = browser(amina)
    first, again = amina_at_home.get(lesson).text, amina_at_home.get(lesson).text
    assert without_tokens(first) == without_tokens(again)
    assert "Amina Issoufou" in first
    assert ready._MARK not in first + again
    assert kept(app) == 1


def test_two_people_share_a_page_but_neither_name_nor_token(app, browser, amina, other, lesson):
    hers, theirs = browser(amina).get(lesson).text, browser(other).get(lesson).text
    assert kept(app) == 1
    assert "Amina" not in theirs
    assert "Chloe &lt;b&gt;Mansour&lt;/b&gt;" in theirs
    assert not set(TOKEN.findall(hers)) & set(TOKEN.findall(theirs))
    assert without_tokens(hers).replace("Amina Issoufou", "Chloe &lt;b&gt;Mansour&lt;/b&gt;") == without_tokens(theirs)


def test_the_token_of_a_kept_page_is_taken(browser, amina, other, academy, lesson):
    browser(other).get(lesson)
    one = browser(amina)
    token = TOKEN.findall(one.get(lesson).text)[0]
    answer = one.post(
        f"{lesson}/done", data={"csrf_token": token}, csrf=False, headers={"Referer": one.get(lesson).request.url}
    )
    assert answer.status_code == 303
    assert answer.location.endswith(academy.lessons[1])


def test_what_a_person_has_done_and_chosen_makes_another_page(app, browser, amina, lesson):
    one = browser(amina)
    assert "I have read this" in one.get(lesson).text
    one.post(f"{lesson}/done")
    assert "I have read this" not in one.get(lesson).text
    one.post("/language", data={"lang": "fr"})
    assert '<html lang="fr"' in one.get(lesson).text
    one.post("/data-saver", data={"on": "1"})
    assert 'aria-pressed="true"' in one.get(lesson).text
    assert kept(app) == 4


def test_an_address_that_somebody_made_up_is_not_kept(app, browser, amina, lesson):
    one = browser(amina)
    assert one.get(f"{lesson}?x=1").status_code == 200
    assert ready.READY_PAGES not in app.extensions or kept(app) == 0


def test_words_meant_for_once_are_said_once(app, browser, amina, lesson):
    one = browser(amina)
    with one.session_transaction(base_url=app.config["BASE_URL"]) as session:
        session["_flashes"] = [("ok", "Welcome back")]
    assert "Welcome back" in one.get(lesson).text
    assert "Welcome back" not in one.get(lesson).text
