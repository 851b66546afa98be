"""Other instances, and an archive of the one under test."""

from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import empty_postgresql
from tests.support.databases import application
from tests.support.instances import disconnect


@pytest.fixture
def elsewhere(database, request, tmp_path):
    """`elsewhere()` is an instance without anything, on a database of the same kind; or of a given kind."""

    def make_one(kind: str = database.name) -> Flask:
        folder = tmp_path / f"elsewhere-{len(made)}"
        if kind == "sqlite":
            made.append(application(folder, f"sqlite:///{folder / 'new.sqlite'}"))
        else:
            made.append(application(folder, empty_postgresql(request.config, f"elearn_elsewhere_{len(made)}")))
        return made[-1]

    made: list[Flask] = []
    yield make_one
    for one in made:
        disconnect(one)


@pytest.fixture
def archive(busy_academy, command, tmp_path) -> Path:
    path = tmp_path / "backup.tar.zst"
    done = command("backup", path)
    assert done.exit_code == 0, done.output
    return path
