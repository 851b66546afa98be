"""Pages of administrators about what runs behind the scenes: jobs, and the outbox of messages."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from elearn.core import access
from elearn.core.access import Permission, requires
from elearn.core.models import JobState
from elearn.reporting import backroom, service, words

bp = Blueprint("core_manage", __name__, template_folder="templates")
_ENDS = r"\s<>\"'\u2066-\u2069"  # no address goes on after these
_STOPS = r".,;:!?)"  # nor ends with these


@bp.get("/manage/jobs")
@requires(Permission.JOBS_MANAGE)
def jobs() -> Any:
    asked = request.args.get("state", "")
    state = JobState(asked) if asked in set(JobState) else JobState.FAILED  # what somebody comes for
    return render_template(
        "reporting/jobs.html", page=backroom.jobs(state), state=state, counts=backroom.job_counts(), words=words
    )


@bp.post("/manage/jobs/retry")
@requires(Permission.JOBS_MANAGE)
def retry_job() -> Any:
    if not service.retry_job(access.person(), request.form.get("key", "")):
        abort(404)
    flash(_("The job waits in the queue again."))
    return redirect(url_for(".jobs"), 303)


@bp.get("/manage/outbox")
@requires(Permission.OUTBOX_SEE)
def outbox() -> Any:
    config = current_app.config
    return render_template(
        "reporting/outbox.html",
        page=backroom.messages(),
        readable=config["DEMONSTRATION"],
        kept=not config["MAIL_SERVER"],
    )


@bp.get("/manage/outbox/<key>")
@requires(Permission.OUTBOX_SEE)
def message(key: str) -> Any:
    """The whole text only on a demonstration: whoever reads a message could act in its recipient's name."""
    found, body = backroom.message(key) or abort(404)
    readable = current_app.config["DEMONSTRATION"]
    return render_template(
        "reporting/message.html",
        message=found,
        paragraphs=list(_paragraphs(body)) if readable else None,
        kept=not current_app.config["MAIL_SERVER"],
    )


def _paragraphs(body: str) -> Iterator[list[list[tuple[str, bool]]]]:
    """Paragraphs of lines of pieces; a piece is a link (True) when it is an address of this site, and no other."""
    base = re.escape(current_app.config["BASE_URL"])
    address = re.compile(rf"({base}(?:/(?:[^{_ENDS}]*[^{_ENDS}{_STOPS}])?)?)(?=[{_ENDS}{_STOPS}]|$)")
    for paragraph in re.split(r"\n\s*\n", body.strip()):
        yield [
            [(piece, place % 2 == 1) for place, piece in enumerate(address.split(line)) if piece]
            for line in paragraph.splitlines()
        ]
