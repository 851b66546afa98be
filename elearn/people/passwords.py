"""Passwords: which are too easy, and their hashes, Argon2id at the OWASP parameters (19 MiB, two passes; 25 ms)."""

from threading import Lock

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError

FEWEST_GUESSES = 1_000_000
LOOKED_AT = 40  # characters: judging more takes long, and what is easy beyond them is hard before

_one_at_a_time = Lock()
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
# Checked when there is no such account, so that the answer takes as long as with one.
_NOBODY = _hasher.hash("nobody has this password")


def hashed(password: str) -> str:
    """The hash to store. Slow on purpose: never inside a write transaction."""
    return _hasher.hash(password)


def guessable(password: str, *known: str) -> bool:
    """Whether somebody has it within a million guesses who begins with what people choose most.

    That is passwords that became known, words and names, dates, rows of keys, and `known`: what is known of its owner.
    """
    from zxcvbn import zxcvbn  # its lists take 14 MB: only where they are needed

    with _one_at_a_time:  # it keeps what is known of the owner among its own lists
        return bool(zxcvbn(password[:LOOKED_AT], user_inputs=list(known))["guesses"] < FEWEST_GUESSES)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; takes the same time without an account. Never inside a write transaction."""
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return password_hash is not None
