"""What an archive could not read, and whether it is whole.

Every number stands beside the selector that opens it (`opens`): `imr-archive audit --letters SELECTOR` lists
exactly the letters, items or values that were counted.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from imr_archive.archive.audited_fields import CONTRADICTIONS, FIELDS, AuditedField, Of
from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.engine import make_engine, plain_errors
from imr_archive.archive.fulltext import check_full_text
from imr_archive.errors import ArchiveLockedError, ArchiveReadOnlyError

MOST_VALUES = 20
"""How many unrecognised values of a field are listed."""

_SHORT_WAIT = 1.0
"""Seconds to wait for a writer before the search index goes unchecked."""


class Counted(msgspec.Struct, frozen=True):
    """One row of a table of the audit. opens: the selector of what was counted."""

    name: str
    count: int
    opens: str


class Coverage(msgspec.Struct, frozen=True):
    """How many `cases` or `items` (as `of` says) have a value in a field, and how many lack it.

    unrecognised: values that the vocabulary does not know, each counted as often as it stands; None where
    the field has no vocabulary. contradict: letters that contradict themselves in it.
    """

    field: str
    of: Of
    have: int
    lack: int
    unrecognised: int | None = None
    contradict: int = 0

    @property
    def opens(self) -> dict[str, str]:
        """The selector of each number."""
        opens = {"have": f"have:{self.field}", "lack": f"lack:{self.field}"}
        if self.unrecognised is not None:
            opens["unrecognised"] = f"unrecognised:{self.field}"
        return opens | {"contradict": f"contradict:{self.field}"}


class Unrecognised(msgspec.Struct, frozen=True):
    """A value that the vocabulary does not know, as printed, and how often it stands in the archive."""

    field: str
    value: str
    count: int

    @property
    def opens(self) -> str:
        """The selector of the letters that say it."""
        return f"unrecognised:{self.field}={self.value}"


class TextRecognition(msgspec.Struct, frozen=True):
    """Letters that text recognition read, and how sure it was of their pages, 0 to 100."""

    letters: int
    mean_confidence: float | None
    lowest_confidence: float | None
    opens: str = "ocr"


class AuditOverview(msgspec.Struct, frozen=True, kw_only=True):
    """What was not parsed and what was set aside, and the archive's own integrity.

    layouts: letters of each layout. parsers: letters by the version of the parser that read them. problems:
    letters by the problem's code; contradictions: those of them that say two things which cannot both be
    true. problem_counts: letters by how many problems they have. set_aside: files by reason. integrity: what
    is wrong with the database, nothing where all is well. full_text_unchecked: why the search index was not
    compared with its tables, None where it was.
    """

    layouts: list[Counted]
    parsers: list[Counted]
    fields: list[Coverage]
    unrecognised: list[Unrecognised]
    problems: list[Counted]
    contradictions: list[Counted]
    problem_counts: list[Counted]
    text_recognition: TextRecognition
    set_aside: list[Counted]
    integrity: list[str]
    full_text_unchecked: str | None

    @property
    def full_text_checked(self) -> bool:
        """Whether the search index was compared with its tables."""
        return self.full_text_unchecked is None

    def to_dict(self) -> dict[str, object]:
        """The overview as plain JSON types; every row with the selector that opens it."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        for name, rows in (("fields", self.fields), ("unrecognised", self.unrecognised)):
            plain[name] = [msgspec.to_builtins(row) | {"opens": row.opens} for row in rows]
        return plain | {"full_text_checked": self.full_text_checked}


def audit_overview(database: ArchiveDatabase) -> AuditOverview:
    """Look through the whole archive."""
    unchecked, stale = _compare_full_text(database)
    with database.read() as connection:
        problems = _counted(
            connection,
            "SELECT code, count(DISTINCT letter_id) FROM letter_problems "
            "GROUP BY code ORDER BY count(DISTINCT letter_id) DESC, code",
            "problem",
        )
        return AuditOverview(
            layouts=_counted(
                connection, "SELECT layout, count(*) FROM letters GROUP BY layout ORDER BY layout", "layout"
            ),
            parsers=_counted(
                connection,
                "SELECT parser_version, count(*) FROM letters GROUP BY parser_version ORDER BY min(id)",
                "parser",
            ),
            fields=_coverage(connection, "cases") + _coverage(connection, "items"),
            unrecognised=_unrecognised(connection),
            problems=problems,
            contradictions=[row for row in problems if row.name in CONTRADICTIONS],
            problem_counts=_problem_counts(connection),
            text_recognition=_text_recognition(connection),
            set_aside=_counted(
                connection,
                "SELECT reason, count(*) FROM source_files WHERE state = 'set_aside' "
                "GROUP BY reason ORDER BY count(*) DESC, reason",
                "set-aside",
            ),
            integrity=_integrity(connection) + stale,
            full_text_unchecked=unchecked,
        )


def _counted(connection: Connection, query: str, opens: str) -> list[Counted]:
    """The rows of a query of names and numbers; opens: the word of the selector that opens a name."""
    return [
        Counted(str(name), int(number), f"{opens}:{name}")
        for name, number in connection.exec_driver_sql(query)
    ]


def _coverage(connection: Connection, of: Of) -> list[Coverage]:
    """One pass over the table counts all of its fields."""
    fields = [field for field in FIELDS.values() if field.of == of]
    sums = ", ".join(f"count(*) FILTER (WHERE {field.present})" for field in fields)
    table = "cases" if of == "cases" else "disputed_items"
    total, *have = connection.exec_driver_sql(f"SELECT count(*), {sums} FROM {table}").one()
    contradictions = _contradictions(connection)
    return [
        Coverage(
            field.name,
            of,
            number,
            total - number,
            _unrecognised_total(connection, field),
            contradictions.get(field.name, 0),
        )
        for field, number in zip(fields, have, strict=True)
    ]


def _contradictions(connection: Connection) -> dict[str, int]:
    """Letters that contradict themselves, by field."""
    codes = ", ".join(f"'{code}'" for code in CONTRADICTIONS)
    rows = connection.exec_driver_sql(
        "SELECT bare_field(field), count(DISTINCT letter_id) FROM letter_problems "
        f"WHERE code IN ({codes}) AND field IS NOT NULL GROUP BY 1"
    )
    return {str(field): int(number) for field, number in rows}


def _unrecognised_total(connection: Connection, field: AuditedField) -> int | None:
    if field.unrecognised is None:
        return None
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM ({field.unrecognised})").scalar_one())


def _unrecognised(connection: Connection) -> list[Unrecognised]:
    """The values of each field, the commonest first."""
    return [
        Unrecognised(field.name, str(value), int(number))
        for field in FIELDS.values()
        if field.unrecognised
        for value, number in connection.exec_driver_sql(
            f"SELECT value, count(*) FROM ({field.unrecognised}) GROUP BY value "
            f"ORDER BY count(*) DESC, value LIMIT {MOST_VALUES}"
        )
    ]


def _problem_counts(connection: Connection) -> list[Counted]:
    return _counted(
        connection,
        "SELECT problems, count(*) FROM (SELECT (SELECT count(*) FROM letter_problems "
        "WHERE letter_id = letters.id) AS problems FROM letters) GROUP BY problems ORDER BY problems",
        "problems",
    )


def _text_recognition(connection: Connection) -> TextRecognition:
    letters, mean, lowest = connection.exec_driver_sql(
        "SELECT count(ocr_confidence), round(avg(ocr_confidence), 1), min(ocr_confidence) FROM letters"
    ).one()
    return TextRecognition(letters, mean, lowest)


def _integrity(connection: Connection) -> list[str]:
    """What SQLite's own checks find in the file and in the references between tables."""
    wrong = [line for (line,) in connection.exec_driver_sql("PRAGMA quick_check") if line != "ok"]
    wrong += [
        f"{table}: row {row} refers to a row of {parent} that is not there"
        for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    return wrong


def _compare_full_text(database: ArchiveDatabase) -> tuple[str | None, list[str]]:
    """Why the search index could not be compared with its tables, and what is wrong with it.

    The comparison writes nothing, but SQLite asks for the right to write. It is made on a connection of its
    own, for opening an archive to write to it would mend the index before it was looked at.
    """
    if database.unchanging:
        return "the archive lies where nothing can be written", []
    engine = make_engine(database.path, "write", wait=_SHORT_WAIT)
    try:
        with (
            plain_errors(database.path),
            engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection,
        ):
            return None, check_full_text(connection)
    except ArchiveReadOnlyError:
        return "the archive cannot be written to", []
    except ArchiveLockedError:
        return "another process is writing to the archive", []
    finally:
        engine.dispose()
