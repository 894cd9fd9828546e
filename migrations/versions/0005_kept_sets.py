"""Columns and sets of words that are kept beside the rows, and the notes of what changed since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    """Add the tables, empty: the next `optimize` or `ingest` fills them."""
    op.create_table(
        "item_set_state",
        _number("id"),
        _text("method"),
        _number("token"),
        _number("last_item_id"),
        _number("watched_item_id"),
        _number("phrases_hash"),
        _number("words_chosen_at"),
        _key("item_set_state", "id"),
    )
    op.create_table("item_chunks", _number("chunk"), _bytes("items"), _key("item_chunks", "chunk"))
    op.create_table(
        "item_columns",
        _number("id"),
        _text("name"),
        _text("kind"),
        _text("depends_on"),
        _number("changes"),
        _number("begun"),
        _number("built"),
        _key("item_columns", "id"),
        sa.UniqueConstraint("name", name=op.f("uq_item_columns_name")),
    )
    op.create_table(
        "item_column_values",
        _number("column_id"),
        _number("code"),
        _bytes("value"),
        _key("item_column_values", "column_id", "code"),
    )
    op.create_table("item_column_chunks", _number("id"), _bytes("codes"), _key("item_column_chunks", "id"))
    op.create_table(
        "word_sets",
        _number("id"),
        _text("part"),
        _text("stems"),
        _text("expression"),
        _key("word_sets", "id"),
        sa.UniqueConstraint("part", "stems", name=op.f("uq_word_sets_part_stems")),
    )
    op.create_table("word_set_chunks", _number("id"), _bytes("items"), _key("word_set_chunks", "id"))
    op.create_table("changed_items", _number("number"), _number("item_id"), _key("changed_items", "number"))
