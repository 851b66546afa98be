"""Every write to an account by its owner: names, sign-ins, password, profile. What goes by mail is in `links`."""

import secrets
import unicodedata

from flask_babel import gettext as _
from sqlalchemy import select, update

from elearn.core import audit, clock
from elearn.core.access import Person
from elearn.core.db import db
from elearn.core.errors import Refused
from elearn.core.i18n import clean_line, folded
from elearn.people import queries
from elearn.people.institutions import affiliate
from elearn.people.models import Sex, SignIn, Token, User


def normal_email(email: str) -> str:
    """An address as accounts are found by it."""
    return unicodedata.normalize("NFC", email.strip()).casefold()


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
    """Open a session for a device; returns the token its cookie carries.

    Raises Refused when the account was blocked, or its password changed, since it was read.
    """
    unchanged = select(User.id).where(User.id == user_id, User.epoch == epoch, User.state.in_(queries.OPEN))
    if db.session.execute(unchanged.with_for_update()).first() is None:
        raise Refused(_("Your account was changed at this very moment. Please sign in once more."))
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
    db.session.execute(update(User).where(User.id == user_id).values(last_sign_in_at=moment))
    db.session.flush()
    return token


def sign_out(actor: Person) -> None:
    """End this device's session."""
    db.session.execute(update(SignIn).where(SignIn.id == actor.sign_in_id).values(ended_at=clock.now()))


def sign_out_everywhere(user: User) -> None:
    """End every device's session, this one too, and what was sent out to enter the account by."""
    user.epoch += 1
    void_links(user.id, "reset", "change")
    db.session.execute(
        update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    )


def void_links(user_id: int, *purposes: str) -> None:
    """Links and codes that were sent for these purposes are good for nothing any more."""
    unused = (Token.user_id == user_id) & Token.purpose.in_(purposes) & Token.used_at.is_(None)
    db.session.execute(update(Token).where(unused).values(used_at=clock.now()))


def sign_me_out_everywhere(actor: Person) -> None:
    """The same, as its owner asks for it."""
    sign_out_everywhere(db.session.get_one(User, actor.id))
    audit.note("signed-out-everywhere", "user", actor.id, actor=actor)


def change_password(actor: Person, password_hash: str) -> User:
    """A new password for somebody who knows the old one; ends every session, so open a new one in its new epoch."""
    user = db.session.get_one(User, actor.id)
    user.password_hash = password_hash
    sign_out_everywhere(user)
    audit.note("changed-password", "user", user.id, actor=actor)
    return user


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
