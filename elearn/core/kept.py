"""Nothing typed is lost when a session ended meanwhile: what was posted is carried through the sign-in and offered again.

The posted fields travel inside the page, signed and compressed; nothing is stored. A person presses *Send* again;
nothing is sent by itself, and what came from another site is not carried at all.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

MAX_BYTES = 200_000
MAX_AGE = 60 * 60 * 24


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kept-answers")


def same_origin() -> bool:
    """Whether this POST comes from one of our own pages."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    return origin is None or urlsplit(origin).netloc == request.host


def can_keep() -> bool:
    """A form post of our own, small enough and without files or passwords."""
    return (
        same_origin()
        and not request.is_json
        and not any(request.files.values())
        and not any("password" in name for name in request.form)
        and sum(len(name) + len(value) for name, value in request.form.items(multi=True)) < MAX_BYTES
    )


def pack() -> str:
    """The present form as a signed text."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return str(_serializer().dumps({"path": request.full_path.rstrip("?"), "fields": fields}))


def unpack(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Path and fields of a packed form; None when forged, broken or a day old."""
    try:
        found = _serializer().loads(text, max_age=MAX_AGE)
    except BadData:
        return None
    return found["path"], [(name, value) for name, value in found["fields"]]


def sign_in_first() -> Any:
    """The answer to a post of somebody whose session ended: the sign-in form, with what was typed kept in it."""
    if not can_keep():
        return redirect(url_for("people.sign_in", next=request.path), 303)
    return render_template("errors/signed_out.html", kept=pack(), next=request.path), 401


def ask_again(path: str | None = None, fields: list[tuple[str, str]] | None = None) -> Any:
    """The same form once more, as a page with one button; used after signing in and when a token was out of date."""
    if path is None or fields is None:
        path = request.full_path.rstrip("?")
        fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
        return render_template("errors/send_again.html", path=path, fields=fields), 400
    return render_template("errors/send_again.html", path=path, fields=fields)
