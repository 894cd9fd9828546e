"""Short names for sets of letters: what opens a row of the audit, and what a reparse reads again.

A selector is a word, or a word and what it is of: `problem:no_case_number`, `lack:decision_date`,
`unrecognised:items.service=Seat cushion`. `SELECTORS` lists them all, each with its SQL and its help.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from imr_archive.archive.audited_fields import CONTRADICTIONS, FIELDS, AuditedField
from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.finding import locate_case
from imr_archive.archive.store import sqlite_cursor
from imr_archive.errors import UnknownNameError
from imr_archive.parsing import parser_version

Parameters = tuple[str | int, ...]
"""Values of a selector's SQL, which numbers them ?1, ?2 ..."""


@dataclass(frozen=True)
class Selector:
    """Some letters. text: as it is typed. sql: rows of (case_id, letter_id, position, detail).

    letter_id is NULL where the current letter of the case is meant, position where no item is. files: no
    letters are meant but files that were set aside; the rows are then (path, message).
    """

    text: str
    sql: str
    parameters: Parameters = ()
    files: bool = False

    def case_ids(self, cursor: sqlite3.Cursor, after: int = 0) -> list[int]:
        """The cases of these letters, in order of their row number, from behind `after` on.

        Raises UnknownNameError where files are meant, of which the archive has no letters.
        """
        if self.files:
            raise UnknownNameError(
                f"{self.text} names files of which the archive has no text: ingest them again"
            )
        rows = cursor.execute(
            f"SELECT DISTINCT case_id FROM ({self.sql}) WHERE case_id > {int(after)} ORDER BY case_id",
            self.parameters,
        )
        return [case_id for (case_id,) in rows]


class SelectedLetter(msgspec.Struct, frozen=True):
    """A letter that a selector selects; position and detail where one of its items, or a value, is meant.

    Of a file that was set aside: source is its path, detail why.
    """

    case_number: str | None
    source: str
    version: int | None
    position: int | None
    detail: str | None


class Selected(msgspec.Struct, frozen=True):
    """The letters of a selector, the first of them at least, and how many there are in all."""

    letters: str
    total: int
    rows: list[SelectedLetter]

    def to_dict(self) -> dict[str, object]:
        """The letters as plain JSON types."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        return plain


@dataclass(frozen=True)
class SelectorKind:
    """A word that begins selectors. of: what stands behind its colon, None where nothing does."""

    word: str
    of: str | None
    help: str
    make: Callable[[str], tuple[str, Parameters]]
    files: bool = False


_LETTERS = "SELECT case_id, id AS letter_id, NULL AS position, {detail} AS detail FROM letters WHERE {which}"
_CASES = "SELECT id AS case_id, NULL AS letter_id, NULL AS position, NULL AS detail FROM cases WHERE {which}"
_ITEMS = (
    "SELECT case_id, NULL AS letter_id, position, description AS detail FROM disputed_items WHERE {which}"
)
_PROBLEMS = (
    "SELECT case_id, letters.id AS letter_id, NULL AS position, "
    "(SELECT group_concat(message, ' ') FROM letter_problems AS one WHERE {which} "
    "AND one.letter_id = letters.id) AS detail "
    "FROM letters WHERE EXISTS (SELECT 1 FROM letter_problems AS one WHERE {which} "
    "AND one.letter_id = letters.id)"
)
_HOW_MANY = "(SELECT count(*) FROM letter_problems WHERE letter_id = letters.id)"


def _letters(which: str, *parameters: str | int, detail: str = "NULL") -> tuple[str, Parameters]:
    return _LETTERS.format(which=which, detail=detail), parameters


def _field(name: str) -> AuditedField:
    if name not in FIELDS:
        raise UnknownNameError(f"no field {name!r}: the fields are {', '.join(FIELDS)}")
    return FIELDS[name]


def _having(name: str, condition: str = "{}") -> tuple[str, Parameters]:
    field = _field(name)
    template = _CASES if field.of == "cases" else _ITEMS
    return template.format(which=condition.format(field.present)), ()


def _unrecognised(of: str) -> tuple[str, Parameters]:
    name, valued, value = of.partition("=")
    values = _field(name).unrecognised
    if values is None:
        known = ", ".join(field.name for field in FIELDS.values() if field.unrecognised)
        raise UnknownNameError(f"{name} has no vocabulary: those that have one are {known}")
    sql = f"SELECT case_id, NULL AS letter_id, position, value AS detail FROM ({values})"
    return (f"{sql} WHERE value = ?1", (value,)) if valued else (sql, ())


def _contradicting(name: str) -> tuple[str, Parameters]:
    codes = ", ".join(f"'{code}'" for code in CONTRADICTIONS)
    return _PROBLEMS.format(which=f"one.code IN ({codes}) AND bare_field(one.field) = ?1"), (
        _field(name).name,
    )


def _problems(number: str) -> tuple[str, Parameters]:
    if not number.isdecimal() or len(number) > 9:
        raise UnknownNameError(f"no number of problems {number!r}: problems:0, problems:1 ...")
    return _letters(f"{_HOW_MANY} = ?1", int(number))


_KINDS = (
    SelectorKind("all", None, "every letter", lambda _: _letters("1")),
    SelectorKind("layout", "LAYOUT", "letters of a layout", lambda layout: _letters("layout = ?1", layout)),
    SelectorKind("have", "FIELD", "cases or items that have a field", _having),
    SelectorKind("lack", "FIELD", "those that lack it", lambda name: _having(name, "NOT ({})")),
    SelectorKind(
        "unrecognised",
        "FIELD[=VALUE]",
        "values of a field that the vocabulary does not know, or one of them",
        _unrecognised,
    ),
    SelectorKind("contradict", "FIELD", "letters that contradict themselves in a field", _contradicting),
    SelectorKind(
        "problem",
        "CODE",
        "letters with a problem of that code",
        lambda code: (_PROBLEMS.format(which="one.code = ?1"), (code,)),
    ),
    SelectorKind("problems", "NUMBER", "letters with so many problems", _problems),
    SelectorKind(
        "with-problems", None, "letters with any problem", lambda _: (_PROBLEMS.format(which="1"), ())
    ),
    SelectorKind(
        "ocr",
        None,
        "letters that text recognition read, with its confidence",
        lambda _: _letters("ocr_confidence IS NOT NULL", detail="printf('%.0f', ocr_confidence)"),
    ),
    SelectorKind(
        "set-aside",
        "REASON",
        "files that were set aside for that reason",
        lambda reason: (
            "SELECT path, message FROM source_files WHERE state = 'set_aside' AND reason = ?1",
            (reason,),
        ),
        files=True,
    ),
    SelectorKind(
        "parser",
        "VERSION",
        "letters read by that version of the parser",
        lambda version: _letters("parser_version = ?1", version),
    ),
    SelectorKind(
        "outdated",
        None,
        "letters read by another version of the parser than this one",
        lambda _: _letters("parser_version != ?1", parser_version(), detail="parser_version"),
    ),
)

SELECTORS: dict[str, SelectorKind] = {kind.word: kind for kind in _KINDS}
"""All kinds of selectors by their word."""

ALL = Selector("all", *_letters("1"))


def read_selector(text: str) -> Selector:
    """The selector that a user typed; UnknownNameError says what there is where it is none."""
    word, colon, of = text.strip().partition(":")
    kind = SELECTORS.get(word)
    if kind is None:
        raise UnknownNameError(f"no letters are called {text!r}: {_usage()}")
    if bool(colon and of) != (kind.of is not None):
        raise UnknownNameError(f"{text!r} should be {_form(kind)}")
    return Selector(f"{word}:{of}" if of else word, *kind.make(of), files=kind.files)


def case_selector(database: ArchiveDatabase, name: str) -> Selector:
    """The letters of one case, by its number or its file's name; UnknownNameError suggests the nearest."""
    with database.read() as connection:
        case_id = locate_case(connection, name)
    return Selector(f"case:{case_id}", *_letters("case_id = ?1", case_id))


_FILES = "SELECT NULL, path, NULL, NULL, message FROM ({sql}) ORDER BY path"
_CHOSEN = (
    "SELECT case_number, letters.source, letters.version, chosen.position, chosen.detail "
    "FROM ({sql}) AS chosen JOIN cases ON cases.id = chosen.case_id JOIN letters "
    "ON letters.case_id = chosen.case_id "
    "AND iif(chosen.letter_id IS NULL, letters.is_current, letters.id = chosen.letter_id) "
    "ORDER BY cases.id, letters.version, chosen.position"
)


def select_letters(database: ArchiveDatabase, letters: Selector, limit: int | None = None) -> Selected:
    """The letters of a selector in order of their case's row number; `limit` of them, or with None all."""
    with database.read() as connection:
        cursor = sqlite_cursor(connection)
        total = cursor.execute(f"SELECT count(*) FROM ({letters.sql})", letters.parameters).fetchone()[0]
        query = (_FILES if letters.files else _CHOSEN).format(sql=letters.sql)
        most = -1 if limit is None else int(limit)
        rows = cursor.execute(f"{query} LIMIT {most}", letters.parameters).fetchall()
    return Selected(letters.text, total, [SelectedLetter(*row) for row in rows])


def _form(kind: SelectorKind) -> str:
    return kind.word if kind.of is None else f"{kind.word}:{kind.of}"


def _usage() -> str:
    return "choose from " + ", ".join(_form(kind) for kind in _KINDS)
