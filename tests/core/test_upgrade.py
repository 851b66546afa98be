"""An instance that an earlier release made, with people and what they earned, is brought to this release.

As docs/operations.md says: a backup, the new code, `flask db upgrade`, `flask courses sync`, `/readyz`; and the archive
of an earlier release brought back into this one. An earlier release is what the migrations make of its revision.
"""

import json
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import select

from elearn.core.db import begin_writing, db
from elearn.people.models import User
from tests.support.browser import Browser
from tests.support.instances import files, hashes, run
from tests.test_migrations import REVISIONS

BROUGHT = {"country", "country_text"}  # what migrations themselves bring
GIVEN_UP = {"sign_in_failure"}  # what a release counted in another way from then on
Tables = dict[str, tuple[list[str], list[list[object]]]]


@pytest.mark.one_database
@pytest.mark.long
@pytest.mark.parametrize("revision", REVISIONS[:-2])
def test_from_any_earlier_release(revision, elsewhere, archive, busy_academy, app, tmp_path):
    everything_goes_along(revision, elsewhere, archive, busy_academy, app, tmp_path)


def test_from_the_previous_release(elsewhere, archive, busy_academy, app, tmp_path):
    everything_goes_along(REVISIONS[-2], elsewhere, archive, busy_academy, app, tmp_path)


def everything_goes_along(revision, elsewhere, archive, academy, app, tmp_path) -> None:
    shown = pages(app, academy)
    old = elsewhere()
    assert run(old, "restore", archive).exit_code == 0
    with old.app_context():
        downgrade(revision=revision)
    before, after = tmp_path / "before.tar", tmp_path / "after.tar"

    assert run(old, "backup", before).exit_code == 0
    assert ready(old) == (503, "migrations: failed")
    assert run(old, "db", "upgrade").exit_code == 0
    assert ready(old) == (200, "migrations: ok")
    assert run(old, "backup", after).exit_code == 0
    nothing_is_lost(rows(before), rows(after))
    kept, stored = hashes(old.config["DATABASE_URL"]), files(Path(old.config["DATA_DIR"]))
    assert run(old, "courses", "sync").exit_code == 0
    assert pages(old, academy) == shown

    new = elsewhere()
    restored = run(new, "restore", before)
    assert restored.exit_code == 0 and revision in restored.output and "flask db upgrade" in restored.output
    assert ready(new) == (503, "migrations: failed")
    assert run(new, "db", "upgrade").exit_code == 0
    assert hashes(new.config["DATABASE_URL"]) == kept
    assert files(Path(new.config["DATA_DIR"])) == stored
    assert pages(new, academy) == shown


def ready(app: Flask) -> tuple[int, str]:
    """What `/readyz` answers, and its line on the tables."""
    answer = app.test_client().get("/readyz", base_url=app.config["BASE_URL"])
    return answer.status_code, next(line for line in answer.text.splitlines() if line.startswith("migrations"))


def rows(archive: Path) -> Tables:
    """By table, its columns and its rows."""
    found = {}
    with tarfile.open(archive) as tar:
        for name in tar.getnames():
            if name.startswith("tables/"):
                content = tar.extractfile(name)
                assert content is not None
                columns, *lines = (json.loads(line) for line in content)
                found[name] = columns, lines
    return found


def nothing_is_lost(before: Tables, after: Tables) -> None:
    """Every row is there with what it said, and no row that nobody wrote."""
    assert {Path(name).stem for name in before.keys() - after.keys()} <= GIVEN_UP
    for name in before.keys() & after.keys():
        (columns, old), (names, new) = before[name], after[name]
        places = [names.index(column) for column in columns if column in names]
        was = Counter(json.dumps([row[columns.index(names[place])] for place in places]) for row in old)
        is_now = Counter(json.dumps([row[place] for place in places]) for row in new)
        assert was - is_now == Counter(), name
        assert is_now == was or Path(name).stem in BROUGHT, name


def pages(app: Flask, academy) -> list[object]:
    """What was earned, as its holder and the world see it: the file, the public page in three languages, the course."""
    address = f"/verify/{academy.certificate}"
    with app.app_context():
        begin_writing()
        stranger = Browser(app, app.response_class, use_cookies=True)
        told = [main(stranger.get(address, query_string={"lang": lang}).text) for lang in ("en", "fr", "ar")]
        amina = db.session.execute(select(User).where(User.public_id == academy.amina)).scalar_one()
        holder = Browser(app, app.response_class, use_cookies=True).sign_in(amina)
        paper = holder.get(f"/me/certificates/{academy.certificate}/pdf")
        assert paper.status_code == 200 and paper.data.startswith(b"%PDF-")
        learning = main(holder.get("/me/").text)
    assert academy.certificate[-4:] in told[0]
    return [*told, paper.data, learning]


def main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]
