"""Enrolment, progress and completion, and the lesson player."""
