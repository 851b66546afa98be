"""Every SELECT the pages of people need."""

import hashlib

from sqlalchemy import func, or_, select

from elearn.core import clock
from elearn.core.access import Grant, Person, Role
from elearn.core.db import db
from elearn.people.models import RoleGrant, SignIn, User, UserState


def token_hash(token: str) -> str:
    """What the database keeps of a secret that only the cookie or the mail carries."""
    return hashlib.sha256(token.encode()).hexdigest()


def person_by_token(token: str) -> Person | None:
    """The person whose device carries this token, with the roles in force now: one statement."""
    moment = clock.now()
    roles = (
        select(
            func.aggregate_strings(
                RoleGrant.role + ":" + RoleGrant.scope_key, ","
            )
        )
        .where(
            RoleGrant.user_id == User.id,
            RoleGrant.starts_at <= moment,
            or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > moment),
        )
        .scalar_subquery()
    )  # fmt: skip
    row = db.session.execute(
        select(
            User.id,
            User.public_id,
            User.name_latin,
            User.email,
            User.lang,
            User.tz,
            User.email_confirmed_at,
            User.country,
            User.institution_id,
            User.data_saver,
            SignIn.id,
            roles,
        )
        .join(SignIn, SignIn.user_id == User.id)
        .where(
            SignIn.token_hash == token_hash(token),
            SignIn.ended_at.is_(None),
            SignIn.epoch == User.epoch,
            User.state.in_((UserState.ACTIVE, UserState.UNCONFIRMED)),
        )
    ).first()
    if row is None:
        return None
    return Person(
        id=row[0],
        public_id=row[1],
        name=row[2],
        email=row[3] or "",
        lang=row[4],
        tz=row[5],
        email_confirmed=row[6] is not None,
        country=row[7],
        institution_id=row[8],
        data_saver=row[9],
        sign_in_id=row[10],
        token=token,
        grants=grants_of(row[11]),
    )


def grants_of(packed: str | None) -> tuple[Grant, ...]:
    """Grants from their packed form `role:institution:country`, as `service.scope_key` writes it."""
    found = []
    for one in (packed or "").split(","):
        if one:
            role, institution, country = one.split(":")
            found.append(Grant(Role(role), int(institution) if institution else None, country or None))
    return tuple(found)
