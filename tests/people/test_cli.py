"""`flask users …`"""

import pytest
from sqlalchemy import select

from elearn.core.db import db
from elearn.people import passwords
from elearn.people.models import RoleGrant, User, UserState

PASSWORD = "a calm river at noon"


def create(command, email: str = "first@example.org", password: str = PASSWORD, name: str = "First Administrator"):
    return command("users", "create-admin", email, "--name", name, "--password", password)


def test_the_first_administrator_comes_from_the_command_line(command, visitor):
    result = create(command)
    assert result.exit_code == 0, result.output
    db.session.rollback()
    user = db.session.scalars(select(User)).one()
    assert (user.email, user.state, user.name_latin) == ("first@example.org", UserState.ACTIVE, "First Administrator")
    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    visitor.post("/sign-in", data={"email": "first@example.org", "password": PASSWORD})
    assert visitor.get("/manage/people").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "short"}, "at least 10"),
        ({"password": "1234567890"}, "too easy to guess"),
        ({"email": "first"}, "not an e-mail address"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_made(command, wrong, words):
    result = create(command, **wrong)
    assert result.exit_code == 1 and words in result.output
    db.session.rollback()
    assert db.session.scalars(select(User)).all() == []


def test_an_account_that_exists_is_left_alone(command, amina):
    result = create(command, email="Amina@Example.org")
    assert result.exit_code == 1 and "already" in result.output
    db.session.rollback()
    assert db.session.scalars(select(RoleGrant)).all() == []


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$broken"])
def test_a_hash_that_cannot_be_read_matches_nothing(stored):
    assert not passwords.matches(stored, PASSWORD)
