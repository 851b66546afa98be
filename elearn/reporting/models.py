"""Tables of exports: who took which records out, why, under which filter, how many."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from elearn.core.db import Base, Json, primary_key


class ExportLog(Base):
    __tablename__ = "export_log"
    append_only = True
    id: Mapped[int] = primary_key()
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)  # None: the command line
    purpose: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(String(40))
    filter: Mapped[dict[str, Any]] = mapped_column(Json)
    columns: Mapped[list[Any]] = mapped_column(Json)
    rows: Mapped[int]
    format: Mapped[str] = mapped_column(String(16))
    at: Mapped[dt.datetime]


class ExportOutcome(Base):
    """What became of an export: sent whole, or broken off."""

    __tablename__ = "export_outcome"
    append_only = True
    id: Mapped[int] = primary_key()
    export_id: Mapped[int] = mapped_column(ForeignKey("export_log.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(24))
    at: Mapped[dt.datetime]
