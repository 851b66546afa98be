"""Pages of trainers: their courses, the people in one of them, and who trains it."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from elearn.catalogue import shelf
from elearn.catalogue.access import taught_course_or_404
from elearn.catalogue.shelf import Outline
from elearn.core import access
from elearn.core.access import Permission, requires
from elearn.core.forms import typed
from elearn.core.i18n import interface_language
from elearn.core.paging import count_words
from elearn.learning import player, queries, trainers
from elearn.learning.forms import AddTrainerForm
from elearn.learning.views import bp


@bp.get("/manage/courses")
@requires(Permission.TEACH)
def manage_courses() -> Any:
    page, lang = queries.courses_taught(access.person()), interface_language()
    texts = {row.slug: _outline(row.version_id).text(lang) for row in page.items}
    return render_template("learning/manage_courses.html", page=page, texts=texts, count_words=count_words)


@bp.get("/manage/courses/<slug>/people")
@requires(Permission.TEACH)
def manage_course(slug: str) -> Any:
    course = taught_course_or_404(access.person(), slug)
    page = queries.people_in_course(course.id)
    progress = queries.progress_by_enrolment([enrolment.id for _user, enrolment in page.items])
    rows = []
    for user, enrolment in page.items:
        outline = _outline(enrolment.version_id)
        mine = progress[enrolment.id]
        result = outline.step(outline.rules["completion"]["result"] or "")
        score = mine[result.step_id].score if result and result.step_id in mine else None
        rows.append((user, enrolment, player.count(outline, mine), score))
    outline = _outline(course.published_version_id)
    return render_template("learning/manage_course.html", course=course, outline=outline, rows=rows, page=page)


def _outline(version_id: int | None) -> Outline:
    return (shelf.outline(version_id) if version_id else None) or abort(404)


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
        outline=_outline(course.published_version_id),
        trainers=queries.trainers_of(course.id),
        form=form,
    ), form.status


@bp.post("/manage/courses/<slug>/trainers/<public_id>/remove")
@requires(Permission.COURSES_MANAGE)
def remove_trainer(slug: str, public_id: str) -> Any:
    trainers.remove(access.person(), taught_course_or_404(access.person(), slug), public_id)
    flash(_("The person is no longer a trainer of this course."))
    return redirect(url_for(".manage_trainers", slug=slug), 303)
