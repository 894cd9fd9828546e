"""The table of a memo: a row for each decision, in columns that every format shares."""

from __future__ import annotations

from collections.abc import Callable

from imr_archive.archive.reading import CitationView
from imr_archive.export.memo.record import CitedDecision, Memo, guideline_name

COLUMNS = (
    "Case number", "Decision date", "Item", "Outcome", "Reviewer specialty", "Guideline", "Section", "Page",
)  # fmt: skip

COMPARED = "Compared"
"""The column of a question that compares: which side the decision is on."""

NOTHING = "–"
"""Stands in a cell for what the letter does not say."""


def headings(memo: Memo) -> tuple[str, ...]:
    """The columns of a memo."""
    return (*COLUMNS, COMPARED) if memo.arms else COLUMNS


def cells(one: CitedDecision) -> tuple[str, ...]:
    """The row of a decision, a text for each column; a decision of a comparison has its side last.

    Where the reviewer cites several guidelines, they and their sections and pages are numbered alike.
    """
    return (
        one.name,
        one.decision_date or NOTHING,
        one.description,
        one.outcome,
        ", ".join(one.specialties) or NOTHING,
        _numbered(one, guideline_name),
        _numbered(one, lambda cite: "; ".join(cite.sections)),
        _numbered(one, lambda cite: ", ".join(cite.pages)),
        *((", ".join(one.arms),) if one.arms else ()),
    )


def _numbered(one: CitedDecision, told: Callable[[CitationView], str]) -> str:
    values = [told(cite) for cite in one.citations]
    if len(values) < 2:
        return "".join(values) or NOTHING
    return " ".join(f"({place}) {value}" for place, value in enumerate(values, 1) if value) or NOTHING
