"""The bench as an application of its own: it has the instance's templates and texts, and no way to its database."""

from io import BytesIO
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import Babel

from elearn.catalogue import words
from elearn.catalogue.bench import view
from elearn.catalogue.bench.live import Live
from elearn.catalogue.compiled import CompiledCourse, Step
from elearn.catalogue.draft import DraftPage
from elearn.core.i18n import LANGUAGES, direction, size

WIDTHS = ("both", "phone", "desk")
PATIENCE = 20.0  # seconds that a question for news is kept waiting
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; media-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
FILE_POLICY = "default-src 'none'; sandbox"
pages = Blueprint("bench", __name__, static_folder="static", static_url_path="/bench")


def bench(live: Live, instance: Flask) -> Flask:
    """The application. `instance` lends its templates; nothing of it is reachable."""
    app = Flask("elearn", root_path=instance.root_path)
    app.jinja_options = instance.jinja_options
    app.jinja_env.loader = instance.jinja_env.loader
    app.extensions["live"] = live
    app.extensions["draft_pages"] = instance.extensions.get("draft_pages", {})
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=_spoken)
    app.register_blueprint(pages)
    app.context_processor(_context)
    app.after_request(_protect)
    return app


def _spoken() -> str:
    """A page of the course speaks the language that is looked at, the bench that of the writer's browser."""
    if "wanted" in g:
        return str(g.wanted)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def _context() -> dict[str, Any]:
    lang = _spoken()
    return {"lang": lang, "dir": direction(lang), "direction": direction, "languages": LANGUAGES, "size": size}


def _protect(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def _live() -> Live:
    live: Live = current_app.extensions["live"]
    return live


def _wanted(course: CompiledCourse | None, given: str | None = None) -> str:
    """The language that is looked at: the one asked for, else the source language."""
    available = course.languages if course else tuple(LANGUAGES)
    lang = given or request.args.get("lang", "")
    return lang if lang in available else available[0]


@pages.get("/")
def desk() -> Any:
    """The bench itself."""
    live = _live()
    reading, revision = live.reading, live.revision
    course = reading.course
    wanted = _wanted(course)
    keys = [step.key for step in course.steps] if course else []
    step = request.args.get("step", keys[0] if keys else view.COURSE)
    step = step if step in keys else view.COURSE
    width = request.args.get("width", "")
    return render_template(
        "catalogue/bench/desk.html",
        place=live.draft.place,
        course=course,
        parts=view.parts(course, reading.problems, wanted) if course else (),
        remarks=view.remarks(reading, step),
        graves=len(reading.problems),
        revision=revision,
        wanted=wanted,
        step=step,
        width=width if width in WIDTHS else "both",
        widths=WIDTHS,
        shown=url_for(".sheet", lang=wanted) if step == view.COURSE else url_for(".page", key=step, lang=wanted),
    )


@pages.get("/news")
def news() -> Any:
    """The number of the present revision, once it is another one than the page has."""
    since = request.args.get("since", 0, type=int)
    return {"revision": _live().wait(since, PATIENCE)}


@pages.get("/page")
def sheet() -> Any:
    """What the course says of itself."""
    course = _live().reading.course
    if course is None:
        return render_template("catalogue/bench/nothing.html"), 404
    g.wanted = wanted = _wanted(course)
    shown = wanted if wanted in course.texts else course.default_language
    return render_template(
        "catalogue/bench/sheet.html",
        course=course,
        shown=shown,
        text=course.texts[shown],
        duration=words.duration(course.minutes),
        themes=words.THEMES,
        levels=words.LEVELS,
    )


@pages.get("/step/<key>")
def page(key: str) -> Any:
    """A step as its reader sees it."""
    course = _live().reading.course
    step = next((one for one in course.steps if one.key == key), None) if course else None
    if course is None or step is None:
        return render_template("catalogue/bench/nothing.html"), 404
    g.wanted = wanted = _wanted(course)
    shown, text = step.text(wanted, course.default_language)
    kind: DraftPage | None = current_app.extensions["draft_pages"].get(step.kind)
    return render_template(
        "catalogue/bench/step.html",
        course=course,
        step=step,
        shown=shown,
        wanted=wanted,
        text=text,
        weight=step.weights[shown],
        body=kind.template if kind else "",
        neighbours=_neighbours(course, step),
        **(kind.context(step.content, shown) if kind else {}),
    )


def _neighbours(course: CompiledCourse, step: Step) -> tuple[Step | None, Step | None]:
    place = course.steps.index(step)
    later = course.steps[place + 1] if place + 1 < len(course.steps) else None
    return course.steps[place - 1] if place else None, later


@pages.get("/courses/<slug>/learn/<key>")
@pages.get("/courses/<slug>/quiz/<key>")
def link(slug: str, key: str) -> Any:
    """Where a link from one step to another leads; the language is that of the page it stands on."""
    return redirect(url_for(".page", key=key, lang=_before()))


@pages.get("/courses/<slug>/glossary")
def glossary(slug: str) -> Any:
    """The terms stand on the page of the course."""
    return redirect(url_for(".sheet", lang=_before(), _anchor="glossary"))


def _before() -> str | None:
    """The language of the page that somebody comes from."""
    address = (request.referrer or "").partition("lang=")[2][:2]
    return address if address in LANGUAGES else None


@pages.get("/courses/<slug>/files/<fingerprint>/<path:path>")
def asset(slug: str, fingerprint: str, path: str) -> Any:
    """A file of the course as it stands in the folder now."""
    reading = _live().reading
    found = (
        next((one for one in reading.course.assets if one.path == f"assets/{path}"), None) if reading.course else None
    )
    if found is None or not found.sha256.startswith(fingerprint):
        abort(404)
    handed_out = not (found.is_picture or found.mime.startswith(("audio/", "video/")) or found.mime == "text/vtt")
    response = send_file(
        BytesIO(found.data), mimetype=found.mime, as_attachment=handed_out, download_name=Path(path).name
    )
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response
