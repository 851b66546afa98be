"""Alembic's environment: one history for SQLite and PostgreSQL, run on the writer's engine."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool

from elearn.core.db import UtcDateTime, metadata


def plain_types(kind: str, item: object, _context: object) -> str | bool:
    """Write database types into migrations, never classes of ours that may change."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    # An engine of its own: migrations need the database's plain transactions, not the request's.
    connectable = context.config.attributes.get("engine") or create_engine(
        current_app.config["DATABASE_URL"], poolclass=pool.NullPool
    )
    with connectable.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=plain_types,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
