"""The trainer's page of one person in a course: progress, results, and what is granted beyond the rule."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from elearn.assessment import pages, queries, service
from elearn.assessment.access import taught_enrolment
from elearn.assessment.forms import GrantForm
from elearn.assessment.views import bp
from elearn.catalogue import shelf
from elearn.catalogue.access import taught_course_or_404
from elearn.core import access
from elearn.core.access import Permission, requires
from elearn.core.forms import typed
from elearn.core.i18n import clean_line, interface_language
from elearn.learning import player
from elearn.learning.queries import newer_version, progress_of


@bp.route("/manage/courses/<slug>/people/<public_id>", methods=["GET", "POST"])
@requires(Permission.TEACH)
def manage_person(slug: str, public_id: str) -> Any:
    course = taught_course_or_404(access.person(), slug)
    user, enrolment = taught_enrolment(course.id, public_id)
    outline, lang = shelf.outline(enrolment.version_id) or abort(404), interface_language()
    quizzes = {step.key: content for step in outline.steps if (content := queries.shown(outline.version_id, step.key))}
    form = GrantForm()
    form.step.choices = pages.limited(outline, quizzes, lang)
    if form.validate_on_submit():
        with form.explaining_refusals():
            content = quizzes[form.step.data]
            granted = {"attempts": form.attempts.data or 0, "minutes": form.minutes.data or 0}
            service.grant(access.person(), enrolment.id, content, **granted, reason=clean_line(typed(form.reason)))
            flash(_("Granted."), "ok")
            return redirect(url_for(".manage_person", slug=slug, public_id=public_id), 303)
    view = pages.dossier(user, enrolment, player.contents(outline, lang, progress_of(enrolment.id)), quizzes)
    version, newer = newer_version(enrolment)
    return render_template(
        "assessment/manage_person.html", form=form, outline=outline, view=view, version=version, newer=newer
    ), form.status
