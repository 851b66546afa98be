"""The two databases a test may run on: migrated once per worker, as new for every test.

A *world* is a state that many tests start from: made once through the services, then put back as cheaply as nothing.
"""

import contextlib
import os
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
from elearn.catalogue import shelf
from elearn.core.db import db

AS_NEW = "as_new"
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
    return create_app(settings | {"TESTING": True, "MAIL_OUTBOX_ONLY": True})


class Database:
    """A migrated database with an application on it."""

    name: str

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.app = application(folder, url)
        self.worlds: dict[str, object] = {}
        with self.app.app_context():
            upgrade()
        self.remember(AS_NEW, None)

    def reset(self, world: str = AS_NEW) -> None:
        """As it was after the migrations, or when `world` was remembered."""
        blobs = self.folder / "blobs"
        shutil.rmtree(blobs, ignore_errors=True)
        if (self.folder / world).exists():
            shutil.copytree(self.folder / world, blobs, copy_function=os.link)
        self._empty(world)
        shelf.clear(self.app)

    def knows(self, world: str) -> bool:
        return world in self.worlds

    def remember(self, world: str, about: object) -> None:
        """Keep the present rows and files under a name, and `about` (plain values) beside them."""
        self.worlds[world] = about
        if (self.folder / "blobs").exists():
            shutil.copytree(self.folder / "blobs", self.folder / world)
        self._keep(world)

    def close(self) -> None:
        with self.app.app_context():
            for engine in db.engines.values():
                engine.dispose()

    def _empty(self, world: str) -> None:
        raise NotImplementedError

    def _keep(self, world: str) -> None:
        raise NotImplementedError


class Sqlite(Database):
    """A file; its pages as they were are copied back."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._file = folder / "elearn.sqlite"
        self._kept: dict[str, sqlite3.Connection] = {}
        super().__init__(folder, f"sqlite:///{self._file}")

    def _keep(self, world: str) -> None:
        self._kept[world] = sqlite3.connect(":memory:")
        with contextlib.closing(sqlite3.connect(self._file)) as present:
            present.backup(self._kept[world])

    def _empty(self, world: str) -> None:
        with contextlib.closing(sqlite3.connect(self._file)) as present:
            present.execute("PRAGMA synchronous=OFF")
            self._kept[world].backup(present)

    def close(self) -> None:
        super().close()
        for kept in self._kept.values():
            kept.close()


class Postgresql(Database):
    """A database of a server; emptied by DELETE, then the rows that were there are put back."""

    name = "postgresql"

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir(parents=True)
        self._connection = psycopg.connect(plain(url), autocommit=True)
        self._back: dict[str, sql.Composed] = {}
        super().__init__(folder, url)

    def _keep(self, world: str) -> None:
        names = self._connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        tables = [sql.Identifier(name) for (name,) in names]
        # Superuser only: without it neither the guards of append-only tables nor foreign keys let rows go in any order.
        statements: list[sql.Composable] = [sql.SQL("BEGIN; SET LOCAL session_replication_role = replica;")]
        self._connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(world)))
        for table in tables:
            statements.append(sql.SQL("DELETE FROM {};").format(table))
            if self._connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(table)).fetchone():
                kept = sql.SQL("{}.{}").format(sql.Identifier(world), table)
                self._connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(kept, table))
                statements.append(sql.SQL("INSERT INTO {} SELECT * FROM {};").format(table, kept))
        self._back[world] = sql.Composed([*statements, sql.SQL("COMMIT")])

    def _empty(self, world: str) -> None:
        self._connection.execute(self._back[world])

    def close(self) -> None:
        super().close()
        self._connection.close()


def plain(url: str) -> str:
    """The address as psycopg reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def new_postgresql_database(server: str, name: str) -> str:
    """The address of a new, empty database called `name` on the server; an old one of that name is dropped."""
    with psycopg.connect(plain(server), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    return make_url(server).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
