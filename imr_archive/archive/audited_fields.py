"""The fields that an audit looks at: where each is found, and what of it the vocabulary does not know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from imr_archive.vocabulary import state_names

Of = Literal["cases", "items"]

CONTRADICTIONS = (
    "decision_before_assignment",
    "dates_disagree",
    "unpaired_dates",
    "item_count_mismatch",
    "conflicting_outcomes",
)
"""Problems of a letter that says two things which cannot both be true."""


@dataclass(frozen=True)
class AuditedField:
    """One field. of: the table whose rows have or lack it.

    present: the SQL condition on such a row that has it. unrecognised: SQL of its values that the vocabulary
    does not know, as rows of (case_id, position of the item or NULL, value), one for each time.
    """

    name: str
    of: Of
    present: str
    unrecognised: str | None = None


def _column(name: str, of: Of = "cases") -> AuditedField:
    field = name if of == "cases" else f"items.{name}"
    return AuditedField(field, of, f"{name} IS NOT NULL")


def _cited(side: str) -> AuditedField:
    return AuditedField(
        f"items.citations.{side}",
        "items",
        f"id IN (SELECT item_id FROM guideline_citations WHERE cited_by = '{side}')",
    )


_STATES = ", ".join("'" + name.replace("'", "''") + "'" for name in state_names())

_REVIEWER = (
    AuditedField(
        "reviewer.specialties",
        "cases",
        "reviewer_id IN (SELECT reviewer_id FROM reviewer_specialties)",
        "SELECT cases.id AS case_id, NULL AS position, name AS value FROM specialties "
        "JOIN reviewer_specialties ON specialty_id = specialties.id "
        "JOIN cases USING (reviewer_id) WHERE NOT recognised",
    ),
    AuditedField(
        "reviewer.licensure_states",
        "cases",
        "reviewer_id IN (SELECT reviewer_id FROM reviewer_states)",
        "SELECT cases.id AS case_id, NULL AS position, state AS value FROM reviewer_states "
        f"JOIN cases USING (reviewer_id) WHERE state NOT IN ({_STATES})",
    ),
)

_OF_CITATIONS = (
    "JOIN guideline_citations ON guideline_citations.{key} "
    "JOIN disputed_items ON disputed_items.id = guideline_citations.item_id"
)

_CITATIONS = (
    _cited("claims_administrator"),
    _cited("reviewer"),
    AuditedField(
        "items.citations.guideline",
        "items",
        "id IN (SELECT item_id FROM guideline_citations JOIN guidelines ON guidelines.id = guideline_id "
        "WHERE title IS NOT NULL)",
        "SELECT case_id, disputed_items.position AS position, label AS value FROM guidelines "
        + _OF_CITATIONS.format(key="guideline_id = guidelines.id")
        + " WHERE NOT recognised AND source != 'other'",
    ),
    AuditedField(
        "items.citations.sections",
        "items",
        "id IN (SELECT item_id FROM guideline_citations JOIN citation_sections "
        "ON citation_id = guideline_citations.id)",
        "SELECT case_id, disputed_items.position AS position, section AS value FROM citation_sections "
        + _OF_CITATIONS.format(key="id = citation_sections.citation_id")
        + " WHERE NOT recognised",
    ),
)

FIELDS: dict[str, AuditedField] = {
    field.name: field
    for field in (
        _column("case_number"),
        _column("date_assigned"),
        _column("date_of_injury"),
        _column("decision_date"),
        _column("ur_denial_date"),
        _column("application_received"),
        _column("priority"),
        _column("outcome"),
        *_REVIEWER,
        _column("patient_age"),
        _column("patient_sex"),
        _column("summary"),
        AuditedField(
            "diagnoses",
            "cases",
            "id IN (SELECT case_id FROM case_diagnoses)",
            "SELECT case_id, NULL AS position, name AS value FROM case_diagnoses "
            "JOIN diagnoses ON diagnoses.id = diagnosis_id WHERE NOT recognised",
        ),
        AuditedField("items", "cases", "id IN (SELECT case_id FROM disputed_items)"),
        _column("outcome", "items"),
        AuditedField(
            "items.service",
            "items",
            "service_type_id IS NOT NULL",
            "SELECT case_id, position, description AS value FROM disputed_items "
            "WHERE service_type_id IS NULL",
        ),
        _column("rationale", "items"),
        *_CITATIONS,
        _column("quantity", "items"),
        _column("dose", "items"),
        _column("frequency", "items"),
        _column("duration_weeks", "items"),
        _column("body_part", "items"),
        _column("laterality", "items"),
        _column("reason", "items"),
        _column("ur_action", "items"),
    )
}
"""By name, in the order in which a letter says them."""
