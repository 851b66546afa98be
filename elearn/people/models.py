"""Tables of people: who they are, where they belong, how they sign in, what roles they hold."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from elearn.core.access import Role
from elearn.core.db import Base, enum_type, primary_key
from elearn.core.i18n import language_check


class Sex(StrEnum):
    """Optional; NULL means never asked or never answered."""

    FEMALE = "female"
    MALE = "male"
    UNSAID = "unsaid"


class UserState(StrEnum):
    """`unconfirmed` may study; a certificate needs `active`."""

    UNCONFIRMED = "unconfirmed"
    ACTIVE = "active"
    BLOCKED = "blocked"
    ERASED = "erased"


class InstitutionStatus(StrEnum):
    CONFIRMED = "confirmed"
    PROPOSED = "proposed"
    MERGED = "merged"
    REJECTED = "rejected"


class Country(Base):
    """A member state (`oic`), or the two further answers XX (another country) and XI (international organisation)."""

    __tablename__ = "country"
    iso2: Mapped[str] = mapped_column(String(2), primary_key=True)
    oic: Mapped[bool]


class CountryText(Base):
    __tablename__ = "country_text"
    __table_args__ = (language_check(),)
    country: Mapped[str] = mapped_column(ForeignKey("country.iso2"), primary_key=True)
    lang: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str]
    sort_key: Mapped[str]


class Institution(Base):
    __tablename__ = "institution"
    id: Mapped[int] = primary_key()
    code: Mapped[str] = mapped_column(String(40), unique=True)
    country: Mapped[str] = mapped_column(ForeignKey("country.iso2"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    kind: Mapped[str] = mapped_column(String(24), default="ministry")
    status: Mapped[InstitutionStatus] = mapped_column(enum_type(InstitutionStatus))
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id", use_alter=True))
    created_at: Mapped[dt.datetime]


class InstitutionText(Base):
    __tablename__ = "institution_text"
    __table_args__ = (language_check(),)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id", ondelete="CASCADE"), primary_key=True)
    lang: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str]


class User(Base):
    """A person's account. `epoch` rises when every sign-in must end; `email_norm` is NULL once erased."""

    __tablename__ = "user"
    __table_args__ = (
        language_check(),
        Index("ix_user_sort_key_id", "sort_key", "id"),
    )
    id: Mapped[int] = primary_key()
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    email_norm: Mapped[str | None] = mapped_column(String(254), unique=True)
    email_confirmed_at: Mapped[dt.datetime | None]
    name_latin: Mapped[str] = mapped_column(String(200))
    name_arabic: Mapped[str | None] = mapped_column(String(200))
    sex: Mapped[Sex | None] = mapped_column(enum_type(Sex))
    country: Mapped[str | None] = mapped_column(ForeignKey("country.iso2"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    affiliation_confirmed_at: Mapped[dt.datetime | None]
    affiliation_confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    lang: Mapped[str] = mapped_column(String(2))
    tz: Mapped[str] = mapped_column(String(64), default="UTC")
    data_saver: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    epoch: Mapped[int] = mapped_column(default=0)
    state: Mapped[UserState] = mapped_column(enum_type(UserState))
    erased_at: Mapped[dt.datetime | None]
    last_sign_in_at: Mapped[dt.datetime | None]  # a sign-in lasts SIGN_IN_LIFE at most, so use was not much later
    sort_key: Mapped[str] = mapped_column(String(400))
    search_text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]


class RoleGrant(Base):
    """A role held by a person; `scope_key` spells institution and country so that uniqueness holds with NULLs."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "scope_key", "starts_at"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),
    )
    id: Mapped[int] = primary_key()
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(enum_type(Role))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    country: Mapped[str | None] = mapped_column(ForeignKey("country.iso2"))
    scope_key: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    letter_file: Mapped[str | None] = mapped_column(String(64))


class SignIn(Base):
    """A device that is signed in; the cookie carries the token, the row its SHA-256."""

    __tablename__ = "sign_in"
    id: Mapped[int] = primary_key()
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    epoch: Mapped[int]
    started_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    agent: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[dt.datetime | None]


class Token(Base):
    """A link or code sent by mail: confirm an address, reset a password, change an address. One use."""

    __tablename__ = "token"
    id: Mapped[int] = primary_key()
    purpose: Mapped[str] = mapped_column(String(24))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    email: Mapped[str | None] = mapped_column(String(254))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class Consent(Base):
    """Which version of which notice a person accepted, when."""

    __tablename__ = "consent"
    append_only = True
    id: Mapped[int] = primary_key()
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    policy: Mapped[str] = mapped_column(String(24))
    version: Mapped[str] = mapped_column(String(24))
    at: Mapped[dt.datetime]


class Erasure(Base):
    """That a person is to be erased, and when it was done or taken back. `asked_by` None: the clock, of an account
    that was never used."""

    __tablename__ = "erasure"
    __table_args__ = (
        Index(
            "uq_erasure_waiting",
            "user_id",
            unique=True,
            sqlite_where=text("done_at IS NULL AND cancelled_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND cancelled_at IS NULL"),
        ),
        Index("ix_erasure_due_at", "due_at"),
        CheckConstraint("done_at IS NULL OR cancelled_at IS NULL", name="done_or_cancelled"),
    )
    id: Mapped[int] = primary_key()
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    cancelled_at: Mapped[dt.datetime | None]
    done_at: Mapped[dt.datetime | None]


class DataCopy(Base):
    """A copy of everything kept about a person, made for them on request; one at a time, and not for long."""

    __tablename__ = "data_copy"
    id: Mapped[int] = primary_key()
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    asked_at: Mapped[dt.datetime]
    ready_at: Mapped[dt.datetime | None]
    blob_sha: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"))
    size: Mapped[int | None]
