"""The server under clients that are slow, broken or hostile. Here a request has one second to arrive, not twenty."""

import contextlib
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
serving.SLOWEST_READER = 20_000_000
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


def test_readers_that_take_nothing_hold_nobody_up(server):
    host, _, port = urlsplit(server).netloc.partition(":")
    with contextlib.ExitStack() as slow:
        for _ in range(THREADS * 2):
            connection = slow.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect((host, int(port)))
            connection.sendall(b"GET /?30000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        began = time.monotonic()
        with urlopen(f"{server}/", timeout=20) as response:
            assert response.status == 200
        assert time.monotonic() - began < 15


def test_a_reader_who_takes_what_is_sent_gets_it_whole(server):
    with urlopen(f"{server}/?30000000", timeout=20) as response:
        assert len(response.read()) == 30_000_000


def test_a_body_without_a_stated_length_is_refused(server):
    head = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert answer(beginning(server, f"{head}1\r\nx\r\n0\r\n\r\n")).startswith("HTTP/1.1 411")


def test_a_body_that_breaks_off_never_reaches_the_application(server):
    connection = beginning(server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nhalf")
    connection.shutdown(socket.SHUT_WR)
    assert answer(connection).startswith("HTTP/1.1 408")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhelloX", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400),
        ("GET / HTTP/1.1\nHost: a\n\n", 400),
        (f"GET /{'a' * 9000} HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (f"GET / HTTP/1.1\r\nHost: a\r\nX: {'a' * 100_000}\r\n\r\n", 431),
    ],
    ids=["two lengths", "length and chunks", "blank", "plus", "fold", "line feeds", "long address", "long header"],
)
def test_a_request_that_can_be_read_in_two_ways_is_not_read(server, sent, status):
    """Else what stands in front of us and we might see different requests."""
    assert answer(beginning(server, sent)).startswith(f"HTTP/1.1 {status}")
