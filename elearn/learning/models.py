"""Tables of learning: enrolments and their history, progress per step, extensions, completions."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from elearn.core.db import Base, Json, enum_type, primary_key
from elearn.core.i18n import language_check
from elearn.people.models import Sex


class EnrolmentState(StrEnum):
    WAITING = "waiting"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"


class ProgressState(StrEnum):
    STARTED = "started"
    DONE = "done"


class CompletionKind(StrEnum):
    COMPLETED = "completed"
    ANNULLED = "annulled"


class Enrolment(Base):
    """One person in one offering, once; leaving and coming back reactivate the same row. Pins the version."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("user_id", "offering_id"),
        Index("ix_enrolment_offering_state", "offering_id", "state"),
        language_check(),
    )
    id: Mapped[int] = primary_key()
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), index=True)
    lang: Mapped[str] = mapped_column(String(2))
    state: Mapped[EnrolmentState] = mapped_column(enum_type(EnrolmentState))
    place: Mapped[int | None]
    last_step_id: Mapped[int | None] = mapped_column(ForeignKey("step.id"))
    deadline: Mapped[dt.datetime | None]
    enrolled_at: Mapped[dt.datetime]
    active_at: Mapped[dt.datetime]


class EnrolmentEvent(Base):
    __tablename__ = "enrolment_event"
    append_only = True
    id: Mapped[int] = primary_key()
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    from_state: Mapped[str | None] = mapped_column(String(24))
    to_state: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[dt.datetime]


class StepProgress(Base):
    """What a person has done of a step's identity; survives new versions. `score` is per cent."""

    __tablename__ = "progress"
    __table_args__ = (CheckConstraint("score IS NULL OR (score >= 0 AND score <= 100)", name="score_is_per_cent"),)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("step.id"), primary_key=True)
    state: Mapped[ProgressState] = mapped_column(enum_type(ProgressState))
    score: Mapped[float | None]
    source: Mapped[str] = mapped_column(String(40))
    done_at: Mapped[dt.datetime | None]


class StepOverride(Base):
    """What one person may do beyond the rule: more attempts, more time; the sum of a person's rows counts."""

    __tablename__ = "step_override"
    __table_args__ = (CheckConstraint("extra_seconds >= 0 AND extra_attempts >= 0", name="extends_only"),)
    id: Mapped[int] = primary_key()
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    step_id: Mapped[int | None] = mapped_column(ForeignKey("step.id"))
    extra_seconds: Mapped[int] = mapped_column(default=0)
    extra_attempts: Mapped[int] = mapped_column(default=0)
    until: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[dt.datetime]


class Completion(Base):
    """A completion as it was on its day: reports read it, profiles and courses may change afterwards."""

    __tablename__ = "completion"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "number"),
        Index("ix_completion_at_id", "at", "id"),
        Index("ix_completion_country_at_id", "country", "at", "id"),
        Index("ix_completion_institution_id_at_id", "institution_id", "at", "id"),
        Index("ix_completion_version_id_at_id", "version_id", "at", "id"),
        language_check(),
    )
    append_only = True
    id: Mapped[int] = primary_key()
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    number: Mapped[int]
    kind: Mapped[CompletionKind] = mapped_column(enum_type(CompletionKind))
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("completion.id"), unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    lang: Mapped[str] = mapped_column(String(2))
    minutes: Mapped[int]
    score: Mapped[float | None]
    evidence: Mapped[dict[str, Any]] = mapped_column(Json)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    affiliation_confirmed: Mapped[bool]
    country: Mapped[str | None] = mapped_column(ForeignKey("country.iso2"))
    sex: Mapped[Sex | None] = mapped_column(enum_type(Sex))
    at: Mapped[dt.datetime]
