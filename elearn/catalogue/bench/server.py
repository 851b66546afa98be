"""Serves a bench to one writer on this machine, and answers nobody else."""

import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from elearn.catalogue.bench.app import bench
from elearn.catalogue.bench.live import Live
from elearn.catalogue.draft import Draft

HOST = "127.0.0.1"


class Guard:
    """Lets in only who asks this machine for itself: no page of the web, whatever its name resolves to."""

    def __init__(self, application: Callable[..., Iterable[bytes]], port: int) -> None:
        self._application = application
        self._hosts = {f"{name}:{port}" for name in (HOST, "localhost")} | (
            {HOST, "localhost"} if port == 80 else set()
        )

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("HTTP_HOST") not in self._hosts or environ.get("REMOTE_ADDR") != HOST:
            start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"This preview answers only at its own address on this machine.\n"]
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            start_response("405 Method Not Allowed", [("Content-Type", "text/plain"), ("Allow", "GET, HEAD")])
            return [b"A preview is only looked at.\n"]
        return self._application(environ, start_response)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """The terminal belongs to the writer."""


def server(place: Path, instance: Flask, port: int) -> tuple[BaseWSGIServer, Live]:
    """A server that listens, and the draft that it shows. Port 0: any that is free. Raises OSError."""
    bound = socket.create_server((HOST, port))  # by ourselves: werkzeug ends the process when it cannot
    live = Live(Draft(place, instance.extensions["step_kinds"]))
    application = bench(live, instance)
    listening = make_server(HOST, port, application, threaded=True, request_handler=_Quiet, fd=bound.detach())
    listening.app = Guard(application, listening.port)
    return listening, live
