"""What an archive could not read, and whether it is whole."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.fulltext import check_full_text

MOST_VALUES = 50
"""How many unrecognised values of a field are listed."""


class Coverage(msgspec.Struct, frozen=True):
    """How many rows have a value in a field, and how many lack it. of: `cases` or `items`."""

    field: str
    of: str
    have: int
    lack: int


class Unrecognised(msgspec.Struct, frozen=True):
    """A value that the vocabulary does not know, as printed, and how often it stands in the archive."""

    field: str
    value: str
    count: int


class AuditOverview(msgspec.Struct, frozen=True, kw_only=True):
    """What was not parsed and what was set aside, and the archive's own integrity.

    layouts: letters of each layout. set_aside: files by reason. problems: letters by the problem's code.
    integrity: what is wrong with the database, nothing where all is well. full_text_checked: whether the
    search index was compared with its tables, which needs an archive that was opened for writing.
    """

    layouts: dict[str, int]
    set_aside: dict[str, int]
    fields: list[Coverage]
    problems: dict[str, int]
    unrecognised: list[Unrecognised]
    integrity: list[str]
    full_text_checked: bool

    def to_dict(self) -> dict[str, object]:
        """The overview as plain JSON types."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        return plain


_CASE_FIELDS: dict[str, str] = {
    "case_number": "case_number IS NOT NULL",
    "date_assigned": "date_assigned IS NOT NULL",
    "date_of_injury": "date_of_injury IS NOT NULL",
    "decision_date": "decision_date IS NOT NULL",
    "ur_denial_date": "ur_denial_date IS NOT NULL",
    "application_received": "application_received IS NOT NULL",
    "priority": "priority IS NOT NULL",
    "outcome": "outcome IS NOT NULL",
    "patient_age": "patient_age IS NOT NULL",
    "patient_sex": "patient_sex IS NOT NULL",
    "summary": "summary IS NOT NULL",
    "reviewer.specialties": "reviewer_id IN (SELECT reviewer_id FROM reviewer_specialties)",
    "reviewer.licensure_states": "reviewer_id IN (SELECT reviewer_id FROM reviewer_states)",
    "items": "id IN (SELECT case_id FROM disputed_items)",
}
_CITED = "id IN (SELECT item_id FROM guideline_citations WHERE cited_by = '{side}')"
_ITEM_FIELDS: dict[str, str] = {
    "items.service": "service_type_id IS NOT NULL",
    "items.rationale": "rationale IS NOT NULL",
    "items.citations.claims_administrator": _CITED.format(side="claims_administrator"),
    "items.citations.reviewer": _CITED.format(side="reviewer"),
    "items.quantity": "quantity IS NOT NULL",
    "items.dose": "dose IS NOT NULL",
    "items.frequency": "frequency IS NOT NULL",
    "items.duration_weeks": "duration_weeks IS NOT NULL",
    "items.body_part": "body_part IS NOT NULL",
    "items.laterality": "laterality IS NOT NULL",
}

_UNRECOGNISED: dict[str, str] = {
    "reviewer.specialties": """
        SELECT specialties.name AS value, count(*) AS number
        FROM specialties
        JOIN reviewer_specialties ON reviewer_specialties.specialty_id = specialties.id
        JOIN cases ON cases.reviewer_id = reviewer_specialties.reviewer_id
        WHERE NOT specialties.recognised
        GROUP BY specialties.id""",
    "items.service": """
        SELECT description AS value, count(*) AS number
        FROM disputed_items WHERE service_type_id IS NULL GROUP BY description""",
    "items.citations.guideline": """
        SELECT guidelines.label AS value, count(*) AS number
        FROM guidelines JOIN guideline_citations ON guideline_citations.guideline_id = guidelines.id
        WHERE NOT guidelines.recognised AND guidelines.source != 'other'
        GROUP BY guidelines.id""",
    "items.citations.sections": """
        SELECT section AS value, count(*) AS number
        FROM citation_sections WHERE NOT recognised GROUP BY section""",
}


def audit_overview(database: ArchiveDatabase) -> AuditOverview:
    """Look through the whole archive."""
    with database.read() as connection:
        overview = AuditOverview(
            layouts=_counts(
                connection, "SELECT layout, count(*) FROM letters GROUP BY layout ORDER BY layout"
            ),
            set_aside=_counts(
                connection,
                "SELECT reason, count(*) FROM source_files WHERE state = 'set_aside' "
                "GROUP BY reason ORDER BY count(*) DESC, reason",
            ),
            fields=_coverage(connection, "cases", "cases", _CASE_FIELDS)
            + _coverage(connection, "disputed_items", "items", _ITEM_FIELDS),
            problems=_counts(
                connection,
                "SELECT code, count(DISTINCT letter_id) FROM letter_problems "
                "GROUP BY code ORDER BY count(DISTINCT letter_id) DESC, code",
            ),
            unrecognised=_unrecognised(connection),
            integrity=_integrity(connection),
            full_text_checked=database.can_write,
        )
    if not database.can_write:
        return overview
    with database.write() as connection:
        wrong = check_full_text(connection)
    return msgspec.structs.replace(overview, integrity=overview.integrity + wrong)


def _counts(connection: Connection, query: str) -> dict[str, int]:
    return {str(name): int(number) for name, number in connection.exec_driver_sql(query)}


def _coverage(connection: Connection, table: str, of: str, fields: dict[str, str]) -> list[Coverage]:
    """One pass over the table counts all fields."""
    sums = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in fields.values())
    total, *have = connection.exec_driver_sql(f"SELECT count(*), {sums} FROM {table}").one()
    return [Coverage(field, of, number, total - number) for field, number in zip(fields, have, strict=True)]


def _unrecognised(connection: Connection) -> list[Unrecognised]:
    """The values of each field, the commonest first."""
    return [
        Unrecognised(field, value, number)
        for field, query in _UNRECOGNISED.items()
        for value, number in connection.exec_driver_sql(
            f"SELECT value, number FROM ({query}) ORDER BY number DESC, value LIMIT {MOST_VALUES}"
        )
    ]


def _integrity(connection: Connection) -> list[str]:
    """What SQLite's own checks find in the file and in the references between tables."""
    wrong = [line for (line,) in connection.exec_driver_sql("PRAGMA quick_check") if line != "ok"]
    wrong += [
        f"{table}: row {row} refers to a row of {parent} that is not there"
        for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    return wrong
