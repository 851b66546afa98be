"""What surrounds every request: its reference, the body before any SQL, the person, access, CSRF, headers."""

import itertools
import logging
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, url_for
from flask_login import LoginManager
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

from elearn.core import db as database
from elearn.core import kept, origin
from elearn.core.access import Access, person_or_none
from elearn.core.errors import Refused
from elearn.core.i18n import LANGUAGE_COOKIE, LANGUAGES, direction, interface_language, long_date, long_moment, size
from elearn.core.outages import unavailable

log = logging.getLogger("elearn.web")
csrf = CSRFProtect()
login_manager = LoginManager()

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
PUBLIC = Access(anybody=True)
YEAR = 31_536_000


class Whole(IntegerConverter):
    """`<int:…>` in addresses: a number that every database holds; a longer one is no page of ours."""

    regex = r"\d{1,15}"


def init_app(app: Flask) -> None:
    """Put the hooks around every request, in the order that design.md §2.6 asks for."""
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
        WTF_CSRF_CHECK_DEFAULT=False,  # checked below, after access
        WTF_CSRF_SSL_STRICT=False,  # the token is enough; an office's proxy may take the Referer away
        SESSION_COOKIE_NAME="__Host-session" if app.config["SESSION_COOKIE_SECURE"] else "session",  # as own_cookie
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 90,  # as long as a sign-in may last; its row decides
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=2000,
    )
    if app.config["TRUSTED_PROXIES"]:
        count = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.url_map.converters["int"] = Whole
    csrf.init_app(app)
    login_manager.init_app(app)
    login_manager.session_protection = None  # the sign-in row decides, not the browser's name
    app.before_request(open_request)
    app.after_request(add_headers)
    app.context_processor(page_context)
    for error, answer in _HANDLERS.items():
        app.register_error_handler(error, answer)


def open_request() -> Any:
    """Body, person, access, CSRF, and only then the write transaction. An answer here ends the request."""
    g.request_id = secrets.token_hex(6)
    unsafe = request.method not in database.SAFE_METHODS
    if unsafe:
        _read_body()
    _refuse_what_no_database_stores()
    if request.endpoint is None:
        return None  # no such page; the 404 needs no person
    answer = _check_access()
    if answer is None and unsafe:
        person_or_none()  # read now, in a read transaction that ends, also where anybody may post
        answer = _check_token()
        if answer is None:
            database.begin_writing()
    return answer


def _read_body() -> None:
    """Read it whole before any SQL: a slow phone must not hold the writer's lock."""
    most = current_app.config["MAX_FORM_MEMORY_SIZE"]
    if request.mimetype != "multipart/form-data" and (request.content_length or 0) > most:
        abort(413)  # the library applies this limit to forms with files only, and puts anything else into memory
    request.get_data(cache=True, parse_form_data=True)


def _refuse_what_no_database_stores() -> None:
    """No page of ours sends NUL, and PostgreSQL takes it in no text: better a 400 here than a failure there."""
    sent = [request.args] if request.method in database.SAFE_METHODS else [request.args, request.form]
    fields = itertools.chain.from_iterable(values.items(multi=True) for values in sent if values)
    if "\0" in request.path or any("\0" in name or "\0" in value for name, value in fields):
        abort(400)


def _check_token() -> Any:
    view = current_app.view_functions[request.endpoint or ""]
    if getattr(view, "csrf_exempt", False):
        return None if origin.same_origin() else abort(400)
    try:
        csrf.protect()
    except CSRFError:
        return ({"error": "stale-token"}, 400) if _is_script() else kept.old_token()
    return None


def _check_access() -> Any:
    view = current_app.view_functions[request.endpoint or ""]
    access = PUBLIC if request.endpoint == "static" else getattr(view, "access", None)
    if access is None:
        log.error("endpoint %s declares no access", request.endpoint)
        abort(403)
    if request.endpoint == "static":
        return None
    if access.anybody:
        return None
    person = person_or_none()
    if person is None:
        if request.method in database.SAFE_METHODS:
            return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")))
        return ({"error": "signed-out"}, 401) if _is_script() else kept.sign_in_first()
    if access.permission is not None and not person.may(access.permission):
        abort(403)
    return None


def csrf_exempt(view: Any) -> Any:
    """A POST without a token (no session yet): the Origin header must be ours instead."""
    view.csrf_exempt = True
    return view


def add_headers(response: Response) -> Response:
    """Security headers on every answer; what is meant for one person is nobody else's to keep."""
    if isinstance(request.routing_exception, RequestRedirect):
        # To the right spelling of an address: as a path, because the name the request came to may be made up.
        parts = urlsplit(request.routing_exception.new_url)
        response.location = f"{parts.path}?{parts.query}" if parts.query else parts.path
    ours = dict(HEADERS)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        below = "; includeSubDomains" if current_app.config["HSTS_SUBDOMAINS"] else ""
        ours["Strict-Transport-Security"] = f"max-age={YEAR}{below}"
    if request.endpoint != "static":
        ours["X-Request-Id"] = g.get("request_id", "")
        ours["Cache-Control"] = "private, no-store" if _personal() else "no-cache"
    given = {name.lower() for name, _value in response.headers}  # once: each question looks at all of them
    response.headers.extend([(name, value) for name, value in ours.items() if name.lower() not in given])
    if request.endpoint != "static" and "immutable" not in response.headers["Cache-Control"]:
        _vary(response, given)  # a picture of a course is the same for everybody, and immutable
    return response


def _vary(response: Response, given: set[str]) -> None:
    """The language is chosen by the cookie or by what the browser asks for."""
    if "vary" in given:
        response.vary.update(("Cookie", "Accept-Language"))
    else:
        response.headers.add("Vary", "Cookie, Accept-Language")


def _personal() -> bool:
    """Of somebody who is signed in, or with what was typed in it, or opened by a link from a mail."""
    if request.method not in database.SAFE_METHODS or "token" in (request.view_args or {}):
        return True
    return "_login_user" in g and bool(g._login_user.is_authenticated)


def page_context() -> dict[str, Any]:
    """What every template may use."""
    lang = interface_language()
    config = current_app.config
    return {
        "lang": lang,
        "dir": direction(lang),
        "direction": direction,
        "languages": LANGUAGES,
        "person": person_or_none(),
        "instance": config["INSTANCE_NAMES"][lang],
        "instance_names": config["INSTANCE_NAMES"],
        "demonstration": config["DEMONSTRATION"],
        "contact": config["CONTACT"],
        "long_date": long_date,
        "long_moment": long_moment,
        "size": size,
    }


def remember_choice(response: BaseResponse, name: str, value: str) -> None:
    """Keep a choice of this device (language, data saver) for a year."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(origin.own_cookie(name), value, max_age=YEAR, samesite="Lax", secure=secure, httponly=True)


def _is_script() -> bool:
    """Whether a script asks, which wants JSON instead of a page."""
    asked_by = request.headers.get("X-Requested-With")
    return request.is_json or bool(asked_by) or request.accept_mimetypes.best == "application/json"


def refused(error: Refused) -> Any:
    if _is_script():
        return {"error": str(error.message)}, 409
    return render_template("errors/refused.html", message=error.message), 409


def http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400 or error.response is not None:
        return error
    if error.code >= 500:
        return unexpected(error)
    reference = g.get("request_id", "")
    if _is_script():
        return {"error": error.name, "reference": reference}, error.code
    template = f"errors/{error.code}.html" if error.code in {400, 403, 404, 405, 413, 429} else "errors/400.html"
    return render_template(template, reference=reference), error.code


def unexpected(error: Exception) -> Any:
    """A page that needs no database. A locked, full or read-only database is 503, anything else 500."""
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        error = error.original_exception  # a commit that failed, after the view had answered
    reference = g.get("request_id", "")
    log.error("request %s failed", reference, exc_info=error)
    g.pop("_login_user", None)
    busy = unavailable(error, reading=request.method in database.SAFE_METHODS)
    code = 503 if busy else 500
    if _is_script():
        answer = current_app.json.response({"error": "unavailable" if busy else "failed", "reference": reference})
        answer.status_code = code
    else:
        lang = request.cookies.get(origin.own_cookie(LANGUAGE_COOKIE), "")
        page = current_app.jinja_env.get_template(f"errors/{code}.html").render(
            reference=reference, only=lang if lang in LANGUAGES else "", contact=current_app.config["CONTACT"]
        )
        answer = Response(page, code, mimetype="text/html")
    if busy:
        answer.headers["Retry-After"] = "10"
    return answer


_HANDLERS: dict[type[Exception], Any] = {
    Refused: refused,
    HTTPException: http_error,
    InternalServerError: unexpected,
    Exception: unexpected,
}
