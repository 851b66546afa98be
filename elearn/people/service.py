"""Every write to accounts by the people themselves: registering, signing in and out, confirming, changing."""

import hashlib
import hmac
import secrets

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from elearn.core import audit, clock, mail
from elearn.core.access import Person
from elearn.core.db import db
from elearn.core.errors import Refused
from elearn.core.i18n import clean_line, folded
from elearn.people import queries, rules
from elearn.people.events import email_confirmed
from elearn.people.institutions import affiliate
from elearn.people.models import Consent, Sex, SignIn, SignInFailure, Token, User, UserState


def normal_email(email: str) -> str:
    """An address as accounts are found by it."""
    return email.strip().casefold()


def account_key(email: str) -> str:
    """What failures are counted under: a keyed hash, so that the table names nobody."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, normal_email(email).encode(), hashlib.sha256).hexdigest()


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
        if queries.tokens_since(existing.id, clock.now() - TOKEN_HOUR) < rules.MAILS_PER_HOUR:
            _send_link(existing.id, existing.email, existing.lang, "reset", "people/already_registered")
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
    db.session.add(user)
    db.session.flush()
    affiliate(user, institution_id, proposed_institution)
    db.session.add(Consent(user_id=user.id, policy="privacy", version=rules.PRIVACY_VERSION, at=clock.now()))
    audit.note("registered", "user", user.id, actor=user.id)
    _send_link(user.id, user.email or "", lang, "confirm", "people/confirm")


def name(user: User, name_latin: str, name_arabic: str | None) -> None:
    """Set the names, and what lists sort and search by."""
    user.name_latin = clean_line(name_latin)
    user.name_arabic = clean_line(name_arabic or "") or None
    user.sort_key = folded(user.name_latin)[:400]
    user.search_text = folded(f"{user.name_latin} {user.name_arabic or ''} {user.email or ''}")


def correct_name(actor: Person, name_latin: str, name_arabic: str) -> None:
    """The holder's own correction of how the name is printed; issued certificates keep theirs."""
    user = db.session.get_one(User, actor.id)
    if (clean_line(name_latin), clean_line(name_arabic) or None) != (user.name_latin, user.name_arabic):
        name(user, name_latin, name_arabic)
        audit.note("renamed", "user", user.id, actor=actor)


def begin_sign_in(user_id: int, epoch: int, agent: str) -> str:
    """Open a session for a device; returns the token its cookie carries."""
    token = secrets.token_urlsafe(32)
    moment = clock.now()
    db.session.add(
        SignIn(
            user_id=user_id,
            token_hash=queries.token_hash(token),
            epoch=epoch,
            started_at=moment,
            seen_at=moment,
            agent=clean_line(agent)[:200],
        )
    )
    db.session.flush()
    return token


def note_failure(key: str, ip: str) -> None:
    """Remember a failed sign-in; forget the ones outside the window."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < clock.now() - rules.FAILURE_WINDOW))
    db.session.add(SignInFailure(account_key=key, ip=ip[:45], at=clock.now()))


def forget_failures(key: str) -> None:
    """A right password ends the count of the wrong ones."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.account_key == key))


def sign_out(actor: Person) -> None:
    """End this device's session."""
    db.session.execute(update(SignIn).where(SignIn.id == actor.sign_in_id).values(ended_at=clock.now()))


def sign_out_everywhere(user: User) -> None:
    """End every device's session, this one too."""
    user.epoch += 1
    db.session.execute(
        update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    )


def sign_me_out_everywhere(actor: Person) -> None:
    """The same, as its owner asks for it."""
    sign_out_everywhere(db.session.get_one(User, actor.id))
    audit.note("signed-out-everywhere", "user", actor.id, actor=actor)


def ask_confirmation(actor: Person) -> None:
    """Send the confirmation once more. Raises Refused when too many were sent."""
    if actor.email_confirmed:
        raise Refused(_("This address is already confirmed."))
    _require_few_mails(actor.id)
    _send_link(actor.id, actor.email, actor.lang, "confirm", "people/confirm")


def confirm_by_link(token: str) -> bool:
    """Confirm an address, or change it to the new one, by the link that was sent there. False: no longer good."""
    for purpose in ("confirm", "change"):
        found = queries.usable_token(purpose, token)
        if found is not None:
            _confirm(found)
            return True
    return False


def confirm_by_code(actor: Person, code: str) -> bool:
    """Confirm by the six digits of the mail; five tries a mail. False: wrong or no longer good.

    A wrong try is counted although the answer is a refusal, so the caller answers with a status below 400.
    """
    for purpose in ("change", "confirm"):
        found = queries.latest_code(actor.id, purpose)
        if found is None or found.tries >= rules.CODE_TRIES:
            continue
        if found.code_hash == _code_hash(actor.id, code):
            _confirm(found)
            return True
        found.tries += 1
    return False


def ask_reset(email: str) -> None:
    """Send a link to set a new password, if there is such an account; the caller cannot tell."""
    account = queries.account_by_email(normal_email(email))
    if account is None or account.state == UserState.BLOCKED:
        return
    if queries.tokens_since(account.id, clock.now() - TOKEN_HOUR) < rules.MAILS_PER_HOUR:
        _send_link(account.id, account.email, account.lang, "reset", "people/reset")


def reset_password(token: str, password_hash: str) -> bool:
    """Set a new password by the link that was mailed; ends every session. False: the link is no longer good."""
    found = queries.usable_token("reset", token)
    if found is None:
        return False
    user = db.session.get_one(User, found.user_id)
    found.used_at = clock.now()
    user.password_hash = password_hash
    sign_out_everywhere(user)
    forget_failures(account_key(user.email or ""))
    _address_is_confirmed(user)
    audit.note("reset-password", "user", user.id, actor=user.id)
    return True


def change_password(actor: Person, password_hash: str) -> None:
    """A new password for somebody who knows the old one; ends every session, the caller opens a new one."""
    user = db.session.get_one(User, actor.id)
    user.password_hash = password_hash
    sign_out_everywhere(user)
    audit.note("changed-password", "user", user.id, actor=actor)


def ask_email_change(actor: Person, email: str) -> None:
    """Send a link to the new address and a warning to the old one. Nobody learns whether the new one is taken."""
    _require_few_mails(actor.id)
    mail.queue(
        key=f"email-change-warning-{secrets.token_hex(8)}",
        to_addr=actor.email,
        to_user_id=actor.id,
        lang=actor.lang,
        template="people/email_change_warning",
        values={"contact": current_app.config["CONTACT"]},
    )
    if queries.account_by_email(normal_email(email)) is None:
        _send_link(actor.id, email, actor.lang, "change", "people/change_email")


def change_profile(
    actor: Person,
    *,
    name_latin: str,
    name_arabic: str,
    country: str,
    institution_id: int | None,
    proposed_institution: str,
    lang: str,
    tz: str,
    sex: Sex | None,
    data_saver: bool,
) -> None:
    """What a person says of themselves. A new institution is claimed until somebody confirms it."""
    user = db.session.get_one(User, actor.id)
    correct_name(actor, name_latin, name_arabic)
    user.country, user.lang, user.tz, user.sex, user.data_saver = country, lang, tz, sex, data_saver
    affiliate(user, institution_id, proposed_institution)


def choose_language(actor: Person, lang: str) -> None:
    """The interface's language, kept with the account."""
    db.session.get_one(User, actor.id).lang = lang


def choose_data_saver(actor: Person, on: bool) -> None:
    """Pictures by description first, kept with the account."""
    db.session.get_one(User, actor.id).data_saver = on


TOKEN_HOUR = rules.TOKEN_LIVES["reset"] / 2


def _require_few_mails(user_id: int) -> None:
    if queries.tokens_since(user_id, clock.now() - TOKEN_HOUR) >= rules.MAILS_PER_HOUR:
        raise Refused(_("Several messages were already sent within the hour. Please look into your mailbox first."))


def _send_link(user_id: int, email: str, lang: str, purpose: str, template: str) -> None:
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06d}"
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


def _code_hash(user_id: int, code: str) -> str:
    return queries.token_hash(f"{current_app.config['SECRET_KEY']}:{user_id}:{code}")


def _confirm(token: Token) -> None:
    user = db.session.get_one(User, token.user_id)
    token.used_at = clock.now()
    if token.purpose == "change":
        new = token.email or ""
        taken = db.session.execute(
            select(User.id).where(User.email_norm == normal_email(new), User.id != user.id)
        ).first()
        if taken is not None:
            raise Refused(_("This address belongs to another account by now."))
        user.email, user.email_norm = new, normal_email(new)
        name(user, user.name_latin, user.name_arabic)
        user.email_confirmed_at = None
        audit.note("changed-email", "user", user.id, actor=user.id)
    elif normal_email(token.email or "") != user.email_norm:
        raise Refused(_("This link was sent to an address that is no longer yours."))
    _address_is_confirmed(user)


def _address_is_confirmed(user: User) -> None:
    if user.email_confirmed_at is None:
        user.email_confirmed_at = clock.now()
        if user.state == UserState.UNCONFIRMED:
            user.state = UserState.ACTIVE
        db.session.flush()
        email_confirmed.send("people", user=user)
