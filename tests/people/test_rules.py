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
        ("Amina Issoufou 1967", True),
        ("Amina, 2026!", True),
        ("amina.issoufou+wasl", True),
        ("Wasl-Academy-2026", True),
        ("e-learn academy", True),
        ("Académie Wasl n° 1", True),
        ("Amina by the river", False),
        ("the academy by the river", False),
        ("academia nuts", False),
        ("كلمة سر طويلة", False),
    ],
)
def test_a_password_is_not_what_everybody_knows(password, weak):
    site = {"elearn", "academy", "académie", "wasl", "org"}
    assert weak_password(password, email="amina@example.org", name="Amina Issoufou", site=site) is weak


def test_a_scope_has_one_spelling():
    assert [scope_key(None, None), scope_key(7, None), scope_key(None, "NE"), scope_key(7, "NE")] == [
        ":",
        "7:",
        ":NE",
        "7:NE",
    ]
