"""Pure decisions about accounts: passwords, limits on failed sign-ins, what an address and a name look like."""

import datetime as dt
from dataclasses import dataclass

PASSWORD_SHORTEST = 10
PASSWORD_LONGEST = 200
FAILURE_WINDOW = dt.timedelta(minutes=15)
FAILURES_PER_ACCOUNT = 8
FAILURES_PER_ADDRESS = 300  # a whole ministry may stand behind one address
CODE_TRIES = 5
TOKEN_LIVES = {
    "confirm": dt.timedelta(days=7),
    "reset": dt.timedelta(hours=2),
    "change": dt.timedelta(days=1),
}
MAIL_WINDOW = dt.timedelta(hours=1)
MAILS_PER_WINDOW = 4
SIGN_IN_LIFE = dt.timedelta(days=90)  # then a device signs in again, however often it was used
ERASURE_GRACE = dt.timedelta(days=7)  # in which an erasure can be taken back
UNUSED_WARNING = dt.timedelta(days=30)  # the same for accounts that were never used
COPY_AGAIN = dt.timedelta(hours=1)  # between two copies of one's data
COPY_GIVEN_UP = dt.timedelta(days=1)  # a copy that is not ready by then never will be
REASON_SHORTEST, REASON_LONGEST = 10, 500
PRIVACY_VERSION = "2026-11"


@dataclass(frozen=True)
class Failures:
    """Recent failed sign-ins, of this account and from this network address."""

    account: int
    address: int

    @property
    def too_many(self) -> bool:
        return self.account >= FAILURES_PER_ACCOUNT or self.address >= FAILURES_PER_ADDRESS


def weak_password(password: str, *, email: str, name: str) -> bool:
    """Whether a password is only what everybody knows of its owner, or one thing repeated."""
    plain = password.casefold()
    known = [part for part in (email.casefold(), email.casefold().partition("@")[0], name.casefold()) if len(part) >= 4]
    return len(set(plain)) < 4 or plain in known or (plain.isdigit() and len(plain) < 14)


def scope_key(institution_id: int | None, country: str | None) -> str:
    """Institution and country of a grant as one text, so that uniqueness holds with NULLs too."""
    return f"{institution_id or ''}:{country or ''}"
