"""People for tests. Nobody gets a password unless a test asks for one: Argon2 takes its time."""

import datetime as dt
import itertools
import secrets
from typing import Any

from sqlalchemy import select

from elearn.core import clock
from elearn.core.access import Grant, Person, Role
from elearn.core.db import db
from elearn.core.i18n import folded
from elearn.people.models import Institution, InstitutionStatus, InstitutionText, RoleGrant, Sex, User, UserState

PERSONAS: dict[str, dict[str, Any]] = {
    "Amina": {
        "name_latin": "Amina Issoufou",
        "name_arabic": "أمينة إيسوفو",
        "email": "amina@example.org",
        "country": "NE",
        "sex": Sex.FEMALE,
    },
    "Boris": {"name_latin": "Boris Hakimov", "email": "boris@example.org", "country": "KZ"},
    "Chloe": {"name_latin": "Chloe Mansour", "email": "chloe@example.org", "country": "TN", "lang": "fr"},
    "Dawit": {"name_latin": "Dawit Rahman", "email": "dawit@example.org", "country": "ID"},
}
ROLES = {"Boris": Role.TRAINER, "Chloe": Role.TRAINER, "Dawit": Role.ADMINISTRATOR}

JOINED = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)  # before any day on which a test lets the clock stand

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


def persona(name: str) -> User:
    """One of the four people of the tests; the same row when she is there already."""
    columns = PERSONAS[name]
    found = db.session.execute(select(User).where(User.email == columns["email"])).scalar_one_or_none()
    if found is not None:
        return found
    with clock.frozen(JOINED):
        made = user(**columns)
        if name in ROLES:
            grant(made, ROLES[name])
    return made


def person(of: User) -> Person:
    """The person as a request knows them: what services take as `actor`."""
    held = db.session.execute(select(RoleGrant).where(RoleGrant.user_id == of.id)).scalars()
    return Person(
        id=of.id,
        public_id=of.public_id,
        name=of.name_latin,
        email=of.email or "",
        lang=of.lang,
        tz=of.tz,
        email_confirmed=of.email_confirmed_at is not None,
        country=of.country,
        institution_id=of.institution_id,
        sign_in_id=None,
        data_saver=of.data_saver,
        grants=tuple(Grant(row.role, row.institution_id, row.country) for row in held),
    )


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
