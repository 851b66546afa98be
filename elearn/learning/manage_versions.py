"""Trainers' pages of a course's versions: who is on which, what a newer one changes, and moving people to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import ngettext

from elearn.catalogue import changes, shelf
from elearn.catalogue import queries as catalogue
from elearn.catalogue.access import taught_course_or_404
from elearn.catalogue.changes import Changes
from elearn.catalogue.models import Course
from elearn.catalogue.shelf import Outline
from elearn.core import access
from elearn.core.access import Permission, requires
from elearn.core.forms import ButtonForm
from elearn.learning import moving, queries
from elearn.learning.models import EnrolmentState
from elearn.learning.moving import Moved
from elearn.learning.views import bp
from elearn.people.models import User

NOBODY: Mapping[EnrolmentState, int] = {}


@dataclass(frozen=True)
class Difference:
    """What people would find otherwise than in the version they study."""

    number: int
    old: Outline
    changes: Changes
    moved: Moved


@bp.get("/manage/courses/<slug>/versions")
@requires(Permission.TEACH)
def manage_versions(slug: str) -> Any:
    course = taught_course_or_404(access.person(), slug)
    page, people = queries.versions_of(course.id), queries.people_by_version(course.id)
    to = moving.target(course)
    left = sum(counts.get(state, 0) for key, counts in people.items() if key != to.id for state in queries.MOVABLE)
    return render_template(
        "learning/manage_versions.html",
        course=course,
        outline=_published(course),
        page=page,
        people={row.version_id: people.get(row.version_id, NOBODY) for row in page.items},
        to=to,
        left=left,
    )


@bp.route("/manage/courses/<slug>/versions/<int:number>/move", methods=["GET", "POST"])
@requires(Permission.TEACH)
def move_everybody(slug: str, number: int) -> Any:
    course = taught_course_or_404(access.person(), slug)
    return _moving(course, number, None, url_for(".manage_versions", slug=slug))


@bp.route("/manage/courses/<slug>/people/<public_id>/move/<int:number>", methods=["GET", "POST"])
@requires(Permission.TEACH)
def move_person(slug: str, public_id: str, number: int) -> Any:
    course = taught_course_or_404(access.person(), slug)
    user = queries.person_in_course(course.id, public_id) or abort(404)
    return _moving(course, number, user, url_for("assessment.manage_person", slug=slug, public_id=public_id))


def _moving(course: Course, number: int, user: User | None, back: str) -> Any:
    """Say what would change for whom; move them when that is confirmed."""
    form, user_id = ButtonForm(), user.id if user is not None else None
    if form.validate_on_submit():
        with form.explaining_refusals():
            moved = moving.move(access.person(), course, number, user_id)
            flash(_told(moved, number), "ok")
            return redirect(back, 303)
    to = moving.target(course)
    if to.number != number and not form.is_submitted():
        abort(404)
    return render_template(
        "learning/move.html",
        form=form,
        course=course,
        new=_published(course),
        number=to.number,
        user=user,
        differences=_differences(course, moving.outlook(course, to, user_id)),
        back=back,
    ), form.status


def _differences(course: Course, outlook: Mapping[int, Moved]) -> list[Difference]:
    """For each version that people are on, what the published one changes for them."""
    published = catalogue.shape_of_version(course.published_version_id or 0)
    found = []
    for number, moved in outlook.items():
        shown = queries.shown_version(course.id, number)
        old, outline = catalogue.shape_of_version(shown), shelf.outline(shown)
        if old is not None and published is not None and outline is not None:
            found.append(Difference(number, outline, changes.compare(old, published), moved))
    return found


def _told(moved: Moved, number: int) -> str:
    said = ngettext(
        "%(num)d person now studies version %(number)d.",
        "%(num)d people now study version %(number)d.",
        moved.people,
        number=number,
    )
    if not moved.completed:
        return str(said)
    done = ngettext(
        "%(num)d of them has completed the course by it.",
        "%(num)d of them have completed the course by it.",
        moved.completed,
    )
    return f"{said} {done}"


def _published(course: Course) -> Outline:
    return (shelf.outline(course.published_version_id) if course.published_version_id else None) or abort(404)
