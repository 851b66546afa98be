"""Which passwords are too easy."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest

from elearn.people import passwords
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
        ("P@$$w0rd1234567890", True),
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


@pytest.mark.parametrize("password", ["4@8({[<369!1|0$5+7%2" * 2, "({[<!|1@$%" * 4, "1234567890" * 4, "!1|7" * 10])
def test_judging_a_password_takes_no_time_whatever_stands_in_it(password):
    """Anybody may have one judged, as often as they like."""
    guessable("warm")
    began = time.process_time()
    guessable(password, *[f"name{number}" for number in range(60)])
    assert time.process_time() - began < 0.25


@pytest.mark.one_database
@pytest.mark.parametrize("password", ["WaslAcademy2026", "wasl.academy!", "e-learn academy", "Académie Wasl 1"])
def test_nor_is_the_name_of_the_site_a_password(app, visitor, password):
    form = {"name_latin": "Mariam Diallo", "country": "NE", "preferred_lang": "en", "privacy": "y"}
    answer = visitor.post("/register", data=form | {"email": "mariam@example.org", "password": password})
    assert answer.status_code == 422 and "too easy to guess" in answer.text


class Slow:
    """Stands for the hasher, and counts how many use it at the same moment."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.lock = Lock()

    def verify(self, *_given: str) -> bool:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        hashed = sum(range(20_000))
        with self.lock:
            self.now -= 1
        return hashed > 0

    hash = verify


def test_however_many_passwords_come_at_once_only_a_few_take_their_memory(monkeypatch):
    """19 MiB each: a hundred threads of them are more than the machine has."""
    hasher = Slow()
    monkeypatch.setattr(passwords, "_hasher", hasher)
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda n: passwords.matches("x", "y") if n % 2 else passwords.hashed("y"), range(200)))
    assert 1 < hasher.most <= passwords.AT_ONCE
