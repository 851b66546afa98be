"""Pure decisions about accounts: passwords, limits, what an address and a name look like."""

import datetime as dt
from collections.abc import Iterable

PASSWORD_SHORTEST = 10
PASSWORD_LONGEST = 200
SHORTEST_WORD = 4  # a shorter one stands in too many others
# A network address may be that of a whole ministry, and what is counted for an account from one of them shuts nobody
# out who comes from another.
WINDOW = dt.timedelta(minutes=15)
FAILURES_HERE = 8  # wrong passwords for one account from one network address
FAILURES_PER_ACCOUNT = 24  # from anywhere: fewer than a hundred an hour
FAILURES_PER_ADDRESS = 300
ASKED_PER_MAILBOX = 8  # registrations, and the same again requests for a link, with one e-mail address from one network
REGISTRATIONS_PER_ADDRESS = 60
MAILS_PER_ADDRESS = 120  # messages that visitors and people have sent
CODE_TRIES = 5  # for each message
CODE_TRIES_PER_DAY = 20
DAY = dt.timedelta(days=1)
TOKEN_LIVES = {
    "confirm": dt.timedelta(days=7),
    "reset": dt.timedelta(hours=2),
    "change": dt.timedelta(days=1),
}
MAIL_WINDOW = dt.timedelta(hours=1)
MAILS_PER_WINDOW = 4  # links, to one account
LETTERS_PER_MAILBOX = 10  # whatever the accounts that ask for them
SIGN_IN_LIFE = dt.timedelta(days=90)  # then a device signs in again, however often it was used
ADMINISTRATORS_SIGN_IN_LIFE = dt.timedelta(hours=12)  # they reach everybody's data
ERASURE_GRACE = dt.timedelta(days=7)  # in which an erasure can be taken back
UNUSED_WARNING = dt.timedelta(days=30)  # the same for accounts that were never used
COPY_AGAIN = dt.timedelta(hours=1)  # between two copies of one's data
COPY_GIVEN_UP = dt.timedelta(days=1)  # a copy that is not ready by then never will be
REASON_SHORTEST, REASON_LONGEST = 10, 500
PRIVACY_VERSION = "2026-11"


def weak_password(password: str, *, email: str, name: str, site: Iterable[str] = ()) -> bool:
    """Whether a password is little more than what everybody knows of its owner and the site, or one thing repeated."""
    plain = password.casefold()
    words = [email.partition("@")[0], *name.split(), *site]
    return len(set(plain)) < 4 or (plain.isdigit() and len(plain) < 14) or _says_only(plain, email, *words)


def _says_only(plain: str, *words: str) -> bool:
    """Whether there is nothing in it but these words, figures, signs and a few letters."""
    rest = before = "".join(filter(str.isalnum, plain))
    for word in sorted(("".join(filter(str.isalnum, word.casefold())) for word in words), key=len, reverse=True):
        rest = rest.replace(word, "") if len(word) >= SHORTEST_WORD else rest
    return rest != before and sum(map(str.isalpha, rest)) < SHORTEST_WORD


def scope_key(institution_id: int | None, country: str | None) -> str:
    """Institution and country of a grant as one text, so that uniqueness holds with NULLs too."""
    return f"{institution_id or ''}:{country or ''}"
