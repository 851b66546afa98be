"""Pages of the catalogue: the courses, the preview of a first lesson, the files that courses show and hand out."""

from os import SEEK_END
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from elearn.catalogue import queries, saver, shared, shelf, showcase, words
from elearn.catalogue.events import own_states
from elearn.catalogue.showcase import Question, Showcase
from elearn.core.access import Person, person_or_none, public
from elearn.core.i18n import content_language, interface_language
from elearn.core.storage import storage

bp = Blueprint("catalogue", __name__, template_folder="templates")
YEAR = 31_536_000
DOCUMENT_TYPES = ("text/csv", "text/plain")  # and all that are application/…: for other programs than the browser
PICTURE_POLICY = "default-src 'none'; sandbox"


@bp.get("/courses/")
@public
def courses() -> Any:
    """What there is to study. For visitors one page is made once and kept; it holds nothing of anybody."""
    cards = showcase.current()
    person = person_or_none()
    if person is not None:
        return _catalogue(cards, person)
    return shared.answer((cards.revision, interface_language()), lambda: _catalogue(cards, None))


def _catalogue(cards: Showcase, person: Person | None) -> str:
    question = Question.of(request.args)
    lang = interface_language()
    found = showcase.find(cards, question, lang)
    return render_template(
        "catalogue/courses.html",
        question=question,
        found=found,
        choices=showcase.CHOICES,
        themes=words.THEMES,
        levels=words.LEVELS,
        lengths=words.LENGTHS,
        duration=words.duration,
        per_cent=words.per_cent,
        mine=_own_states(person) if person else {},
        shared=person is None,
    )


def _own_states(person: Person) -> dict[int, Any]:
    """How far the person is, as the domains above tell it."""
    told = own_states.send("catalogue", person_id=person.id)
    return {course_id: state for _receiver, states in told for course_id, state in states.items()}


@bp.get("/courses/<slug>/preview")
@public
def preview(slug: str) -> Any:
    """The first lesson that waits for nothing, for anybody."""
    version_id = queries.published_version(slug) or abort(404)
    outline = shelf.outline(version_id) or abort(404)
    step = outline.sample or abort(404)
    wanted = content_language(outline.texts, outline.default_lang)
    shown, _title = outline.title(step, wanted)
    page = shelf.page(outline.version_id, step, shown) or abort(404)
    return render_template(
        "catalogue/preview.html",
        outline=outline,
        step=step,
        page=page,
        wanted=wanted,
        html=saver.without_images(page.html) if saver.saving() else page.html,
    )


@bp.get("/courses/<slug>/files/<version>/<path:path>")
@public
def asset(slug: str, version: str, path: str) -> Any:
    """A file of a course. Its content is part of the address, so a browser asks once."""
    if len(version) != 16 or not set(version) <= set("0123456789abcdef"):
        abort(404)
    found = queries.picture(slug, f"assets/{path}", version) or abort(404)
    file = storage().open(found.sha256)
    size = file.seek(0, SEEK_END)
    file.seek(0)
    response = Response(wrap_file(request.environ, file), mimetype=found.mime, direct_passthrough=True)
    response.content_length = size
    if found.mime.startswith("application/") or found.mime in DOCUMENT_TYPES:
        response.headers["Content-Disposition"] = _to_keep(path.rpartition("/")[2])
    response.set_etag(version)
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    # A recording is fetched in parts, from where somebody listens on; nothing else is worth that.
    recording = found.mime.startswith(("audio/", "video/"))
    try:
        return response.make_conditional(request, accept_ranges=recording, complete_length=size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise


def _to_keep(name: str) -> str:
    """The name under which a browser keeps a document: for old ones in plain letters, else as it is."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().replace('"', "").replace("\\", "")
    exact = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'attachment; filename="{plain}"{exact}'
