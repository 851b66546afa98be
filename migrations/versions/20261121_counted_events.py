"""Events counted for limits, of every kind, in place of failed sign-ins alone.

What was counted within the last quarter of an hour is forgotten; nothing else is lost.

Revision ID: 0005_counted_events
Revises: 0004_privacy
Create Date: 2026-11-21 20:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_counted_events"
down_revision = "0004_privacy"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "counted_event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counted_event")),
    )
    op.create_index("ix_counted_event_kind_key_at", "counted_event", ["kind", "key", "at"])
    op.create_index(op.f("ix_counted_event_at"), "counted_event", ["at"])
    op.drop_table("sign_in_failure")


def downgrade() -> None:
    op.create_table(
        "sign_in_failure",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index("ix_sign_in_failure_account", "sign_in_failure", ["account_key", "at"])
    op.create_index("ix_sign_in_failure_ip", "sign_in_failure", ["ip", "at"])
    op.drop_table("counted_event")
