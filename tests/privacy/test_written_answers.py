"""Answers in a person's own words go with the person; what was ticked or counted stays."""

from sqlalchemy import select

from elearn.assessment.items import TYPES
from elearn.assessment.models import Attempt, Response
from elearn.core import privacy
from elearn.core.db import db
from tests.factories import assessment as make
from tests.factories.assessment import RIGHT


def answers() -> dict[str, object]:
    db.session.expire_all()
    rows = db.session.execute(select(Response.item_key, Response.answer).order_by(Response.item_key))
    return {key: answer["value"] for key, answer in rows}


def test_every_type_says_whether_its_answers_are_words():
    assert {type(item.written) for item in TYPES.values()} == {bool}


def test_words_go_and_everything_else_stays(app, amina, monkeypatch):
    make.published()
    make.enrol(amina)
    make.whole_attempt(amina, RIGHT)
    before = answers()
    monkeypatch.setattr(TYPES["numeric"], "written", True, raising=False)
    privacy.erase(amina.id)
    assert answers() == before | {"rate": None}
    assert list(db.session.scalars(select(Attempt.score))) == [4.0]
