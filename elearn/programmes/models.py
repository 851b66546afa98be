"""Tables of offerings."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from elearn.core.db import Base, Json, enum_type, primary_key


class OfferingMode(StrEnum):
    OPEN = "open"
    CODE = "code"
    APPROVAL = "approval"
    NOMINATION = "nomination"


class OfferingState(StrEnum):
    RUNNING = "running"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Offering(Base):
    """A run of a course. Each course has one open, self-paced default, made when it is first published."""

    __tablename__ = "offering"
    __table_args__ = (
        CheckConstraint("closes_at IS NULL OR opens_at IS NULL OR closes_at > opens_at", name="closes_after_opening"),
        CheckConstraint("seats IS NULL OR seats >= 0", name="seats_not_negative"),
        Index(
            "uq_offering_default",
            "course_id",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )
    id: Mapped[int] = primary_key()
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    is_default: Mapped[bool] = mapped_column(default=False)
    mode: Mapped[OfferingMode] = mapped_column(enum_type(OfferingMode))
    state: Mapped[OfferingState] = mapped_column(enum_type(OfferingState))
    opens_at: Mapped[dt.datetime | None]
    closes_at: Mapped[dt.datetime | None]
    tz: Mapped[str] = mapped_column(String(64), default="UTC")
    seats: Mapped[int | None]
    langs: Mapped[list[Any]] = mapped_column(Json, default=list)  # [] = every language of the course
    project_code: Mapped[str | None] = mapped_column(String(40))
    results_held: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime]
