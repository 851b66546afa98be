"""The two databases behave the same under the tests themselves, and every test starts as new."""

import pytest
from sqlalchemy import func, select, text

from elearn.core.db import db
from elearn.core.models import Audit
from elearn.people.models import Country, User
from tests.factories import people as make


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_leaves_the_next_does_not_see(app, turn):
    assert db.session.scalar(select(func.count()).select_from(User)) == 0
    assert db.session.scalar(select(func.count()).select_from(Country)) > 50
    make.user()
    db.session.execute(
        text(
            "INSERT INTO audit (verb, object_type, object_id, request_id, detail_hash, at)"
            " VALUES ('test', 'test', '1', '', '', CURRENT_TIMESTAMP)"
        )
    )
    db.session.execute(text("DELETE FROM country_text"))
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Audit)) == 1
