"""Which passwords are too easy."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from elearn.people.passwords import guessable


@pytest.mark.parametrize(
    ("password", "easy"),
    [
        ("password1234", True),
        ("qwertyuiop", True),
        ("1q2w3e4r5t6y", True),
        ("azertyuiop123", True),
        ("AminaIssoufou", True),
        ("amina@example.org", True),
        ("21/11/1985", True),
        ("a calm river at noon", False),
        ("كلمة سر طويلة", False),
        ("x" * 20 + "un puits assez profond", False),
        ("9d0f3c1a77b25e44", False),
    ],
)
def test_what_is_guessed_first_is_no_password(password, easy):
    assert guessable(password, "amina@example.org", "Amina", "Issoufou") is easy


def test_what_is_known_of_one_person_is_not_taken_for_that_of_another():
    people = [f"somebody{number}unusual" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        own = list(pool.map(lambda name: guessable(name, name), people))
        others = list(pool.map(lambda name: guessable(name, "nobody"), people))
    assert all(own) and not any(others)
