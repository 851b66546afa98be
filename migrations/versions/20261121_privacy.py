"""Erasures that were asked for, copies of one's data, and when an account was last signed in to.

Adds two tables and one column. The column is filled from the sign-ins that are still on record; who has none counts
from the day the account was opened. On PostgreSQL "user" is locked for as long as that takes: seconds per million.

Revision ID: 0004_privacy
Revises: 0003_completion_indexes
Create Date: 2026-11-21 19:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_privacy"
down_revision = "0003_completion_indexes"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("done_at IS NULL AND cancelled_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("asked_by", BIG, nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("done_at IS NULL OR cancelled_at IS NULL", name=op.f("ck_erasure_done_or_cancelled")),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_erasure_asked_by_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_erasure_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index("ix_erasure_due_at", "erasure", ["due_at"])
    op.create_index(
        "uq_erasure_waiting", "erasure", ["user_id"], unique=True, sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_table(
        "data_copy",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blob_sha", sa.String(length=64), nullable=True),
        sa.Column("size", BIG, nullable=True),
        sa.ForeignKeyConstraint(["blob_sha"], ["blob.sha256"], name=op.f("fk_data_copy_blob_sha_blob")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_data_copy_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_copy")),
        sa.UniqueConstraint("user_id", name=op.f("uq_data_copy_user_id")),
    )
    op.add_column("user", sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        sa.text(
            'UPDATE "user" SET last_sign_in_at = (SELECT max(started_at) FROM sign_in WHERE sign_in.user_id = "user".id)'
        )
    )


def downgrade() -> None:
    op.drop_column("user", "last_sign_in_at")
    op.drop_table("data_copy")
    op.drop_index("uq_erasure_waiting", table_name="erasure")
    op.drop_index("ix_erasure_due_at", table_name="erasure")
    op.drop_table("erasure")
