"""Questions that are kept in the archive, each with the mark up to which its answers were seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, with no question in it."""
    op.create_table(
        "saved_questions",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column("seen_letter", sa.Integer(), nullable=False),
        sa.CheckConstraint("seen_letter >= 0", name=op.f("ck_saved_questions_seen_letter")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_saved_questions")),
    )
