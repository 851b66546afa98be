"""The front page, the choices of the reader, legal pages, and whether the house stands."""

import datetime as dt
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import text

from elearn.core import access
from elearn.core.access import Permission, person_or_none, public, signed_in
from elearn.core.db import db
from elearn.core.i18n import LANGUAGE_COOKIE, LANGUAGES
from elearn.core.origin import own_path
from elearn.core.web import csrf_exempt, remember_choice
from elearn.people import service as people
from elearn.people.rules import ERASURE_GRACE, PRIVACY_VERSION

bp = Blueprint("home", __name__, template_folder="templates")
HELP = ("trainee", "trainer", "administrator")
STATEMENT_REVISED = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)  # the accessibility statement, on the day of its words


@bp.get("/")
@public
def front() -> Any:
    """Whoever studies goes on studying; a visitor sees what this is."""
    if person_or_none() is not None:
        return redirect(url_for(".my_learning"))
    return render_template("home/front.html")


@bp.post("/language")
@public
@csrf_exempt
def choose_language() -> Any:
    """Keep the interface's language: in the account, and in a cookie for this device."""
    lang = request.form.get("lang", "")
    answer = redirect(own_path(request.form.get("next")) or url_for(".front"), 303)
    if lang in LANGUAGES:
        person = person_or_none()
        if person is not None:
            people.choose_language(person, lang)
        remember_choice(answer, LANGUAGE_COOKIE, lang)
    return answer


@bp.post("/data-saver")
@public
@csrf_exempt
def choose_data_saver() -> Any:
    """Pictures by description first, or at once."""
    on = request.form.get("on") == "1"
    person = person_or_none()
    if person is not None:
        people.choose_data_saver(person, on)
    answer = redirect(own_path(request.form.get("next")) or url_for(".front"), 303)
    remember_choice(answer, "data_saver", "1" if on else "0")
    return answer


@bp.get("/privacy")
@public
def privacy() -> Any:
    return render_template("home/privacy.html", version=PRIVACY_VERSION)


@bp.get("/accessibility")
@public
def accessibility() -> Any:
    return render_template("home/accessibility.html", revised=STATEMENT_REVISED)


@bp.get("/help/")
@public
def help() -> Any:
    """Where to look: a page for each kind of work."""
    return render_template("home/help/index.html")


@bp.get("/help/<role>")
@public
def help_page(role: str) -> Any:
    """What somebody with this role does here, and where."""
    if role not in HELP:
        abort(404)
    return render_template(f"home/help/{role}.html", grace_days=ERASURE_GRACE.days)


@bp.get("/manage/")
@signed_in
def manage() -> Any:
    """Where administrators and trainers begin; each sees the pages they may open."""
    me = access.person()
    if not any(me.may(permission) for permission in Permission):
        return render_template("errors/403.html"), 403
    return render_template("home/manage.html", me=me, Permission=Permission)


@bp.get("/healthz")
@public
def healthz() -> Any:
    """200 while the application and its database answer."""
    db.session.execute(text("SELECT 1"))
    answer = make_response("ok\n")
    answer.mimetype = "text/plain"
    answer.headers["Cache-Control"] = "no-store"
    return answer
