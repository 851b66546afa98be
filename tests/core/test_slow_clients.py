"""A POST that trickles in slowly blocks nobody: its body is read before the database is touched."""

import socket
from collections.abc import Iterator
from threading import Thread
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from elearn.core.db import db
from elearn.people.models import User

SITE = "academy.example.org"
FORM = {"name_latin": "Amina the Slow", "country": "NE", "preferred_lang": "en", "tz": "UTC"}


@pytest.fixture
def address(app) -> Iterator[tuple[str, int]]:
    """The application behind a real server, a thread for each client."""
    db.session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server.server_address[:2]
    server.shutdown()
    thread.join()
    server.server_close()


def slow_post(address, one, path: str, form: dict[str, str]) -> tuple[socket.socket, bytes]:
    """A connection on which the first half of a form has arrived, and the second half."""
    page = one.get(path).text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    cookie = one.get_cookie("__Host-session", domain=SITE).value
    body = urlencode(form | {"csrf_token": token}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {SITE}\r\nCookie: __Host-session={cookie}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection = socket.create_connection(address, timeout=10)
    connection.sendall(head.encode() + body[: len(body) // 2])
    return connection, body[len(body) // 2 :]


def answer(connection: socket.socket) -> str:
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def name_of(user) -> str:
    db.session.rollback()
    name = db.session.scalar(select(User.name_latin).where(User.id == user.id))
    db.session.rollback()  # on SQLite this session holds the lock as long as its transaction is open
    return name


def test_others_write_while_a_form_is_still_on_its_way(address, amina, boris, browser):
    hers, his = browser(amina), browser(boris)
    waiting = [slow_post(address, hers, "/me/profile", FORM) for _ in range(3)]
    assert db.engine.pool.checkedout() == 0
    quick = his.post("/me/profile", data=FORM | {"name_latin": "Boris the Quick"})
    assert quick.status_code == 303
    assert name_of(boris) == "Boris the Quick"
    assert name_of(amina) == "Amina Issoufou"
    for connection, rest in waiting:
        connection.sendall(rest)
        assert answer(connection).startswith("HTTP/1.1 303")
    assert name_of(amina) == "Amina the Slow"


def test_a_form_that_never_arrives_whole_stores_nothing(address, amina, boris, browser):
    connection, _rest = slow_post(address, browser(amina), "/me/profile", FORM)
    connection.shutdown(socket.SHUT_WR)
    assert " 303 " not in answer(connection).partition("\r\n")[0]
    assert name_of(amina) == "Amina Issoufou"
    assert db.engine.pool.checkedout() == 0
