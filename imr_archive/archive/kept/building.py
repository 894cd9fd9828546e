"""Columns and sets of words brought up to date: what is missing, and what changed since it was made.

The work is done a span of items at a time. A span is read while others read and write, and each chunk of it
is written in a short transaction of its own; a run may end between any two. Should rows change between the
begin of reading and the writing, triggers have noted it, and the notes stay. SQLite finds words without
holding up this process, so columns are made beside that.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from zlib import crc32

import msgspec

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.kept.changes import CLUSTERS, forget_kept
from imr_archive.archive.kept.chunk_rows import (
    Made,
    begin_span,
    last_item,
    new_token,
    stored_columns,
    write_chunk,
)
from imr_archive.archive.kept.columns import build_columns, load_code_book
from imr_archive.archive.kept.definitions import ColumnDefinition, SetDefinitions
from imr_archive.archive.kept.packing import chunk_ends
from imr_archive.archive.kept.runs import METHOD, KeepSummary
from imr_archive.archive.kept.spans import Span, due_spans
from imr_archive.archive.kept.word_sets import SpanSets
from imr_archive.archive.kept.words import Chosen, choose_words
from imr_archive.archive.running import StepProgress, never, silent
from imr_archive.archive.store import sqlite_cursor
from imr_archive.archive.writer_lock import hold_archive

FEWEST_ITEMS = 20_000
"""Items from which on it pays to keep columns and sets; SQL alone answers fast below."""

_GROWN = 2
"""Times that an archive has grown since its common words were chosen when they are chosen again."""


_MAKING = "making columns and word sets"


def keep_sets(
    database: ArchiveDatabase,
    definitions: SetDefinitions,
    *,
    thorough: bool = False,
    anew: bool = False,
    fewest_items: int = FEWEST_ITEMS,
    wait: float = 0.0,
    progress: StepProgress = silent,
    stop: Callable[[], bool] = never,
) -> KeepSummary:
    """Bring columns and sets of words up to date with the rows and with `definitions`.

    thorough: leave nothing to SQL, neither the last new items nor a few changed ones, and follow a changed
    vocabulary. anew: throw all away first. fewest_items: smaller archives are left without. wait: seconds to
    wait for another process that is writing. stop: is asked time and again. Raises ArchiveLockedError
    where another process is writing; an ArchiveError where the database fails: the chunks before are kept.
    """
    with hold_archive(database.path, wait=wait, stop=stop):
        work = _Work(database, definitions, progress, stop)
        if work.begin(thorough=thorough, anew=anew, fewest_items=fewest_items):
            work.make_chunks(thorough=thorough)
            work.make_columns()
        return work.summary


class _StoppedError(Exception):
    """It was asked to stop: what was begun is not written."""


@dataclass
class _Work:
    """One run."""

    database: ArchiveDatabase
    definitions: SetDefinitions
    progress: StepProgress
    stop: Callable[[], bool]
    summary: KeepSummary = field(default_factory=KeepSummary)
    columns: dict[str, int] = field(default_factory=dict)
    words: list[tuple[int, Chosen]] = field(default_factory=list)

    def begin(self, *, thorough: bool, anew: bool, fewest_items: int) -> bool:
        """Settle what is to be kept; False where the archive is too small for anything."""
        chosen = None
        with self.database.read() as connection:
            cursor = sqlite_cursor(connection)
            last = last_item(cursor)
            if last < fewest_items:
                return False
            state = _state(cursor)
            choose = anew or state is None or last > state.words_chosen_at * _GROWN
            phrases = self.definitions.phrases() if choose or thorough else ()
            if choose or (state and thorough and state.phrases_hash != _hash(phrases)):
                self.progress("choosing common words", 0, None)
                chosen = choose_words(cursor, phrases, self.definitions.small_words())
        with self.database.write() as connection:
            if chosen is not None:
                forget_kept(connection)
                _begin_state(sqlite_cursor(connection), chosen, _hash(phrases), last)
            cursor = sqlite_cursor(connection)
            self.columns = _settle_columns(cursor, self.definitions.columns)
            self.words = _words(cursor)
        return True

    def make_chunks(self, *, thorough: bool) -> None:
        """Make the chunks that are missing, or have new items or changed ones."""
        with self.database.read() as connection:
            cursor = sqlite_cursor(connection)
            state = _state(cursor)
            spans = (
                due_spans(cursor, state.last_item_id, last_item(cursor), thorough=thorough) if state else []
            )
        chunks = sum(len(span.chunks) for span in spans)
        for span in spans:
            if not self._make(span, self.summary.chunks, chunks):
                return
            self.summary.chunks += len(span.chunks)
        if spans:
            self.progress(_MAKING, chunks, chunks)

    def make_columns(self) -> None:
        """Make the columns that are new, or that are untrue as a whole."""
        if self.summary.stopped:
            return
        with self.database.write() as connection:
            due, chunks = _begin_columns(sqlite_cursor(connection))
        definitions = [one for one in self.definitions.columns if one.key in due]
        if not definitions:
            return
        for done, chunk in enumerate(chunks):
            if not self._make(Span(*chunk_ends(chunk)), done, len(chunks), definitions):
                return
        with self.database.write() as connection:
            _end_columns(sqlite_cursor(connection), due)
        self.summary.columns += len(definitions)

    def _make(
        self, span: Span, done: int, total: int, only: Sequence[ColumnDefinition] | None = None
    ) -> bool:
        """Make a span (or some of its columns), once more where another process wrote; False if stopped.

        done, total: chunks before it, and all.
        """
        step = _MAKING if only is None else "making columns"
        told = -1

        def tell(share: float) -> None:
            nonlocal told
            if (now := done + int(share * len(span.chunks))) > told:
                told = now
                self.progress(step, now, total)
            self.summary.stopped = self.stop()
            if self.summary.stopped:
                raise _StoppedError

        try:
            tell(0)
            while not self._made(span, tell, only):
                pass
        except _StoppedError:
            return False
        return True

    def _made(
        self, span: Span, tell: Callable[[float], None], only: Sequence[ColumnDefinition] | None
    ) -> bool:
        with self.database.write() as connection:
            made = begin_span(sqlite_cursor(connection), span)
        if only is None:
            with ThreadPoolExecutor(1) as beside:
                columns = beside.submit(self._read_columns, made, self.definitions.columns)
                self._read_words(made, tell)
                columns.result()
        else:
            self._read_columns(made, only)
        for chunk in span.chunks:
            with self.database.write() as connection:
                if not write_chunk(sqlite_cursor(connection), made, chunk, self.columns):
                    return False
        return True

    def _read_columns(self, made: Made, definitions: Sequence[ColumnDefinition]) -> None:
        with self.database.read() as connection:
            cursor = sqlite_cursor(connection)
            made.books = {one.key: load_code_book(cursor, self.columns[one.key]) for one in definitions}
            for chunk in made.span.chunks:
                if self.summary.stopped:
                    return
                before, some = {}, definitions
                if made.span.goes_on and chunk == made.span.chunks[0]:
                    # A column of which nothing is stored is untrue, and made later as a whole.
                    before = stored_columns(cursor, chunk, self.columns)
                    some = [one for one in definitions if one.key in before]
                columns = build_columns(cursor, made.span.ends_in(chunk), some, made.books, before)
                made.columns[chunk] = columns
                made.unfit |= {one.key for one in some} - columns.keys()

    def _read_words(self, made: Made, tell: Callable[[float], None]) -> None:
        with (
            self.database.read() as connection,
            closing(SpanSets(sqlite_cursor(connection), made.span)) as sets,
        ):
            sets.build(self.words, tell)
        made.items, made.words = sets.items, sets.words


class _State(msgspec.Struct, frozen=True):
    method: str
    token: int
    last_item_id: int
    phrases_hash: int
    words_chosen_at: int


def _state(cursor: sqlite3.Cursor) -> _State | None:
    """What is kept; None where nothing is, or nothing that today's program can read."""
    row = cursor.execute(f"SELECT {', '.join(_State.__struct_fields__)} FROM item_set_state").fetchone()
    state = _State(*row) if row else None
    return state if state and state.method == METHOD else None


def _hash(phrases: Sequence[str]) -> int:
    return crc32(json.dumps(phrases).encode())


def _begin_state(cursor: sqlite3.Cursor, chosen: Iterable[Chosen], phrases_hash: int, last: int) -> None:
    cursor.execute(
        "INSERT INTO item_set_state (id, method, token, last_item_id, watched_item_id, phrases_hash, "
        "words_chosen_at) VALUES (1, ?, ?, -1, -1, ?, ?)",
        (METHOD, new_token(), phrases_hash, last),
    )
    cursor.executemany(
        "INSERT INTO word_sets (part, stems, expression) VALUES (?, ?, ?)",
        [(one.part, one.stems, one.expression) for one in chosen],
    )


def _settle_columns(cursor: sqlite3.Cursor, definitions: Sequence[ColumnDefinition]) -> dict[str, int]:
    """Make the list of stored columns that of the definitions; their numbers by key.

    A new column of an archive that has no chunk yet is true as soon as its chunks are made.
    """
    stored = dict(cursor.execute("SELECT name, id FROM item_columns").fetchall())
    wanted = {one.key: one for one in definitions}
    for gone in stored.keys() - wanted.keys():
        number = stored.pop(gone)
        cursor.execute("DELETE FROM item_columns WHERE id = ?", (number,))
        cursor.execute("DELETE FROM item_column_values WHERE column_id = ?", (number,))
        cursor.execute("DELETE FROM item_column_chunks WHERE id & 0xFFFFF = ?", (number,))
    (empty,) = cursor.execute("SELECT NOT EXISTS (SELECT 1 FROM item_chunks)").fetchone()
    for key, one in wanted.items():
        if key not in stored:
            cursor.execute(
                "INSERT INTO item_columns (name, kind, depends_on, changes, begun, built) "
                "VALUES (?, ?, ?, 0, 0, ?)",
                (key, one.kind, _depends_on(one), 0 if empty else -1),
            )
            stored[key] = int(cursor.lastrowid or 0)
    return stored


def _depends_on(definition: ColumnDefinition) -> str:
    """The tables of a definition, as the triggers look for them."""
    alone = [CLUSTERS] if CLUSTERS in definition.sql else []
    return " ".join(["", *definition.depends_on, *alone, ""])


def _words(cursor: sqlite3.Cursor) -> list[tuple[int, Chosen]]:
    rows = cursor.execute("SELECT id, part, stems, expression FROM word_sets ORDER BY id")
    return [(number, Chosen(*rest)) for number, *rest in rows]


def _begin_columns(cursor: sqlite3.Cursor) -> tuple[dict[str, int], list[int]]:
    """The columns that are not true, each with its count of changes, and the chunks to make them of."""
    cursor.execute("UPDATE item_columns SET begun = changes WHERE built != changes")
    due = cursor.execute("SELECT name, changes FROM item_columns WHERE built != changes").fetchall()
    chunks = cursor.execute("SELECT chunk FROM item_chunks ORDER BY chunk").fetchall()
    return dict(due), [chunk for (chunk,) in chunks]


def _end_columns(cursor: sqlite3.Cursor, due: dict[str, int]) -> None:
    cursor.executemany(
        "UPDATE item_columns SET built = begun WHERE name = ? AND begun = ?", list(due.items())
    )
    cursor.execute("UPDATE item_set_state SET token = ?", (new_token(),))
