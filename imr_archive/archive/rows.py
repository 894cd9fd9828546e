"""A letter as rows: tuples in the order of the columns that `COLUMNS` lists for each table."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Sequence
from functools import cache
from itertools import chain

import msgspec

from imr_archive.archive.prepared import Prepared, PreparedLetter
from imr_archive.parsing.record import Citation, Item, LetterRecord

Value = str | int | float | bytes | None
Row = tuple[Value, ...]

_AT_ONCE = (500, 50, 1)
"""Rows that one statement inserts, while there are so many. SQLite takes 32,766 parameters since 3.32."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "cases": (
        "id",
        "known_by",
        "case_number",
        "date_assigned",
        "date_of_injury",
        "decision_date",
        "ur_denial_date",
        "application_received",
        "priority",
        "outcome",
        "patient_age",
        "patient_sex",
        "summary",
        "reviewer_id",
    ),
    "letters": (
        "id",
        "case_id",
        "version",
        "is_current",
        "sha256",
        "part",
        "text_sha256",
        "source",
        "path",
        "layout",
        "parser_version",
        "ingested_at",
        "packed_text",
        "ocr_confidence",
        "ocr_page_confidences",
    ),
    "case_diagnoses": ("case_id", "diagnosis_id", "position"),
    "letter_problems": ("letter_id", "position", "code", "field", "message"),
    "disputed_items": (
        "id",
        "case_id",
        "position",
        "description",
        "outcome",
        "service_type_id",
        "rationale",
        "quantity",
        "quantity_unit",
        "dose",
        "frequency",
        "duration_weeks",
        "body_part",
        "laterality",
        "reason",
        "reason_sentence",
        "reason_certain",
        "ur_action",
        "ur_authorized",
        "ur_authorized_quantity",
        "rationale_cluster",
    ),
    "guideline_citations": ("id", "item_id", "position", "cited_by", "guideline_id", "raw"),
    "citation_sections": ("citation_id", "position", "section", "recognised"),
    "citation_pages": ("citation_id", "position", "pages"),
}
"""The tables that letters fill, parents before children, with their columns in the order of the rows."""


@cache
def insert_statement(table: str, number: int = 1) -> str:
    """The INSERT for so many rows of `table`, whose values follow each other."""
    columns = COLUMNS[table]
    row = f"({', '.join('?' for _ in columns)})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * number)}"


def insert_rows(cursor: sqlite3.Cursor, table: str, rows: Sequence[Row]) -> None:
    """Insert rows into `table`, many by one statement.

    A statement on a table with triggers opens a savepoint and keeps a copy of every page that it changes: row
    by row that takes as long as the rows themselves, and the more rows there are, the more of them fall on
    one page of an index.
    """
    start = 0
    for number in _AT_ONCE:
        end = len(rows) - (len(rows) - start) % number
        many = (chain.from_iterable(rows[first : first + number]) for first in range(start, end, number))
        cursor.executemany(insert_statement(table, number), map(list, many))
        start = end


def update_statement(table: str) -> str:
    """The UPDATE by id that takes a row as `insert_statement` does, but with the id at its end."""
    assignments = ", ".join(f"{column} = ?" for column in COLUMNS[table][1:])
    return f"UPDATE {table} SET {assignments} WHERE id = ?"


def case_row(case_id: int, known_by: str, record: LetterRecord, reviewer_id: int | None) -> Row:
    """The row of `cases` that the record tells."""
    return (
        case_id,
        known_by,
        record.case_number,
        date_value(record.date_assigned),
        date_value(record.date_of_injury),
        date_value(record.decision_date),
        date_value(record.ur_denial_date),
        date_value(record.application_received),
        record.priority,
        record.outcome,
        record.patient_age,
        record.patient_sex,
        record.summary,
        reviewer_id,
    )


def letter_row(
    letter_id: int,
    case_id: int,
    version: int,
    current: bool,
    file: Prepared,
    letter: PreparedLetter,
    now: str,
) -> Row:
    """The row of `letters`; `now` is the time of ingest as `timestamp` gives it."""
    return (
        letter_id,
        case_id,
        version,
        current,
        file.sha256,
        letter.record.part,
        letter.text_sha256,
        file.source,
        file.path,
        letter.record.layout,
        file.parser_version,
        now,
        letter.packed_text,
        file.ocr_confidence,
        msgspec.json.encode(file.page_confidences).decode() if file.page_confidences else None,
    )


def problem_rows(letter_id: int, record: LetterRecord) -> list[Row]:
    """The rows of `letter_problems`."""
    return [
        (letter_id, position, problem.code, problem.field, problem.message)
        for position, problem in enumerate(record.problems, 1)
    ]


def item_row(item_id: int, case_id: int, position: int, item: Item, service_type_id: int | None) -> Row:
    """The row of `disputed_items`; its rationale is yet to be compared with others."""
    return (
        item_id,
        case_id,
        position,
        item.description,
        item.outcome,
        service_type_id,
        item.rationale,
        item.quantity,
        item.quantity_unit,
        item.dose,
        item.frequency,
        item.duration_weeks,
        item.body_part,
        item.laterality,
        item.reason,
        item.reason_sentence,
        item.reason_certain,
        item.ur_action,
        item.ur_authorized,
        item.ur_authorized_quantity,
        None,
    )


def citation_row(citation_id: int, item_id: int, position: int, citation: Citation, guideline_id: int) -> Row:
    """The row of `guideline_citations`."""
    return (citation_id, item_id, position, citation.cited_by, guideline_id, citation.raw)


def section_rows(citation_id: int, citation: Citation) -> list[Row]:
    """The rows of `citation_sections`."""
    return [
        (citation_id, position, section, section not in citation.unrecognised)
        for position, section in enumerate(citation.sections, 1)
    ]


def page_rows(citation_id: int, citation: Citation) -> list[Row]:
    """The rows of `citation_pages`."""
    return [(citation_id, position, pages) for position, pages in enumerate(citation.pages, 1)]


def timestamp(moment: datetime.datetime) -> str:
    """A UTC time as SQLAlchemy reads it back from SQLite."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def date_value(date: datetime.date | None) -> str | None:
    """A date in ISO form, as columns hold it."""
    return None if date is None else date.isoformat()
