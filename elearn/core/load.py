"""Fills an empty database with what `core.dump` wrote of another, of the same kind or not, and proves it.

The schema comes from the migrations, at the revision of the dump; then the rows, in one transaction; then every table
is read back and compared with the dump by its hash. What fails leaves the target as empty as it was.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from alembic import command
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection, DateTime, Engine, Table, create_engine, event, inspect, make_url, text
from sqlalchemy.pool import NullPool

from elearn.core.dump import BATCH, HISTORY, Contents, digest, tables_of
from elearn.core.errors import Refused


def refuse_unless_empty(url: str) -> None:
    """Raises Refused when the database has a table. One that does not exist is empty if it is SQLite's."""
    place = make_url(url)
    if place.get_backend_name() == "sqlite":
        file = Path(place.database or "")
        if not file.exists() or not file.stat().st_size:
            _refuse_remains(file)
            return
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if inspect(connection).get_table_names():
            raise Refused(f"{place.render_as_string()} is not empty; nothing was changed")


def _refuse_remains(file: Path) -> None:
    """SQLite would take what another database left unfinished for a part of the new one."""
    for ending in ("-wal", "-journal"):
        left = file.with_name(file.name + ending)
        if left.exists():
            raise Refused(f"{left} is left of another database; nothing was changed. Move it aside")


def refuse_unless_known(revision: str) -> None:
    """Raises Refused for what a later release wrote."""
    known = {script.revision for script in _script().walk_revisions()}
    if revision not in known:
        raise Refused(f"this release does not know the revision {revision}: install the one that wrote it, or a later")


def fill(url: str, folder: Path, contents: Contents) -> None:
    """Make the database of `url` from the files in `folder`. It must be empty; see the two above."""
    refuse_unless_known(contents.revision)
    refuse_unless_empty(url)
    place = make_url(url)
    if place.get_backend_name() != "sqlite":
        engine = create_engine(url, poolclass=NullPool)
        try:
            _fill(engine, folder, contents)
        except BaseException:
            _empty(engine)
            raise
        return
    file = Path(place.database or "")
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        engine = create_engine(f"sqlite:///{part}", poolclass=NullPool)
        event.listen(engine, "connect", _hurry)
        _fill(engine, folder, contents)
        with part.open("rb") as made:
            os.fsync(made.fileno())
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)


def _hurry(connection: Any, _record: Any) -> None:
    """Nobody uses the file before it is whole: one fsync at the end is enough."""
    connection.execute("PRAGMA synchronous=OFF")


def _fill(engine: Engine, folder: Path, contents: Contents) -> None:
    _migrate(engine, contents.revision)
    with engine.begin() as connection:
        tables = tables_of(connection)
        _compare_names([table.name for table in tables], contents)
        with _unguarded(connection):
            _remove_rows(connection, tables)
            for table in tables:
                with (folder / f"{table.name}.jsonl").open(encoding="utf-8", errors="surrogatepass") as file:
                    _put(connection, table, file)
        _set_sequences(connection, tables, contents.sequences)
    with engine.connect() as connection:
        for table in tables_of(connection):
            if digest(connection, table) != contents.tables[table.name]:
                raise Refused(f"the table {table.name} is not what it was; nothing was kept")


def _compare_names(present: list[str], contents: Contents) -> None:
    different = set(present) ^ set(contents.tables)
    if different:
        raise Refused(f"tables that only one side has: {', '.join(sorted(different))}")


# The schema


def _config() -> Any:
    return current_app.extensions["migrate"].migrate.get_config()


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _migrate(engine: Engine, revision: str) -> None:
    config = _config()
    config.attributes["engine"] = engine
    command.upgrade(config, revision)


def _empty(engine: Engine) -> None:
    """Take back what the migrations made; the rows have gone with their transaction, or go with their tables."""
    config = _config()
    config.attributes["engine"] = engine
    with engine.begin() as connection:
        if not inspect(connection).has_table(HISTORY):
            return
        _remove_rows(connection, tables_of(connection))
    command.downgrade(config, "base")
    with engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {HISTORY}"))


# The rows


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """Rows may come in any order inside: the rules between tables are checked once, at the end."""
    if connection.dialect.name == "sqlite":
        # Foreign keys are not enforced on a connection that does not ask for it.
        triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield
        for _, made in triggers:
            connection.exec_driver_sql(made)
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise Refused("a row refers to another that is not there")
        return
    found = connection.execute(
        text(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
        )
    ).all()
    for table, name, _ in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _remove_rows(connection: Connection, tables: list[Table]) -> None:
    """Away with what the migrations brought, such as countries: the dump has them as they are now."""
    names = [connection.dialect.identifier_preparer.format_table(table) for table in tables]
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"TRUNCATE {', '.join(names)}")
        return
    for name in names:
        connection.exec_driver_sql(f"DELETE FROM {name}")


def _put(connection: Connection, table: Table, file: TextIO) -> None:
    names = json.loads(next(file))
    if sorted(names) != sorted(column.name for column in table.columns):
        raise Refused(f"the table {table.name} has other columns")
    quote = connection.dialect.identifier_preparer.quote
    into = f"{quote(table.name)} ({', '.join(map(quote, names))})"
    rows = (json.loads(line) for line in file)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    moments = [place for place, name in enumerate(names) if isinstance(table.columns[name].type, DateTime)]
    insert = f"INSERT INTO {into} VALUES ({', '.join('?' * len(names))})"
    while batch := list(islice(rows, BATCH)):
        connection.exec_driver_sql(insert, [tuple(_as_sqlite_keeps(row, moments)) for row in batch])


def _as_sqlite_keeps(row: list[Any], moments: list[int]) -> list[Any]:
    for place in moments:
        if row[place] is not None:
            row[place] = row[place].removesuffix("+00:00").replace("T", " ")
    return row


def _set_sequences(connection: Connection, tables: list[Table], kept: dict[str, int]) -> None:
    """No id is given out twice, not even one whose row is gone."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        if "id" not in table.columns:
            continue
        name = connection.dialect.identifier_preparer.quote(table.name)
        last = connection.exec_driver_sql(f"SELECT max(id) FROM {name}").scalar() or 0
        last = max(last, kept.get(table.name, 0))
        if last:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"), {"name": name, "last": last}
            )
