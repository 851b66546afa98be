"""The file of a certificate: rendered once, stored with its hash and the engine's versions, given out as it is."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from elearn.certification import paper, queries
from elearn.certification.models import Certificate, CertificateFile, CertificateHolder
from elearn.core import clock, jobs, pdf
from elearn.core.db import db, unit_of_work
from elearn.core.models import Blob
from elearn.core.storage import storage

MIME = "application/pdf"


@dataclass(frozen=True)
class Stored:
    """A file that is there: its name in the storage, which is its SHA-256, and its bytes."""

    sha256: str
    content: bytes


def ready(certificate_id: int) -> Stored | None:
    """The certificate's file, made now if it never was; None when the holder's name is erased.

    Opens a short transaction of its own where the file is new, even in a safe request: the bytes given out must be
    those that are stored. To be called outside a write transaction.
    """
    record = queries.by_id(certificate_id)
    if record is None or record.holder is None:
        return None
    if record.file is None:
        return _make(certificate_id)
    return Stored(record.file.blob_sha, storage().read(record.file.blob_sha))


def _make(certificate_id: int) -> Stored | None:
    record = queries.by_id(certificate_id)
    if record is None or record.holder is None:
        return None
    design, languages = record.certificate.design, record.certificate.langs
    content = paper.produce(record.data, design, record.certificate.issued_at)
    sha256 = storage().put(content)
    engine = " ".join([design, *(f"{name} {number}" for name, number in pdf.engine().items())])
    with unit_of_work():
        kept = _keep(certificate_id, languages, sha256, len(content), engine)
    if kept == sha256:
        return Stored(sha256, content)
    storage().delete(sha256)  # meanwhile somebody else made it, the holder chose other languages, or was erased
    return ready(certificate_id)


def _keep(certificate_id: int, languages: str, sha256: str, size: int, engine: str) -> str | None:
    """Note the file as the certificate's one file; the first one stays. None: what it says is no longer so."""
    locked = select(Certificate).where(Certificate.id == certificate_id).with_for_update()
    certificate = db.session.execute(locked).scalar_one()
    if db.session.get(CertificateHolder, certificate_id) is None or certificate.langs != languages:
        return None
    existing = db.session.get(CertificateFile, certificate_id)
    if existing is not None:
        return existing.blob_sha
    db.session.add(Blob(sha256=sha256, size=size, mime=MIME))
    db.session.flush()
    db.session.add(
        CertificateFile(
            certificate_id=certificate_id, blob_sha=sha256, size=size, engine=engine[:120], rendered_at=clock.now()
        )
    )
    return sha256


@jobs.handler("certificate.file")
def make_file(args: dict[str, Any]) -> dict[str, Any] | None:
    """Have the file ready before it is asked for."""
    stored = ready(int(args["id"]))
    return {"sha256": stored.sha256} if stored else None


@jobs.handler("certificate.forget")
def forget_file(args: dict[str, Any]) -> dict[str, Any] | None:
    """Delete the bytes of a file that no row knows any more."""
    if db.session.get(Blob, args["sha256"]) is None:
        storage().delete(args["sha256"])
    return None
