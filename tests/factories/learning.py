"""People in a small course (two lessons, the second optional, and a quiz), and courses that change around them."""

from collections.abc import Mapping

from sqlalchemy import select

from elearn.catalogue.models import Step
from elearn.catalogue.service import Published
from elearn.core.db import db
from elearn.learning import queries, service
from elearn.learning.models import Enrolment
from elearn.learning.queries import Place
from elearn.learning.rules import Evidence
from elearn.people.models import User
from tests.factories.catalogue import publish
from tests.factories.people import person
from tests.support import small_course

SLUG, FIRST, SECOND, QUIZ = "small-course", "first-lesson", "second-lesson", "the-check"
MODULE = "01-only/module.yaml"


def published(files: Mapping[str, bytes] | None = None) -> Published:
    """The course as it is, or as it has become."""
    return publish(small_course.files() if files is None else files)


def of_lessons_only() -> dict[str, bytes]:
    """The course with the quiz optional and both lessons required: whoever has read them has completed it."""
    return small_course.changed({MODULE: """\
id: only
title: {en: The only module, fr: Le seul module}
steps:
  - {id: first-lesson, kind: lesson, minutes: 20, objectives: [o1]}
  - {id: second-lesson, kind: lesson, minutes: 10}
  - {id: the-check, kind: quiz, minutes: 15, required: false}
"""})  # fmt: skip


def enrol(user: User, lang: str = "en") -> Enrolment:
    return service.enrol(person(user), SLUG, lang)


def place_of(user: User, slug: str = SLUG) -> Place:
    place = queries.enrolment_of(user.id, slug)
    assert place is not None
    return place


def enrolment_of(user: User, slug: str = SLUG) -> Enrolment:
    return db.session.get_one(Enrolment, place_of(user, slug).enrolment_id, populate_existing=True)


def step_id(key: str) -> int:
    return db.session.scalars(select(Step.id).where(Step.key == key)).one()


def done(user: User, key: str, score: float | None = None, *, passed: bool = True) -> None:
    """What a lesson or a quiz tells about a step."""
    source = "read" if score is None else "quiz:1"
    service.mark_step_done(enrolment_of(user), step_id(key), Evidence(source, score, passed))
