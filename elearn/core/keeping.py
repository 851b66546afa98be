"""Core's rules of retention: messages, the details of the log, finished jobs, what a killed process left behind."""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_babel import ngettext
from sqlalchemy import ColumnElement, select

from elearn.core import holders, limits, privacy, retention
from elearn.core.models import Audit, AuditDetail, CountedEvent, Job, JobState, Mail
from elearn.core.retention import Rule, deleting, emptying
from elearn.core.storage import storage

EMPTY = {"to_addr": "", "body": ""}


def init_app(app: Flask) -> None:
    """Put core's rules and its part in a person's rights into the application, and the command."""
    app.cli.add_command(command)
    privacy.register("core", export=holders.export, erase=holders.erase, holdings=holders.HOLDINGS)
    for rule in RULES:
        retention.register(rule)


def _sent(before: dt.datetime) -> ColumnElement[bool]:
    return (Mail.created_at < before) & Mail.sent_at.is_not(None) & (Mail.body != "")


def _never_sent(before: dt.datetime) -> ColumnElement[bool]:
    return (Mail.created_at < before) & Mail.sent_at.is_(None)


def _old_detail(before: dt.datetime) -> ColumnElement[bool]:
    return AuditDetail.audit_id.in_(select(Audit.id).where(Audit.at < before))


def _left_over(before: dt.datetime) -> Iterator[Path]:
    """Files of ours without an owner: exports being written, and what the storage was about to take in."""
    for path in storage().unfinished():
        with suppress(FileNotFoundError):
            found = path.lstat()
            if found.st_uid == os.getuid() and found.st_mtime < before.timestamp():
                yield path


def _remove_left_over(before: dt.datetime) -> int:
    count = 0
    for path in _left_over(before):
        path.unlink(missing_ok=True)
        count += 1
    return count


_sent_due, _empty_sent = emptying(Mail.id, _sent, **EMPTY)
_unsent_due, _delete_unsent = deleting(Mail.id, _never_sent)
_, _delete_orders = deleting(
    Job.id,
    lambda before: (Job.kind == "mail.send") & (Job.state != JobState.RUNNING) & (Job.created_at < before),
)
_details_due, _delete_details = deleting(AuditDetail.audit_id, _old_detail)
_jobs_due, _delete_jobs = deleting(
    Job.id, lambda before: (Job.state == JobState.DONE) & (Job.finished_at < before)
)  # one that failed stays until somebody has seen to it

_counted_due, _delete_counted = deleting(CountedEvent.id, lambda before: CountedEvent.at < before)

RULES = (
    Rule(
        holding=holders.MAIL,
        how_long=lambda days: ngettext("%(num)d day after it was written", "%(num)d days after it was written", days),
        due=lambda before: _sent_due(before) + _unsent_due(before),
        carry_out=lambda before: _empty_sent(before) + _give_up(before),
    ),
    Rule(
        holding=holders.AUDIT_DETAILS,
        how_long=lambda days: ngettext("%(num)d day after the entry", "%(num)d days after the entry", days),
        due=_details_due,
        carry_out=_delete_details,
    ),
    Rule(
        holding=holders.JOBS,
        how_long=lambda days: ngettext("%(num)d day after it was done", "%(num)d days after it was done", days),
        due=_jobs_due,
        carry_out=_delete_jobs,
    ),
    Rule(
        holding=holders.COUNTED,
        how_long=lambda days: ngettext("%(num)d day", "%(num)d days", days),
        due=_counted_due,
        carry_out=_delete_counted,
        period=limits.LONGEST,
        promptly=True,
    ),
    Rule(
        holding=holders.LEFT_OVER_FILES,
        how_long=lambda days: ngettext("%(num)d day after the last change", "%(num)d days after the last change", days),
        due=lambda before: sum(1 for _ in _left_over(before)),
        carry_out=_remove_left_over,
    ),
)


def _give_up(before: dt.datetime) -> int:
    """Messages that could not be sent in all that time, with the orders to send them, whose errors name addresses."""
    _delete_orders(before)
    return _delete_unsent(before)


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@with_appcontext
def command(dry_run: bool) -> None:
    """Delete what has been kept long enough, as the worker does once a day."""
    found = retention.due()
    done = {} if dry_run else retention.run()
    for rule in retention.rules():
        if rule.time is None:
            told = "not by the clock"
        elif rule.carry_out is None:
            told = f"{found[rule.name]} proposed, nothing is done"
        else:
            told = f"{found[rule.name]} due" if dry_run else f"{done.get(rule.name, 0)} done"
        click.echo(f"{rule.name:<18} {_time(rule):<11} {told}")


def _time(rule: Rule) -> str:
    """The time of a rule, for operators."""
    if rule.time is None:
        return "-"
    return f"{rule.time.days} d" if rule.time.days else f"{int(rule.time.total_seconds() // 60)} min"
