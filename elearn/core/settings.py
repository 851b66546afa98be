"""Settings kept in the database: one key, one text."""

from sqlalchemy import bindparam, select

from elearn.core.db import columns, db
from elearn.core.models import Setting

CATALOGUE_REVISION = "catalogue_revision"
_VALUE = select(Setting.value).where(Setting.key == bindparam("key"))


def get(key: str, default: str = "") -> str:
    """The value of a setting."""
    value = columns(_VALUE, key=key).scalar_one_or_none()
    return default if value is None else value


def put(key: str, value: str) -> None:
    """Set it, in the present transaction."""
    row = db.session.get(Setting, key)
    if row is None:
        db.session.add(Setting(key=key, value=value))
    else:
        row.value = value
    db.session.flush()


def bump(key: str) -> None:
    """Count a revision up, so that what was kept ready for the old one is forgotten."""
    row = db.session.get(Setting, key, with_for_update=True, populate_existing=True)  # nobody counts beside us
    put(key, str(int(row.value if row is not None else "0") + 1))
