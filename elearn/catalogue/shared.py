"""Pages that are the same for every visitor: rendered and compressed once, then kept in the process."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import NamedTuple

import brotli
from flask import Response, current_app, request

from elearn.catalogue.shelf import SHARED_PAGES

MOST = 300
LONGEST_ADDRESS = 300  # an address that somebody made up is answered, and not kept


class Bytes(NamedTuple):
    """A page as it travels."""

    plain: bytes
    gzip: bytes
    br: bytes
    etag: str


class _Kept:
    """A bounded map; the longest unused goes first."""

    def __init__(self) -> None:
        self.pages: OrderedDict[Hashable, Bytes] = OrderedDict()
        self.lock = Lock()


def answer(key: Hashable, render: Callable[[], str]) -> Response:
    """The page kept under a key and this address, in the best encoding the browser takes. Touches no session."""
    address = request.full_path
    kept: _Kept = current_app.extensions.setdefault(SHARED_PAGES, _Kept())
    with kept.lock:
        page = kept.pages.get((key, address))
        if page is not None:
            kept.pages.move_to_end((key, address))
    if page is None:
        page = _packed(render())
        if len(address) <= LONGEST_ADDRESS:
            with kept.lock:
                kept.pages[(key, address)] = page
                while len(kept.pages) > MOST:
                    kept.pages.popitem(last=False)
    return _response(page)


def _packed(text: str) -> Bytes:
    plain = text.encode()
    return Bytes(
        plain,
        gzip.compress(plain, 9, mtime=0),
        brotli.compress(plain, mode=brotli.MODE_TEXT),
        hashlib.sha256(plain).hexdigest()[:20],
    )


def _response(page: Bytes) -> Response:
    accepted = request.accept_encodings
    encoding = next((name for name in ("br", "gzip") if accepted[name] > 0), "")
    response = Response(getattr(page, encoding or "plain"), mimetype="text/html")
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{page.etag}-{encoding or 'plain'}")
    response.headers["Cache-Control"] = "no-cache"  # asked for again each time, and not sent again unless it changed
    return response
