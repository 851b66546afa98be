"""The server under clients that are slow, broken or hostile. Here a request has one second to arrive, not twenty."""

import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.support.live import free_port, running

THREADS = 3
SERVER = """
import sys
from elearn import serving
serving.GRACE_SECONDS = 1
from gunicorn.app.wsgiapp import run
sys.argv = ["gunicorn", "--config", "python:elearn.serving", "tests.support.echo:app"]
run()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    environment = {"WEB_CONCURRENCY": "1", "WEB_THREADS": str(THREADS)}
    log = tmp_path_factory.mktemp("serving") / "log"
    with running(["-c", SERVER], free_port(), environment, log) as address:
        yield address


def beginning(server: str, text: str) -> socket.socket:
    """A connection that has sent this much."""
    host, _, port = urlsplit(server).netloc.partition(":")
    connection = socket.create_connection((host, int(port)), timeout=10)
    connection.sendall(text.encode())
    return connection


def answer(connection: socket.socket) -> str:
    """What comes back until the other side closes."""
    with connection:
        return b"".join(iter(lambda: connection.recv(4096), b"")).decode()


def test_a_whole_body_arrives_whole(server):
    body = b"x" * 600_000  # more than is kept in memory
    with urlopen(Request(f"{server}/", data=body), timeout=10) as response:
        assert response.read() == b"600000"


@pytest.mark.parametrize(
    "sent",
    ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nslow", "GET / HTTP/1.1\r\nHo"],
    ids=["a body that trickles", "headers that trickle"],
)
def test_slow_requests_hold_nobody_up(server, sent):
    slow = [beginning(server, sent) for _ in range(THREADS * 2)]
    began = time.monotonic()
    with urlopen(f"{server}/", timeout=20) as response:
        assert response.status == 200
    assert time.monotonic() - began < 10
    for connection in slow:
        assert "200 OK" not in answer(connection)


def test_a_body_without_a_stated_length_is_refused(server):
    head = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert answer(beginning(server, f"{head}1\r\nx\r\n0\r\n\r\n")).startswith("HTTP/1.1 411")


def test_a_body_that_breaks_off_never_reaches_the_application(server):
    connection = beginning(server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nhalf")
    connection.shutdown(socket.SHUT_WR)
    assert answer(connection).startswith("HTTP/1.1 408")
