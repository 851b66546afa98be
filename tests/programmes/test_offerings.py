"""The self-paced offering that every course has."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from elearn.catalogue.models import Course
from elearn.core import clock
from elearn.core.db import db
from elearn.programmes import service
from elearn.programmes.models import Offering, OfferingMode, OfferingState
from tests.factories import learning as make
from tests.support import small_course


def offerings() -> int:
    return db.session.scalar(select(func.count()).select_from(Offering)) or 0


def test_the_first_publishing_opens_one_and_later_ones_none(app):
    make.published()
    (one,) = db.session.scalars(select(Offering))
    assert (one.is_default, one.mode, one.state, one.code) == (
        True,
        OfferingMode.OPEN,
        OfferingState.RUNNING,
        "small-course-open",
    )
    assert (one.seats, one.opens_at, one.closes_at) == (None, None, None)
    make.published(small_course.edited("01-only/first-lesson/lesson.en.md", "Somebody", "Everybody"))
    make.published(make.of_lessons_only())
    assert offerings() == 1


def course(slug: str) -> Course:
    made = Course(slug=slug, default_lang="en", state="draft", created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made


def test_courses_whose_long_addresses_begin_alike_have_codes_of_their_own(app):
    slugs = ["a" * 35, "a" * 36, "a" * 59 + "b", "a" * 59 + "c"]
    codes = {service.open_default_offering(course(slug)).code for slug in slugs}
    assert len(codes) == 4
    assert max(map(len, codes)) <= 40


def test_a_course_has_one_of_them(app):
    one = course("one")
    service.open_default_offering(one)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(
            Offering(
                course_id=one.id,
                code="another",
                is_default=True,
                mode=OfferingMode.OPEN,
                state=OfferingState.RUNNING,
                created_at=clock.now(),
            )
        )
    assert offerings() == 1
