"""What learning tells those above it, in the same transaction."""

from blinker import Signal

course_completed = Signal("a course was completed: completion, enrolment")
