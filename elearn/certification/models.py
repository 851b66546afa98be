"""Tables of certificates: the claim (without personal data), its holder, its file, its history."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from elearn.core.db import Base, Json, primary_key


class Certificate(Base):
    """What a certificate claims. `ended_at` with `ended_why` (revoked, superseded) is its only change."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "uq_certificate_active",
            "user_id",
            "offering_id",
            "kind",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[int] = primary_key()
    code: Mapped[str] = mapped_column(String(26), unique=True)
    serial: Mapped[str] = mapped_column(String(24), unique=True)
    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    design: Mapped[str] = mapped_column(String(40))  # name@version
    langs: Mapped[str] = mapped_column(String(8))  # e.g. "ar,en": main language first
    snapshot: Mapped[dict[str, Any]] = mapped_column(Json)  # what the paper claims, without personal data
    holder_hash: Mapped[str] = mapped_column(String(64))
    issuer: Mapped[str] = mapped_column(String(200))
    base_url: Mapped[str] = mapped_column(String(200))
    demonstration: Mapped[bool]
    issued_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    ended_why: Mapped[str | None] = mapped_column(String(24))
    superseded_by: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))


class CertificateHolder(Base):
    """The names as printed; deleted on erasure, after which the certificate answers "holder erased"."""

    __tablename__ = "certificate_holder"
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    name_latin: Mapped[str] = mapped_column(String(200))
    name_arabic: Mapped[str | None] = mapped_column(String(200))
    salt: Mapped[str] = mapped_column(String(32))


class CertificateFile(Base):
    """The bytes once rendered; erasable."""

    __tablename__ = "certificate_file"
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    blob_sha: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    size: Mapped[int]
    engine: Mapped[str] = mapped_column(String(120))
    rendered_at: Mapped[dt.datetime]


class CertificateEvent(Base):
    __tablename__ = "certificate_event"
    append_only = True
    id: Mapped[int] = primary_key()
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    what: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(Text, default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[dt.datetime]
