"""Every write to offerings."""

import hashlib

from elearn.catalogue.models import Course
from elearn.core import clock
from elearn.core.db import db
from elearn.programmes.models import Offering, OfferingMode, OfferingState

LONGEST_SLUG = 35


def open_default_offering(course: Course) -> Offering:
    """The self-paced, open offering every course has from its first publishing on."""
    offering = Offering(
        course_id=course.id,
        code=_code(course.slug),
        is_default=True,
        mode=OfferingMode.OPEN,
        state=OfferingState.RUNNING,
        created_at=clock.now(),
    )
    db.session.add(offering)
    db.session.flush()
    return offering


def _code(slug: str) -> str:
    """`<slug>-open`; a long address is cut, and told apart from others that begin like it."""
    if len(slug) > LONGEST_SLUG:
        slug = f"{slug[: LONGEST_SLUG - 9]}-{hashlib.sha256(slug.encode()).hexdigest()[:8]}"
    return f"{slug}-open"
