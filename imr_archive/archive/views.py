"""The `decisions` view: one decision with everything that a reader facets by, flat.

Names that belong to a decision in any number are joined by subqueries of the row's own, so that a filter with
a LIMIT reads only the rows that it shows, and a column that is not asked for costs nothing.
"""

from __future__ import annotations

from sqlalchemy import Connection

SEPARATOR = "; "
"""Between the names of one column, in the order in which the letter prints them."""


def _joined(expression: str, tables: str, condition: str, order: str) -> str:
    return (
        f"(SELECT group_concat(name, '{SEPARATOR}') FROM "
        f"(SELECT {expression} AS name FROM {tables} WHERE {condition} ORDER BY {order}))"
    )


def _cited_by(side: str) -> str:
    return _joined(
        "guidelines.label",
        "guideline_citations JOIN guidelines ON guidelines.id = guideline_citations.guideline_id",
        f"guideline_citations.item_id = disputed_items.id AND guideline_citations.cited_by = '{side}' "
        "GROUP BY guidelines.id",
        "min(guideline_citations.position)",
    )


_SPECIALTIES = _joined(
    "specialties.name",
    "reviewer_specialties JOIN specialties ON specialties.id = reviewer_specialties.specialty_id",
    "reviewer_specialties.reviewer_id = cases.reviewer_id",
    "reviewer_specialties.position",
)
_STATES = _joined(
    "reviewer_states.state",
    "reviewer_states",
    "reviewer_states.reviewer_id = cases.reviewer_id",
    "reviewer_states.position",
)
_SOURCE = "(SELECT letters.source FROM letters WHERE letters.case_id = cases.id AND letters.is_current)"

_COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("item_id", "disputed_items.id", "The row in disputed_items"),
    ("case_id", "cases.id", "The row in cases"),
    ("case_number", "cases.case_number", "IMR case number as printed; empty where none is printed"),
    ("source", _SOURCE, "Name of the file that the case's current letter was read from"),
    ("decision_date", "cases.decision_date", "Date of the Final Determination"),
    ("year", "CAST(substr(cases.decision_date, 1, 4) AS INTEGER)", "Year of the decision"),
    ("position", "disputed_items.position", "Place of the item in the letter, from 1"),
    ("description", "disputed_items.description", "The item's heading, as printed"),
    ("outcome", "disputed_items.outcome", "upheld (the denial stands) or overturned (medically necessary)"),
    ("category", "service_types.category", "Category of what was asked for, such as Rehabilitation"),
    ("subcategory", "service_types.subcategory", "Subcategory, such as Other Therapies"),
    ("service", "service_types.service", "The service itself, such as massage therapy"),
    ("specialties", _SPECIALTIES, "The reviewer's specialties in printed order, joined by semicolons"),
    ("states", _STATES, "States in which the reviewer is licensed, joined by semicolons"),
    ("guidelines", _cited_by("reviewer"), "Guidelines that the reviewer cites, joined by semicolons"),
    (
        "ur_guidelines",
        _cited_by("claims_administrator"),
        "Guidelines that utilization review cited, joined by semicolons",
    ),
    ("patient_age", "cases.patient_age", "The worker's age in years, as the summary states it"),
    ("patient_sex", "cases.patient_sex", "male or female, as the summary states it"),
    ("priority", "cases.priority", "standard or expedited"),
    ("letter_outcome", "cases.outcome", "Of the whole letter: upheld, overturned or partially_overturned"),
    ("date_of_injury", "cases.date_of_injury", "When the worker was injured"),
    ("date_assigned", "cases.date_assigned", "When the case was assigned to the reviewer"),
    ("body_part", "disputed_items.body_part", "Part of the body that the heading names"),
    ("laterality", "disputed_items.laterality", "left, right or bilateral"),
    ("quantity", "disputed_items.quantity", "How many were asked for, of quantity_unit"),
    ("quantity_unit", "disputed_items.quantity_unit", "What quantity counts: visits, tablets, weeks"),
    ("dose", "disputed_items.dose", "Strength of a drug as printed"),
    ("reason", "disputed_items.reason", "The reason that decided, as a code of the published list"),
    ("ur_action", "disputed_items.ur_action", "What utilization review did: denied, or modified"),
    ("rationale", "disputed_items.rationale", "The reviewer's rationale for the decision"),
    (
        "rationale_cluster",
        "disputed_items.rationale_cluster",
        "Decisions with one number have nearly the same rationale; empty where it is alone",
    ),
)

DECISIONS_COLUMNS: dict[str, str] = {name: description for name, _, description in _COLUMNS}
"""What each column of `decisions` holds, in order."""

DECISIONS_COMMENT = "Decisions, one row each, with all that one filters and groups by in one flat table"

_DECISIONS = """CREATE VIEW decisions AS
SELECT
  {columns}
FROM disputed_items
JOIN cases ON cases.id = disputed_items.case_id
LEFT JOIN service_types ON service_types.id = disputed_items.service_type_id"""

VIEWS: dict[str, str] = {
    "decisions": _DECISIONS.format(
        columns=",\n  ".join(f"{expression} AS {name}" for name, expression, _ in _COLUMNS)
    )
}
"""The SQL of each view, by name."""


def ensure_views(connection: Connection) -> None:
    """Bring the views to the shape of `VIEWS`; a view that is right already is left alone."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'view'")
    found = {row.name: row.sql for row in rows}
    for name, statement in VIEWS.items():
        if found.get(name) != statement:
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
            connection.exec_driver_sql(statement)


def drop_views(connection: Connection) -> None:
    """Take the views away, as must be done before a table that they read is made anew."""
    for name in VIEWS:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
