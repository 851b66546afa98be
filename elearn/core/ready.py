"""Pages that are the same for many people but for a few words of each: rendered once, kept in the process with gaps.

The gaps are the person's name and the token of their forms. Whatever else a page says must follow from the key it is
kept under, the address, and who the person is to it: language, data saver, what their roles allow.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from threading import Lock

from flask import current_app, g, request, session
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from elearn.core.access import Permission, Person
from elearn.core.i18n import interface_language

READY_PAGES = "elearn_ready_pages"
MOST = 400
_MARK = secrets.token_hex(16)  # nobody can write it into a text
_NAME, _TOKEN = f"name-{_MARK}", f"token-{_MARK}"


class _Kept:
    """A bounded map; the longest unused goes first."""

    def __init__(self) -> None:
        self.pages: OrderedDict[Hashable, tuple[str, ...]] = OrderedDict()
        self.lock = Lock()


def page(key: Hashable, person: Person, render: Callable[[Person], str]) -> str:
    """The page kept under a key, for this person. `render` is given the person to pass to the template as `person`."""
    if request.query_string or "_flashes" in session:  # an address that anybody can make up; words meant for once
        return render(person)
    whole = (key, request.path, interface_language(), person.data_saver, tuple(map(person.may, Permission)))
    kept: _Kept = current_app.extensions.setdefault(READY_PAGES, _Kept())
    with kept.lock:
        pieces = kept.pages.get(whole)
        if pieces is not None:
            kept.pages.move_to_end(whole)
    if pieces is None:
        pieces = _with_gaps(person, render)
        with kept.lock:
            kept.pages[whole] = pieces
            while len(kept.pages) > MOST:
                kept.pages.popitem(last=False)
    words = {_NAME: str(escape(person.name)), _TOKEN: str(escape(generate_csrf()))}
    return "".join(words.get(piece, piece) for piece in pieces)


def _with_gaps(person: Person, render: Callable[[Person], str]) -> tuple[str, ...]:
    """Text and gaps in turn."""
    real = g.pop("csrf_token", None)
    g.csrf_token = _TOKEN  # where Flask-WTF keeps the token of a request
    try:
        html = render(replace(person, name=_NAME))
    finally:
        g.pop("csrf_token")
        if real is not None:
            g.csrf_token = real
    pieces = [html]
    for mark in (_NAME, _TOKEN):
        pieces = [part for piece in pieces for part in _around(piece, mark)]
    return tuple(pieces)


def _around(text: str, mark: str) -> list[str]:
    first, *others = text.split(mark)
    return [first, *(part for other in others for part in (mark, other))]
