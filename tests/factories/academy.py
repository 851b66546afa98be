"""A small academy at work: what pages, records and journeys start from.

Boris teaches *Counting water points* (three languages, two modules), in which Amina is enrolled. Chloe teaches *Budgets
on one page* (English only), in which Faysal is enrolled. Dawit administers.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from elearn.catalogue.models import Course
from elearn.core.db import db, unit_of_work
from elearn.learning import service as learning
from elearn.learning import trainers
from elearn.people.models import User
from tests.factories import people as make
from tests.factories.catalogue import publish

COURSES = Path(__file__).parent / "courses"


@dataclass(frozen=True)
class Academy:
    """Names of what is there; rows are looked up where they are needed."""

    slug: str = "water-points"
    lessons: tuple[str, ...] = ("why-count", "how-to-count", "what-to-report")
    check: str = "check-counting"
    quiz: str = "final"
    other_slug: str = "short-budgets"
    faysal: str = "faysal@example.org"


def found_academy() -> Academy:
    """Make it, in the present application context."""
    academy = Academy()
    with unit_of_work():
        people = {name: make.persona(name) for name in make.PERSONAS}
        faysal = make.user("Faysal Demir", email=academy.faysal, country="TR")
        _teach(academy.slug, people["Boris"], people["Amina"], people["Dawit"])
        _teach(academy.other_slug, people["Chloe"], faysal, people["Dawit"])
    return academy


def _teach(slug: str, trainer: User, trainee: User, administrator: User) -> None:
    publish(COURSES / slug)
    course = db.session.execute(select(Course).where(Course.slug == slug)).scalar_one()
    trainers.add(make.person(administrator), course, trainer.email or "")
    learning.enrol(make.person(trainee), slug, "en")
