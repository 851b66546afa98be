"""Every SELECT about certificates."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from elearn.catalogue.models import CourseVersion, VersionText
from elearn.certification import rules
from elearn.certification.models import Certificate, CertificateEvent, CertificateFile, CertificateHolder
from elearn.certification.rules import CertificateData, Status, Titled
from elearn.core import clock
from elearn.core.db import db
from elearn.core.i18n import folded
from elearn.core.models import Audit, AuditDetail
from elearn.core.paging import Page, page_of
from elearn.learning.models import Completion, CompletionKind, Enrolment
from elearn.people.models import User


@dataclass(frozen=True)
class Record:
    """A certificate with its side rows. No holder: the names were erased. No file: not yet rendered, or erased."""

    certificate: Certificate
    holder: CertificateHolder | None
    file: CertificateFile | None
    successor: str | None = None  # the code of the certificate that replaced it

    @property
    def code(self) -> str:
        return self.certificate.code

    @property
    def serial(self) -> str:
        return self.certificate.serial

    @property
    def offering_id(self) -> int:
        return self.certificate.offering_id

    @property
    def status(self) -> Status:
        certificate = self.certificate
        return rules.status(
            revoked=certificate.ended_why == Status.REVOKED,
            superseded=certificate.ended_why == Status.SUPERSEDED,
            expires_on=certificate.expires_at.date() if certificate.expires_at else None,
            today=clock.now().date(),
        )

    @property
    def data(self) -> CertificateData:
        """What it claims in the languages of its paper; without names once they are erased."""
        languages = tuple(self.certificate.langs.split(","))
        return self.data_in(*languages)

    def data_in(self, *languages: str) -> CertificateData:
        """The same claim in other languages: the snapshot holds all three."""
        certificate, holder, said = self.certificate, self.holder, self.certificate.snapshot
        expires = said["expires_on"]
        return CertificateData(
            code=certificate.code,
            serial=certificate.serial,
            kind=certificate.kind,
            languages=languages,
            name_latin=holder.name_latin if holder else "",
            name_arabic=(holder.name_arabic or "") if holder else "",
            course={lang: Titled(said["course"][lang]["lang"], said["course"][lang]["text"]) for lang in languages},
            level=said["level"],
            minutes=said["minutes"],
            studied_in=said["studied_in"],
            score=said["score"],
            issued_on=dt.date.fromisoformat(said["issued_on"]),
            expires_on=dt.date.fromisoformat(expires) if expires else None,
            issuer={lang: said["issuer"][lang] for lang in languages},
            signatory={lang: said["signatory"][lang] for lang in languages},
            address=f"{certificate.base_url}/verify/{certificate.code}",
            demonstration=certificate.demonstration,
        )


def _records() -> Select[*tuple[Any, ...]]:
    successor = aliased(Certificate)
    return (
        select(Certificate, CertificateHolder, CertificateFile, successor.code)
        .outerjoin(CertificateHolder, CertificateHolder.certificate_id == Certificate.id)
        .outerjoin(CertificateFile, CertificateFile.certificate_id == Certificate.id)
        .outerjoin(successor, successor.id == Certificate.superseded_by)
    )


def _first(found: Select[*tuple[Any, ...]]) -> Record | None:
    row = db.session.execute(found.limit(1)).first()
    return Record(*row) if row is not None else None


def by_code(code: str) -> Record | None:
    """The certificate of that code, whatever became of it. One statement."""
    return _first(_records().where(Certificate.code == code))


def by_id(certificate_id: int) -> Record | None:
    """The certificate of that id. One statement."""
    return _first(_records().where(Certificate.id == certificate_id))


def of_person(user_id: int) -> list[Record]:
    """A person's certificates that nobody has ended, the newest first."""
    return [record for record in all_of_person(user_id) if record.certificate.ended_at is None]


def all_of_person(user_id: int) -> list[Record]:
    """Every certificate a person ever received, the newest first. One statement."""
    found = (
        _records().where(Certificate.user_id == user_id).order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )
    return [Record(*row) for row in db.session.execute(found)]


def of_enrolment(user_id: int, offering_id: int) -> Record | None:
    """The certificate a person holds for an offering, if nobody has ended it."""
    return _first(
        _records().where(
            Certificate.user_id == user_id, Certificate.offering_id == offering_id, Certificate.ended_at.is_(None)
        )
    )


@dataclass(frozen=True)
class Waiting:
    """A completion that has earned a certificate and has none yet."""

    completion: Completion
    version: CourseVersion
    user_id: int
    offering_id: int

    @property
    def kind(self) -> str | None:
        """The kind of certificate; None for a course that gives none."""
        kind: str | None = self.version.rules["certificate"]["kind"]
        return kind


def _waiting(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    annulled = aliased(Completion)
    return (
        select(Completion, CourseVersion, Enrolment.user_id, Enrolment.offering_id)
        .join(Enrolment, Enrolment.id == Completion.enrolment_id)
        .join(CourseVersion, CourseVersion.id == Completion.version_id)
        .where(
            Completion.kind == CompletionKind.COMPLETED,
            ~exists().where(annulled.supersedes_id == Completion.id),
            ~exists().where(
                Certificate.user_id == Enrolment.user_id, Certificate.offering_id == Enrolment.offering_id
            ),
            *conditions,
        )
        .order_by(Completion.id)
    )  # fmt: skip


def waiting_of_person(user_id: int) -> list[Waiting]:
    """A person's completions without a certificate, the oldest first; some courses give none."""
    return [Waiting(*row) for row in db.session.execute(_waiting(Enrolment.user_id == user_id))]


def waiting_after(completion_id: int, size: int = 100) -> list[Waiting]:
    """Everybody's completions without a certificate though the address is confirmed, in portions."""
    found = _waiting(Completion.id > completion_id, User.email_confirmed_at.is_not(None))
    found = found.join(User, User.id == Enrolment.user_id).limit(size)
    return [Waiting(*row) for row in db.session.execute(found)]


def version(version_id: int) -> CourseVersion:
    """A published version."""
    return db.session.get_one(CourseVersion, version_id)


def titles(version_id: int) -> Mapping[str, str]:
    """The course's title in each of its languages, as its latest correction spells it."""
    latest = select(func.max(CourseVersion.id)).where(
        or_(CourseVersion.id == version_id, CourseVersion.parent_id == version_id)
    )
    rows = db.session.execute(
        select(VersionText.lang, VersionText.title).where(VersionText.version_id == latest.scalar_subquery())
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Happening:
    """One entry of a certificate's history. `reason` is a word of rules.REASONS, `remark` what somebody wrote to it."""

    what: str
    reason: str
    remark: str
    actor: str
    at: dt.datetime


def history(certificate_id: int) -> list[Happening]:
    """What happened to a certificate, the oldest first. Remarks are gone once the holder is erased."""
    noted = db.session.execute(
        select(Audit.verb, AuditDetail.detail)
        .join(AuditDetail, AuditDetail.audit_id == Audit.id)
        .where(Audit.object_type == "certificate", Audit.object_id == str(certificate_id))
    )
    remarks = {row[0]: str(row[1].get("remark", "")) for row in noted}
    rows = db.session.execute(
        select(CertificateEvent, User.name_latin)
        .outerjoin(User, User.id == CertificateEvent.actor_id)
        .where(CertificateEvent.certificate_id == certificate_id)
        .order_by(CertificateEvent.id)
    )
    return [
        Happening(row[0].what, row[0].reason, remarks.get(row[0].what, ""), row[1] or "", row[0].at) for row in rows
    ]


def find(words: str) -> Page[Record]:
    """Certificates by code, by serial number, or by a name, as printed or of today; the newest first, one page."""
    found = _records().join(User, User.id == Certificate.user_id).add_columns(Certificate.id)
    typed = " ".join(words.split())
    if typed:
        found = found.where(
            or_(
                Certificate.code == (rules.read_code(typed) or ""),
                Certificate.serial == typed.upper(),
                User.search_text.contains(folded(typed), autoescape=True),
                CertificateHolder.name_latin.icontains(typed, autoescape=True),
                CertificateHolder.name_arabic.contains(typed, autoescape=True),
            )
        )
    return page_of(found, [Certificate.id], descending=True, row=lambda row: Record(*row[:4]))
