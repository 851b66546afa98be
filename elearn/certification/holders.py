"""A holder's rights over their certificates: what is given out about them, and what erasing takes away."""

from typing import Any

from sqlalchemy import delete, select

from elearn.certification import queries
from elearn.certification.models import CertificateEvent
from elearn.core import clock, jobs
from elearn.core.db import db
from elearn.core.models import Audit, AuditDetail, Blob


def export(user_id: int) -> list[dict[str, Any]]:
    """Every certificate of a person as it claims it, with what became of it."""
    return [
        record.data.claim()
        | {"issued_at": record.certificate.issued_at.isoformat(), "status": record.status.value}
        for record in queries.all_of_person(user_id)
    ]  # fmt: skip


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
