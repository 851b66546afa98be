"""Who may do what: permissions, roles, the person of the request, and the declaration every endpoint wears.

An endpoint wears exactly one of `@public`, `@signed_in`, `@requires(Permission.X)`; one that wears none is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import abort, has_request_context
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])


class Permission(StrEnum):
    """One thing a role allows on the whole site or inside the role's scope."""

    TEACH = "teach"
    PEOPLE_SEE = "people.see"
    PEOPLE_MANAGE = "people.manage"
    ROLES_GRANT = "roles.grant"
    INSTITUTIONS_MANAGE = "institutions.manage"
    COURSES_MANAGE = "courses.manage"
    RECORDS_SEE = "records.see"
    RECORDS_EXPORT = "records.export"
    CERTIFICATES_MANAGE = "certificates.manage"
    JOBS_MANAGE = "jobs.manage"
    OUTBOX_SEE = "outbox.see"


class Role(StrEnum):
    """A named set of permissions, granted to a person for a scope and a time."""

    TRAINER = "trainer"
    ADMINISTRATOR = "administrator"


ROLES: dict[Role, frozenset[Permission]] = {
    Role.TRAINER: frozenset({Permission.TEACH}),
    Role.ADMINISTRATOR: frozenset(Permission),
}

# What a grant limited to an institution or a country still allows: nothing that reaches beyond that scope.
SCOPED: frozenset[Permission] = frozenset(
    {
        Permission.TEACH,
        Permission.PEOPLE_SEE,
        Permission.PEOPLE_MANAGE,
        Permission.RECORDS_SEE,
        Permission.RECORDS_EXPORT,
    }
)


@dataclass(frozen=True)
class Grant:
    """A role as it is in force now; without institution and country it holds everywhere."""

    role: Role
    institution_id: int | None = None
    country: str | None = None

    @property
    def everywhere(self) -> bool:
        return self.institution_id is None and self.country is None

    def allows(self, permission: Permission) -> bool:
        return permission in ROLES[self.role] and (self.everywhere or permission in SCOPED)


@dataclass(frozen=True)
class Scope:
    """Whose data a permission reaches: everybody's, or that of some institutions and countries."""

    everywhere: bool = False
    institutions: frozenset[int] = frozenset()
    countries: frozenset[str] = frozenset()

    def covers(self, institution_id: int | None, country: str | None) -> bool:
        return self.everywhere or institution_id in self.institutions or country in self.countries


@dataclass(frozen=True)
class Person:
    """The person of a request, read in one statement. A projection, not the row: it cannot be written through."""

    id: int
    public_id: str
    name: str
    email: str
    lang: str
    tz: str
    email_confirmed: bool
    country: str | None
    institution_id: int | None
    sign_in_id: int | None
    token: str = ""
    data_saver: bool = False
    grants: tuple[Grant, ...] = ()

    # what Flask-Login asks
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.token

    def may(self, permission: Permission) -> bool:
        """Whether any role in force allows it, somewhere."""
        return any(grant.allows(permission) for grant in self.grants)

    def scope(self, permission: Permission) -> Scope:
        """Whose data the permission reaches for this person."""
        grants = [grant for grant in self.grants if grant.allows(permission)]
        return Scope(
            everywhere=any(grant.everywhere for grant in grants),
            institutions=frozenset(g.institution_id for g in grants if g.institution_id is not None),
            countries=frozenset(g.country for g in grants if g.country is not None and g.institution_id is None),
        )


@dataclass(frozen=True)
class Access:
    """What an endpoint declares."""

    anybody: bool = False
    permission: Permission | None = None


def _wear(view: View, access: Access) -> View:
    if hasattr(view, "access"):
        raise RuntimeError(f"{view.__name__} declares its access twice")
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anybody may open it, signed in or not."""
    return _wear(view, Access(anybody=True))


def signed_in(view: View) -> View:
    """Whoever is signed in; which objects they reach is decided where the objects are loaded."""
    return _wear(view, Access())


def requires(permission: Permission) -> Callable[[View], View]:
    """Whoever has the permission somewhere; where exactly is decided where the objects are loaded."""
    return lambda view: _wear(view, Access(permission=permission))


def person_or_none() -> Person | None:
    """The signed-in person of this request."""
    if not has_request_context():
        return None
    found = current_user._get_current_object()  # itself, once: through the proxy every look at it costs a search
    return found if found.is_authenticated else None


def person() -> Person:
    """The signed-in person; only for endpoints that demand one."""
    found = person_or_none()
    if found is None:
        abort(401)
    return found
