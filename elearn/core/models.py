"""Tables that belong to no domain: blobs, jobs, mail, audit, settings."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from elearn.core.db import Base, Json, enum_type, primary_key


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Blob(Base):
    """A stored file's name (its SHA-256); the bytes stand in core.storage."""

    __tablename__ = "blob"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    mime: Mapped[str] = mapped_column(String(80))


class Job(Base):
    """Work to be done after the transaction that asked for it. The row is the queue."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_run_at", "state", "run_at"),)
    id: Mapped[int] = primary_key()
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    args: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[JobState] = mapped_column(enum_type(JobState))
    run_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    heartbeat: Mapped[dt.datetime | None]
    progress: Mapped[int] = mapped_column(default=0)  # per cent
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]


class Mail(Base):
    """A message in its recipient's language; erasable."""

    __tablename__ = "mail"
    id: Mapped[int] = primary_key()
    key: Mapped[str] = mapped_column(String(120), unique=True)
    to_user_id: Mapped[int | None]  # no foreign key: core knows no people
    to_addr: Mapped[str] = mapped_column(String(254))
    lang: Mapped[str] = mapped_column(String(2))
    template: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]


class Audit(Base):
    """Who did what to what. Ids only; what could name a person stands in audit_detail."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_object", "object_type", "object_id"),)
    append_only = True
    id: Mapped[int] = primary_key()
    actor_id: Mapped[int | None] = mapped_column(index=True)
    verb: Mapped[str] = mapped_column(String(40))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(64))
    on_behalf_id: Mapped[int | None]
    request_id: Mapped[str] = mapped_column(String(32))
    detail_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime] = mapped_column(index=True)


class AuditDetail(Base):
    """The erasable part of an audit row; the row keeps its salted hash."""

    __tablename__ = "audit_detail"
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), primary_key=True)
    ip: Mapped[str] = mapped_column(String(45))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    salt: Mapped[str] = mapped_column(String(32))


class AuditSeal(Base):
    """A link of the hash chain over audit rows `first_id`..`last_id`."""

    __tablename__ = "audit_seal"
    append_only = True
    id: Mapped[int] = primary_key()
    first_id: Mapped[int]
    last_id: Mapped[int] = mapped_column(unique=True)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]


class CountedEvent(Base):
    """Something of which only so much is allowed in a while. `key` is a keyed hash: it names nobody."""

    __tablename__ = "counted_event"
    __table_args__ = (Index("ix_counted_event_kind_key_at", "kind", "key", "at"),)
    id: Mapped[int] = primary_key()
    kind: Mapped[str] = mapped_column(String(24))
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime] = mapped_column(index=True)


class Setting(Base):
    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
