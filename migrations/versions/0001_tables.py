"""The tables of the archive.

The views and the full-text index are not here: they are derived, and brought to their shape after every
run of migrations. Nor are the comments of tables and columns, which SQLite does not keep.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    _make_vocabularies()
    _make_reviewers()
    _make_cases()
    _make_letters()
    _make_disputed_items()
    _make_citations()
    _make_source_files()


def _make_vocabularies() -> None:
    """Names that many letters share."""
    op.create_table(
        "specialties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("recognised", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specialties")),
        sa.UniqueConstraint("name", name=op.f("uq_specialties_name")),
    )
    op.create_table(
        "service_types",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("subcategory", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_types")),
        sa.UniqueConstraint(
            "category", "subcategory", "service", name=op.f("uq_service_types_category_subcategory_service")
        ),
    )
    op.create_table(
        "guidelines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("recognised", sa.Boolean(), nullable=False),
        sa.CheckConstraint("source IN ('MTUS', 'ODG', 'ACOEM', 'other')", name=op.f("ck_guidelines_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidelines")),
        sa.UniqueConstraint("label", name=op.f("uq_guidelines_label")),
    )
    op.create_index(op.f("ix_guidelines_title"), "guidelines", ["title"])


def _make_reviewers() -> None:
    """Sets of credentials."""
    op.create_table(
        "reviewers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credentials", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewers")),
        sa.UniqueConstraint("credentials", name=op.f("uq_reviewers_credentials")),
    )
    op.create_table(
        "reviewer_specialties",
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("specialty_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["reviewers.id"], name=op.f("fk_reviewer_specialties_reviewer_id_reviewers")
        ),
        sa.ForeignKeyConstraint(
            ["specialty_id"],
            ["specialties.id"],
            name=op.f("fk_reviewer_specialties_specialty_id_specialties"),
        ),
        sa.PrimaryKeyConstraint("reviewer_id", "specialty_id", name=op.f("pk_reviewer_specialties")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_reviewer_specialties_specialty_id"), "reviewer_specialties", ["specialty_id"])
    op.create_table(
        "reviewer_states",
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["reviewers.id"], name=op.f("fk_reviewer_states_reviewer_id_reviewers")
        ),
        sa.PrimaryKeyConstraint("reviewer_id", "state", name=op.f("pk_reviewer_states")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_reviewer_states_state"), "reviewer_states", ["state"])


def _make_cases() -> None:
    """Cases, as their current letters tell them."""
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("known_by", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("date_assigned", sa.Date(), nullable=True),
        sa.Column("date_of_injury", sa.Date(), nullable=True),
        sa.Column("decision_date", sa.Date(), nullable=True),
        sa.Column("ur_denial_date", sa.Date(), nullable=True),
        sa.Column("application_received", sa.Date(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("patient_age", sa.Integer(), nullable=True),
        sa.Column("patient_sex", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('upheld', 'overturned', 'partially_overturned')", name=op.f("ck_cases_outcome")
        ),
        sa.CheckConstraint("patient_sex IN ('male', 'female')", name=op.f("ck_cases_patient_sex")),
        sa.CheckConstraint("priority IN ('standard', 'expedited')", name=op.f("ck_cases_priority")),
        sa.CheckConstraint("patient_age BETWEEN 0 AND 130", name=op.f("ck_cases_patient_age")),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["reviewers.id"], name=op.f("fk_cases_reviewer_id_reviewers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("case_number", name=op.f("uq_cases_case_number")),
        sa.UniqueConstraint("known_by", name=op.f("uq_cases_known_by")),
    )
    op.create_index(op.f("ix_cases_decision_date"), "cases", ["decision_date"])
    op.create_index(op.f("ix_cases_outcome"), "cases", ["outcome"])
    op.create_index(op.f("ix_cases_reviewer_id"), "cases", ["reviewer_id"])


def _make_letters() -> None:
    """Letters in all their versions, and what the parser could not settle in them."""
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("parser_version", sa.Text(), nullable=False),
        sa.Column("ingested_at", sa.DateTime(), nullable=False),
        sa.Column("text_zlib", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("layout IN ('A', 'B', 'C', 'D', 'unknown')", name=op.f("ck_letters_layout")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_letters_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("case_id", "version", name=op.f("uq_letters_case_id_version")),
        sa.UniqueConstraint("sha256", "part", name=op.f("uq_letters_sha256_part")),
    )
    op.create_index(
        "ix_letters_current", "letters", ["case_id"], unique=True, sqlite_where=sa.text("is_current")
    )
    op.create_index(op.f("ix_letters_source"), "letters", ["source"])
    op.create_index(op.f("ix_letters_text_sha256"), "letters", ["text_sha256"])
    op.create_table(
        "letter_problems",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_problems_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("letter_id", "position", name=op.f("pk_letter_problems")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_letter_problems_code"), "letter_problems", ["code"])


def _make_disputed_items() -> None:
    """Decisions."""
    op.create_table(
        "disputed_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("service_type_id", sa.Integer(), nullable=True),
        sa.Column("rationale", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Double(), nullable=True),
        sa.Column("quantity_unit", sa.Text(), nullable=True),
        sa.Column("dose", sa.Text(), nullable=True),
        sa.Column("frequency", sa.Text(), nullable=True),
        sa.Column("duration_weeks", sa.Double(), nullable=True),
        sa.Column("body_part", sa.Text(), nullable=True),
        sa.Column("laterality", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "laterality IN ('left', 'right', 'bilateral')", name=op.f("ck_disputed_items_laterality")
        ),
        sa.CheckConstraint("outcome IN ('upheld', 'overturned')", name=op.f("ck_disputed_items_outcome")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_disputed_items_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["service_type_id"],
            ["service_types.id"],
            name=op.f("fk_disputed_items_service_type_id_service_types"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputed_items")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_disputed_items_case_id_position")),
    )
    op.create_index(
        op.f("ix_disputed_items_service_type_id_outcome"), "disputed_items", ["service_type_id", "outcome"]
    )


def _make_citations() -> None:
    """Guidelines cited by either side."""
    op.create_table(
        "guideline_citations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("cited_by", sa.Text(), nullable=False),
        sa.Column("guideline_id", sa.Integer(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "cited_by IN ('claims_administrator', 'reviewer')", name=op.f("ck_guideline_citations_cited_by")
        ),
        sa.ForeignKeyConstraint(
            ["guideline_id"], ["guidelines.id"], name=op.f("fk_guideline_citations_guideline_id_guidelines")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["disputed_items.id"], name=op.f("fk_guideline_citations_item_id_disputed_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guideline_citations")),
        sa.UniqueConstraint("item_id", "position", name=op.f("uq_guideline_citations_item_id_position")),
    )
    op.create_index(
        op.f("ix_guideline_citations_guideline_id_cited_by"),
        "guideline_citations",
        ["guideline_id", "cited_by"],
    )
    op.create_table(
        "citation_sections",
        sa.Column("citation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("recognised", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citation_id"],
            ["guideline_citations.id"],
            name=op.f("fk_citation_sections_citation_id_guideline_citations"),
        ),
        sa.PrimaryKeyConstraint("citation_id", "position", name=op.f("pk_citation_sections")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_citation_sections_section"), "citation_sections", ["section"])
    op.create_table(
        "citation_pages",
        sa.Column("citation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citation_id"],
            ["guideline_citations.id"],
            name=op.f("fk_citation_pages_citation_id_guideline_citations"),
        ),
        sa.PrimaryKeyConstraint("citation_id", "position", name=op.f("pk_citation_pages")),
        sqlite_with_rowid=False,
    )


def _make_source_files() -> None:
    """What became of every file."""
    op.create_table(
        "source_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("modified_ns", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("first_seen", sa.DateTime(), nullable=False),
        sa.Column("last_tried", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(state = 'set_aside') = (reason IS NOT NULL)", name=op.f("ck_source_files_reason")
        ),
        sa.CheckConstraint("state IN ('stored', 'known', 'set_aside')", name=op.f("ck_source_files_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_files")),
        sa.UniqueConstraint("path", name=op.f("uq_source_files_path")),
    )
    op.create_index(op.f("ix_source_files_sha256"), "source_files", ["sha256"])
    op.create_index(op.f("ix_source_files_state_reason"), "source_files", ["state", "reason"])
