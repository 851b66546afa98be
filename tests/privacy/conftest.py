"""What tests about people's data share: people with a password, and days that pass."""

import datetime as dt

import pytest

from elearn.core import clock, retention
from elearn.people import passwords

PASSWORD = "the well is deep enough"
HASH = passwords.hashed(PASSWORD)


@pytest.fixture
def later(fresh_context, do_jobs):
    """`later(days=7)`: that much later the worker does what is due, as it does once a minute and once a day."""

    def pass_by(**by: float) -> None:
        with clock.frozen(clock.now() + dt.timedelta(**by)):
            with fresh_context():
                retention.sweep()
            do_jobs()

    return pass_by
