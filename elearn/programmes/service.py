"""Every write to offerings."""

from elearn.catalogue.models import Course
from elearn.core import clock
from elearn.core.db import db
from elearn.programmes.models import Offering, OfferingMode, OfferingState


def open_default_offering(course: Course) -> Offering:
    """The self-paced, open offering every course has from its first publishing on."""
    offering = Offering(
        course_id=course.id,
        code=f"{course.slug}-open"[:40],
        is_default=True,
        mode=OfferingMode.OPEN,
        state=OfferingState.RUNNING,
        created_at=clock.now(),
    )
    db.session.add(offering)
    db.session.flush()
    return offering
