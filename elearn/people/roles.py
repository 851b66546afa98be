"""Every write an administrator makes to somebody else's account: roles, blocking."""

import datetime as dt

from flask_babel import gettext as _

from elearn.core import audit, clock
from elearn.core.access import Person, Role
from elearn.core.db import db, refusing_clash
from elearn.core.errors import Refused
from elearn.people.models import RoleGrant, User, UserState
from elearn.people.rules import scope_key
from elearn.people.service import sign_out_everywhere


def grant_role(
    actor: Person | None, user: User, role: Role, *, institution_id: int | None = None, country: str | None = None
) -> None:
    """Give a role from now on, for everything or for one institution or country. `actor` None: the command line."""
    if user.email_confirmed_at is None:
        raise Refused(_("The address of this account is not confirmed, so it may be that of somebody else."), "role")
    held = db.session.query(RoleGrant).filter_by(
        user_id=user.id, role=role, scope_key=scope_key(institution_id, country), ends_at=None
    )
    if held.first() is not None:
        raise Refused(_("This person already holds this role."), "role")
    with refusing_clash(_("This person already holds this role."), "role"):
        db.session.add(
            RoleGrant(
                user_id=user.id,
                role=role,
                institution_id=institution_id,
                country=country,
                scope_key=scope_key(institution_id, country),
                starts_at=clock.now(),
                granted_by=actor.id if actor else None,
            )
        )
    detail = {"role": role.value, "institution": institution_id, "country": country}
    audit.note("granted-role", "user", user.id, actor=actor, detail=detail)


def end_role(actor: Person, user: User, grant_id: int) -> None:
    """Take a role back from now on; that it was held stays on record."""
    grant = db.session.get(RoleGrant, grant_id, with_for_update=True)
    if grant is None or grant.user_id != user.id or grant.ends_at is not None:
        raise Refused(_("This role has already ended."))
    # A role lasts a moment at least, also where the clock was set back since it was given.
    grant.ends_at = max(clock.now(), grant.starts_at + dt.timedelta(microseconds=1))
    audit.note("ended-role", "user", user.id, actor=actor, detail={"role": grant.role.value})


def block(actor: Person, user: User) -> None:
    """Nobody signs in with this account until it is opened again; sessions end now."""
    user.state = UserState.BLOCKED
    sign_out_everywhere(user)
    audit.note("blocked", "user", user.id, actor=actor)


def unblock(actor: Person, user: User) -> None:
    """Open a blocked account again."""
    if user.state != UserState.BLOCKED:
        raise Refused(_("This account is not blocked."))
    user.state = UserState.ACTIVE if user.email_confirmed_at else UserState.UNCONFIRMED
    audit.note("unblocked", "user", user.id, actor=actor)
