"""A small academy at work: what pages, records and journeys start from.

Boris teaches *Counting water points* (three languages, two modules), in which Amina is enrolled and has read the first
lesson. Chloe teaches *Budgets on one page*, in which Faysal is enrolled. Dawit administers.
"""

from dataclasses import dataclass
from pathlib import Path

COURSES = Path(__file__).parent / "courses"


@dataclass(frozen=True)
class Academy:
    """Names of what is there; ids are looked up where they are needed."""

    slug: str = "water-points"
    lesson: str = "why-count"
    second_lesson: str = "how-to-count"
    quiz: str = "final"
    other_slug: str = "short-budgets"


def found_academy() -> Academy:
    """Make it, in the present application context."""
    from tests.factories.catalogue import publish

    publish(COURSES / "water-points")
    return Academy()
