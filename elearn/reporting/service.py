"""Every write of reporting: exports and their log, what became of them, jobs tried again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from elearn.core import audit, clock, jobs
from elearn.core.access import Person, Scope
from elearn.core.db import db, unit_of_work
from elearn.core.errors import Refused
from elearn.core.i18n import RIGHT_TO_LEFT, clean_line
from elearn.core.models import Job
from elearn.core.tables import Format, Spooled, export
from elearn.learning.models import Completion
from elearn.reporting import queries
from elearn.reporting.access import export_scope
from elearn.reporting.columns import columns
from elearn.reporting.models import ExportLog, ExportOutcome
from elearn.reporting.rules import PURPOSE_LONGEST, Wanted, good_purpose

log = logging.getLogger(__name__)
COMPLETIONS = "completions"


@dataclass(frozen=True)
class Taken:
    """Records in a file, not yet on record and not yet given to anybody."""

    spooled: Spooled
    wanted: Wanted
    lang: str
    columns: list[str]
    scope: Scope

    @property
    def name(self) -> str:
        """A name for the file that says nothing about who is in it."""
        return f"completion-records-{clock.now().date().isoformat()}{self.spooled.format.suffix}"


def take_records(actor: Person | None, wanted: Wanted, format: Format, lang: str, *, sex: bool = False) -> Taken:
    """Write the records that the actor may export to a file. Reads only; slow: call it before anything is written."""
    scope = export_scope(actor)
    found = columns(lang, sex=sex)
    with force_locale(lang):
        sheet = _("Completion records")
    spooled = export(
        queries.records(lang)
        .where(*queries.conditions(wanted, scope))
        .order_by(Completion.at.desc(), Completion.id.desc()),
        list(found.values()),
        format,
        sheet=sheet,
        right_to_left=lang in RIGHT_TO_LEFT,
    )
    return Taken(spooled, wanted, lang, list(found), scope)


def record_export(actor: Person | None, purpose: str, taken: Taken) -> int:
    """Write down who takes which records out and why; only then may the file be given. Raises Refused."""
    purpose = clean_line(purpose)
    if not good_purpose(purpose):
        raise Refused(
            _("Please say in 10 to %(num)s characters what the records are for.", num=PURPOSE_LONGEST), "purpose"
        )
    reach = {} if taken.scope.everywhere else {"scope": _plain(taken.scope)}
    row = ExportLog(
        actor_id=actor.id if actor else None,
        purpose=purpose,
        what=COMPLETIONS,
        filter={**taken.wanted.as_args(), "lang": taken.lang, **reach},
        columns=taken.columns,
        rows=taken.spooled.rows,
        format=taken.spooled.format.value,
        at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.note("exported", COMPLETIONS, row.id, actor=actor, detail={"rows": row.rows})
    return row.id


def _plain(scope: Scope) -> dict[str, object]:
    return {"institutions": sorted(scope.institutions), "countries": sorted(scope.countries)}


def note_outcome(export_id: int, outcome: str) -> None:
    """What became of an export: `sent`, `broken-off`, `written`. In the present transaction."""
    db.session.add(ExportOutcome(export_id=export_id, outcome=outcome, at=clock.now()))


def when_sent(export_id: int) -> Callable[[bool], None]:
    """What to call once the answer that carries an export is over; it has a transaction of its own."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def note(whole: bool) -> None:
        try:
            with app.app_context(), unit_of_work():
                note_outcome(export_id, "sent" if whole else "broken-off")
        except Exception:  # the file is out; a line in the log is all that can still be done
            log.exception("the outcome of export %s could not be noted", export_id)

    return note


def retry_job(actor: Person, key: str) -> bool:
    """Put a failed job back into the queue. False when there is no such job; raises Refused when it did not fail."""
    job = db.session.execute(select(Job).where(Job.key == key).with_for_update()).scalar_one_or_none()
    if job is None:
        return False
    jobs.retry(job)
    audit.note("retried", "job", job.id, actor=actor)
    return True
