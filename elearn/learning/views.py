"""Pages of those who study: enrolling, leaving, the lesson player."""

import re
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from elearn.catalogue import shelf
from elearn.catalogue.models import Course, CourseState
from elearn.catalogue.saver import without_images
from elearn.catalogue.shelf import Outline
from elearn.core import access, ready
from elearn.core.access import Person, signed_in
from elearn.core.db import db, reading
from elearn.core.forms import ButtonForm, choices, typed
from elearn.core.i18n import LANGUAGES, content_language, interface_language
from elearn.learning import player, queries, service
from elearn.learning.access import own_place, own_place_or_404, own_steps
from elearn.learning.forms import EnrolForm
from elearn.people import queries as people_queries
from elearn.people import service as people

ANCHOR = re.compile(r"[\w-]{1,80}")
bp = Blueprint("learning", __name__, template_folder="templates")


@bp.route("/courses/<slug>/enrol", methods=["GET", "POST"])
@signed_in
def enrol(slug: str) -> Any:
    me = access.person()
    with reading():
        outline = _published_or_404(slug)
        already = own_place(me, slug) is not None
        mine = people_queries.profile(me.id, interface_language()) or abort(404)
        form = EnrolForm(
            name_latin=mine.user.name_latin,
            name_arabic=mine.user.name_arabic,
            lang=content_language(outline.texts, outline.default_lang),
        )
        form.lang.choices = choices((code, name) for code, name in LANGUAGES.items() if code in outline.texts)
    if already and request.method == "GET":
        return redirect(url_for("home.course", slug=slug))
    if form.validate_on_submit():
        with form.explaining_refusals():
            people.correct_name(me, typed(form.name_latin), typed(form.name_arabic))
            service.enrol(me, slug, form.lang.data)
            return redirect(url_for(".resume", slug=slug), 303)
    shown, text = outline.text(interface_language())
    return render_template("learning/enrol.html", form=form, outline=outline, title_lang=shown, text=text), form.status


def _published_or_404(slug: str) -> Outline:
    version_id = (
        db.session.query(Course.published_version_id).filter_by(slug=slug, state=CourseState.PUBLISHED).scalar()
    )
    return (shelf.outline(version_id) if version_id else None) or abort(404)


@bp.get("/courses/<slug>/resume")
@signed_in
def resume(slug: str) -> Any:
    """Where I stopped."""
    place = own_place_or_404(access.person(), slug)
    outline = _outline(place)
    step = player.continue_at(outline, queries.progress_of(place.enrolment_id), place.last_step_id)
    return redirect(player.step_url(slug, step))


@bp.route("/courses/<slug>/leave", methods=["GET", "POST"])
@signed_in
def leave(slug: str) -> Any:
    me, form = access.person(), ButtonForm()
    with reading():
        outline = _outline(own_place_or_404(me, slug))
    if form.validate_on_submit():
        with form.explaining_refusals():
            service.leave(me, slug)
            flash(_("You have left the course. What you have done is kept, should you come back."))
            return redirect(url_for("home.course", slug=slug), 303)
    shown, text = outline.text(interface_language())
    return render_template("learning/leave.html", form=form, outline=outline, title_lang=shown, text=text), form.status


@bp.get("/courses/<slug>/learn/<step>")
@signed_in
def lesson(slug: str, step: str) -> Any:
    me = access.person()
    place, done = own_steps(me, slug)
    if place is None:
        _published_or_404(slug)
        return redirect(url_for("home.course", slug=slug))
    outline = _outline(place)
    found = outline.step(step) or abort(404)
    if current_app.extensions["step_kinds"][found.kind].endpoint != "learning.lesson":
        return redirect(player.step_url(slug, found))
    wanted = content_language(outline.texts, outline.default_lang, enrolled=place.lang)
    shown, _title = outline.title(found, wanted)
    page = shelf.page(outline.version_id, found, shown) or abort(404)

    def render(reader: Person) -> str:
        view = player.lesson_view(outline, found, page, wanted, player.only_done(done))
        html = without_images(page.html) if reader.data_saver else page.html
        return render_template(
            "learning/lesson.html", view=view, studying=place.studying, slug=slug, html=html, person=reader
        )

    return ready.page((outline.version_id, shown, wanted, place.studying, done), me, render)


def _outline(place: queries.Place) -> Outline:
    return shelf.outline(place.shown_version_id) or abort(404)


@bp.post("/courses/<slug>/learn/<step>/done")
@signed_in
def mark_done(slug: str, step: str) -> Any:
    """The trainee has read the lesson; on to the next one."""
    me = access.person()
    place = own_place_or_404(me, slug)
    outline = _outline(place)
    found = outline.step(step) or abort(404)
    if current_app.extensions["step_kinds"][found.kind].endpoint != "learning.lesson":
        abort(404)
    service.read_step(me, slug, found.step_id)
    later = outline.steps[outline.steps.index(found) + 1 :]
    if later:
        return redirect(player.step_url(slug, later[0]), 303)
    return redirect(url_for("home.course", slug=slug), 303)


@bp.post("/courses/<slug>/language")
@signed_in
def choose_language(slug: str) -> Any:
    """Study on in another language; the place on the page is kept by its anchor."""
    me = access.person()
    place = own_place_or_404(me, slug)
    lang = request.form.get("lang", "")
    if lang not in _outline(place).texts:
        abort(400)
    service.choose_language(me, slug, lang)
    step = _outline(place).step(request.form.get("step", ""))
    anchor = request.form.get("anchor", "")
    target = player.step_url(slug, step) if step else url_for("home.course", slug=slug)
    return redirect(f"{target}#{anchor}" if ANCHOR.fullmatch(anchor) else target, 303)
