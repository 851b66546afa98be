"""Every write to who trains a course."""

from flask_babel import gettext as _
from sqlalchemy import select

from elearn.catalogue.models import AuthorRole, Course, CourseAuthor
from elearn.core import audit, clock
from elearn.core.access import Person, Role
from elearn.core.db import db, refusing_clash
from elearn.core.errors import Refused
from elearn.people import roles
from elearn.people.models import RoleGrant, User, UserState
from elearn.people.service import normal_email


def add(actor: Person | None, course: Course, email: str) -> None:
    """Make somebody a trainer of a course, and give them the role if they lack it. `actor` None: the command line."""
    user = db.session.execute(
        select(User).where(User.email_norm == normal_email(email), User.state == UserState.ACTIVE)
    ).scalar_one_or_none()
    if user is None:
        raise Refused(_("There is no active account with this address. Ask the person to open one first."), "email")
    with refusing_clash(_("This person is a trainer of the course already."), "email"):
        db.session.add(
            CourseAuthor(
                course_id=course.id,
                user_id=user.id,
                role=AuthorRole.TRAINER,
                added_at=clock.now(),
                added_by=actor.id if actor else None,
            )
        )
    held = select(RoleGrant.id).where(
        RoleGrant.user_id == user.id, RoleGrant.role == Role.TRAINER, RoleGrant.ends_at.is_(None)
    )
    if db.session.execute(held).first() is None:
        roles.grant_role(actor, user, Role.TRAINER)
    audit.note("added-trainer", "course", course.id, actor=actor, detail={"user": user.id})


def remove(actor: Person, course: Course, public_id: str) -> None:
    """Take a course from a trainer; the role stays, for their other courses."""
    author = db.session.execute(
        select(CourseAuthor)
        .join(User, User.id == CourseAuthor.user_id)
        .where(
            CourseAuthor.course_id == course.id, User.public_id == public_id, CourseAuthor.role == AuthorRole.TRAINER
        )
    ).scalar_one_or_none()
    if author is None:
        raise Refused(_("This person is not a trainer of the course."))
    db.session.delete(author)
    audit.note("removed-trainer", "course", course.id, actor=actor, detail={"user": author.user_id})
