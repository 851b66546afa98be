"""Who reaches which people."""

from typing import Any

from sqlalchemy import ColumnElement, false, literal, or_, select, true

from elearn.core import clock
from elearn.core.access import Permission, Person, Role, Scope
from elearn.core.db import UtcDateTime, db
from elearn.people.models import RoleGrant, User, UserState


def in_force(moment: ColumnElement[Any] | None = None) -> ColumnElement[bool]:
    """Roles that are held now, or at a moment that a statement is told when it runs."""
    moment = literal(clock.now(), UtcDateTime()) if moment is None else moment
    return (RoleGrant.starts_at <= moment) & or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > moment)


def visible_to(person: Person) -> ColumnElement[bool]:
    """The people somebody may see as an administrator."""
    return _within(person.scope(Permission.PEOPLE_SEE))


def can_manage(person: Person, user: User) -> bool:
    """May change this account.

    Nobody manages their own, so that no administrator locks themselves out; and who manages only an institution or a
    country does not manage administrators, whatever institution these say they belong to.
    """
    scope = person.scope(Permission.PEOPLE_MANAGE)
    if user.id == person.id or not scope.covers(user.institution_id, user.country):
        return False
    return scope.everywhere or not _administers(user)


def _administers(user: User) -> bool:
    held = select(RoleGrant.id).where(
        RoleGrant.user_id == user.id, RoleGrant.role == Role.ADMINISTRATOR, in_force()
    )  # fmt: skip
    return db.session.execute(held.limit(1)).first() is not None


def _within(scope: Scope) -> ColumnElement[bool]:
    alive = User.state != UserState.ERASED
    if scope.everywhere:
        return alive & true()
    reach: list[ColumnElement[bool]] = [false()]
    if scope.institutions:
        reach.append(User.institution_id.in_(scope.institutions))
    if scope.countries:
        reach.append(User.country.in_(scope.countries))
    return alive & or_(*reach)
