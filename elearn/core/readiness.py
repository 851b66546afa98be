"""Whether this instance can do its work: `/readyz` says it, and metrics count it."""

import datetime as dt
import shutil
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, select, text

from elearn.core import clock, jobs, settings
from elearn.core.db import db, refusing_clash, unit_of_work
from elearn.core.errors import Refused
from elearn.core.models import Job, JobState
from elearn.core.storage import storage

WORKER_SEEN = "worker_seen_at"
MAIL = "mail.send"
SILENT = dt.timedelta(minutes=5)
PROBE = bytes(4096)


@jobs.every_tick
def worker_seen() -> None:
    """A worker says once a minute that it is there."""
    with suppress(Refused), unit_of_work(), refusing_clash("another worker said so at the same moment"):
        settings.put(WORKER_SEEN, clock.now().isoformat(timespec="seconds"))


def checks() -> dict[str, bool]:
    """What has to hold before a visitor is sent here: each by name, and whether it does."""
    return {
        "database": _holds(lambda: db.session.execute(text("SELECT 1"))),
        "migrations": _holds(_at_head),
        "storage": _holds(_writable),
    }


def worker_silence() -> dt.timedelta | None:
    """How long no worker has been heard of; None when none ever was. One that is at a long job tells by the job.

    What was said at a time that has not come yet, because the clock was set back, is as old as it is far away.
    """
    seen = [dt.datetime.fromisoformat(told)] if (told := settings.get(WORKER_SEEN)) else []
    beating = db.session.scalar(select(func.max(Job.heartbeat)).where(Job.state == JobState.RUNNING))
    seen += [beating] if beating is not None else []
    return min((abs(clock.now() - moment) for moment in seen), default=None)


def worker_at_work() -> bool:
    """Whether a worker was heard of lately."""
    silence = worker_silence()
    return silence is not None and silence < SILENT


def mails_go_out() -> bool:
    """Whether no message waits that the mail server did not take when it was offered."""
    refused = select(Job.id).where(
        Job.kind == MAIL, Job.state.in_((JobState.QUEUED, JobState.RUNNING, JobState.FAILED)), Job.error.is_not(None)
    )
    return db.session.execute(refused.limit(1)).first() is None


def free_bytes() -> int:
    """What is left on the disk of DATA_DIR."""
    folder = Path(current_app.config["DATA_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free


def _holds(check: Any) -> bool:
    try:
        check()
    except Exception:
        current_app.logger.warning("not ready", exc_info=True)
        db.session.rollback()
        return False
    return True


def _at_head() -> None:
    present = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    if present != _head(current_app.extensions["migrate"].directory):
        raise RuntimeError(f"the database stands at {present}: flask db upgrade")


@lru_cache
def _head(migrations: str) -> str | None:
    return ScriptDirectory(migrations).get_current_head()  # reads every migration, so only once


def _writable() -> None:
    """A full or read-only disk fails here, and not in somebody's upload."""
    root = storage().root
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=root) as file:
        file.write(PROBE)
        file.flush()
