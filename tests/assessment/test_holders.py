"""What a person is given of their attempts, and what erasing takes away."""

import json

from sqlalchemy import select

from elearn.assessment import service
from elearn.assessment.models import Attempt, Response
from elearn.core import privacy
from elearn.core.db import db
from elearn.core.models import AuditDetail
from elearn.learning.models import StepOverride
from tests.factories import assessment as make
from tests.factories.assessment import QUIZ, RIGHT, SLUG
from tests.factories.people import person


def part() -> privacy.Part:
    return next(part for part in privacy.parts() if part.domain == "assessment")


def test_every_attempt_with_its_answers_is_given_out(app, amina, boris):
    make.published()
    for user in (amina, boris):
        make.enrol(user)
    make.whole_attempt(amina, RIGHT)
    make.start(boris)
    given = json.loads(json.dumps(part().export(amina.id)))
    assert [(one["course"], one["quiz"], one["number"], one["points"], one["passed"]) for one in given] == [
        (SLUG, QUIZ, 1, 4.0, True)
    ]
    assert {one["item"]: one["answer"] for one in given[0]["answers"]}["all"] == ["a", "c"]
    assert "correct" not in json.dumps(given)


def test_erasing_leaves_scores_and_takes_words_and_devices(app, amina, boris):
    make.published()
    for user in (amina, boris):
        make.enrol(user)
        make.start(user)
        make.save(user, 1, RIGHT, seq=1, client=f"device-{user.id}")
        place, content = make.place_of(user), make.quiz_of(user)
        service.grant(person(boris), place.enrolment_id, content, attempts=1, minutes=0, reason="Was in hospital")
        make.hand_in(user, 1)
    part().erase(amina.id)
    db.session.flush()
    db.session.expire_all()
    assert sorted(db.session.scalars(select(Response.client_key).distinct())) == ["", f"device-{boris.id}"]
    assert sorted(db.session.scalars(select(StepOverride.reason))) == ["", "Was in hospital"]
    assert "hospital" not in json.dumps([dict(detail) for detail in db.session.scalars(select(AuditDetail.detail))])
    assert list(db.session.scalars(select(Attempt.score))) == [4.0, 4.0]
