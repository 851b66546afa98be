"""Pure decisions about accounts."""

import pytest

from elearn.people.rules import FAILURES_PER_ACCOUNT, FAILURES_PER_ADDRESS, Failures, scope_key, weak_password


@pytest.mark.parametrize(
    ("account", "address", "too_many"),
    [
        (0, 0, False),
        (FAILURES_PER_ACCOUNT - 1, FAILURES_PER_ADDRESS - 1, False),
        (FAILURES_PER_ACCOUNT, 0, True),
        (0, FAILURES_PER_ADDRESS, True),
    ],
)
def test_failures_are_limited_per_account_and_generously_per_address(account, address, too_many):
    assert Failures(account, address).too_many is too_many


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
