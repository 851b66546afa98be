"""A database as text that is the same on SQLite and PostgreSQL: what backups and moves carry, and what is hashed.

Each table is a file: its first line names the columns, every further one is a row as a JSON array, in the order of the
primary key. Tables are taken as the database has them, not from the models, so that a database older than the code
can be dumped too. Moments are UTC; a JSON column is a string of JSON, so that nothing and `null` stay apart.
"""

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    MetaData,
    String,
    Table,
    Text,
    cast,
    create_engine,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.pool import NullPool

from elearn.core.errors import Refused

BATCH = 1000
HISTORY = "alembic_version"  # what it says stands in `Contents.revision`


@dataclass(frozen=True)
class Digest:
    """What a table held: its rows counted, and the SHA-256 of its file."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Contents:
    """A whole database: its revision, its tables, and how far their sequences had counted (PostgreSQL only)."""

    revision: str
    tables: dict[str, Digest]
    sequences: dict[str, int]


@contextmanager
def snapshot(url: str, folder: Path) -> Iterator[Connection]:
    """A connection that sees one moment of the database, however much is written meanwhile. Nobody waits for it.

    Of SQLite a copy is made in `folder` (its online backup, one step) and looked through for damage.
    """
    if not url.startswith("sqlite"):
        engine = create_engine(url, poolclass=NullPool, isolation_level="REPEATABLE READ")
        with engine.connect().execution_options(postgresql_readonly=True) as connection:
            yield connection
        return
    copy = folder / "snapshot.sqlite"
    copy_sqlite(Path(make_url(url).database or ""), copy)
    try:
        with create_engine(f"sqlite:///{copy}", poolclass=NullPool).connect() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            if found != "ok":
                raise Refused(f"the database is damaged: {found}")
            yield connection
    finally:
        for path in folder.glob(f"{copy.name}*"):
            path.unlink()


def copy_sqlite(original: Path, copy: Path) -> None:
    if not original.is_file():
        raise Refused(f"there is no database at {original}")
    with closing(sqlite3.connect(original, timeout=60)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def tables_of(connection: Connection) -> list[Table]:
    """The tables of the database, by name, without the one in which migrations keep their place."""
    metadata = MetaData()
    metadata.reflect(connection, resolve_fks=False)
    return [metadata.tables[name] for name in sorted(metadata.tables) if name != HISTORY]


def revision_of(connection: Connection) -> str:
    """The migration that the database stands at; empty when it has never been migrated."""
    if not inspect(connection).has_table(HISTORY):
        return ""
    return str(connection.execute(text(f"SELECT version_num FROM {HISTORY}")).scalar() or "")


def dump(connection: Connection, folder: Path) -> Contents:
    """Write every table into `folder`, as `<table>.jsonl`."""
    revision = revision_of(connection)
    if not revision:
        raise Refused("the database is empty: it has never been migrated")
    tables = {}
    for table in tables_of(connection):
        with (folder / f"{table.name}.jsonl").open("wb") as file:
            tables[table.name] = write(connection, table, file)
    return Contents(revision, tables, _sequences(connection))


def digest(connection: Connection, table: Table) -> Digest:
    """What `write` would tell, without a file."""
    return write(connection, table, None)


def write(connection: Connection, table: Table, file: BinaryIO | None) -> Digest:
    """Write a table; the lines of two databases that say the same are the same, byte for byte."""
    columns = sorted(table.columns, key=lambda column: column.name)
    hashed = hashlib.sha256()
    count = 0
    for line in _lines(connection, table, columns):
        hashed.update(line)
        if file is not None:
            file.write(line)
        count += 1
    return Digest(count - 1, hashed.hexdigest())


def _lines(connection: Connection, table: Table, columns: list[Column[Any]]) -> Iterator[bytes]:
    yield _line([column.name for column in columns])
    documents = [place for place, column in enumerate(columns) if isinstance(column.type, JSON)]
    # JSON is read as the text it is: through Python, nothing and `null` would be the same.
    asked = [cast(column, Text) if isinstance(column.type, JSON) else column for column in columns]
    query = select(*asked).order_by(*(_in_order(connection, column) for column in _key(table)))
    with closing(connection.execution_options(stream_results=True).execute(query)) as result:
        for batch in result.partitions(BATCH):
            for row in batch:
                values = [_plain(value) for value in row]
                for place in documents:
                    if values[place] is not None:
                        values[place] = canonical_json(values[place])
                yield _line(values)


def _key(table: Table) -> list[Column[Any]]:
    return list(table.primary_key.columns) or list(table.columns)


def _in_order(connection: Connection, column: Column[Any]) -> Any:
    """Text by its bytes, as SQLite sorts it; PostgreSQL would sort as the language of the server does."""
    if connection.dialect.name == "postgresql" and isinstance(column.type, String):
        return column.collate("C")
    return column


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):  # a bool is an int
        return value
    if isinstance(value, dt.datetime):
        value = value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
        return value.isoformat(timespec="microseconds")
    raise TypeError(f"a value of a kind that dumps do not know: {type(value).__name__}")


def _line(values: list[Any]) -> bytes:
    line = json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"
    return line.encode("utf-8", "surrogatepass")  # whatever the database holds, a backup takes it


class _Number(str):
    """A number of a JSON text, as it stands there."""


def canonical_json(document: str) -> str:
    """The same JSON in one way of writing: that of PostgreSQL's JSONB, with sorted keys and without spaces."""
    parsed = json.loads(document, parse_int=_Number, parse_float=_Number)
    return _written(parsed)


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_written(key)}:{_written(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    if isinstance(value, _Number):
        return _number(value)
    return json.dumps(value, ensure_ascii=False)


def _number(written: str) -> str:
    """As JSONB keeps it: without exponent, and without a sign before zero."""
    plain = f"{Decimal(written):f}" if "e" in written.lower() else str(written)
    return plain.removeprefix("-") if not plain.strip("-0.") else plain


def _sequences(connection: Connection) -> dict[str, int]:
    """By table, the last id that was given out, also when its row is gone."""
    if connection.dialect.name != "postgresql":
        return {}
    found = connection.execute(
        text(
            "SELECT t.relname, s.last_value FROM pg_sequences s"
            " JOIN pg_class q ON q.relname = s.sequencename AND q.relnamespace = s.schemaname::regnamespace"
            " JOIN pg_depend d ON d.objid = q.oid AND d.deptype IN ('a', 'i')"
            " JOIN pg_class t ON t.oid = d.refobjid"
            " WHERE s.schemaname = current_schema() AND s.last_value IS NOT NULL ORDER BY t.relname"
        )
    )
    return {table: int(last) for table, last in found}
