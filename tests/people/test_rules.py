"""Pure decisions about accounts."""

import pytest

from elearn.people.rules import scope_key, weak_password


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("a calm river at noon", False),
        ("aaaaaaaaaaaa", True),
        ("abababababab", True),
        ("1234567890", True),
        ("12345678901234", False),
        ("Amina@Example.org", True),
        ("AMINA ISSOUFOU", True),
        ("Amina Issoufou 1967", False),
        ("كلمة سر طويلة", False),
    ],
)
def test_a_password_is_not_what_everybody_knows(password, weak):
    assert weak_password(password, email="amina@example.org", name="Amina Issoufou") is weak


def test_a_scope_has_one_spelling():
    assert [scope_key(None, None), scope_key(7, None), scope_key(None, "NE"), scope_key(7, "NE")] == [
        ":",
        "7:",
        ":NE",
        "7:NE",
    ]
