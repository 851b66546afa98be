"""Every SELECT on jobs and messages, for the pages of administrators."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import case, func, literal, select

from elearn.core.db import db
from elearn.core.models import Job, JobState, Mail
from elearn.core.paging import COUNT_CAP, Page, page_of

COUNTED = (JobState.FAILED, JobState.QUEUED, JobState.RUNNING)  # those done are too many to be worth it


def jobs(state: JobState) -> Page[Job]:
    """One page of the jobs in a state, the last due first."""
    found = select(Job, Job.run_at, Job.id).where(Job.state == state)
    return page_of(found, [Job.run_at, Job.id], descending=True, row=lambda row: row[0])


def job_counts() -> Mapping[JobState, int]:
    """How many jobs wait, run or failed; counted no further than a cap. One statement."""
    rows = [select(Job.id).where(Job.state == state).limit(COUNT_CAP + 1).subquery() for state in COUNTED]
    counts = db.session.execute(
        select(*(select(func.count()).select_from(one).scalar_subquery() for one in rows))
    ).one()
    return dict(zip(COUNTED, counts, strict=True))


@dataclass(frozen=True)
class Message:
    """A message without its text."""

    key: str
    to_addr: str
    template: str
    subject: str
    lang: str
    created_at: dt.datetime
    sent_at: dt.datetime | None
    state: str  # of its sending: sent, queued, running, failed


_STATE = case(
    (Mail.sent_at.is_not(None), literal("sent")),
    (Job.state.in_((JobState.RUNNING, JobState.FAILED)), Job.state.cast(Mail.template.type)),
    else_=literal("queued"),
)
_COLUMNS = (Mail.key, Mail.to_addr, Mail.template, Mail.subject, Mail.lang, Mail.created_at, Mail.sent_at, _STATE)
_SENDING = Job.key == literal("mail:").concat(Mail.key)


def messages() -> Page[Message]:
    """One page of the outbox, the last message first."""
    found = select(*_COLUMNS, Mail.id).outerjoin(Job, _SENDING)
    return page_of(found, [Mail.id], descending=True, row=lambda row: Message(*row[:-1]))


def message(key: str) -> tuple[Message, str] | None:
    """A message and its text."""
    row = db.session.execute(select(*_COLUMNS, Mail.body).outerjoin(Job, _SENDING).where(Mail.key == key)).first()
    return (Message(*row[:-1]), row[-1]) if row is not None else None
