"""The two databases a test may run on: migrated once per worker, as new for every test."""

import contextlib
import shutil
import sqlite3
from pathlib import Path
from unittest import mock

import psycopg
from flask import Flask
from flask_migrate import upgrade
from psycopg import sql
from sqlalchemy import make_url

import config
from elearn import create_app
from elearn.core.db import db

ENVIRONMENT = {
    "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 2,
    "BASE_URL": "https://academy.example.org",
    "VERIFY_URL": "https://academy.example.org",
}


def application(folder: Path, url: str, **environment: str) -> Flask:
    """The application as production configures it, on this database and folder; nothing of the caller's environment."""
    given = {**ENVIRONMENT, "DATA_DIR": str(folder), "DATABASE_URL": url, **environment}
    with mock.patch.dict("os.environ", given, clear=True):
        settings = config.from_environment()
    return create_app(settings | {"TESTING": True})


class Database:
    """A migrated database with an application on it."""

    name: str

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.app = application(folder, url)
        with self.app.app_context():
            upgrade()

    def reset(self) -> None:
        """As it was after the migrations."""
        shutil.rmtree(self.folder / "blobs", ignore_errors=True)
        self._empty()

    def close(self) -> None:
        with self.app.app_context():
            for engine in db.engines.values():
                engine.dispose()

    def _empty(self) -> None:
        raise NotImplementedError


class Sqlite(Database):
    """A file; its pages as they were after the migrations are copied back."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._file = folder / "elearn.sqlite"
        super().__init__(folder, f"sqlite:///{self._file}")
        self._as_new = sqlite3.connect(":memory:")
        with contextlib.closing(sqlite3.connect(self._file)) as migrated:
            migrated.backup(self._as_new)

    def close(self) -> None:
        super().close()
        self._as_new.close()

    def _empty(self) -> None:
        with contextlib.closing(sqlite3.connect(self._file)) as present:
            present.execute("PRAGMA synchronous=OFF")
            self._as_new.backup(present)


class Postgresql(Database):
    """A database of a server; emptied by DELETE, then the rows that the migrations brought are put back."""

    name = "postgresql"

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir(parents=True)
        super().__init__(folder, url)
        self._connection = psycopg.connect(plain(url), autocommit=True)
        self._statements = self._how_to_empty()

    def _how_to_empty(self) -> sql.Composed:
        names = self._connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        tables = [sql.Identifier(name) for (name,) in names]
        # Superuser only: without it neither the guards of append-only tables nor foreign keys let rows go in any order.
        statements = [sql.SQL("BEGIN; SET LOCAL session_replication_role = replica;")]
        self._connection.execute("CREATE SCHEMA as_new")
        for table in tables:
            statements.append(sql.SQL("DELETE FROM {};").format(table))
            found = self._connection.execute(sql.SQL("SELECT count(*) FROM {}").format(table)).fetchone()
            if found and found[0]:
                kept = sql.SQL("as_new.{}").format(table)
                self._connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(kept, table))
                statements.append(sql.SQL("INSERT INTO {} SELECT * FROM {};").format(table, kept))
        statements.append(sql.SQL("COMMIT"))
        return sql.Composed(statements)

    def close(self) -> None:
        super().close()
        self._connection.close()

    def _empty(self) -> None:
        self._connection.execute(self._statements)


def plain(url: str) -> str:
    """The address as psycopg reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def new_postgresql_database(server: str, name: str) -> str:
    """The address of a new, empty database called `name` on the server; an old one of that name is dropped."""
    with psycopg.connect(plain(server), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    return make_url(server).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
