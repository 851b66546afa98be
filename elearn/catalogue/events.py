"""What the catalogue tells those above it, and what it asks of them."""

from dataclasses import dataclass

from blinker import Signal

# In the transaction that publishes.
course_published = Signal("a version was published: course, version, first")

# While cards are shown to somebody; a receiver returns {course id: OwnState}.
own_states = Signal("courses are shown to a person: person_id")

# Before something is published; a receiver returns {version id: how many people study it}.
studying = Signal("a course may change: slug")


@dataclass(frozen=True)
class OwnState:
    """How far a person is in a course."""

    done: int
    total: int
    completed: bool
