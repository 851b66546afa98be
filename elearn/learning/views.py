"""Pages of those who study: enrolling, leaving, the lesson player."""

import re
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from elearn.catalogue import shelf
from elearn.catalogue.kinds import Progress
from elearn.catalogue.models import Course, CourseState
from elearn.catalogue.saver import without_images
from elearn.catalogue.shelf import Outline
from elearn.core import access, ready
from elearn.core.access import Person, person_or_none, public, signed_in
from elearn.core.db import db, reading
from elearn.core.forms import ButtonForm, choices, typed
from elearn.core.i18n import LANGUAGES, content_language, interface_language
from elearn.learning import glossary as terms
from elearn.learning import player, queries, service, words
from elearn.learning.access import own_place, own_place_or_404, own_steps, own_steps_or_404
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
    progress = queries.progress_of(place.enrolment_id)
    closed = player.closed(place, outline, player.done_steps(progress))
    step = player.continue_at(outline, progress, place.last_step_id, closed)
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
    return _step_page(slug, step, "learning.lesson")


@bp.get("/courses/<slug>/file/<step>")
@signed_in
def file(slug: str, step: str) -> Any:
    """A step that is a file to take away."""
    return _step_page(slug, step, "learning.file")


def _step_page(slug: str, step: str, endpoint: str) -> Any:
    """A step that somebody reads, if it is open; one that is done elsewhere leads there."""
    me = access.person()
    place, done = own_steps(me, slug)
    if place is None:
        _published_or_404(slug)
        return redirect(url_for("home.course", slug=slug))
    outline = _outline(place)
    found = outline.step(step) or abort(404)
    if current_app.extensions["step_kinds"][found.kind].endpoint != endpoint:
        return redirect(player.step_url(slug, found))
    wanted = content_language(outline.texts, outline.default_lang, enrolled=place.lang)
    closed = player.closed(place, outline, done)
    if found.key in closed:
        return player.closed_page(place, outline, found, wanted, done, closed)
    shown, _title = outline.title(found, wanted)
    page = shelf.page(outline.version_id, found, shown) or abort(404)

    def render(reader: Person) -> str:
        view = player.step_view(outline, found, page, wanted, player.only_done(done), closed)
        html = without_images(page.html) if reader.data_saver else page.html
        return render_template(
            f"{endpoint.replace('.', '/')}.html",
            view=view,
            studying=place.studying,
            slug=slug,
            html=html,
            file_kind=words.file_kind,
            person=reader,
        )

    # What else is closed follows from what is done; days are told in the reader's zone.
    days = (me.tz, *closed.items()) if any(why.opens for why in closed.values()) else ()
    return ready.page((outline.version_id, shown, wanted, place.studying, done, days), me, render)


def _outline(place: queries.Place) -> Outline:
    return shelf.outline(place.shown_version_id) or abort(404)


@bp.post("/courses/<slug>/learn/<step>/done")
@signed_in
def mark_done(slug: str, step: str) -> Any:
    """The trainee has read the lesson, or taken the file; on to the next step that is open."""
    me = access.person()
    place, done = own_steps_or_404(me, slug)
    outline = _outline(place)
    found = outline.step(step) or abort(404)
    if found.progress != Progress.READ:
        abort(404)
    service.read_step(me, slug, found.step_id)
    following = player.next_after(outline, found, player.closed(place, outline, done | {found.step_id}))
    if following is None:
        return redirect(url_for("home.course", slug=slug), 303)
    return redirect(player.step_url(slug, following), 303)


@bp.get("/courses/<slug>/glossary")
@public
def glossary(slug: str) -> Any:
    """The terms of the course, to whoever sees its syllabus: the version one studies, else the published one."""
    me = person_or_none()
    place = own_place(me, slug) if me is not None else None
    outline = _outline(place) if place else _published_or_404(slug)
    if not outline.glossary:
        abort(404)
    wanted = content_language(outline.texts, outline.default_lang, enrolled=place.lang if place else None)
    query = request.args.get("q", "").strip()[: terms.LONGEST_QUERY]
    entries = terms.found(terms.entries(shelf.glossary(outline.version_id), wanted, outline.default_lang), query)
    return render_template("learning/glossary.html", outline=outline, wanted=wanted, query=query, entries=entries)


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
