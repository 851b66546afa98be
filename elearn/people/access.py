"""Who reaches which people."""

from sqlalchemy import ColumnElement, false, or_, true

from elearn.core.access import Permission, Person, Scope
from elearn.people.models import User, UserState


def visible_to(person: Person) -> ColumnElement[bool]:
    """The people somebody may see as an administrator."""
    return _within(person.scope(Permission.PEOPLE_SEE))


def can_see(person: Person, user: User) -> bool:
    """Beside `visible_to`: the same question about one row."""
    return person.scope(Permission.PEOPLE_SEE).covers(user.institution_id, user.country)


def can_manage(person: Person, user: User) -> bool:
    """May change this account. Nobody manages their own, so that no administrator locks themselves out."""
    return user.id != person.id and person.scope(Permission.PEOPLE_MANAGE).covers(user.institution_id, user.country)


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
