"""Stored files that are forgotten again: the row now, the bytes once that is certain."""

import secrets
from typing import Any

from elearn.core import jobs
from elearn.core.db import db
from elearn.core.models import Blob
from elearn.core.storage import storage


def forget(sha256: str) -> None:
    """Delete the row in the present transaction; a job of that transaction deletes the bytes.

    Nothing may refer to the row any more.
    """
    blob = db.session.get(Blob, sha256)
    if blob is not None:
        db.session.delete(blob)
        db.session.flush()
    jobs.enqueue("blob.forget", {"sha256": sha256}, key=f"blob.forget:{secrets.token_hex(12)}")


@jobs.handler("blob.forget")
def forget_bytes(args: dict[str, Any]) -> None:
    """Delete bytes that no row knows any more."""
    if db.session.get(Blob, args["sha256"]) is None:
        storage().delete(args["sha256"])
