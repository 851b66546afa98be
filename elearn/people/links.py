"""What is asked for and confirmed by mail: opening an account, an address, a new password, a new address."""

import hmac
import logging
import secrets

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from elearn.core import audit, clock, jobs, mail
from elearn.core.access import Person
from elearn.core.db import db, refusing_clash
from elearn.core.errors import Refused
from elearn.core.limits import note, reached
from elearn.people import limits, queries, rules
from elearn.people.events import email_confirmed
from elearn.people.institutions import affiliate
from elearn.people.models import Consent, Sex, Token, User, UserState
from elearn.people.queries import Account
from elearn.people.service import name, normal_email, sign_out_everywhere, void_links

log = logging.getLogger(__name__)
CONFIRMING = ("confirm", "change")  # the purposes of links that confirm an address


def register(
    *,
    email: str,
    password_hash: str,
    name_latin: str,
    name_arabic: str,
    country: str,
    institution_id: int | None,
    proposed_institution: str,
    lang: str,
    sex: Sex | None,
) -> None:
    """Open an account, or tell the owner of the address by mail that there is one. The caller cannot tell which."""
    existing = queries.account_by_email(normal_email(email))
    if existing is not None:
        _tell_that_there_is_one(existing)
        return
    user = User(
        public_id=secrets.token_urlsafe(12),
        email=email.strip(),
        email_norm=normal_email(email),
        lang=lang,
        tz="UTC",
        password_hash=password_hash,
        state=UserState.UNCONFIRMED,
        sex=sex,
        country=country,
        name_latin="",
        sort_key="",
        search_text="",
        created_at=clock.now(),
    )
    name(user, name_latin, name_arabic)
    try:
        with refusing_clash(""):
            db.session.add(user)
    except Refused:
        return  # the same address at the very same moment: the other one sends the message
    affiliate(user, institution_id, proposed_institution)
    db.session.add(Consent(user_id=user.id, policy="privacy", version=rules.PRIVACY_VERSION, at=clock.now()))
    audit.note("registered", "user", user.id, actor=user.id)
    _send_link(user.id, user.email or "", lang, "confirm", "people/confirm")


def _tell_that_there_is_one(account: Account) -> None:
    if account.state in queries.OPEN and _few_mails(account.id):
        _send_link(account.id, account.email, account.lang, "reset", "people/already_registered")


# --- confirming an address --------------------------------------------------------------------------------------------


def ask_confirmation(actor: Person) -> None:
    """Send the confirmation once more. Raises Refused when too many were sent."""
    if actor.email_confirmed:
        raise Refused(_("This address is already confirmed."))
    _require_few_mails(actor.id)
    _send_link(actor.id, actor.email, actor.lang, "confirm", "people/confirm")


def confirm_by_link(token: str) -> bool:
    """Confirm an address, or change it to the new one, by the link that was sent there. False: no longer good."""
    for purpose in CONFIRMING:
        found = queries.usable_token(purpose, token)
        if found is not None:
            _confirm(found)
            return True
    return False


def confirm_by_code(actor: Person, code: str) -> bool:
    """Confirm by the six digits of the latest mail. False: wrong, no longer good, or tried too often.

    A wrong try is counted, so the caller must answer it with a status that keeps what was written.
    """
    _lock(actor.id)
    trying = limits.typing_a_code(actor.id)
    if reached(trying):
        return False
    given = _code_hash(actor.id, code)
    for purpose in ("change", "confirm"):
        found = queries.latest_code(actor.id, purpose)
        if found is None or found.tries >= rules.CODE_TRIES:
            continue
        if hmac.compare_digest(found.code_hash or "", given):
            _confirm(found)
            return True
        found.tries += 1
    note(trying)
    return False


def _confirm(token: Token) -> None:
    user = db.session.get_one(User, token.user_id, with_for_update=True)
    if user.state not in queries.OPEN:
        raise Refused(_("This account is closed. Please write to us."))
    token.used_at = clock.now()
    if token.purpose == "change":
        _change_email(user, token.email or "")
    elif normal_email(token.email or "") != user.email_norm:
        raise Refused(_("This message was sent to an address that is no longer yours."))
    _address_is_confirmed(user)


def _change_email(user: User, email: str) -> None:
    taken = _("This address belongs to another account by now. Nothing was changed.")
    if db.session.execute(select(User.id).where(User.email_norm == normal_email(email), User.id != user.id)).first():
        raise Refused(taken)
    with refusing_clash(taken):
        user.email, user.email_norm, user.email_confirmed_at = email, normal_email(email), None
        name(user, user.name_latin, user.name_arabic)  # people are found by their address too
    audit.note("changed-email", "user", user.id, actor=user.id)


def _address_is_confirmed(user: User) -> None:
    if user.email_confirmed_at is None:
        user.email_confirmed_at = clock.now()
        if user.state == UserState.UNCONFIRMED:
            user.state = UserState.ACTIVE
        db.session.flush()
        email_confirmed.send("people", user=user)


# --- a new password ---------------------------------------------------------------------------------------------------


def ask_reset(email: str) -> None:
    """Have a link sent, if there is such an account; only the job asks whether there is, so no answer takes longer."""
    jobs.enqueue("people.reset", {"email": normal_email(email)}, key=f"people.reset:{secrets.token_hex(12)}")


def send_reset(email: str) -> None:
    """What the job does: send a link to set a new password, unless there is no open account or too many went out."""
    account = queries.account_by_email(email)
    if account is not None and account.state in queries.OPEN and _few_mails(account.id):
        _send_link(account.id, account.email, account.lang, "reset", "people/reset")


def reset_password(token: str, password_hash: str) -> bool:
    """Set a new password by the link that was mailed; ends every session. False: the link is no longer good."""
    found = queries.usable_token("reset", token)
    if found is None:
        return False
    user = db.session.get_one(User, found.user_id, with_for_update=True)
    if user.state not in queries.OPEN or normal_email(found.email or "") != user.email_norm:
        return False  # blocked since, or sent to a mailbox that is no longer theirs
    found.used_at = clock.now()
    user.password_hash = password_hash
    sign_out_everywhere(user)
    limits.forget_failures(user.email or "", everywhere=True)
    _address_is_confirmed(user)
    audit.note("reset-password", "user", user.id, actor=user.id)
    tell_of_new_password(user)
    return True


def tell_of_new_password(user: User) -> None:
    """So that its owner knows, if it was somebody else."""
    _letter("password_changed", user.email or "", user.lang, user.id)


# --- a new address ----------------------------------------------------------------------------------------------------


def ask_email_change(actor: Person, email: str) -> None:
    """Send a link to the new address and a warning to the old one. The caller cannot tell whether the new one is taken.

    Raises Refused when too many were sent.
    """
    if normal_email(email) == normal_email(actor.email):
        raise Refused(_("This is the address of your account already."), "email")
    _require_few_mails(actor.id)
    void_links(actor.id, "change")  # only the latest wish counts
    _letter("email_change_warning", actor.email, actor.lang, actor.id)
    owner = queries.account_by_email(normal_email(email))
    if owner is None:
        _send_link(actor.id, email.strip(), actor.lang, "change", "people/change_email")
        return
    # Counted like any other, and good for nothing.
    _new_token(actor.id, email.strip(), "change", secrets.token_urlsafe(32), "").used_at = clock.now()
    if owner.state in queries.OPEN:
        _letter("address_in_use", owner.email, owner.lang, owner.id)


# --- letters ----------------------------------------------------------------------------------------------------------


def _lock(user_id: int) -> None:
    """Let others who count for the same account wait until this has been counted."""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())


def _few_mails(user_id: int) -> bool:
    _lock(user_id)
    return queries.tokens_since(user_id, clock.now() - rules.MAIL_WINDOW) < rules.MAILS_PER_WINDOW


def _require_few_mails(user_id: int) -> None:
    if not _few_mails(user_id):
        raise Refused(_("Several messages were already sent within the hour. Please look into your mailbox first."))


def _letter(which: str, to_addr: str, lang: str, user_id: int) -> None:
    """A message that holds no link."""
    if not _may_write_to(to_addr):
        return
    mail.queue(
        key=f"{which.replace('_', '-')}-{secrets.token_hex(8)}",
        to_addr=to_addr,
        to_user_id=user_id,
        lang=lang,
        template=f"people/{which}",
        values={"contact": current_app.config["CONTACT"]},
    )


def _send_link(user_id: int, email: str, lang: str, purpose: str, template: str) -> None:
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06d}"
    row = _new_token(user_id, email, purpose, token, code)
    if not _may_write_to(email):
        return
    page = "reset" if purpose == "reset" else "confirm"
    mail.queue(
        key=f"{purpose}-{row.id}-{row.hash[:12]}",
        to_addr=email,
        to_user_id=user_id,
        lang=lang,
        template=template,
        values={
            "link": f"{current_app.config['BASE_URL']}/{page}/{token}",
            "code": code,
            "contact": current_app.config["CONTACT"],
        },
    )


def _may_write_to(email: str) -> bool:
    """Whether a mailbox has room for one more within the hour, whichever accounts have them sent; said to nobody."""
    counted = limits.writing_to(email)
    if reached(counted):
        log.warning("a mailbox was written to too often")
        return False
    note(counted)
    return True


def _new_token(user_id: int, email: str, purpose: str, token: str, code: str) -> Token:
    moment = clock.now()
    row = Token(
        purpose=purpose,
        user_id=user_id,
        hash=queries.token_hash(token),
        code_hash=_code_hash(user_id, code),
        email=email,
        created_at=moment,
        expires_at=moment + rules.TOKEN_LIVES[purpose],
    )
    db.session.add(row)
    db.session.flush()
    return row


def _code_hash(user_id: int, code: str) -> str:
    return queries.token_hash(f"{current_app.config['SECRET_KEY']}:{user_id}:{code}")
