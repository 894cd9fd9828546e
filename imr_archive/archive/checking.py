"""Whether an archive is sound: the file, the references, the search index, and the counts that must agree.

All is looked at as it was at one instant, so a check may run while letters are being read in. Only the search
index is compared in a moment without a writer, for SQLite asks for the right to write for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.engine import DEFAULT_WAIT, make_engine, plain_errors
from imr_archive.archive.fulltext import check_full_text
from imr_archive.archive.kept.definitions import ColumnDefinition
from imr_archive.archive.kept.runs import keeps_sets
from imr_archive.archive.store import sqlite_cursor
from imr_archive.archive.text_dictionaries import Dictionaries
from imr_archive.archive.texts import decompress, fingerprint
from imr_archive.errors import ArchiveLockedError, ArchiveReadOnlyError

KEPT_SETS = "kept sets"
"""The name of the test of columns and sets of words, which `optimize` can mend too."""

SEARCH_INDEX = "search index"
"""The name of the test whose findings `optimize` can mend, for the index is made from the rows."""

MOST_FINDINGS = 20
"""Findings that are told of each test."""

_TEXTS_AT_ONCE = 500


class CheckedPart(msgspec.Struct, frozen=True, kw_only=True):
    """One test: what it is of, how many things it looked at, and what is wrong with them.

    wrong: the number of things that are wrong; findings: the first of them, a line each. untested: why the
    test could not be made, None where it was.
    """

    name: str
    about: str
    looked_at: int | None = None
    wrong: int = 0
    findings: list[str] = []
    untested: str | None = None


class CheckReport(msgspec.Struct, frozen=True, kw_only=True):
    """All tests of an archive."""

    path: str
    tests: list[CheckedPart]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not any(test.wrong for test in self.tests)

    def to_dict(self) -> dict[str, object]:
        """The report as plain JSON types."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        return {"sound": self.sound} | plain


@dataclass(frozen=True)
class _Count:
    """A test in SQL: `wrong` gives a line for each thing that is wrong, `of` counts what is looked at."""

    name: str
    about: str
    of: str
    wrong: str


_COUNTS = (
    _Count(
        "cases",
        "every case has letters, one of them current, their versions numbered from 1",
        "SELECT count(*) FROM cases",
        "SELECT 'case ' || known_by || ': ' || count(letters.id) || ' letters, ' "
        "|| ifnull(sum(is_current), 0) || ' current, last version ' || ifnull(max(version), 0) "
        "FROM cases LEFT JOIN letters ON letters.case_id = cases.id GROUP BY cases.id "
        "HAVING count(letters.id) = 0 OR sum(is_current) != 1 OR max(version) != count(letters.id)",
    ),
    _Count(
        "items",
        "the decisions of every case are numbered from 1",
        "SELECT count(*) FROM disputed_items",
        "SELECT 'case ' || known_by || ': ' || count(*) || ' decisions, the last one is number ' "
        "|| max(position) FROM disputed_items JOIN cases ON cases.id = case_id GROUP BY case_id "
        "HAVING max(position) != count(*) OR min(position) != 1",
    ),
    _Count(
        "files",
        "every file that was stored has its letter, and every letter came from a file",
        "SELECT count(*) FROM source_files",
        "SELECT path || ': stored, but no letter has its bytes' FROM source_files "
        "WHERE state = 'stored' AND NOT EXISTS "
        "(SELECT 1 FROM letters WHERE letters.sha256 = source_files.sha256) "
        "UNION ALL SELECT letters.source || ': no file is known at ' || letters.path FROM letters "
        "WHERE NOT EXISTS (SELECT 1 FROM source_files WHERE source_files.path = letters.path)",
    ),
    _Count(
        "clusters",
        "every cluster of rationales is numbered by a decision that is in it",
        "SELECT count(DISTINCT rationale_cluster) FROM disputed_items",
        "SELECT 'cluster ' || rationale_cluster || ': not in it is the decision of that number' "
        "FROM disputed_items WHERE rationale_cluster IS NOT NULL "
        "AND rationale_cluster NOT IN (SELECT item_id FROM changed_rationales) GROUP BY rationale_cluster "
        "HAVING sum(id = rationale_cluster) != 1",
    ),
)


def check_archive(
    database: ArchiveDatabase,
    *,
    columns: Sequence[ColumnDefinition] = (),
    quick: bool = False,
    wait: float = DEFAULT_WAIT,
    progress: Callable[[str], None] | None = None,
) -> CheckReport:
    """Test the whole archive.

    columns: those that are kept, to be compared with the rows. quick: leave out what reads every page and
    every text. wait: seconds to wait for a moment without a writer. progress: is told the name of each test
    as it begins. Raises an ArchiveError where the file is so damaged that nothing can be read.
    """
    begin = progress or (lambda _name: None)
    with database.read() as connection:
        cursor = sqlite_cursor(connection)
        tests = []
        begin("file")
        tests.append(_file(cursor, quick=quick))
        begin("references")
        tests.append(_references(cursor))
        for count in _COUNTS:
            begin(count.name)
            tests.append(_counted(cursor, count))
        if not quick:
            begin("texts")
            tests.append(_texts(cursor))
            if keeps_sets(cursor):
                begin(KEPT_SETS)
                tests.append(_kept_sets(cursor, columns))
    begin(SEARCH_INDEX)
    tests.append(_full_text(database, wait))
    return CheckReport(path=str(database.path), tests=tests)


def _kept_sets(cursor: sqlite3.Cursor, columns: Sequence[ColumnDefinition]) -> CheckedPart:
    """What is kept beside the rows, against the rows."""
    # numpy takes longer to import than most commands need to answer.
    from imr_archive.archive.kept.checking import ABOUT, compare_kept  # noqa: PLC0415

    return _test(KEPT_SETS, ABOUT, *compare_kept(cursor, columns))


def _test(name: str, about: str, looked_at: int | None, findings: Iterable[str]) -> CheckedPart:
    """The test with what it found; it counts all and keeps the first."""
    wrong, kept = 0, []
    for finding in findings:
        wrong += 1
        if wrong <= MOST_FINDINGS:
            kept.append(finding)
    return CheckedPart(name=name, about=about, looked_at=looked_at, wrong=wrong, findings=kept)


def _file(cursor: sqlite3.Cursor, *, quick: bool) -> CheckedPart:
    pragma = "quick_check" if quick else "integrity_check"
    (pages,) = cursor.execute("PRAGMA page_count").fetchone()
    lines = [str(line) for (line,) in cursor.execute(f"PRAGMA {pragma}({MOST_FINDINGS})") if line != "ok"]
    return _test("file", f"SQLite's {pragma} of all pages", pages, lines)


def _references(cursor: sqlite3.Cursor) -> CheckedPart:
    rows = cursor.execute("PRAGMA foreign_key_check")
    findings = (
        f"{table}: row {row} refers to a row of {parent} that is not there" for table, row, parent, _ in rows
    )
    return _test("references", "every row that another row names is there", None, findings)


def _counted(cursor: sqlite3.Cursor, count: _Count) -> CheckedPart:
    (looked_at,) = cursor.execute(count.of).fetchone()
    return _test(count.name, count.about, looked_at, (str(line) for (line,) in cursor.execute(count.wrong)))


def _texts(cursor: sqlite3.Cursor) -> CheckedPart:
    """Unpacks every letter's text; it must be the one whose hash is stored."""
    looked_at, findings = 0, []
    find = Dictionaries(cursor.connection).find
    rows = cursor.execute("SELECT source, text_sha256, packed_text FROM letters")
    while some := rows.fetchmany(_TEXTS_AT_ONCE):
        looked_at += len(some)
        for source, text_sha256, packed in some:
            try:
                if fingerprint(decompress(packed, find)) != text_sha256:
                    findings.append(f"{source}: the text is not the one that was read")
            except ValueError as error:
                findings.append(f"{source}: {error}")
    return _test("texts", "every letter's text unpacks and has the hash that it had", looked_at, findings)


def _full_text(database: ArchiveDatabase, wait: float) -> CheckedPart:
    """Compares the search index with its tables, on a connection of its own.

    Opening an archive to write to it would mend the index before it was looked at.
    """
    about = "the search index holds the words of every row"
    untested = None
    findings: list[str] = []
    if database.unchanging:
        untested = "the archive lies where nothing can be written"
    else:
        try:
            findings = _compare(database.path, wait)
        except ArchiveReadOnlyError:
            untested = "the archive cannot be written to"
        except ArchiveLockedError:
            untested = "another process is writing to the archive: check again when it is done"
    return CheckedPart(
        name=SEARCH_INDEX, about=about, wrong=len(findings), findings=findings, untested=untested
    )


def _compare(path: Path, wait: float) -> list[str]:
    engine = make_engine(path, "write", wait=wait)
    try:
        with (
            plain_errors(path),
            engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection,
        ):
            return check_full_text(connection)
    finally:
        engine.dispose()
