"""A WSGI application that says how much it received, or says as much as `?` asks for: behind a server in its tests."""

from collections.abc import Iterable
from typing import Any


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    received = len(environ["wsgi.input"].read())
    answer = b"x" * int(environ["QUERY_STRING"]) if environ["QUERY_STRING"] else str(received).encode()
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
