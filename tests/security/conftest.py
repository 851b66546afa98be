"""What attacks need: people with a password, browsers on other networks, many at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from elearn.core.db import db
from elearn.people import passwords
from tests.factories import people as make
from tests.support.browser import Browser

PASSWORD = "the well is deep enough"
HASH = passwords.hashed(PASSWORD)


@pytest.fixture
def amina(amina):
    amina.password_hash = HASH
    return amina


@pytest.fixture
def limited(app) -> Callable[..., Any]:
    """An administrator of one country, or of one institution: `limited(country="NE")`."""

    def made(**scope: Any) -> Any:
        holder = make.user("Layla Osman", email="layla@example.org")
        make.grant(holder, make.ROLES["Dawit"], **scope)
        return holder

    return made


@pytest.fixture
def from_network(browser: Callable[..., Browser]) -> Callable[..., Browser]:
    """`from_network("203.0.113.9")` is a visitor's browser there, with a user that of somebody signed in."""

    def open_there(address: str, user: Any = None) -> Browser:
        one = browser(user)
        one.environ_base = {**one.environ_base, "REMOTE_ADDR": address}
        return one

    return open_there


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[Any]]:
    """`at_once(acts)` does them all at the same moment, each in a thread and a context of its own."""

    def together(acts: list[Callable[[], Any]]) -> list[Any]:
        db.session.commit()
        start = Barrier(len(acts))

        def act(one: Callable[[], Any]) -> Any:
            start.wait(30)
            with app.app_context():
                return one()

        with ThreadPoolExecutor(len(acts)) as pool:
            found = list(pool.map(act, acts))
        db.session.rollback()
        return found

    return together
