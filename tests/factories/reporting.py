"""Completion records for tests: rows as learning leaves them, without the studying."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from elearn.catalogue.models import Course, CourseVersion
from elearn.certification.models import Certificate
from elearn.core import clock
from elearn.core.db import db
from elearn.learning.models import Completion, CompletionKind, Enrolment, EnrolmentState
from elearn.people.models import User
from elearn.programmes.models import Offering, OfferingMode, OfferingState

_COUNTED = ("affiliation_confirmed", "country", "institution_id", "lang", "minutes", "score", "sex", "version_id")


def course(slug: str) -> Course:
    """The published course, or a bare one with a default offering and no text."""
    found = db.session.execute(select(Course).where(Course.slug == slug)).scalar_one_or_none()
    if found is not None:
        return found
    made = Course(slug=slug, default_lang="en", state="published", created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    made.published_version_id = version(made).id
    db.session.add(
        Offering(
            course_id=made.id,
            code=f"{slug}-open",
            is_default=True,
            mode=OfferingMode.OPEN,
            state=OfferingState.RUNNING,
            created_at=clock.now(),
        )
    )
    db.session.flush()
    return made


def version(of: Course, number: int = 1) -> CourseVersion:
    """A structural version without steps."""
    made = CourseVersion(
        course_id=of.id,
        number=number,
        kind="structural",
        content_hash="",
        structure_hash="",
        rules={},
        minutes=345,
        theme="waqf",
        level="introductory",
        published_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    return made


def completion(user: User, slug: str = "waqf-basics", at: dt.datetime | None = None, **columns: Any) -> Completion:
    """A completed course. Columns of `completion` may be given; the rest is as the person is now."""
    of = course(slug)
    offering = db.session.execute(select(Offering).where(Offering.course_id == of.id)).scalar_one()
    values = {name: columns.pop(name) for name in _COUNTED if name in columns}
    assert not columns, columns
    enrolment = db.session.execute(
        select(Enrolment).where(Enrolment.user_id == user.id, Enrolment.offering_id == offering.id)
    ).scalar_one_or_none()
    if enrolment is None:
        enrolment = Enrolment(
            user_id=user.id,
            offering_id=offering.id,
            version_id=of.published_version_id,
            lang="en",
            state=EnrolmentState.COMPLETED,
            enrolled_at=clock.now(),
            active_at=clock.now(),
        )
        db.session.add(enrolment)
        db.session.flush()
    standard: dict[str, Any] = {
        "version_id": of.published_version_id,
        "lang": "en",
        "minutes": 345,
        "score": 84.0,
        "institution_id": user.institution_id,
        "affiliation_confirmed": user.affiliation_confirmed_at is not None,
        "country": user.country,
        "sex": user.sex,
    }
    return _row(enrolment, CompletionKind.COMPLETED, at, **(standard | values))


def annul(of: Completion) -> Completion:
    """What a completion is followed by when it does not count any more."""
    same = {name: getattr(of, name) for name in _COUNTED}
    return _row(db.session.get_one(Enrolment, of.enrolment_id), CompletionKind.ANNULLED, None, of.id, **same)


def _row(
    enrolment: Enrolment,
    kind: CompletionKind,
    at: dt.datetime | None,
    supersedes_id: int | None = None,
    **columns: Any,
) -> Completion:
    number = len(db.session.scalars(select(Completion.id).where(Completion.enrolment_id == enrolment.id)).all()) + 1
    made = Completion(
        enrolment_id=enrolment.id,
        number=number,
        kind=kind,
        supersedes_id=supersedes_id,
        evidence={},
        at=at or clock.now(),
        **columns,
    )
    db.session.add(made)
    db.session.flush()
    return made


def certificate(of: Completion, serial: str, **columns: Any) -> Certificate:
    """A certificate's row for a completion; no paper, no holder."""
    enrolment = db.session.get_one(Enrolment, of.enrolment_id)
    values: dict[str, Any] = {
        "code": serial.ljust(26, "0")[:26],
        "serial": serial,
        "completion_id": of.id,
        "user_id": enrolment.user_id,
        "offering_id": enrolment.offering_id,
        "kind": "completion",
        "design": "classic@1",
        "langs": "en,ar",
        "snapshot": {},
        "holder_hash": "",
        "issuer": "",
        "base_url": "",
        "demonstration": False,
        "issued_at": of.at,
    }
    made = Certificate(**(values | columns))
    db.session.add(made)
    db.session.flush()
    return made
