"""What decided an item and what utilization review did, diagnoses, scanned letters, unfinished reparses.

Columns are added in place: a table that is made anew would lose the triggers of its search index. Alembic's
own operation cannot add a column together with its constraint, which SQLite can.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and tables; rows that are there stay, with the new columns empty."""
    for column in (
        "reason TEXT",
        "reason_sentence TEXT",
        "reason_certain BOOLEAN",
        "ur_action TEXT CONSTRAINT ck_disputed_items_ur_action CHECK (ur_action IN ('denied', 'modified'))",
        "ur_authorized TEXT",
        "ur_authorized_quantity DOUBLE",
    ):
        op.execute(f"ALTER TABLE disputed_items ADD COLUMN {column}")
    op.create_index(op.f("ix_disputed_items_reason_outcome"), "disputed_items", ["reason", "outcome"])
    op.execute(
        "ALTER TABLE letters ADD COLUMN ocr_confidence DOUBLE "
        "CONSTRAINT ck_letters_ocr_confidence CHECK (ocr_confidence BETWEEN 0 AND 100)"
    )
    op.execute("ALTER TABLE letters ADD COLUMN ocr_page_confidences TEXT")
    _make_diagnoses()
    op.create_table(
        "unfinished_reparses",
        sa.Column("letters", sa.Text(), nullable=False),
        sa.Column("parser_version", sa.Text(), nullable=False),
        sa.Column("last_case_id", sa.Integer(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("letters", name=op.f("pk_unfinished_reparses")),
    )


def _make_diagnoses() -> None:
    """Diagnoses, and the cases that name them."""
    op.create_table(
        "diagnoses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("recognised", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diagnoses")),
        sa.UniqueConstraint("name", name=op.f("uq_diagnoses_name")),
    )
    op.create_table(
        "case_diagnoses",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("diagnosis_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_diagnoses_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["diagnosis_id"], ["diagnoses.id"], name=op.f("fk_case_diagnoses_diagnosis_id_diagnoses")
        ),
        sa.PrimaryKeyConstraint("case_id", "diagnosis_id", name=op.f("pk_case_diagnoses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_case_diagnoses_diagnosis_id"), "case_diagnoses", ["diagnosis_id"])
