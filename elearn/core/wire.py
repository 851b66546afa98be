"""What travels over the wire: everything compressed, and static files that a browser asks for once.

The address of a static file carries its fingerprint (`?v=…`), so a browser may keep it for a year and still sees a new
one at once.
"""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, Response, current_app, request
from flask_compress import Compress

YEAR, HOUR = 31_536_000, 3_600


def init_app(app: Flask) -> None:
    """Call this first: what is registered first sees the answer last, when it is complete."""
    app.after_request(_say_when_nothing_changed)
    app.config.update(
        # While somebody waits: these take a fifth of what Brotli's level 5 takes, for a tenth more bytes. What is the
        # same for everybody (static files here, the catalogue's pages) is compressed once, as well as can be.
        COMPRESS_ALGORITHM=["zstd", "br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["zstd", "br"],
        COMPRESS_ZSTD_LEVEL=3,
        COMPRESS_BR_LEVEL=3,
        COMPRESS_LEVEL=4,
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/css",
            "text/javascript",
            "text/csv",
            "text/plain",
            "application/json",
            "image/svg+xml",
        ],
    )
    Compress(app)
    app.after_request(_keep_static_files)
    app.url_defaults(_fingerprinted(Path(app.static_folder or "")))


def _fingerprinted(folder: Path) -> Any:
    def add_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            path = folder / values["filename"]
            if path.is_file():
                values["v"] = _fingerprint(path, path.stat().st_mtime_ns)

    return add_fingerprint


@lru_cache(maxsize=256)
def _fingerprint(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def _keep_static_files(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in (200, 304):
        response.direct_passthrough = False
        response.make_sequence()  # small files: sent whole, and the file closed
        response.cache_control.no_cache = None  # which Flask says of every file
        response.cache_control.public = True
        response.cache_control.max_age = YEAR if "v" in request.args else HOUR
        response.cache_control.immutable = "v" in request.args
        if response.status_code == 200 and response.mimetype in current_app.config["COMPRESS_MIMETYPES"]:
            _compress_once(response)
    return response


def _compress_once(response: Response) -> None:
    coding = next((name for name in ("br", "gzip") if request.accept_encodings[name] > 0), "")
    if coding:
        response.set_data(_packed(response.get_data(), coding))
        response.headers["Content-Encoding"] = coding
        tag, _weak = response.get_etag()
        response.set_etag(f"{tag}-{coding}")


@lru_cache(maxsize=128)
def _packed(content: bytes, coding: str) -> bytes:
    return brotli.compress(content) if coding == "br" else gzip.compress(content, 9, mtime=0)


def _say_when_nothing_changed(response: Response) -> Response:
    if "ETag" in response.headers and not response.is_streamed:
        response.make_conditional(request)
    return response
