"""The migrations make exactly what the models say, there and back, on both databases, empty and with data."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from elearn import MIGRATIONS
from elearn.core import clock
from elearn.core.db import Base, db, metadata
from elearn.people.models import Consent
from tests.conftest import empty_postgresql
from tests.factories import people as make
from tests.factories.academy import found_academy
from tests.support.databases import application

REVISIONS = [script.revision for script in reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions()))]


@pytest.fixture
def unmigrated(database, request, tmp_path) -> Iterator[Flask]:
    """An application on a database without any table, of the same kind as `database`."""
    if database.name == "sqlite":
        url = f"sqlite:///{tmp_path / 'unmigrated.sqlite'}"
    else:
        url = empty_postgresql(request.config, "elearn_unmigrated")
    app = application(tmp_path, url)
    with app.app_context():
        yield app
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def _engine() -> Engine:
    return create_engine(current_app.config["DATABASE_URL"], poolclass=NullPool)


def _append_only() -> list[str]:
    return sorted(mapper.class_.__tablename__ for mapper in Base.registry.mappers if mapper.class_.append_only)


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
    return list(compare_metadata(context, metadata))


def _triggers(connection: Connection) -> set[tuple[str, str]]:
    if connection.dialect.name == "sqlite":
        query = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname = 'public'"
        )
    return {(table, name) for table, name in connection.execute(text(query))}


def _checks(connection: Connection) -> dict[str, set[tuple[str | None, str]]]:
    found = inspect(connection)
    return {
        table: {(check["name"], " ".join(check["sqltext"].split())) for check in found.get_check_constraints(table)}
        for table in metadata.tables
    }


def test_there_is_one_history():
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_the_head_equals_the_models(app):
    with _engine().connect() as connection:
        assert _differences(connection) == []


def test_the_checks_equal_those_of_the_models(app, unmigrated):
    """Alembic does not compare CHECK constraints; enums are nothing else here."""
    with _engine().begin() as connection:
        metadata.create_all(connection)
        expected = _checks(connection)
    with app.app_context(), _engine().connect() as connection:
        assert _checks(connection) == expected


def test_every_append_only_table_is_guarded(app):
    with _engine().connect() as connection:
        assert sorted({table for table, _ in _triggers(connection)}) == _append_only()


def test_every_revision_goes_up_and_down_and_up(unmigrated):
    for revision in REVISIONS:
        upgrade(revision=revision)
        downgrade(revision="-1")
        upgrade(revision=revision)
    with _engine().connect() as connection:
        assert _differences(connection) == []
        assert sorted({table for table, _ in _triggers(connection)}) == _append_only()
    downgrade(revision="base")
    with _engine().connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        assert _triggers(connection) == set()


def test_down_and_up_with_data(unmigrated):
    upgrade()
    found_academy()
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()
    for revision in reversed(REVISIONS[:-1]):
        downgrade(revision=revision)
        upgrade()
    downgrade(revision="base")
    upgrade()
    with _engine().connect() as connection:
        assert _differences(connection) == []
        assert connection.execute(text("SELECT count(*) FROM country")).scalar_one() > 50


@pytest.mark.parametrize("change", ["UPDATE consent SET version = '2'", "DELETE FROM consent"])
def test_the_database_itself_refuses_to_change_an_append_only_row(app, change):
    db.session.add(Consent(user_id=make.user().id, policy="privacy", version="1", at=clock.now()))
    db.session.commit()
    with pytest.raises(DBAPIError, match="append-only"), _engine().begin() as connection:
        connection.execute(text(change))
