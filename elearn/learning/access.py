"""Whose enrolments somebody reaches."""

from flask import abort

from elearn.core.access import Permission, Person
from elearn.learning.queries import Place, enrolment_of, place_and_steps


def own_place(person: Person, slug: str) -> Place | None:
    """The person's place in a course they study now, or None."""
    place = enrolment_of(person.id, slug)
    return place if place is not None and place.studying else None


def own_steps(person: Person, slug: str) -> tuple[Place | None, frozenset[int]]:
    """The person's place in a course they study now, or None, and which of its steps they have done."""
    found = place_and_steps(person.id, slug)
    return found if found is not None and found[0].studying else (None, frozenset())


def own_steps_or_404(person: Person, slug: str) -> tuple[Place, frozenset[int]]:
    """The same; nobody learns of courses they are not enrolled in by way of the player."""
    place, done = own_steps(person, slug)
    return (place or abort(404)), done


def own_place_or_404(person: Person, slug: str) -> Place:
    """The same; nobody learns of courses they are not enrolled in by way of the player."""
    return own_place(person, slug) or abort(404)


def may_see_all_courses(person: Person) -> bool:
    """Administrators of courses see the people of every course."""
    return person.may(Permission.COURSES_MANAGE)
