"""Who reaches which courses as a trainer or administrator."""

from flask import abort
from sqlalchemy import ColumnElement, select, true

from elearn.catalogue.models import AuthorRole, Course, CourseAuthor
from elearn.core.access import Permission, Person
from elearn.core.db import db


def taught_by(person: Person) -> ColumnElement[bool]:
    """The courses a person may look into: every one for administrators of courses, else those they train."""
    if person.may(Permission.COURSES_MANAGE):
        return true()
    return Course.id.in_(
        select(CourseAuthor.course_id).where(
            CourseAuthor.user_id == person.id, CourseAuthor.role == AuthorRole.TRAINER
        )
    )  # fmt: skip


def taught_course_or_404(person: Person, slug: str) -> Course:
    """The course, for those who train it; other trainers are told no more than that there is nothing."""
    found = db.session.execute(select(Course).where(Course.slug == slug, taught_by(person))).scalar_one_or_none()
    return found or abort(404)
