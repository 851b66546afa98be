"""The files that a version was made from, its glossary, and what compiling the next one can build on.

Adds three tables and some columns with constants as their defaults: nothing is rewritten, and the triggers of the
append-only tables stay where they are. Versions published before have no files, no prerequisites and no count of words.

Revision ID: 0006_course_sources
Revises: 0005_counted_events
Create Date: 2026-11-21 21:25:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from elearn.core.append_only import guard, unguard

revision = "0006_course_sources"
down_revision = "0005_counted_events"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.add_column("course", sa.Column("synced_hash", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("version_step", sa.Column("after", JSON, nullable=False, server_default="[]"))
    op.add_column("version_step", sa.Column("source_key", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("version_step_text", sa.Column("words", BIG, nullable=False, server_default="0"))
    op.add_column("version_step_text", sa.Column("rest", JSON, nullable=False, server_default="{}"))
    op.create_table(
        "version_source",
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("blob_sha", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["blob_sha"], ["blob.sha256"], name=op.f("fk_version_source_blob_sha_blob")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_version.id"], name=op.f("fk_version_source_version_id_course_version")
        ),
        sa.PrimaryKeyConstraint("version_id", "path", name=op.f("pk_version_source")),
    )
    op.create_table(
        "version_term",
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("also", JSON, nullable=False),
        sa.CheckConstraint("lang IN ('', 'en', 'ar', 'fr')", name=op.f("ck_version_term_lang_is_ours")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_version.id"], name=op.f("fk_version_term_version_id_course_version")
        ),
        sa.PrimaryKeyConstraint("version_id", "key", "lang", name=op.f("pk_version_term")),
    )
    guard(["version_term"])


def downgrade() -> None:
    unguard(["version_term"])
    op.drop_table("version_term")
    op.drop_table("version_source")
    op.drop_column("version_step_text", "rest")
    op.drop_column("version_step_text", "words")
    op.drop_column("version_step", "source_key")
    op.drop_column("version_step", "after")
    op.drop_column("course", "synced_hash")
