"""Every SELECT the pages of people need."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from elearn.core import clock
from elearn.core.access import Grant, Person, Role
from elearn.core.db import columns, db
from elearn.core.i18n import folded
from elearn.core.paging import Page, page_of
from elearn.people.access import in_force, visible_to
from elearn.people.models import (
    CountryText,
    DataCopy,
    Erasure,
    Institution,
    InstitutionStatus,
    InstitutionText,
    RoleGrant,
    SignIn,
    Token,
    User,
    UserState,
)
from elearn.people.rules import ADMINISTRATORS_SIGN_IN_LIFE, SIGN_IN_LIFE

OPEN = (UserState.ACTIVE, UserState.UNCONFIRMED)  # may sign in
LONGEST_SEARCH, MOST_WORDS = 100, 8
PROPOSALS_SHOWN = 20
INACTIVE = "inactive"  # a state that no account is in: nobody has signed in to it for a long time


def token_hash(token: str) -> str:
    """What the database keeps of a secret that only the cookie or the mail carries."""
    return hashlib.sha256(token.encode()).hexdigest()


_ROLES_HELD = (
    select(func.aggregate_strings(RoleGrant.role + ":" + RoleGrant.scope_key, ","))
    .where(RoleGrant.user_id == User.id, in_force(bindparam("now")))
    .scalar_subquery()
)
_BY_TOKEN = (
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
        _ROLES_HELD,
        SignIn.started_at > bindparam("lately"),
    )
    .join(SignIn, SignIn.user_id == User.id)
    .where(
        SignIn.token_hash == bindparam("token"),
        SignIn.ended_at.is_(None),
        SignIn.started_at > bindparam("since"),
        SignIn.epoch == User.epoch,
        or_(*(User.state == state for state in OPEN)),
    )
)


def person_by_token(token: str) -> Person | None:
    """The person whose device carries this token, with the roles in force now: one statement."""
    now = clock.now()
    given = {"now": now, "since": now - SIGN_IN_LIFE, "lately": now - ADMINISTRATORS_SIGN_IN_LIFE}
    row = columns(_BY_TOKEN, token=token_hash(token), **given).first()
    if row is None:
        return None
    grants = grants_of(row[11])
    if not row[12] and any(grant.role == Role.ADMINISTRATOR for grant in grants):
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
        grants=grants,
    )


def grants_of(packed: str | None) -> tuple[Grant, ...]:
    """Grants from their packed form `role:institution:country`, as `rules.scope_key` writes it."""
    found = []
    for one in (packed or "").split(","):
        if one:
            role, institution, country = one.split(":")
            found.append(Grant(Role(role), int(institution) if institution else None, country or None))
    return tuple(found)


@dataclass(frozen=True)
class Account:
    """What signing in needs of an account, read before the slow check of the password."""

    id: int
    password_hash: str | None
    state: UserState
    epoch: int
    email: str
    lang: str


def account_by_email(email_norm: str) -> Account | None:
    """The account that signs in with this address."""
    row = db.session.execute(
        select(User.id, User.password_hash, User.state, User.epoch, User.email, User.lang).where(
            User.email_norm == email_norm
        )
    ).first()
    return Account(row[0], row[1], row[2], row[3], row[4] or "", row[5]) if row is not None else None


def token_is_good(purposes: Iterable[str], token: str) -> bool:
    """Whether a link would still do something; for the page that only shows its button."""
    found = select(Token.id).where(
        Token.hash == token_hash(token),
        Token.purpose.in_(tuple(purposes)),
        Token.used_at.is_(None),
        Token.expires_at > clock.now(),
    )
    return db.session.execute(found).first() is not None


def owner_of_link(purpose: str, token: str) -> tuple[str, str] | None:
    """(e-mail address, name) of whoever a link was sent to, if it is still good."""
    row = db.session.execute(
        select(User.email, User.name_latin)
        .join(Token, Token.user_id == User.id)
        .where(Token.hash == token_hash(token), Token.purpose == purpose)
        .where(Token.used_at.is_(None), Token.expires_at > clock.now())
    ).first()
    return (row[0] or "", row[1]) if row is not None else None


def usable_token(purpose: str, token: str) -> Token | None:
    """A token that was sent by mail, if it is still good."""
    return db.session.execute(
        select(Token)
        .where(Token.hash == token_hash(token), Token.purpose == purpose)
        .where(Token.used_at.is_(None), Token.expires_at > clock.now())
        .with_for_update()
    ).scalar_one_or_none()


def latest_code(user_id: int, purpose: str) -> Token | None:
    """The last code sent to a person, if it is still good."""
    return db.session.execute(
        select(Token)
        .where(Token.user_id == user_id, Token.purpose == purpose)
        .where(Token.used_at.is_(None), Token.expires_at > clock.now())
        .order_by(Token.id.desc())
        .limit(1)
        .with_for_update()
    ).scalar_one_or_none()


def tokens_since(user_id: int, since: dt.datetime) -> int:
    """How many links were sent to a person lately."""
    sent = select(func.count()).where(Token.user_id == user_id, Token.created_at > since)
    # Not those that lie further ahead than this reaches back: they were sent before the clock was set back.
    return db.session.scalar(sent.where(Token.created_at < clock.now() + (clock.now() - since))) or 0


def countries(lang: str) -> list[tuple[str, str]]:
    """Every answer to "which country", as (code, name), the two further ones last."""
    rows = db.session.execute(
        select(CountryText.country, CountryText.name)
        .where(CountryText.lang == lang)
        .order_by(CountryText.sort_key, CountryText.country)
    )
    return [(row[0], row[1]) for row in rows]


def institution_names(lang: str) -> list[tuple[int, str, str]]:
    """(id, country, name) of the list's institutions, in the reader's language where there is a name in it."""
    wanted, fallback = aliased(InstitutionText), aliased(InstitutionText)
    name = func.coalesce(wanted.name, func.min(fallback.name))
    rows = db.session.execute(
        select(Institution.id, Institution.country, name)
        .outerjoin(wanted, (wanted.institution_id == Institution.id) & (wanted.lang == lang))
        .outerjoin(fallback, fallback.institution_id == Institution.id)
        .where(Institution.status == InstitutionStatus.CONFIRMED)
        .group_by(Institution.id, Institution.country, wanted.name)
        .order_by(Institution.country, name, Institution.id)
    )
    return [(row[0], row[1], row[2] or "") for row in rows]


@dataclass(frozen=True)
class Profile:
    """A person's own row with the names of country and institution in the reader's language."""

    user: User
    country: str
    institution: str
    institution_status: InstitutionStatus | None


def profile(user_id: int, lang: str) -> Profile | None:
    """Everything the profile page shows."""
    return _profile(select(User).where(User.id == user_id), lang)


def person_page(person: Person, public_id: str, lang: str) -> Profile | None:
    """The same of somebody else, for an administrator in whose scope they are."""
    return _profile(select(User).where(User.public_id == public_id, visible_to(person)), lang)


def _profile(which: Any, lang: str) -> Profile | None:
    user = db.session.execute(which).scalar_one_or_none()
    if user is None:
        return None
    row = db.session.execute(
        select(
            select(CountryText.name)
            .where(CountryText.country == user.country, CountryText.lang == lang)
            .scalar_subquery(),
            institution_name(lang, user.institution_id),
            select(Institution.status).where(Institution.id == user.institution_id).scalar_subquery(),
        )
    ).one()
    return Profile(user, row[0] or "", row[1] or "", row[2])


def institution_name(lang: str, institution_id: Any) -> ColumnElement[str]:
    """A column: an institution's name in a language, else in any it has."""
    return func.coalesce(
        select(InstitutionText.name)
        .where(InstitutionText.institution_id == institution_id, InstitutionText.lang == lang)
        .scalar_subquery(),
        select(func.min(InstitutionText.name))
        .where(InstitutionText.institution_id == institution_id)
        .scalar_subquery(),
    )


@dataclass(frozen=True)
class Filter:
    """What an administrator looks for among people."""

    words: str = ""
    country: str = ""
    role: str = ""
    state: str = ""


def people(person: Person, wanted: Filter, lang: str) -> Page[Any]:
    """One page of the people in somebody's scope: (user, institution name, roles)."""
    roles = (
        select(func.aggregate_strings(RoleGrant.role, ","))
        .where(RoleGrant.user_id == User.id, in_force())
        .scalar_subquery()
    )
    found = select(User, institution_name(lang, User.institution_id), roles, User.sort_key, User.id).where(
        visible_to(person)
    )
    for word in folded(wanted.words[:LONGEST_SEARCH]).split()[:MOST_WORDS]:
        found = found.where(User.search_text.contains(word, autoescape=True))
    if wanted.country:
        found = found.where(User.country == wanted.country)
    if wanted.state in set(UserState):
        found = found.where(User.state == wanted.state)
    elif wanted.state == INACTIVE and (days := current_app.config["RETENTION_DAYS"]["inactive-accounts"]):
        found = found.where(inactive(clock.now() - dt.timedelta(days=days)))
    if wanted.role in set(Role):
        found = found.where(User.id.in_(select(RoleGrant.user_id).where(RoleGrant.role == wanted.role, in_force())))
    return page_of(
        found,
        [User.sort_key, User.id],
        row=lambda row: (row[0], row[1] or "", sorted(set((row[2] or "").split(",")) - {""})),
    )


def grants(user_id: int, lang: str) -> list[tuple[RoleGrant, str, str]]:
    """A person's roles in force with the names of their scopes: (grant, institution, country)."""
    country = select(CountryText.name).where(CountryText.country == RoleGrant.country, CountryText.lang == lang)
    rows = db.session.execute(
        select(RoleGrant, institution_name(lang, RoleGrant.institution_id), country.scalar_subquery())
        .where(RoleGrant.user_id == user_id, in_force())
        .order_by(RoleGrant.starts_at, RoleGrant.id)
    )
    return [(row[0], row[1] or "", row[2] or "") for row in rows]


def proposed_institutions(lang: str) -> list[tuple[Institution, str, str, int]]:
    """Institutions people proposed and nobody has looked at, the oldest: (institution, name, country, people)."""
    members = select(func.count()).where(User.institution_id == Institution.id).scalar_subquery()
    country = select(CountryText.name).where(CountryText.country == Institution.country, CountryText.lang == lang)
    rows = db.session.execute(
        select(Institution, institution_name(lang, Institution.id), country.scalar_subquery(), members)
        .where(Institution.status == InstitutionStatus.PROPOSED)
        .order_by(Institution.created_at, Institution.id)
        .limit(PROPOSALS_SHOWN)
    )
    return [(row[0], row[1] or "", row[2] or "", row[3]) for row in rows]


def listed_institutions(lang: str) -> Page[Any]:
    """One page of the list, by country: (name, country's name)."""
    country = select(CountryText.name).where(CountryText.country == Institution.country, CountryText.lang == lang)
    found = select(
        institution_name(lang, Institution.id), country.scalar_subquery(), Institution.country, Institution.id
    ).where(Institution.status == InstitutionStatus.CONFIRMED)
    return page_of(found, [Institution.country, Institution.id], row=lambda row: (row[0] or "", row[1] or ""))


# --- what people may ask about their data -----------------------------------------------------------------------------


def waiting() -> ColumnElement[bool]:
    """Erasures that were asked for, and neither taken back nor carried out."""
    return and_(Erasure.cancelled_at.is_(None), Erasure.done_at.is_(None))


def erasure_of(user_id: int, *, lock: bool = False) -> Erasure | None:
    """The erasure that waits for a person, if there is one."""
    found = select(Erasure).where(Erasure.user_id == user_id, waiting())
    return db.session.execute(found.with_for_update() if lock else found).scalar_one_or_none()


def due_erasures() -> Select[int, int]:
    """(erasure, person) of those whose days have passed."""
    return select(Erasure.id, Erasure.user_id).where(waiting(), Erasure.due_at <= clock.now())


def unused_accounts(opened_before: dt.datetime) -> Select[int]:
    """Accounts that were never confirmed and never signed in to, and were not announced to be erased meanwhile."""
    announced = exists().where(Erasure.user_id == User.id, or_(waiting(), Erasure.asked_at > opened_before))
    return select(User.id).where(
        User.state == UserState.UNCONFIRMED,
        User.last_sign_in_at.is_(None),
        User.created_at < opened_before,
        ~announced,
    )


def inactive(since: dt.datetime) -> ColumnElement[bool]:
    """Accounts once used that nobody has signed in to since a moment."""
    used = or_(User.state == UserState.ACTIVE, User.last_sign_in_at.is_not(None))
    return and_(User.state.in_(OPEN), used, func.coalesce(User.last_sign_in_at, User.created_at) < since)


def data_copy(user_id: int, *, lock: bool = False) -> DataCopy | None:
    """The copy of their data that somebody asked for, in preparation or ready."""
    found = select(DataCopy).where(DataCopy.user_id == user_id)
    return db.session.execute(found.with_for_update() if lock else found).scalar_one_or_none()


def old_copies(before: dt.datetime) -> Select[int]:
    """Copies that were ready, or asked for and never made, before a moment."""
    return select(DataCopy.id).where(func.coalesce(DataCopy.ready_at, DataCopy.asked_at) < before)
