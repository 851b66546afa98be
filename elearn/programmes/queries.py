"""Every SELECT on offerings."""

from sqlalchemy import select

from elearn.catalogue.models import Course, CourseState
from elearn.core.db import db
from elearn.programmes.models import Offering


def default_offering(slug: str) -> tuple[Offering, Course] | None:
    """The self-paced offering of a published course."""
    row = db.session.execute(
        select(Offering, Course)
        .join(Course, Course.id == Offering.course_id)
        .where(Course.slug == slug, Course.state == CourseState.PUBLISHED, Offering.is_default.is_(True))
    ).first()
    return (row[0], row[1]) if row is not None else None


def lock(offering_id: int) -> None:
    """Nobody else enrols in this offering until this transaction ends."""
    db.session.execute(select(Offering.id).where(Offering.id == offering_id).with_for_update())
