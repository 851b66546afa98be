"""Tells a database that cannot work just now (locked, full, read-only, gone) from a fault of ours."""

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

_SQLITE_READ_ONLY = sqlite3.SQLITE_READONLY
_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
# Connections, resources (a full disk among them), an operator's intervention, system errors; then a deadlock, a lock
# that was not to be had in time, a serialization failure.
_POSTGRESQL = ("08", "53", "57", "58", "40P01", "55P03", "40001")
_POSTGRESQL_READ_ONLY = "25006"


def unavailable(error: BaseException, *, reading: bool) -> bool:
    """Whether asking again in a moment may help. `reading`: it may only read, so a refused write is ours."""
    if isinstance(error, NoConnectionFree):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # without the detail of extended codes
        return code in _SQLITE or (code == _SQLITE_READ_ONLY and not reading)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return error.connection_invalidated or isinstance(error, OperationalError)
    return state.startswith(_POSTGRESQL) or (state == _POSTGRESQL_READ_ONLY and not reading)
