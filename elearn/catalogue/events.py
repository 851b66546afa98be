"""What the catalogue tells those above it, in the same transaction."""

from blinker import Signal

course_published = Signal("a version was published: course, version, first")
