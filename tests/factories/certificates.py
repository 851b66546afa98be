"""Certificates for tests: what a paper claims, without rows, and real ones, earned by completing a course."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from elearn.certification.models import Certificate
from elearn.certification.queries import of_person
from elearn.certification.rules import CertificateData, Titled, new_code
from elearn.core.db import db
from elearn.learning import service as learning
from elearn.learning.models import Completion, Enrolment
from elearn.learning.queries import enrolment_of, steps_by_need
from elearn.learning.rules import Evidence
from elearn.people.models import User

MADE_AT = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
CODE = new_code(bytes(range(7, 23)))
COURSE = {
    "en": "Conditional Cash Transfers, part 1: Foundations and reaching the right households",
    "fr": "Transferts monétaires conditionnels, partie 1 : fondements et ciblage des ménages",
    "ar": "التحويلات النقدية المشروطة، الجزء الأول: الأسس والوصول إلى الأسر المستحقة",
}
ISSUER = {"en": "Wasl Academy", "fr": "Académie Wasl", "ar": "أكاديمية وصل"}
SIGNATORY = {"en": "Director of Programmes", "fr": "Direction des programmes", "ar": "إدارة البرامج"}


def claim(
    languages: tuple[str, str] = ("en", "ar"), *, titles: Mapping[str, str] = COURSE, **changes: Any
) -> CertificateData:
    """The certificate of a plainly fictional person. Any field may be given."""
    fields: dict[str, Any] = {
        "code": CODE,
        "serial": "WA-2026-000123",
        "kind": "completion",
        "languages": languages,
        "name_latin": "Amina Issoufou",
        "name_arabic": "أمينة إيسوفو",
        "course": {lang: Titled(lang, titles[lang]) for lang in languages},
        "level": "intermediate",
        "minutes": 390,
        "studied_in": "ar",
        "score": 84,
        "issued_on": dt.date(2026, 11, 21),
        "expires_on": None,
        "issuer": {lang: ISSUER[lang] for lang in languages},
        "signatory": {lang: SIGNATORY[lang] for lang in languages},
        "address": f"https://academy.example.org/verify/{CODE}",
        "demonstration": False,
    }
    return CertificateData(**(fields | changes))


def complete(user: User, slug: str, score: float = 84.4) -> Completion:
    """Do every required step of a course the person is enrolled in, the last one with this score."""
    place = enrolment_of(user.id, slug)
    assert place is not None
    enrolment = db.session.get_one(Enrolment, place.enrolment_id)
    for step_id in steps_by_need(place.version_id)[0]:
        learning.mark_step_done(enrolment, step_id, Evidence(source="quiz:1", score=score))
    return db.session.execute(
        select(Completion).where(Completion.enrolment_id == enrolment.id).order_by(Completion.id.desc()).limit(1)
    ).scalar_one()


def certificate(user: User, slug: str) -> Certificate:
    """The certificate for completing the course."""
    complete(user, slug)
    record = of_person(user.id)[0]
    return record.certificate
