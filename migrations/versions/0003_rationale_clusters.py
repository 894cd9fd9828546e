"""Clusters of nearly the same rationale, and what is kept to find them.

The column is added in place: a table that is made anew would lose the triggers of its search index.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and tables; every rationale that is there is yet to be compared."""
    op.add_column("disputed_items", sa.Column("rationale_cluster", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_disputed_items_rationale_cluster"), "disputed_items", ["rationale_cluster"])
    op.create_table(
        "rationale_comparison",
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("last_item_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("method", name=op.f("pk_rationale_comparison")),
    )
    op.create_table(
        "rationale_bands",
        sa.Column("band_hash", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("band_hash", "item_id", name=op.f("pk_rationale_bands")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "changed_rationales",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_changed_rationales")),
    )
