"""Core's part in a person's rights: messages addressed to them, and the log of who did what."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, literal, or_, select

from elearn.core.db import db
from elearn.core.models import Audit, AuditDetail, Job, Mail
from elearn.core.privacy import Fate, Holding, in_portions

MAIL = Holding(
    what=_l("Messages sent to you: address and text"),
    why=_l("To be able to say what was sent and when, if one did not arrive."),
    tables=("mail",),
    fate=Fate.ERASED,
    rule="mail",
)
JOBS = Holding(
    what=_l("Orders for work in the background, such as sending a message"),
    why=_l("To carry them out once, and to try again what failed."),
    tables=("job",),
    fate=Fate.ERASED,
    rule="jobs",
)
AUDIT_DETAILS = Holding(
    what=_l("Network address and further details beside each entry of the log of actions"),
    why=_l("To look into mistakes and misuse."),
    tables=("audit_detail",),
    fate=Fate.ERASED,
    rule="audit-details",
)
COUNTED = Holding(
    what=_l(
        "How often something was tried: codes made from network addresses and e-mail addresses, not these themselves"
    ),
    why=_l("To slow down whoever tries passwords or has messages sent to others."),
    tables=("counted_event",),
    fate=Fate.ERASED,
    rule="counted-events",
)
LEFT_OVER_FILES = Holding(
    what=_l("Half-written files of a process that was stopped in the middle, exports among them"),
    why=_l("They are of no use; the time makes sure that nobody is writing them still."),
    tables=(),
    fate=Fate.ERASED,
    rule="left-over-files",
)
AUDIT = Holding(
    what=_l("The log of actions: which account did what, and when. Accounts stand in it by their number only."),
    why=_l("A log from which lines can be taken proves nothing."),
    tables=("audit", "audit_seal"),
    fate=Fate.NAMELESS,
)
HOLDINGS = (MAIL, JOBS, AUDIT_DETAILS, COUNTED, LEFT_OVER_FILES, AUDIT)


def export(user_id: int) -> dict[str, Any]:
    """Messages to a person, and the entries of the log that they made or that are about their account."""
    return {"messages": _messages(user_id), "log_of_actions": _entries(user_id)}


def _messages(user_id: int) -> Iterator[dict[str, Any]]:
    columns = (Mail.id, Mail.created_at, Mail.sent_at, Mail.to_addr, Mail.lang, Mail.subject, Mail.body)
    for row in in_portions(select(*columns).where(Mail.to_user_id == user_id), Mail.id):
        yield {
            "written_at": row.created_at,
            "sent_at": row.sent_at,
            "to": row.to_addr,
            "language": row.lang,
            "subject": row.subject,
            "text": row.body,
        }


def _entries(user_id: int) -> Iterator[dict[str, Any]]:
    """The network address is given where it is the person's own."""
    found = (
        select(Audit.id, Audit.at, Audit.actor_id, Audit.verb, Audit.object_type, AuditDetail.ip, AuditDetail.detail)
        .outerjoin(AuditDetail, AuditDetail.audit_id == Audit.id)
        .where(_about(user_id))
    )
    for row in in_portions(found, Audit.id):
        mine = row.actor_id == user_id
        yield {
            "at": row.at,
            "action": row.verb,
            "concerning": row.object_type,
            "done_by": "you" if mine else "the system" if row.actor_id is None else "somebody else",
            "network_address": row.ip if mine else None,
            "details": row.detail,
        }


def erase(user_id: int) -> None:
    """Take away the messages with their orders of sending, and what stands beside the person's entries in the log."""
    forget_mail(Mail.to_user_id == user_id)
    db.session.execute(
        delete(AuditDetail)
        .where(AuditDetail.audit_id.in_(select(Audit.id).where(_about(user_id))))
        .execution_options(synchronize_session=False)
    )


def forget_mail(which: ColumnElement[bool]) -> None:
    """Delete messages and the orders to send them, whose errors may name the address."""
    orders = select(literal("mail:").concat(Mail.key)).where(which)
    db.session.execute(delete(Job).where(Job.key.in_(orders)).execution_options(synchronize_session=False))
    db.session.execute(delete(Mail).where(which).execution_options(synchronize_session=False))


def _about(user_id: int) -> ColumnElement[bool]:
    """What they did, what was done for them, and what was done to their account."""
    return or_(
        Audit.actor_id == user_id,
        Audit.on_behalf_id == user_id,
        (Audit.object_type == "user") & (Audit.object_id == str(user_id)),
    )
