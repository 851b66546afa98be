"""What tests about people share."""

from collections.abc import Callable

import pytest
from flask import Flask

from elearn.core import jobs
from elearn.core.db import db


@pytest.fixture
def sweep(app: Flask) -> Callable[[], None]:
    """What the worker does by the clock, beside its jobs."""

    def once() -> None:
        db.session.commit()
        with app.app_context():
            jobs.tick()

    return once
