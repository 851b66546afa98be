"""The catalogue's part in a person's rights: the courses they train, write and publish."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from elearn.catalogue.models import Course, CourseAuthor, CourseVersion, DraftRevision
from elearn.core.db import db
from elearn.core.privacy import Fate, Holding

HOLDINGS = (
    Holding(
        what=_l("Which courses you train, translate or review"),
        why=_l("To show you the people of your courses, and to them who trains."),
        tables=("course_author",),
        fate=Fate.ERASED,
    ),
    Holding(
        what=_l("Which account changed or published a course, when, and the note written to it"),
        why=_l("A course has a history. Names printed in a course as those of its authors belong to the publication."),
        tables=("course_version.published_by", "draft_revision.author_id", "course_author.added_by"),
        fate=Fate.NAMELESS,
    ),
)


def export(user_id: int) -> dict[str, Any]:
    """What a person does for courses."""
    authored = (
        select(Course.slug, CourseAuthor.role, CourseAuthor.lang, CourseAuthor.added_at)
        .join(Course, Course.id == CourseAuthor.course_id)
        .where(CourseAuthor.user_id == user_id)
        .order_by(CourseAuthor.id)
    )
    published = (
        select(Course.slug, CourseVersion.number, CourseVersion.reason, CourseVersion.published_at)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.published_by == user_id)
        .order_by(CourseVersion.id)
    )
    changed = (
        select(Course.slug, DraftRevision.rev, DraftRevision.note, DraftRevision.at)
        .join(Course, Course.id == DraftRevision.course_id)
        .where(DraftRevision.author_id == user_id)
        .order_by(DraftRevision.id)
    )
    return {
        "courses": [
            {"course": row[0], "as": row[1], "language": row[2], "since": row[3]}
            for row in db.session.execute(authored)
        ],
        "published": [
            {"course": row[0], "version": row[1], "note": row[2], "at": row[3]} for row in db.session.execute(published)
        ],
        "changed": [
            {"course": row[0], "revision": row[1], "note": row[2], "at": row[3]} for row in db.session.execute(changed)
        ],
    }


def erase(user_id: int) -> None:
    """They train no course any more."""
    db.session.execute(delete(CourseAuthor).where(CourseAuthor.user_id == user_id))
