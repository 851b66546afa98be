"""Whole instances beside the one under test: what they hold, and how they are run."""

import hashlib
from pathlib import Path

from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from elearn.core.db import db
from elearn.core.dump import digest, tables_of


def hashes(url: str) -> dict[str, str]:
    """By table; made apart from the archive, from the database itself."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return {table.name: digest(connection, table).sha256 for table in tables_of(connection)}


def files(folder: Path) -> dict[str, str]:
    """By name, the hash of every stored file."""
    blobs = folder / "blobs"
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in blobs.rglob("*") if path.is_file()}


def run(app: Flask, *arguments: object) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


def disconnect(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
