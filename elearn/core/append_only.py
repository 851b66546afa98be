"""Triggers that refuse UPDATE and DELETE on append-only tables, for the migrations.

SQLite's batch operations rebuild a table and silently drop its triggers: a migration that alters an append-only
table in batch must call `guard()` again for it. A test compares the triggers with the models.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""


def guard(tables: Iterable[str]) -> None:
    """Create the triggers."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(sa.text(_FUNCTION))
    for table in tables:
        if postgresql:
            op.execute(
                sa.text(
                    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                )
            )
            continue
        for verb in ("update", "delete"):
            op.execute(
                sa.text(
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            )


def unguard(tables: Iterable[str]) -> None:
    """Drop the triggers, and on PostgreSQL their function when nothing uses it any more."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in tables:
        if postgresql:
            op.execute(sa.text(f"DROP TRIGGER {table}_append_only ON {table}"))
            continue
        for verb in ("update", "delete"):
            op.execute(sa.text(f"DROP TRIGGER {table}_no_{verb}"))
