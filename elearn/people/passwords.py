"""Passwords: which are too easy, and their hashes, Argon2id at the OWASP parameters (19 MiB, two passes; 25 ms)."""

import re
from threading import BoundedSemaphore, Lock

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError
from flask import current_app

FEWEST_GUESSES = 1_000_000
LOOKED_AT = 40  # characters: judging more takes long, and what is easy beyond them is hard before
# Signs that stand for letters, each for several: with many of them a second is spent on what they might mean together.
SIGNS = str.maketrans("@({[<!|$+%", "accccilstx")
MOST_SIGNS = 8
AT_ONCE = 4  # more would be no faster, and each takes its memory: all threads together, more than a small machine has

_one_at_a_time = Lock()
_hashing = BoundedSemaphore(AT_ONCE)
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
# Checked when there is no such account, so that the answer takes as long as with one.
_NOBODY = _hasher.hash("nobody has this password")


def hashed(password: str) -> str:
    """The hash to store. Slow on purpose: never inside a write transaction."""
    with _hashing:
        return _hasher.hash(password)


def guessable(password: str, *known: str) -> bool:
    """Whether somebody has it within a million guesses who begins with what people choose most.

    That is passwords that became known, words and names, dates, rows of keys, and `known`: what is known of its owner.
    """
    from zxcvbn import zxcvbn  # its lists take 14 MB: only where they are needed

    with _one_at_a_time:  # it keeps what is known of the owner among its own lists
        return bool(zxcvbn(_with_few_signs(password[:LOOKED_AT]), user_inputs=list(known))["guesses"] < FEWEST_GUESSES)


def _with_few_signs(password: str) -> str:
    """The password, or where too many signs may stand for letters, what its signs stand for."""
    several = {sign for sign in password if sign.isdigit() or ord(sign) in SIGNS}
    return password.translate(SIGNS) if len(several) > MOST_SIGNS else password


def words_of_the_site() -> set[str]:
    """Its names in every language and those in its address: what whoever thinks of this site thinks of."""
    config = current_app.config
    said = " ".join(["elearn", config["BASE_URL"].partition("://")[2], *config["INSTANCE_NAMES"].values()])
    return set(re.split(r"[\W_]+", said.casefold()))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; takes the same time without an account. Never inside a write transaction."""
    try:
        with _hashing:
            _hasher.verify(password_hash or _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return password_hash is not None
