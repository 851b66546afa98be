"""People for tests. Nobody gets a password unless a test asks for one: Argon2 takes its time."""

import itertools
import secrets
from typing import Any

from elearn.core import clock
from elearn.core.access import Role
from elearn.core.db import db
from elearn.core.i18n import folded
from elearn.people.models import Institution, InstitutionStatus, InstitutionText, RoleGrant, User, UserState

_numbers = itertools.count(1)


def user(name_latin: str = "", **columns: Any) -> User:
    """A person with a confirmed e-mail. Any column of `user` may be given."""
    number = next(_numbers)
    name = name_latin or f"Person {number}"
    email = columns.pop("email", f"person{number}@example.org")
    values: dict[str, Any] = {
        "public_id": secrets.token_urlsafe(16),
        "email": email,
        "email_norm": email.lower(),
        "email_confirmed_at": clock.now(),
        "name_latin": name,
        "lang": "en",
        "tz": "UTC",
        "state": UserState.ACTIVE,
        "sort_key": folded(name),
        "search_text": folded(f"{name} {columns.get('name_arabic') or ''} {email}"),
        "created_at": clock.now(),
    }
    made = User(**(values | columns))
    db.session.add(made)
    db.session.flush()
    return made


def grant(holder: User, role: Role, **columns: Any) -> RoleGrant:
    """A role from now on, everywhere unless `institution_id` or `country` says where."""
    scope = f"{columns.get('institution_id') or ''}:{columns.get('country') or ''}"
    made = RoleGrant(user_id=holder.id, role=role, scope_key=scope, **({"starts_at": clock.now()} | columns))
    db.session.add(made)
    db.session.flush()
    return made


def trainer(**columns: Any) -> User:
    """A person with the role of trainer; which courses are theirs is for catalogue to say."""
    made = user(**columns)
    grant(made, Role.TRAINER)
    return made


def administrator(**columns: Any) -> User:
    made = user(**columns)
    grant(made, Role.ADMINISTRATOR)
    return made


def institution(name: str = "", country: str = "NE", **columns: Any) -> Institution:
    """A confirmed institution with the same name in three languages."""
    number = next(_numbers)
    values = {"code": f"inst-{number}", "status": InstitutionStatus.CONFIRMED, "created_at": clock.now()}
    made = Institution(country=country, **(values | columns))
    db.session.add(made)
    db.session.flush()
    for lang in ("en", "ar", "fr"):
        db.session.add(InstitutionText(institution_id=made.id, lang=lang, name=name or f"Institution {number}"))
    db.session.flush()
    return made
