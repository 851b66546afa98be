"""How gunicorn serves the site: `gunicorn --config python:elearn.serving wsgi:app`.

Threads wait for slow clients, so there are many of them, and none waits for ever: a request has to arrive whole, and
an answer to be taken, within a time that its size allows, else the connection is closed. Nothing else of the site
notices a slow one: the body is read before any SQL.
"""

import contextlib
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterable
from typing import IO, Any

from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import TConn, ThreadWorker

from elearn.core import logs
from elearn.core.outages import NoRoom

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "32"))
worker_class = "elearn.serving.Worker"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
keepalive = 30
timeout = 60
graceful_timeout = 20
control_socket_disable = True
logconfig_dict = logs.configuration(readable=os.environ.get("DEMONSTRATION", "0").lower() in {"1", "true", "yes"})

GRACE_SECONDS = 20
SLOWEST = 1_000  # bytes a second: an eighth of a 64 kbit/s link
SLOWEST_READER = 1_000
UNKNOWN = 64 * 1024 * 1024  # what an answer may be that does not say how large it is: a compressed export
CHUNK = 64 * 1024
KEPT_IN_MEMORY = 4 * CHUNK
LARGEST = 16 * 1024 * 1024  # what is larger the application refuses without reading it

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def on_starting(server: Arbiter) -> None:
    """Give the workers, before there are any, a common place for what they count; see core.metrics.

    In memory, where there is such a place: counting goes on when the disk is full.
    """
    if server.cfg.workers > 1:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="elearn-metrics-", dir=worker_tmp_dir)


def on_exit(server: Arbiter) -> None:
    if folder := os.environ.pop("PROMETHEUS_MULTIPROC_DIR", ""):
        shutil.rmtree(folder, ignore_errors=True)


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker that closes connections whose request does not arrive in time, or whose answer is not taken."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arriving: dict[socket.socket, float] = {}  # until when the request on it must be there
        self.leaving: dict[socket.socket, float] = {}  # until when its answer must have been taken

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self.wsgi: Application = whole_requests(taken_answers(self.wsgi, self.leaving), self.arriving)

    def handle(self, conn: TConn) -> Any:
        self.arriving[conn.sock] = time.monotonic() + GRACE_SECONDS
        try:
            return super().handle(conn)
        finally:
            self.arriving.pop(conn.sock, None)
            self.leaving.pop(conn.sock, None)

    def notify(self) -> None:
        """Called about once a second by the worker's own loop."""
        super().notify()
        _shut(self.arriving, socket.SHUT_RD)  # the waiting thread reads an end, and is free
        _shut(self.leaving, socket.SHUT_RDWR)  # it cannot write any more, and is free too


def _shut(limits: dict[socket.socket, float], how: int) -> None:
    now = time.monotonic()
    for connection, limit in list(limits.items()):
        if now > limit:
            with contextlib.suppress(OSError):
                connection.shutdown(how)


def whole_requests(application: Application, arriving: dict[socket.socket, float]) -> Application:
    """Read the body before the application begins; a body that broke off never reaches it."""

    def receive(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        connection: socket.socket = environ["gunicorn.socket"]
        expected = int(environ.get("CONTENT_LENGTH") or 0)
        if "HTTP_TRANSFER_ENCODING" in environ:
            return refuse(start_response, "411 Length Required")
        if 0 < expected <= LARGEST:
            if connection in arriving:
                arriving[connection] += expected / SLOWEST
            body = tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115, it goes with the request
            if not _taken(environ["wsgi.input"], body):
                environ["wsgi.input"] = Nowhere()
            elif body.tell() < expected:
                return refuse(start_response, "408 Request Timeout")
            else:
                body.seek(0)
                environ["wsgi.input"] = body
        arriving.pop(connection, None)
        return application(environ, start_response)

    return receive


def _taken(source: Any, body: IO[bytes]) -> bool:
    """Copy what arrives. False: there is no room for it; it is read to its end nevertheless, so that it is answered."""
    room = True
    while chunk := source.read(CHUNK):
        try:
            if room:
                body.write(chunk)
                body.flush()
        except OSError:
            room = False
    if not room:
        with contextlib.suppress(OSError):  # what is still buffered has no room either
            body.close()
    return room


class Nowhere:
    """The body of a request for which there was no room: the application learns it where it reads, and says so."""

    def read(self, _size: int = -1) -> bytes:
        raise NoRoom


def taken_answers(application: Application, leaving: dict[socket.socket, float]) -> Application:
    """Note until when the client must have taken the answer."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        def started(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            stated = next((value for name, value in headers if name.lower() == "content-length"), "")
            size = int(stated) if stated else UNKNOWN
            leaving[environ["gunicorn.socket"]] = time.monotonic() + GRACE_SECONDS + size / SLOWEST_READER
            return start_response(status, headers, *error)

        return application(environ, started)

    return answer


def refuse(start_response: Any, status: str) -> Iterable[bytes]:
    """An answer without words, for clients that no page would reach."""
    start_response(status, [("Content-Length", "0")])
    return [b""]
