"""Triggers that note what makes columns and sets of words untrue: an item that changed, or a whole column.

They write nothing for items above the last one that is kept, so reading new letters in costs next to
nothing. A tool that copies a table to change it drops its triggers: where one is missing, nobody knows what
changed, and all that is kept is thrown away.
"""

from __future__ import annotations

from sqlalchemy import Connection

from imr_archive.archive.rows import COLUMNS

CLUSTERS = "rationale_cluster"
"""The column of `disputed_items` that is written by itself, when rationales are compared."""

_WATCHED = "(SELECT watched_item_id FROM item_set_state)"
_PREFIX = "kept_"

_TABLES = (
    "changed_items", "item_chunks", "item_column_chunks", "item_column_values", "item_columns",
    "word_set_chunks", "word_sets", "item_set_state",
)  # fmt: skip


def _note(items: str) -> str:
    return f"INSERT INTO changed_items (item_id) {items};"


def _note_item(item_id: str) -> str:
    return _note(f"SELECT {item_id} WHERE {item_id} <= {_WATCHED}")


def _note_items(condition: str) -> str:
    return _note(f"SELECT id FROM disputed_items WHERE {condition} AND id <= {_WATCHED}")


def _note_citation(citation_id: str) -> str:
    return _note(
        f"SELECT item_id FROM guideline_citations WHERE id = {citation_id} AND item_id <= {_WATCHED}"
    )


def _note_column(depends_on: str) -> str:
    return (
        "UPDATE item_columns SET changes = changes + 1 "
        f"WHERE changes = begun AND instr(depends_on, ' {depends_on} ');"
    )


def _trigger(table: str, event: str, name: str, body: str, when: str = "") -> tuple[str, str]:
    full_name = f"{_PREFIX}{table}_{name}"
    condition = f"WHEN {when} " if when else ""
    return full_name, f"CREATE TRIGGER {full_name} AFTER {event} ON {table} {condition}BEGIN {body} END"


def _of_rows(table: str, note: str) -> list[tuple[str, str]]:
    """Triggers for every change of a table's rows; `note` speaks of the row as `{row}`."""
    new, old = note.format(row="new"), note.format(row="old")
    return [
        _trigger(table, "INSERT", "insert", new),
        _trigger(table, "DELETE", "delete", old),
        _trigger(table, "UPDATE", "update", f"{old} {new}"),
    ]


def _of_items() -> list[tuple[str, str]]:
    """An insert has its condition outside: a batch of new items must not wait for the trigger's body."""
    columns = ", ".join(column for column in COLUMNS["disputed_items"] if column != CLUSTERS)
    old, new = _note_item("old.id"), _note_item("new.id")
    return [
        _trigger("disputed_items", "INSERT", "insert", new, f"new.id <= {_WATCHED}"),
        _trigger("disputed_items", "DELETE", "delete", old),
        _trigger("disputed_items", f"UPDATE OF {columns}", "update", f"{old} {new}"),
        _trigger("disputed_items", f"UPDATE OF {CLUSTERS}", "cluster", _note_column(CLUSTERS)),
    ]


def _of_shared(table: str, used: str) -> list[tuple[str, str]]:
    """Triggers of a table whose rows many items share: a row that nothing uses may come and go."""
    note = _note_column(table)
    return [
        _trigger(table, "UPDATE", "update", note),
        _trigger(table, "DELETE", "delete", note, f"EXISTS ({used.format(row='old')})"),
        _trigger(table, "INSERT", "insert", note, f"EXISTS ({used.format(row='new')})"),
    ]


def triggers() -> dict[str, str]:
    """The SQL of every trigger by its name."""
    by_case = _note_items("case_id = {row}.case_id")
    reviewed = "SELECT 1 FROM cases WHERE reviewer_id = {row}.reviewer_id"
    return dict(
        [
            *_of_items(),
            _trigger("cases", "DELETE", "delete", _note_items("case_id = old.id")),
            _trigger(
                "cases", "UPDATE", "update",
                f"{_note_items('case_id = old.id')} {_note_items('case_id = new.id')}",
            ),
            *_of_rows("case_diagnoses", by_case),
            *_of_rows("guideline_citations", _note_item("{row}.item_id")),
            *_of_rows("citation_sections", _note_citation("{row}.citation_id")),
            *_of_rows("citation_pages", _note_citation("{row}.citation_id")),
            *_of_shared("service_types", "SELECT 1 FROM disputed_items WHERE service_type_id = {row}.id"),
            *_of_shared("guidelines", "SELECT 1 FROM guideline_citations WHERE guideline_id = {row}.id"),
            *_of_shared("diagnoses", "SELECT 1 FROM case_diagnoses WHERE diagnosis_id = {row}.id"),
            *_of_shared("reviewers", "SELECT 1 FROM cases WHERE reviewer_id = {row}.id"),
            *_of_shared(
                "specialties", "SELECT 1 FROM reviewer_specialties WHERE specialty_id = {row}.id"
            ),
            *_of_shared("reviewer_specialties", reviewed),
            *_of_shared("reviewer_states", reviewed),
        ]
    )  # fmt: skip


TRIGGERS = triggers()
"""Every trigger by its name."""


def ensure_change_marks(connection: Connection) -> bool:
    """Bring the triggers to the shape of `TRIGGERS`; False where they were not: what was kept is gone."""
    if _found(connection) == TRIGGERS:
        return True
    drop_change_marks(connection)
    for statement in TRIGGERS.values():
        connection.exec_driver_sql(statement)
    forget_kept(connection)
    return False


def drop_change_marks(connection: Connection) -> None:
    """Take the triggers away, as must be done before a table that they read is made anew.

    What was kept is thrown away with them.
    """
    found = _found(connection)
    for name in found:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    if found:
        forget_kept(connection)


def _found(connection: Connection) -> dict[str, str]:
    """The triggers that are there, by name."""
    rows = connection.exec_driver_sql(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB '{_PREFIX}*'"
    )
    return {row.name: row.sql for row in rows}


def forget_kept(connection: Connection) -> None:
    """Throw away all columns and sets of words."""
    for table in _TABLES:
        connection.exec_driver_sql(f"DELETE FROM {table}")
