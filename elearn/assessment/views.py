"""The pages of a quiz for those who take it: before, during, review, after."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for

from elearn.assessment import pages, queries, service
from elearn.assessment.access import Held, own_attempt
from elearn.assessment.queries import Content
from elearn.catalogue import shelf
from elearn.catalogue.saver import without_images
from elearn.core import clock
from elearn.core.access import person, signed_in
from elearn.core.i18n import LANGUAGES, content_language
from elearn.learning import player
from elearn.learning import service as learning
from elearn.learning.access import own_place_or_404, own_steps
from elearn.learning.queries import Place

bp = Blueprint("assessment", __name__, template_folder="templates")
PATH = "/courses/<slug>/quiz/<step>"
LONGEST_NUMBER = 15


@bp.get(PATH)
@signed_in
def quiz(slug: str, step: str) -> Any:
    """Before: what awaits one, what is left, what is still open, how earlier attempts went."""
    place, done = own_steps(person(), slug)
    if place is None:
        return redirect(url_for("home.course", slug=slug))
    content = queries.shown(place.shown_version_id, step)
    if content is None:
        return redirect(_url("attempt", slug, step, number=_begun_before(place, step)))
    standing = pages.standing(place.enrolment_id, content)
    outline = shelf.outline(content.version_id) or abort(404)
    wanted = content_language(outline.texts, outline.default_lang, enrolled=place.lang)
    closed = player.closed(place, outline, done)
    found = outline.step(step) or abort(404)
    if step in closed and standing.open is None:
        return player.closed_page(place, outline, found, wanted, done, closed)
    around = _around(slug, step, content, place.lang)
    text = player.text_of(outline, found, wanted)
    return render_template("assessment/quiz.html", **around, standing=standing, now=clock.now(), text=text)


def _begun_before(place: Place, step: str) -> int:
    """The open attempt at a quiz that the course no longer has, for whoever was moved meanwhile; 404 without one."""
    return queries.open_attempt(place.enrolment_id, step) or abort(404)


@bp.post(f"{PATH}/start")
@signed_in
def start(slug: str, step: str) -> Any:
    """Start an attempt, or go on with the one that is open."""
    place = own_place_or_404(person(), slug)
    content = queries.shown(place.shown_version_id, step) or abort(404)
    attempt = service.start(place, content, _language(content, place.lang))
    return redirect(_url("attempt", slug, step, number=attempt.number), 303)


@bp.get(f"{PATH}/<int:number>")
@signed_in
def attempt(slug: str, step: str, number: int) -> Any:
    """During: one item, or all of them with `?all=1`."""
    held = own_attempt(person(), slug, step, number)
    if held.attempt.submitted_at is not None:
        return redirect(_url("result", slug, step, number=number))
    return _running_page(slug, step, held)


@bp.post(f"{PATH}/<int:number>")
@signed_in
def answer(slug: str, step: str, number: int) -> Any:
    """Save what the page held, then go where its button says."""
    try:
        _save(slug, step, number)
    except service.Unclear as unclear:
        held = own_attempt(person(), slug, step, number)
        return _running_page(slug, step, held, errors=unclear.errors), 422
    except service.TooLate as late:
        return _review_page(slug, step, own_attempt(person(), slug, step, number), late=str(late)), 409
    return redirect(_destination(slug, step, number), 303)


@bp.post(f"{PATH}/<int:number>/save")
@signed_in
def save(slug: str, step: str, number: int) -> Any:
    """Save one answer for a script; what is answered with tells it what is kept, and the server's time."""
    try:
        saved = _save(slug, step, number)
    except service.Unclear as unclear:
        return {"error": str(unclear)}, 422
    return {
        "seq": saved.seq,
        "superseded": saved.superseded,
        "now": clock.now().isoformat(),
        "deadline": saved.deadline.isoformat() if saved.deadline else None,
    }


@bp.get(f"{PATH}/<int:number>/review")
@signed_in
def review(slug: str, step: str, number: int) -> Any:
    """Before hand-in: what is answered, what is blank. When the time is up: that it is."""
    held = own_attempt(person(), slug, step, number)
    if held.attempt.submitted_at is not None:
        return redirect(_url("result", slug, step, number=number))
    return _review_page(slug, step, held)


@bp.post(f"{PATH}/<int:number>/hand-in")
@signed_in
def hand_in(slug: str, step: str, number: int) -> Any:
    """Hand in, once."""
    service.hand_in(person(), slug, step, number)
    return redirect(_url("result", slug, step, number=number), 303)


@bp.get(f"{PATH}/<int:number>/result")
@signed_in
def result(slug: str, step: str, number: int) -> Any:
    """After: mark, pass mark, best attempt, feedback, what to read again, what is left."""
    held = own_attempt(person(), slug, step, number)
    if held.attempt.submitted_at is None:
        return redirect(_url("attempt", slug, step, number=number))
    content = _content(held)
    around = _around(slug, step, content, held.enrolment.lang)
    around["course"] = queries.as_it_is_now(around["course"], held.enrolment.version_id)
    standing = pages.standing(held.enrolment.id, content)
    result = pages.result(held.attempt, content, around["content_lang"], standing, around["course"])
    return render_template("assessment/result.html", **around, standing=standing, result=result)


# --- what the views share -------------------------------------------------------------------------------------------


def _content(held: Held) -> Content:
    return queries.content(held.attempt.version_step_id, held.version_id)


def _language(content: Content, enrolled: str) -> str:
    return content_language(content.titles, content.default_lang, enrolled=enrolled)


def _around(slug: str, step: str, content: Content, enrolled: str) -> dict[str, Any]:
    """What every page of a quiz needs: the quiz in its language, the course around it, addresses."""
    lang = _language(content, enrolled)
    return {
        "slug": slug,
        "step": step,
        "quiz": content.quiz,
        "title": content.titles[lang],
        "intro": content.intros[lang],
        "intro_lang": content.texts[lang].intro_lang,
        "content_lang": lang,
        "content_langs": [code for code in LANGUAGES if code in content.titles],
        "course": queries.around(content.version_id, content.version_step_id, lang),
        "to": lambda endpoint, **more: _url(endpoint, slug, step, **more),
        "store": lambda number: f"quiz:{person().public_id}:{slug}:{step}:{number}",
        "number": pages.number,
        "pictures": without_images if person().data_saver else str,
        "listed": pages.listed,
        "endpoint_of": lambda kind: current_app.extensions["step_kinds"][kind].endpoint,
    }


def _running_page(slug: str, step: str, held: Held, errors: Mapping[str, str] | None = None) -> str:
    content = _content(held)
    around = _around(slug, step, content, held.enrolment.lang)
    form = request.form.to_dict(flat=False) if errors else {}
    running = pages.running(held.attempt, content, around["content_lang"], form=form, errors=errors)
    if running.over:
        return render_template("assessment/review.html", **around, running=running, late="")
    at = request.values.get("at", request.args.get("item", ""))
    position = min(_whole(at) or 0, len(running.questions)) or running.first_blank
    everything = at == "all" or "all" in request.args
    shown = {"running": running, "position": position, "everything": everything, "errors": errors}
    return render_template("assessment/attempt.html", **around, **shown)


def _review_page(slug: str, step: str, held: Held, late: str = "") -> str:
    content = _content(held)
    around = _around(slug, step, content, held.enrolment.lang)
    running = pages.running(held.attempt, content, around["content_lang"])
    return render_template("assessment/review.html", **around, running=running, late=late)


def _save(slug: str, step: str, number: int) -> service.Saved:
    lang = request.form.get("lang", "")
    return service.save_answers(
        person(),
        slug,
        step,
        number,
        request.form.getlist("item"),
        request.form.to_dict(flat=False),
        lang=lang if lang in LANGUAGES else "",
        seq=_whole(request.form.get("seq", "")),
        client=request.form.get("client", "")[: service.CLIENT_LENGTH],
    )


def _whole(text: str) -> int | None:
    """A whole number of a script or an address; None when it is none."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def _destination(slug: str, step: str, number: int) -> str:
    """Where a button of the running page leads: `item:3`, `all`, `review`, `later`, `lang:ar`."""
    where, _, which = request.form.get("go", "review").partition(":")
    at = request.form.get("at", "")
    if where == "later":
        return _url("quiz", slug, step)
    if where == "review":
        return _url("review", slug, step, number=number)
    if where == "item":
        return _url("attempt", slug, step, number=number, item=which)
    if where == "lang" and which in LANGUAGES:
        learning.choose_language(person(), slug, which)
        here = {"all": 1} if at == "all" else {"item": at}
        return _url("attempt", slug, step, number=number, **here, lang="")
    return _url("attempt", slug, step, number=number, all=1)


def _url(endpoint: str, slug: str, step: str, **more: Any) -> str:
    """An address of this quiz that keeps the language somebody chose for its pages."""
    lang = more.pop("lang", request.args.get("lang"))
    if lang in LANGUAGES:
        more["lang"] = lang
    return url_for(f"assessment.{endpoint}", slug=slug, step=step, **more)
