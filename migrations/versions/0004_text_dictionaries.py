"""Dictionaries that compress the letters' texts, a column's name, and an index that nothing asked for.

Texts that are there stay as they are, compressed with zlib: the first bytes of each say how it is to be read.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, call the texts what they are, and take away an index: letters are known by their own."""
    op.create_table(
        "text_dictionaries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dictionary", sa.LargeBinary(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("trained_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_dictionaries")),
    )
    op.execute("ALTER TABLE letters RENAME COLUMN text_zlib TO packed_text")
    op.drop_index(op.f("ix_source_files_sha256"), table_name="source_files")
