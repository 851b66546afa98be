"""Script and templates: whatever is typed into whatever field stays text, on every page, in mails, papers and files."""

import json
import re
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from elearn.catalogue.yamlread import LOADER
from elearn.certification import designs, paper
from elearn.core.db import db
from elearn.core.models import AuditDetail, Mail
from elearn.learning import service as learning
from elearn.people import passwords
from elearn.people.models import InstitutionText, User
from elearn.reporting.models import ExportLog
from tests.access_table import OPEN, TABLE
from tests.factories import people as make
from tests.factories.catalogue import publish
from tests.factories.certificates import claim
from tests.support.small_course import files as small_course
from tests.support.surface import ADDRESS, MARK, PAYLOAD, PRODUCT, Effects, Forms, writes
from tests.test_access import address_of

pytestmark = pytest.mark.one_database
PASSWORD = "the well is deep enough"
HASH = passwords.hashed(PASSWORD)
PEOPLE = ("visitor", "amina", "boris", "chloe", "dawit")
FILES = ("catalogue.asset", "certification.pdf", "home.metrics")
PARAMETERS = ("q", "next", "lang", "code", "after", "state", "item", "at", "country", "theme", "exact", "since")


@pytest.fixture
def world(app, busy_academy, browser):
    """`open_as(name)` is somebody's browser, whatever became of their session; `pages(name)` what they may open."""
    for name in make.PERSONAS:
        make.persona(name).password_hash = HASH

    def open_as(name: str):
        if name == "visitor":
            return browser()
        person = make.persona(name.capitalize())
        db.session.refresh(person)
        return browser(person)

    def pages(name: str) -> list[str]:
        rows = [
            row for row in TABLE if row.method == "GET" and row.endpoint not in FILES and getattr(row, name) is OPEN
        ]
        return [address_of(row, app, busy_academy) for row in rows]

    return open_as, pages


def post_everything(open_as, pages) -> list[tuple[str, int]]:
    """Send every form of every page, as everybody who sees it; what was answered, and that the answer is harmless."""
    answered = []
    for name in PEOPLE:
        one = open_as(name)
        for page in pages(name):
            for form in Forms(one.get(page).text, page).found:
                if form.method != "post" or not form.has_text:
                    continue
                for write in writes(PASSWORD):
                    answer = open_as(name).post(form.action, data=form.filled(write))
                    assert answer.status_code < 500, (name, form.action)
                    if answer.mimetype == "text/html":
                        assert Effects(answer.text).found == [], (name, form.action)
                    answered.append((form.action, answer.status_code))
    return answered


def test_what_is_stored_in_any_field_is_text_on_every_page(world):
    open_as, pages = world
    answered = post_everything(open_as, pages)
    stored = {
        "name": db.session.scalars(select(User.name_latin)).all(),
        "institution": db.session.scalars(select(InstitutionText.name)).all(),
        "purpose": db.session.scalars(select(ExportLog.purpose)).all(),
        "remark": [str(detail) for detail in db.session.scalars(select(AuditDetail.detail))],
        "address": db.session.scalars(select(User.email)).all(),
    }
    assert [what for what, texts in stored.items() if not any(MARK in (text or "") for text in texts)] == []
    assert len([status for _action, status in answered if status < 400]) > 8
    seen = 0
    for name in PEOPLE:
        one = open_as(name)
        for page in pages(name):
            html = one.get(page).text
            assert Effects(html).found == [], (name, page)
            seen += MARK in html
    assert seen > 10


def test_what_an_address_asks_for_is_text_too(world):
    open_as, pages = world
    for name in ("visitor", "amina", "dawit"):
        one = open_as(name)
        for page in pages(name):
            for text in (PAYLOAD, "javascript:alert(1)//" + MARK):
                html = one.get(page, query_string=dict.fromkeys(PARAMETERS, text)).text
                assert Effects(html).found == [], (name, page)


def test_so_is_what_stands_in_the_address_itself(app, busy_academy, browser):
    administrator, asked = browser(make.persona("Dawit")), 0
    for row in TABLE:
        parts = address_of(row, app, busy_academy).rstrip("/").split("/")
        for place in range(1, len(parts)):
            answer = administrator.get("/".join([*parts[:place], PAYLOAD, *parts[place + 1 :]]))
            assert answer.status_code < 500, (row, place)
            assert answer.mimetype != "text/html" or Effects(answer.text).found == [], (row, place)
            asked += 1
    assert asked > len(TABLE)


def test_messages_repeat_nothing_that_was_typed(world, visitor):
    """Else anybody could have us send their words to anybody."""
    open_as, pages = world
    post_everything(open_as, pages)
    letters = db.session.scalars(select(Mail).where(Mail.template != "x")).all()
    assert len(letters) > 3
    assert [letter.key for letter in letters if MARK in letter.subject + letter.body] == []


def test_the_paper_shows_a_name_as_it_is_written(app):
    html = paper.compose(claim(name_latin=PAYLOAD), designs.present(designs.CURRENT))
    assert Effects(html.replace("<style>", "")).found == []
    assert PRODUCT not in html and "{{7919*7907}}" in html


def test_the_address_of_a_mailbox_may_hold_more_than_letters(app, visitor):
    make.user(email=ADDRESS)
    hers = visitor.sign_in(db.session.scalars(select(User).where(User.email == ADDRESS)).one())
    page = hers.get("/me/confirm")
    assert Effects(page.text).found == []


MARKDOWN = PAYLOAD.replace("<", "\\<")  # raw HTML is refused when a course is checked
PLAIN = ("title", "summary", "audience", "written_by", "translated_by", "reviewed_by")
WORDS = dict.fromkeys(PLAIN, PAYLOAD) | dict.fromkeys(("text", "feedback"), MARKDOWN)


def hostile(path: str, data: bytes) -> bytes:
    """A file of a course with the payload in each of its texts."""
    if path.endswith(".yaml"):
        return yaml.safe_dump(_hostile(yaml.load(data, Loader=LOADER)), allow_unicode=True).encode()
    if path.endswith(".md"):
        text = re.sub(
            r"^(title|summary): .*$", lambda line: f"{line[1]}: {json.dumps(PAYLOAD)}", data.decode(), flags=re.M
        )
        text = text.replace("Two bars", MARKDOWN).replace("A source.", MARKDOWN)
        return f"{text}\n{MARKDOWN}\n\n- `{PAYLOAD}`\n".encode()
    return data


def _hostile(value: Any, said: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _hostile(inner, said or WORDS.get(key, "")) for key, inner in value.items()}
    if isinstance(value, list):
        return [_hostile(inner, said) for inner in value]
    return said if said and isinstance(value, str) else value


def test_a_course_brings_no_script_to_those_who_study_it(app, amina, boris, browser, visitor):
    """Its writers are trusted with words, not with the readers' sessions."""
    publish({path: hostile(path, data) for path, data in small_course().items()})
    learning.enrol(make.person(amina), "small-course", "en")
    hers, course = browser(amina), "/courses/small-course"
    hers.post(f"{course}/quiz/the-check/start")
    pages = ["/courses/", f"{course}/", f"{course}/preview", f"{course}/enrol", f"{course}/learn/first-lesson", "/me/"]
    pages += [f"{course}/quiz/the-check", f"{course}/quiz/the-check/1?all=1", f"{course}/quiz/the-check/1/review"]
    for _without_and_with_data_saver in range(2):
        for page in pages:
            for one in (visitor, hers):
                html = one.get(page, follow_redirects=True).text
                assert Effects(html).found == [], page
            assert MARK in html, page
        for one in (hers, visitor):
            one.post("/data-saver", data={"on": "1", "next": "/"})
    hers.post(f"{course}/quiz/the-check/1/hand-in")
    assert Effects(hers.get(f"{course}/quiz/the-check/1/result").text).found == []
