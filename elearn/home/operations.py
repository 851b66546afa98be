"""What machines ask: whether to send visitors here, and figures."""

from typing import Any

from flask import abort, make_response, request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as FIGURES

from elearn.core import metrics as figures
from elearn.core import readiness
from elearn.core.access import public
from elearn.home.views import bp


@bp.get("/readyz")
@public
def readyz() -> Any:
    """503 until database, migrations and storage are in order. Told beside, as pages work without: worker and mail."""
    held = readiness.checks()
    lines = [f"{name}: {'ok' if holds else 'failed'}" for name, holds in held.items()]
    if held["database"]:
        lines.append(f"worker: {'ok' if readiness.worker_at_work() else 'silent'}")
        lines.append(f"mail: {'ok' if readiness.mails_go_out() else 'late'}")
    return _plain("\n".join(lines) + "\n", 200 if all(held.values()) else 503)


@bp.get("/metrics")
@public
def metrics() -> Any:
    """For an administrator, and for whoever sends METRICS_TOKEN; for anybody else it is not there."""
    if not figures.may_read():
        abort(401 if "Authorization" in request.headers else 404)
    return _plain(figures.exposition(), 200, FIGURES)


def _plain(text: str | bytes, status: int, content_type: str = "text/plain; charset=utf-8") -> Any:
    answer = make_response(text, status)
    answer.content_type = content_type
    answer.headers["Cache-Control"] = "no-store"
    return answer
