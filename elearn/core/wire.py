"""What travels over the wire: everything compressed, and static files that a browser asks for once.

The address of a static file carries its fingerprint (`?v=…`), so a browser may keep it for a year and still sees a new
one at once.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_compress import Compress

YEAR, HOUR = 31_536_000, 3_600


def init_app(app: Flask) -> None:
    """Call this first: what is registered first sees the answer last, when it is complete."""
    app.config.update(
        COMPRESS_ALGORITHM=["br", "zstd", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "zstd"],
        COMPRESS_BR_LEVEL=5,
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
        response.make_sequence()  # small files: compressed whole, and the file closed
        response.cache_control.public = True
        response.cache_control.max_age = YEAR if "v" in request.args else HOUR
        response.cache_control.immutable = "v" in request.args
    return response
