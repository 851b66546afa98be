"""Every endpoint declares its access, stands in the table, and answers everybody as the table says."""

from collections import Counter

import pytest
from flask import Flask, url_for

from elearn.core.access import Access
from tests.access_table import TABLE, Row
from tests.factories import people as make
from tests.factories.academy import BusyAcademy
from tests.support.access import answer_of

pytestmark = pytest.mark.one_database
PEOPLE = ("visitor", "amina", "boris", "chloe", "dawit")


def _endpoints(app: Flask) -> set[tuple[str, str]]:
    return {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }


def test_every_endpoint_declares_its_access(app):
    undeclared = [
        name
        for name, view in app.view_functions.items()
        if name != "static" and not isinstance(getattr(view, "access", None), Access)
    ]
    assert undeclared == []


def test_the_table_holds_every_endpoint_once(app):
    rows = Counter((row.endpoint, row.method) for row in TABLE)
    assert [row for row, times in rows.items() if times > 1] == []
    assert sorted(_endpoints(app) - set(rows)) == []
    assert sorted(set(rows) - _endpoints(app)) == []


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("row", TABLE, ids=str)
def test_everybody_gets_the_answer_of_the_table(row: Row, who: str, app, busy_academy, browser):
    one = browser(None if who == "visitor" else make.persona(who.capitalize()))
    response = one.open(address_of(row, app, busy_academy), method=row.method, data=row.data)
    assert answer_of(response) == getattr(row, who)


def address_of(row: Row, app: Flask, academy: BusyAcademy) -> str:
    """The address of a row: the academy's own names, unless the row gives others."""
    names = {argument for rule in app.url_map.iter_rules(row.endpoint) for argument in rule.arguments}
    own = {
        "slug": academy.slug,
        "step": academy.quiz if row.endpoint.startswith("assessment.") else academy.lessons[0],
        "number": 1,
        "version": academy.asset[:16],
        "path": "map.svg",
        "code": academy.proposed if row.endpoint.startswith("people.") else academy.certificate,
        "key": academy.mail,
        "public_id": academy.amina,
        "grant_id": academy.grant,
        "token": "not-a-token",
    }
    with app.test_request_context():
        return url_for(row.endpoint, **{name: row.values.get(name, own.get(name)) for name in names})
