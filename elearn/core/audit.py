"""The audit log: who did what to what. Ids stand in the log, whatever could name a person in an erasable detail."""

import hashlib
import json
import secrets
from typing import Any

from flask import g, has_request_context, request

from elearn.core import clock
from elearn.core.access import Person
from elearn.core.db import db
from elearn.core.models import Audit, AuditDetail


def note(
    verb: str,
    object_type: str,
    object_id: object,
    *,
    actor: Person | int | None,
    detail: dict[str, Any] | None = None,
    on_behalf_id: int | None = None,
) -> None:
    """Write one entry in the present transaction. `actor` None: the command line or the clock."""
    salt = secrets.token_hex(16)
    detail = detail or {}
    packed = json.dumps(detail, sort_keys=True, ensure_ascii=False, default=str)
    entry = Audit(
        actor_id=actor.id if isinstance(actor, Person) else actor,
        verb=verb,
        object_type=object_type,
        object_id=str(object_id),
        on_behalf_id=on_behalf_id,
        request_id=g.get("request_id", "") if has_request_context() else "",
        detail_hash=hashlib.sha256((salt + packed).encode()).hexdigest(),
        at=clock.now(),
    )
    db.session.add(entry)
    db.session.flush()
    ip = (request.remote_addr or "") if has_request_context() else ""
    db.session.add(AuditDetail(audit_id=entry.id, ip=ip, detail=json.loads(packed), salt=salt))
