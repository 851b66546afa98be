"""Every write of erasing a person: asking for it, taking it back, carrying it out when its days have passed."""

import datetime as dt
import logging
import secrets

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from elearn.core import audit, clock, mail, privacy
from elearn.core.access import Person, Role
from elearn.core.db import db, reading, refusing_clash, unit_of_work
from elearn.core.errors import Refused
from elearn.core.i18n import long_date
from elearn.people import queries, rules
from elearn.people.access import in_force
from elearn.people.models import Erasure, RoleGrant, Token, User, UserState
from elearn.people.service import sign_out_everywhere

log = logging.getLogger(__name__)
KEEPING = "keep"  # the purpose of the links that take an erasure back


def ask(actor: Person) -> Erasure:
    """Ask to be erased oneself: every device is signed out, and after some days it is done. Raises Refused."""
    user = db.session.get_one(User, actor.id, with_for_update=True)
    return _ask(user, user.id, rules.ERASURE_GRACE, "people/erasure_asked")


def ask_for(actor: Person, user: User, reason: str) -> Erasure:
    """Have somebody erased who asked an administrator for it. The reason stands beside the log. Raises Refused."""
    return _ask(user, actor.id, rules.ERASURE_GRACE, "people/erasure_asked_for", {"reason": reason})


def _ask(
    user: User, asked_by: int | None, grace: dt.timedelta, template: str, detail: dict[str, str] | None = None
) -> Erasure:
    _require_another_administrator(user.id)
    moment = clock.now()
    erasure = Erasure(user_id=user.id, asked_by=asked_by, asked_at=moment, due_at=moment + grace)
    with refusing_clash(_("The erasure of this account was asked for already.")):
        db.session.add(erasure)
    sign_out_everywhere(user)
    _write_to(user, erasure, template)
    audit.note("asked-for-erasure", "user", user.id, actor=asked_by, detail=detail)
    return erasure


def _require_another_administrator(user_id: int) -> None:
    """An instance without an administrator could not even be given one in the browser."""
    everywhere = select(RoleGrant.user_id).where(
        RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.scope_key == rules.scope_key(None, None), in_force()
    )
    leaving = select(Erasure.user_id).where(queries.waiting())
    staying = select(User.id).where(
        User.id.in_(everywhere), User.state.in_(queries.OPEN), User.id.not_in(leaving), User.id != user_id
    )
    if (
        db.session.execute(everywhere.where(RoleGrant.user_id == user_id)).first() is not None
        and db.session.execute(staying.limit(1)).first() is None
    ):
        raise Refused(_("This is the only administrator. Somebody else must be given that role first."))


def _write_to(user: User, erasure: Erasure, template: str) -> None:
    token = secrets.token_urlsafe(32)
    db.session.add(
        Token(
            purpose=KEEPING,
            user_id=user.id,
            hash=queries.token_hash(token),
            email=user.email,
            created_at=erasure.asked_at,
            expires_at=erasure.due_at,
        )
    )
    mail.queue(
        key=f"erasure-{erasure.id}",
        to_addr=user.email or "",
        to_user_id=user.id,
        lang=user.lang,
        template=template,
        values={
            "link": f"{current_app.config['BASE_URL']}/keep-account/{token}",
            "day": long_date(erasure.due_at, user.lang),
            "contact": current_app.config["CONTACT"],
        },
    )


# --- taking it back -------------------------------------------------------------------------------------------------


def take_back(user_id: int, actor: Person | int | None) -> bool:
    """The account stays as it was, but for its sessions. False: there was nothing to take back."""
    found = queries.erasure_of(user_id, lock=True)
    if found is None:
        return False
    found.cancelled_at = clock.now()
    audit.note("took-erasure-back", "user", user_id, actor=actor)
    return True


def take_back_by_link(token: str) -> bool:
    """The same by the link of the message. False: it is no longer good."""
    found = queries.usable_token(KEEPING, token)
    if found is None:
        return False
    found.used_at = clock.now()
    return take_back(found.user_id, found.user_id)


def take_back_for(actor: Person, user: User) -> None:
    """The same by an administrator; its person is told. Raises Refused."""
    if not take_back(user.id, actor):
        raise Refused(_("Nobody has asked for the erasure of this account."))
    mail.queue(
        key=f"erasure-taken-back-{secrets.token_hex(8)}",
        to_addr=user.email or "",
        to_user_id=user.id,
        lang=user.lang,
        template="people/erasure_taken_back",
        values={"contact": current_app.config["CONTACT"]},
    )


# --- carrying it out ------------------------------------------------------------------------------------------------


def carry_out_due(_asked_before: dt.datetime) -> int:
    """Erase everybody whose days have passed, each in a transaction of its own; how many there were."""
    with reading():
        found = [(row[0], row[1]) for row in db.session.execute(queries.due_erasures())]
    count = 0
    for erasure_id, user_id in found:
        try:
            with unit_of_work():
                count += _carry_out(erasure_id, user_id)
        except Exception:
            log.exception("a person could not be erased", extra={"erasure": erasure_id})
    return count


def _carry_out(erasure_id: int, user_id: int) -> bool:
    # The lock comes first: whoever is about to give this person a certificate waits, and then sees what became of them.
    user = db.session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    erasure = db.session.get_one(Erasure, erasure_id, with_for_update=True, populate_existing=True)
    if erasure.cancelled_at is not None or erasure.done_at is not None:
        return False
    if erasure.asked_by is None and not _never_used(user):
        erasure.cancelled_at = clock.now()
        return False
    privacy.erase(user_id)
    erasure.done_at = clock.now()
    audit.note("erased", "user", user_id, actor=None, detail={"asked_by": erasure.asked_by})
    return True


# --- accounts that were never used ----------------------------------------------------------------------------------


def warn_unused(opened_before: dt.datetime) -> int:
    """Announce the erasure of accounts that nobody confirmed or used; it is carried out as any other."""
    count = 0
    with reading():
        found = list(db.session.scalars(queries.unused_accounts(opened_before)))
    for user_id in found:
        with unit_of_work():
            user = db.session.get_one(User, user_id, with_for_update=True, populate_existing=True)
            if _never_used(user) and queries.erasure_of(user_id) is None:
                _ask(user, None, rules.UNUSED_WARNING, "people/account_unused")
                count += 1
    return count


def _never_used(user: User) -> bool:
    return user.state == UserState.UNCONFIRMED and user.last_sign_in_at is None
