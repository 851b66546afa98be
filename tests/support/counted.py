"""Events as if they had happened before: what limits count."""

from collections.abc import Callable

from flask import Flask

from elearn.core.limits import Counted, note


def happened(app: Flask, times: int, counted: Callable[[], Counted], *, address: str = "127.0.0.1") -> None:
    """Count so many of what `counted()` names, coming from a network address, in the test's transaction."""
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        event = counted()
    for _ in range(times):
        note(event)
