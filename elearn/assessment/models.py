"""Tables of attempts: what was drawn, what was answered, what it was worth."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from elearn.core.db import Base, Json, primary_key
from elearn.core.i18n import language_check


class Attempt(Base):
    """One try at a quiz, pinned to the quiz as it stood. At most one is open; `score` and `max_score` are points."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "version_step_id", "number"),
        Index(
            "uq_attempt_open",
            "enrolment_id",
            "version_step_id",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
        Index("ix_attempt_deadline_open", "deadline", sqlite_where=text("submitted_at IS NULL"),
              postgresql_where=text("submitted_at IS NULL")),
        CheckConstraint("number > 0", name="number_counts_from_one"),
        language_check(),
    )  # fmt: skip
    id: Mapped[int] = primary_key()
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    version_step_id: Mapped[int] = mapped_column(ForeignKey("version_step.id"), index=True)
    number: Mapped[int]
    seed: Mapped[str] = mapped_column(String(32))
    lang: Mapped[str] = mapped_column(String(2))
    started_at: Mapped[dt.datetime]
    deadline: Mapped[dt.datetime | None]
    submitted_at: Mapped[dt.datetime | None]
    submitted_by: Mapped[str | None] = mapped_column(String(16))  # trainee | time
    score: Mapped[float | None]
    max_score: Mapped[float | None]
    passed: Mapped[bool | None]
    marking_rev: Mapped[int] = mapped_column(default=0)


class AttemptItem(Base):
    """An item as this attempt drew it: its place, and the order of its options."""

    __tablename__ = "attempt_item"
    __table_args__ = (UniqueConstraint("attempt_id", "position"),)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    item_key: Mapped[str] = mapped_column(String(60), primary_key=True)
    position: Mapped[int]
    option_order: Mapped[list[Any]] = mapped_column(Json)
    variables: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Response(Base):
    """The present answer to an item. A save with a lower `seq` is older and changes nothing."""

    __tablename__ = "response"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "item_key"], ["attempt_item.attempt_id", "attempt_item.item_key"]),
        Index("ix_response_item", "version_step_id", "item_key"),
        language_check(),
    )
    attempt_id: Mapped[int] = mapped_column(primary_key=True)
    item_key: Mapped[str] = mapped_column(String(60), primary_key=True)
    version_step_id: Mapped[int] = mapped_column(ForeignKey("version_step.id"))
    answer: Mapped[dict[str, Any]] = mapped_column(Json)
    seq: Mapped[int]
    client_key: Mapped[str] = mapped_column(String(64), default="")
    lang: Mapped[str] = mapped_column(String(2))
    saved_at: Mapped[dt.datetime]
    mark: Mapped[float | None]  # points, once handed in
    is_final: Mapped[bool] = mapped_column(default=False)


class MarkEvent(Base):
    """A mark given or changed after hand-in, by whom and why."""

    __tablename__ = "mark_event"
    __table_args__ = (ForeignKeyConstraint(["attempt_id", "item_key"], ["response.attempt_id", "response.item_key"]),)
    append_only = True
    id: Mapped[int] = primary_key()
    attempt_id: Mapped[int]
    item_key: Mapped[str] = mapped_column(String(60))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    mark: Mapped[float]
    rubric: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime]
