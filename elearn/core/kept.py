"""Nothing typed is lost when a session ended meanwhile: it is carried through the sign-in and offered again.

The posted fields travel inside the page, signed and compressed; nothing is stored. A person presses *Send* again;
nothing is sent by itself, and what came from another site, a file or a password is not carried at all.
"""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from elearn.core import signing
from elearn.core.origin import landing, own_path, same_origin

MAX_BYTES = 200_000
MAX_AGE = 60 * 60 * 24
Fields = list[tuple[str, str]]


def _serializer() -> URLSafeTimedSerializer:
    return signing.serializer(current_app.config["SECRET_KEY"], "kept-answers")


def _fields() -> Fields:
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def _can_keep() -> bool:
    """A form post of our own, small enough and without files or passwords."""
    return (
        same_origin()
        and not any(request.files.values())
        and not any("password" in name for name in request.form)
        and sum(len(name) + len(value) for name, value in request.form.items(multi=True)) < MAX_BYTES
    )


def pack() -> str:
    """The present form as a signed text."""
    return str(_serializer().dumps({"path": request.full_path.rstrip("?"), "fields": _fields()}))


def unpack(text: str) -> tuple[str, Fields] | None:
    """Path and fields of a packed form; None when forged, broken, a day old or not meant for this site."""
    try:
        found = _serializer().loads(text, max_age=MAX_AGE)
    except BadData:
        return None
    if not own_path(found["path"]):
        return None
    return found["path"], [(name, value) for name, value in found["fields"]]


def sign_in_first() -> Any:
    """The answer to a post of somebody whose session ended: the sign-in form, with what was typed kept in it."""
    if not _can_keep():
        return redirect(url_for("people.sign_in", next=landing()), 303)
    return _sign_in_with(pack()), 401


def _sign_in_with(kept: str) -> str:
    return render_template("errors/signed_out.html", kept=kept, next=landing())


def send_again(path: str, fields: Fields, *, signed_in: bool = False) -> str:
    """What was typed, as a page with one button."""
    return render_template("errors/send_again.html", path=path, fields=fields, signed_in=signed_in)


def old_token() -> Any:
    """The answer to a form whose CSRF token is out of date: what was typed is offered again, with a new one."""
    if _can_keep():
        return send_again(request.full_path.rstrip("?"), _fields()), 400
    if not same_origin():
        return render_template("errors/400.html"), 400
    if unpack(request.form.get("kept", "")) is not None:  # the sign-in form of somebody whose answers it carries
        return _sign_in_with(request.form["kept"]), 400
    flash(_("The page had been open for so long that it could not be accepted. Please fill it in once more."), "warn")
    return redirect(landing() or url_for("home.front"), 303)
