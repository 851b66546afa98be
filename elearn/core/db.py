"""The database: one transaction per request, a reader that cannot write, a writer that commits once.

Two engines stand on the same database. The *reader* is autocommit and read-only, enforced by the database; safe
requests use nothing else. The *writer* begins with `BEGIN IMMEDIATE` on SQLite, so that a read-then-write can
never fail half-way for a lock. Only this module commits.
"""

import datetime as dt
import enum
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVarTuple

import click
from flask import Flask, Response, g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Engine,
    Enum,
    Integer,
    MetaData,
    Result,
    Select,
    String,
    event,
    inspect,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapper, mapped_column
from sqlalchemy.types import TypeDecorator

from elearn.core.errors import Refused
from elearn.core.outages import of_another_release

log = logging.getLogger(__name__)
Columns = TypeVarTuple("Columns")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WAIT_MS = 10_000  # how long to wait for somebody else's lock before the answer is: please try again

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware moment, stored as UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[dt.datetime]:
        return dt.datetime

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(dt.UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """The base of every table. A class with `append_only = True` refuses UPDATE and DELETE."""

    metadata = metadata
    type_annotation_map = {
        int: BigId,
        dt.datetime: UtcDateTime(),
        dict[str, Any]: Json,
        list[Any]: Json,
        str: String(),
    }
    append_only = False


def enum_type(kind: type[enum.StrEnum]) -> Enum:
    """A StrEnum as a checked text column, the same on both databases."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


def primary_key() -> Any:
    """The `id` column every entity has."""
    return mapped_column(BigId, primary_key=True)


class Session(FlaskSession):
    """A session that stands on the reader until the request, job or command begins to write."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Engine | Connection:
        if bind is not None:
            return bind  # type: ignore[no-any-return]
        return self._db.engine if self.info.get("writing") else self._db.engines["reader"]


db = SQLAlchemy(metadata=metadata, disable_autonaming=True, session_options={"class_": Session})


def init_app(app: Flask) -> None:
    """Make the two engines from DATABASE_URL and put the transaction around every request."""
    url = app.config["DATABASE_URL"]
    sqlite = url.startswith("sqlite")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    # What is sent to the database stays out of error messages, and so out of logs.
    reader: dict[str, Any] = {"url": url, "isolation_level": "AUTOCOMMIT", "hide_parameters": True}
    writer: dict[str, Any] = {"url": url, "hide_parameters": True}
    if not sqlite:
        reader["connect_args"] = {"options": "-c default_transaction_read_only=on"}
        writer["connect_args"] = {"options": f"-c lock_timeout={WAIT_MS}"}
    app.config["SQLALCHEMY_BINDS"] = {None: writer, "reader": reader}
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "handle_error", _say_to_the_command_line)
    if sqlite:
        with app.app_context():
            event.listen(db.engine, "connect", _prepare_sqlite_writer)
            event.listen(db.engine, "begin", _begin_immediate)
            event.listen(db.engines["reader"], "connect", _prepare_sqlite_reader)
    app.after_request(_finish)


def _say_to_the_command_line(failed: ExceptionContext) -> None:
    """A command on a database without our tables ends with what to do, not with a traceback."""
    if click.get_current_context(silent=True) and of_another_release(failed.original_exception):
        raise click.ClickException(
            "The database has no tables yet, or those of another release. Bring it up to date first: flask db upgrade"
        )


def _prepare_sqlite_writer(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # our own BEGIN, not the driver's
    for pragma in (f"busy_timeout={WAIT_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_sqlite_reader(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (f"busy_timeout={WAIT_MS}", "query_only=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def columns(statement: Select[*Columns], **values: Any) -> Result[*Columns]:
    """Run a SELECT of plain columns that was put together once, with its `bindparam`s filled in.

    For what every page asks: putting a statement together takes several times as long as running it, and half of what
    is left is the session's, which has nothing to do where no entity is loaded and nothing waits to be written.
    """
    session = db.session()
    return (session if session.info.get("writing") else session.connection()).execute(statement, values)


def begin_writing() -> None:
    """From here on this request's session stands on the writer; what was read before is forgotten."""
    session = db.session()
    session.rollback()
    session.expunge_all()
    session.info["writing"] = True


def _end_writing(*, keep: bool) -> None:
    session = db.session()
    try:
        if keep:
            session.commit()
    finally:
        session.rollback()
        session.expunge_all()
        session.info["writing"] = False


@contextmanager
def unit_of_work() -> Iterator[None]:
    """One write transaction for a command, a job or a note: kept when the block ends well, undone otherwise."""
    if db.session().info.get("writing"):
        raise RuntimeError("a unit of work inside another")
    begin_writing()
    try:
        yield
    except BaseException:
        _end_writing(keep=False)
        raise
    _end_writing(keep=True)


@contextmanager
def apart() -> Iterator[None]:
    """A short write transaction before that of the request: kept whatever becomes of it, and seen by others at once.

    For what must count before it is tried. The request's own must not have begun.
    """
    session = db.session()
    writing = session.info.get("writing", False)
    if writing and session.in_transaction():
        raise RuntimeError("apart() after the write transaction has begun")
    session.info["writing"] = False
    try:
        with unit_of_work():
            yield
    finally:
        session.info["writing"] = writing


@contextmanager
def reading() -> Iterator[None]:
    """A short look at the database before the write transaction begins, in an unsafe request.

    Use it where slow work follows that must not hold the writer's lock (Argon2, images, compiling). Take plain
    values out of it: entities are detached at its end.
    """
    session = db.session()
    writing = session.info.get("writing", False)
    if writing and session.in_transaction():
        raise RuntimeError("reading() after the write transaction has begun")
    session.info["writing"] = False
    try:
        yield
    finally:
        session.expunge_all()  # before the rollback, which would expire what was read
        session.rollback()
        session.info["writing"] = writing


@contextmanager
def refusing_clash(message: object, field: str | None = None) -> Iterator[None]:
    """Flush the block in a savepoint; a clash with a constraint becomes `Refused(message, field)`."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as clash:
        raise Refused(message, field) from clash


def note_after(note: Callable[[], object]) -> None:
    """Write something after this request's own transaction, whatever became of it, in a short one of its own.

    For what must be on record after a read or a refusal: failed sign-ins, exports, views of confidential fields.
    Outside a request the note is written at once.
    """
    if has_request_context():
        g.setdefault("notes_after", []).append(note)
    else:
        with unit_of_work():
            note()


def _finish(response: Response) -> Response:
    """Commit an accepted unsafe request, once; undo everything else; then write the notes."""
    if not db.session.registry.has() and "notes_after" not in g:
        return response  # nobody asked the database anything
    session = db.session()
    if session.info.get("writing"):
        _end_writing(keep=request.method not in SAFE_METHODS and response.status_code < 400)
    for note in g.pop("notes_after", ()):
        session.rollback()
        session.expunge_all()
        try:
            with unit_of_work():
                note()
        except Exception:
            log.exception("a note after the request could not be written")
    return response


@event.listens_for(Mapper, "before_update")
def _guard_update(_mapper: Any, _connection: Any, target: Any) -> None:
    if getattr(target, "append_only", False) and inspect(target).session.is_modified(target):
        raise RuntimeError(f"{type(target).__name__} is append-only")


@event.listens_for(Mapper, "before_delete")
def _guard_delete(_mapper: Any, _connection: Any, target: Any) -> None:
    if getattr(target, "append_only", False):
        raise RuntimeError(f"{type(target).__name__} is append-only")


__all__ = [
    "Base",
    "BigId",
    "Json",
    "UtcDateTime",
    "apart",
    "begin_writing",
    "columns",
    "db",
    "enum_type",
    "metadata",
    "note_after",
    "primary_key",
    "reading",
    "refusing_clash",
    "unit_of_work",
]
