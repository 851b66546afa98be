"""Indexes by which completion records are read, newest first: of a country, of an institution, of a version.

Adds indexes only. On PostgreSQL each blocks writing completions while it is made: seconds per million rows.

Revision ID: 0003_completion_indexes
Revises: 0002_countries
Create Date: 2026-11-21 18:55:00
"""

from alembic import op

revision = "0003_completion_indexes"
down_revision = "0002_countries"
branch_labels = None
depends_on = None

COLUMNS = ("country", "institution_id", "version_id")


def upgrade() -> None:
    for column in COLUMNS:
        op.create_index(f"ix_completion_{column}_at_id", "completion", [column, "at", "id"])


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_index(f"ix_completion_{column}_at_id", table_name="completion")
