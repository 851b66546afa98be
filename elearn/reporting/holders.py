"""Reporting's part in a person's rights: the exports of records that they took out."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from elearn.core.privacy import Fate, Holding, in_portions
from elearn.reporting.models import ExportLog

HOLDINGS = (
    Holding(
        what=_l("Exports of records that were taken out: when, which, how many, and what for as it was written down"),
        why=_l("Whoever takes out records of others answers for it. The list cannot be changed by anybody."),
        tables=("export_log", "export_outcome"),
        fate=Fate.NAMELESS,
    ),
)


def export(user_id: int) -> Iterator[dict[str, Any]]:
    """Every export a person took out."""
    columns = (ExportLog.id, ExportLog.at, ExportLog.purpose, ExportLog.what, ExportLog.filter, ExportLog.rows)
    for row in in_portions(select(*columns).where(ExportLog.actor_id == user_id), ExportLog.id):
        yield {"at": row.at, "purpose": row.purpose, "records": row.what, "filter": row.filter, "rows": row.rows}


def erase(_user_id: int) -> None:
    """Nothing: the list holds the number of the account, and a purpose of the office."""
