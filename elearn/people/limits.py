"""What of accounts is allowed only so often, and under which keys it is counted. The numbers stand in `rules`."""

from elearn.core.limits import Counted, Limit, forget, key, network
from elearn.people import rules
from elearn.people.service import normal_email

FAILURE_HERE = Limit("failure-here", rules.FAILURES_HERE, rules.WINDOW)
FAILURE = Limit("failure", rules.FAILURES_PER_ACCOUNT, rules.WINDOW)
FAILURE_OF_ADDRESS = Limit("failure-address", rules.FAILURES_PER_ADDRESS, rules.WINDOW)
REGISTRATION_HERE = Limit("register-here", rules.ASKED_PER_MAILBOX, rules.WINDOW)
REGISTRATION_OF_ADDRESS = Limit("register-address", rules.REGISTRATIONS_PER_ADDRESS, rules.WINDOW)
RESET_HERE = Limit("reset-here", rules.ASKED_PER_MAILBOX, rules.WINDOW)
MAIL_OF_ADDRESS = Limit("mail-address", rules.MAILS_PER_ADDRESS, rules.WINDOW)
LETTER = Limit("letter", rules.LETTERS_PER_MAILBOX, rules.MAIL_WINDOW)
CODE = Limit("code", rules.CODE_TRIES_PER_DAY, rules.DAY)


def signing_in(email: str) -> tuple[Counted, ...]:
    """A password that is tried: for this account from here, for it from anywhere, for any account from here."""
    return (_here(FAILURE_HERE, email), _of_mailbox(FAILURE, email), _of_address(FAILURE_OF_ADDRESS))


def registering(email: str) -> tuple[Counted, ...]:
    """An account that is asked for, and the message that it brings."""
    return (_here(REGISTRATION_HERE, email), _of_address(REGISTRATION_OF_ADDRESS), _of_address(MAIL_OF_ADDRESS))


def resetting(email: str) -> tuple[Counted, ...]:
    """A link to set a new password."""
    return (_here(RESET_HERE, email), _of_address(MAIL_OF_ADDRESS))


def having_mail_sent() -> tuple[Counted, ...]:
    """A message that somebody who is signed in has sent, perhaps to a mailbox of somebody else."""
    return (_of_address(MAIL_OF_ADDRESS),)


def writing_to(email: str) -> Counted:
    """A message to a mailbox, whoever had it sent."""
    return _of_mailbox(LETTER, email)


def typing_a_code(user_id: int) -> Counted:
    """A wrong code of six digits; a new message with a new one does not begin the count again."""
    return (CODE, key("user", str(user_id)))


def forget_failures(email: str, *, everywhere: bool = False) -> None:
    """The owner is here: wrong passwords from here count no longer. Those from elsewhere may be somebody else's.

    `everywhere`: nor do those, because there is a new password.
    """
    forget(_here(FAILURE_HERE, email), *([_of_mailbox(FAILURE, email)] if everywhere else []))


def forget_mailbox(email: str) -> None:
    """What is found by the address alone; the rest is found by nobody, and gone after a day."""
    forget(_of_mailbox(FAILURE, email), _of_mailbox(LETTER, email))


def _here(limit: Limit, email: str) -> Counted:
    return (limit, key("mailbox", normal_email(email), network()))


def _of_mailbox(limit: Limit, email: str) -> Counted:
    return (limit, key("mailbox", normal_email(email)))


def _of_address(limit: Limit) -> Counted:
    return (limit, key("address", network()))
