"""A holder's rights over their certificates: what is given out about them, and what erasing takes away."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from elearn.certification import files, queries
from elearn.certification.models import CertificateEvent
from elearn.core import clock, jobs
from elearn.core.db import db, reading
from elearn.core.models import Audit, AuditDetail, Blob
from elearn.core.privacy import Fate, Holding

HOLDINGS = (
    Holding(
        what=_l("Your name as it is printed on certificates, and their files"),
        why=_l("To print them again as they were, and to tell whoever checks one what stands on it."),
        tables=("certificate_holder", "certificate_file"),
        fate=Fate.ERASED,
    ),
    Holding(
        what=_l("Certificates without their names: code, number, course, date, and what became of them"),
        why=_l("Whoever checks a paper is told that it was issued, and that its holder was erased."),
        tables=("certificate", "certificate_event"),
        fate=Fate.NAMELESS,
    ),
)


def export(user_id: int) -> list[dict[str, Any]]:
    """Every certificate of a person as it claims it, with what became of it."""
    return [
        record.data.claim()
        | {"issued_at": record.certificate.issued_at.isoformat(), "status": record.status.value}
        for record in queries.all_of_person(user_id)
    ]  # fmt: skip


def papers(user_id: int) -> Iterator[tuple[str, bytes]]:
    """The files of a person's certificates that still stand, each made now if it never was."""
    with reading():
        found = [(record.certificate.id, record.serial) for record in queries.of_person(user_id)]
    for certificate_id, serial in found:
        stored = files.ready(certificate_id)
        if stored is not None:
            yield f"certificates/{serial}.pdf", stored.content


def erase(user_id: int) -> None:
    """Take the names and the files away. The certificates stay and answer "holder erased"."""
    records = queries.all_of_person(user_id)
    _forget_remarks([record.certificate.id for record in records])
    for record in records:
        if record.file is not None:
            blob = db.session.get_one(Blob, record.file.blob_sha)
            db.session.delete(record.file)
            db.session.flush()
            db.session.delete(blob)
            # The bytes go once this is certain: a job of the same transaction deletes them.
            jobs.enqueue(
                "certificate.forget", {"sha256": blob.sha256}, key=f"certificate.forget:{record.certificate.code}"
            )
        if record.holder is not None:
            db.session.delete(record.holder)
            db.session.add(CertificateEvent(certificate_id=record.certificate.id, what="erased", at=clock.now()))
    db.session.flush()


def _forget_remarks(certificate_ids: list[int]) -> None:
    about = select(Audit.id).where(
        Audit.object_type == "certificate", Audit.object_id.in_([str(number) for number in certificate_ids])
    )
    db.session.execute(delete(AuditDetail).where(AuditDetail.audit_id.in_(about)))
