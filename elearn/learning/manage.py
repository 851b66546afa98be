"""Pages of trainers: their courses, the people in one of them, and who trains it."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from elearn.catalogue import shelf
from elearn.catalogue.access import taught_course_or_404
from elearn.core import access
from elearn.core.access import Permission, requires
from elearn.core.forms import typed
from elearn.core.i18n import interface_language
from elearn.learning import player, queries, trainers
from elearn.learning.forms import AddTrainerForm
from elearn.learning.views import bp


@bp.get("/manage/courses")
@requires(Permission.TEACH)
def manage_courses() -> Any:
    found = queries.courses_taught(access.person())
    outlines = {row.version_id: shelf.outline(row.version_id) for row in found}
    return render_template("learning/manage_courses.html", courses=found, outlines=outlines, lang=interface_language())


@bp.get("/manage/courses/<slug>/people")
@requires(Permission.TEACH)
def manage_course(slug: str) -> Any:
    course = taught_course_or_404(access.person(), slug)
    page = queries.people_in_course(course.id)
    progress = queries.progress_by_enrolment([enrolment.id for _user, enrolment in page.items])
    rows = []
    for user, enrolment in page.items:
        outline = shelf.outline(enrolment.version_id) or abort(404)
        mine = progress[enrolment.id]
        result = outline.step(outline.rules["completion"]["result"] or "")
        score = mine[result.step_id].score if result and result.step_id in mine else None
        rows.append((user, enrolment, player.count(outline, mine), score))
    return render_template(
        "learning/manage_course.html", course=course, outline=_title(course), rows=rows, page=page
    )  # fmt: skip


def _title(course: Any) -> Any:
    return shelf.outline(course.published_version_id) or abort(404)


@bp.route("/manage/courses/<slug>/trainers", methods=["GET", "POST"])
@requires(Permission.COURSES_MANAGE)
def manage_trainers(slug: str) -> Any:
    course, form = taught_course_or_404(access.person(), slug), AddTrainerForm()
    if form.validate_on_submit():
        with form.explaining_refusals():
            trainers.add(access.person(), course, typed(form.email))
            flash(_("The trainer is added."))
            return redirect(url_for(".manage_trainers", slug=slug), 303)
    return render_template(
        "learning/manage_trainers.html",
        course=course,
        outline=_title(course),
        trainers=queries.trainers_of(course.id),
        form=form,
    ), form.status


@bp.post("/manage/courses/<slug>/trainers/<public_id>/remove")
@requires(Permission.COURSES_MANAGE)
def remove_trainer(slug: str, public_id: str) -> Any:
    trainers.remove(access.person(), taught_course_or_404(access.person(), slug), public_id)
    flash(_("The person is no longer a trainer of this course."))
    return redirect(url_for(".manage_trainers", slug=slug), 303)
