"""Tells a database or disk that cannot work (locked, full, read-only, gone, of another release) from our own faults."""

import errno
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
# No room left: on the disk, of what this user may take, in a file; then a disk that broke, or was made read-only.
_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})


# An unknown table; an unknown column.
_POSTGRESQL_UNKNOWN = ("42P01", "42703")
_SQLITE_UNKNOWN = ("no such table", "no such column", "has no column named")


class NoRoom(Exception):
    """A request could not even be taken in: the place for large ones is full."""


def unavailable(error: BaseException, *, reading: bool) -> bool:
    """Whether asking again may help, in a moment or once there is room. `reading`: a refused write is our fault."""
    if isinstance(error, NoConnectionFree | NoRoom):
        return True
    if isinstance(error, OSError):
        return error.errno in _DISK
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # without the detail of extended codes
        return code in _SQLITE or (code == _SQLITE_READ_ONLY and not reading)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return error.connection_invalidated or isinstance(error, OperationalError)
    return state.startswith(_POSTGRESQL) or (state == _POSTGRESQL_READ_ONLY and not reading)


def of_another_release(error: BaseException | None) -> bool:
    """Whether the database lacks a table or a column: it was not brought to this release, or never made."""
    if isinstance(error, sqlite3.Error):
        return any(words in str(error) for words in _SQLITE_UNKNOWN)
    return getattr(error, "sqlstate", None) in _POSTGRESQL_UNKNOWN
