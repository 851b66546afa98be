"""Password hashes: Argon2id at the OWASP parameters (19 MiB, two passes), about 25 ms on one core."""

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
# Checked when there is no such account, so that the answer takes as long as with one.
_NOBODY = _hasher.hash("nobody has this password")


def hashed(password: str) -> str:
    """The hash to store. Slow on purpose: never inside a write transaction."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; takes the same time without an account. Never inside a write transaction."""
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return password_hash is not None
