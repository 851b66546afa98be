"""Every SELECT on certificates."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from elearn.certification.models import Certificate
from elearn.core.db import db


@dataclass(frozen=True)
class Held:
    """An active certificate as other pages link to it."""

    code: str
    offering_id: int


def of_person(user_id: int) -> list[Held]:
    """The active certificates of a person. One statement."""
    rows: Any = db.session.execute(
        select(Certificate.code, Certificate.offering_id).where(
            Certificate.user_id == user_id, Certificate.ended_at.is_(None)
        )
    )
    return [Held(*row) for row in rows]


def of_enrolment(user_id: int, offering_id: int) -> Held | None:
    """The active certificate a person holds for an offering. One statement."""
    return next((held for held in of_person(user_id) if held.offering_id == offering_id), None)
