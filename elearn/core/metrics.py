"""Figures for Prometheus: requests as this process counts them, queue and sizes as the database has them.

With several web processes each writes its counts into PROMETHEUS_MULTIPROC_DIR, which `elearn.serving` makes, and
whichever is asked adds them up. That folder must be named before prometheus_client is imported.
"""

import hmac
import os
from collections.abc import Iterator
from pathlib import Path

from flask import current_app, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select, text

from elearn.core import clock, measuring, readiness
from elearn.core.access import Permission, person_or_none
from elearn.core.db import db
from elearn.core.measuring import Measured
from elearn.core.models import Job, JobState
from elearn.core.readiness import MAIL

COUNTED = (JobState.QUEUED, JobState.RUNNING, JobState.FAILED)  # those done are too many to be worth it
_here = CollectorRegistry()
_requests = Counter("elearn_requests", "Requests answered.", ["endpoint", "status"], registry=_here)
_seconds = Histogram(
    "elearn_request_duration_seconds",
    "Time from the whole request to the beginning of its answer.",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_here,
)


@measuring.on_request
def count(measured: Measured) -> None:
    """Endpoints only, never addresses: what a stranger types must not become a new series."""
    endpoint = measured.endpoint or "none"
    _requests.labels(endpoint, str(measured.status)).inc()
    _seconds.labels(endpoint).observe(measured.seconds)


def may_read() -> bool:
    """An administrator, or whoever sends METRICS_TOKEN."""
    token = current_app.config["METRICS_TOKEN"]
    offered = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(offered.encode(), f"Bearer {token}".encode()):
        return True
    person = person_or_none()
    return person is not None and person.may(Permission.JOBS_MANAGE)


def exposition() -> bytes:
    """Everything in the text format."""
    requests = _here
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        requests = CollectorRegistry()
        MultiProcessCollector(requests)  # type: ignore[no-untyped-call]
    present = CollectorRegistry()
    present.register(_Present())
    return generate_latest(requests) + generate_latest(present)


class _Present(Collector):
    """What is asked when somebody asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("elearn_jobs", "Jobs that wait, run or have failed.", labels=["state"])
        rows = db.session.execute(
            select(Job.state, Job.kind, func.count()).where(Job.state.in_(COUNTED)).group_by(Job.state, Job.kind)
        ).all()
        for state in COUNTED:
            jobs.add_metric([state.value], sum(many for found, _, many in rows if found == state))
        yield jobs
        yield GaugeMetricFamily(
            "elearn_mails_waiting",
            "Messages that are not sent yet.",
            value=sum(many for state, kind, many in rows if kind == MAIL and state != JobState.FAILED),
        )
        yield GaugeMetricFamily(
            "elearn_mails_failed",
            "Messages whose sending was given up.",
            value=sum(many for state, kind, many in rows if kind == MAIL and state == JobState.FAILED),
        )
        yield GaugeMetricFamily(
            "elearn_job_queue_age_seconds", "How long the job that waits longest has been due.", value=_queue_age()
        )
        silence = readiness.worker_silence()
        if silence is not None:
            yield GaugeMetricFamily(
                "elearn_worker_silence_seconds", "Since a worker was last heard of.", value=silence.total_seconds()
            )
        yield GaugeMetricFamily("elearn_database_bytes", "Size of the database.", value=_database_bytes())
        yield GaugeMetricFamily("elearn_disk_free_bytes", "Room left for files.", value=readiness.free_bytes())


def _queue_age() -> float:
    moment = clock.now()
    due = select(func.min(Job.run_at)).where(Job.state == JobState.QUEUED, Job.run_at <= moment)
    since = db.session.scalar(due)
    return (moment - since).total_seconds() if since is not None else 0.0


def _database_bytes() -> int:
    if db.engine.dialect.name == "postgresql":
        return int(db.session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    path = Path(db.engine.url.database or "")
    return sum(part.stat().st_size for part in (path, path.with_name(f"{path.name}-wal")) if part.exists())
