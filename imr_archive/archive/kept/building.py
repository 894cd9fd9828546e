"""Columns and sets of words brought up to date: what is missing, and what changed since it was made.

The work is done a chunk at a time. A chunk is read while others read and write, and written in a short
transaction of its own; a run may end between any two. Should rows change between the begin of reading and
the writing, triggers have noted it, and the notes stay. SQLite finds words without holding up this process,
so columns are made beside that.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from zlib import crc32

import msgspec

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.kept.changes import CLUSTERS, forget_kept
from imr_archive.archive.kept.columns import CodeBook, build_columns, load_code_book
from imr_archive.archive.kept.definitions import ColumnDefinition, SetDefinitions
from imr_archive.archive.kept.packing import CHUNK_BITS, chunk_ends, pack_items, row_of
from imr_archive.archive.kept.runs import METHOD, KeepSummary
from imr_archive.archive.kept.words import Chosen, ChunkWords, build_words, choose_words
from imr_archive.archive.running import StepProgress, never, silent
from imr_archive.archive.store import sqlite_cursor
from imr_archive.archive.writer_lock import hold_archive

FEWEST_ITEMS = 20_000
"""Items from which on it pays to keep columns and sets; SQL alone answers fast below."""

_LONGEST_TAIL = 8_192
"""New items that SQL may answer for before the chunk that they are in is made again."""

_MOST_CHANGED = 64
"""Changed items of a chunk that SQL may answer for."""

_GROWN = 2
"""Times that an archive has grown since its common words were chosen when they are chosen again."""


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
    wait for another process that is writing. stop: is asked after each chunk. Raises ArchiveLockedError
    where another process is writing; an ArchiveError where the database fails: the chunks before are kept.
    """
    with hold_archive(database.path, wait=wait, stop=stop):
        work = _Work(database, definitions, progress, stop)
        if work.begin(thorough=thorough, anew=anew, fewest_items=fewest_items):
            work.make_chunks(thorough=thorough)
            work.make_columns()
        return work.summary


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
            last = _last_item(cursor)
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
        """Make the chunks that are missing or have changed."""
        with self.database.read() as connection:
            chunks = _due(sqlite_cursor(connection), thorough=thorough)
        for done, chunk in enumerate(chunks):
            self.progress("making columns and word sets", done, len(chunks))
            if self.stop():
                self.summary.stopped = True
                return
            while not self._make_chunk(chunk):
                pass
            self.summary.chunks += 1
        if chunks:
            self.progress("making columns and word sets", len(chunks), len(chunks))

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
            self.progress("making columns", done, len(chunks))
            if self.stop():
                self.summary.stopped = True
                return
            while not self._make_chunk(chunk, definitions):
                pass
        with self.database.write() as connection:
            _end_columns(sqlite_cursor(connection), due)
        self.summary.columns += len(definitions)

    def _make_chunk(self, chunk: int, only: Sequence[ColumnDefinition] | None = None) -> bool:
        """Make one chunk (or some of its columns); False where another process wrote meanwhile."""
        with self.database.write() as connection:
            made = _begin_chunk(sqlite_cursor(connection), chunk)
        definitions = self.definitions.columns if only is None else only
        with ThreadPoolExecutor(1) as beside:
            words = beside.submit(self._read_words, made) if only is None else None
            self._read_columns(made, definitions)
            if words:
                words.result()
        with self.database.write() as connection:
            return _write_chunk(sqlite_cursor(connection), made, self.columns)

    def _read_columns(self, made: _Made, definitions: Sequence[ColumnDefinition]) -> None:
        with self.database.read() as connection:
            cursor = sqlite_cursor(connection)
            made.books = {one.key: load_code_book(cursor, self.columns[one.key]) for one in definitions}
            made.columns = build_columns(cursor, made.chunk, definitions, made.books)
        made.unfit = [one.key for one in definitions if one.key not in made.columns]

    def _read_words(self, made: _Made) -> None:
        with self.database.read() as connection:
            words = ChunkWords(sqlite_cursor(connection), made.chunk)
            made.items = pack_items(words.items)
            made.words = list(build_words(words, self.words))


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


def _last_item(cursor: sqlite3.Cursor) -> int:
    (last,) = cursor.execute("SELECT ifnull(max(id), 0) FROM disputed_items").fetchone()
    return int(last)


def _token() -> int:
    """A number that no other state of any archive has."""
    return secrets.randbits(62)


def _begin_state(cursor: sqlite3.Cursor, chosen: Iterable[Chosen], phrases_hash: int, last: int) -> None:
    cursor.execute(
        "INSERT INTO item_set_state (id, method, token, last_item_id, watched_item_id, phrases_hash, "
        "words_chosen_at) VALUES (1, ?, ?, -1, -1, ?, ?)",
        (METHOD, _token(), phrases_hash, last),
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


def _due(cursor: sqlite3.Cursor, *, thorough: bool) -> list[int]:
    """The chunks that are to be made, in order: those missing, with many new items, or with many changes."""
    state = _state(cursor)
    if state is None:
        return []
    last = _last_item(cursor)
    due = set(range((state.last_item_id + 1) >> CHUNK_BITS, (last >> CHUNK_BITS) + 1))
    if state.last_item_id >= 0 and last - state.last_item_id < (1 if thorough else _LONGEST_TAIL):
        due = set()
    fewest = 1 if thorough else _MOST_CHANGED
    changed = cursor.execute(
        f"SELECT item_id >> {CHUNK_BITS} AS chunk FROM changed_items GROUP BY 1 "
        "HAVING count(DISTINCT item_id) >= ?",
        (fewest,),
    )
    due |= {chunk for (chunk,) in changed if chunk <= state.last_item_id >> CHUNK_BITS}
    return sorted(due)


@dataclass
class _Made:
    """What was made of a chunk, and how far the archive was when that began.

    items, words: None where only columns are made.
    """

    chunk: int
    token: int
    last_item: int
    last_change: int
    books: dict[str, CodeBook] = field(default_factory=dict)
    columns: dict[str, bytes] = field(default_factory=dict)
    unfit: list[str] = field(default_factory=list)
    items: bytes | None = None
    words: list[tuple[int, bytes]] = field(default_factory=list)


def _begin_chunk(cursor: sqlite3.Cursor, chunk: int) -> _Made:
    """Let every change of the chunk's items be noted from now on, and see how far the archive is.

    What is read after this may be of several states: whatever differs between them is noted.
    """
    ends = chunk_ends(chunk)
    cursor.execute("UPDATE item_set_state SET watched_item_id = max(watched_item_id, ?)", (ends[1],))
    (token,) = cursor.execute("SELECT token FROM item_set_state").fetchone()
    (last_change,) = cursor.execute(
        "SELECT ifnull(max(number), 0) FROM changed_items WHERE item_id BETWEEN ? AND ?", ends
    ).fetchone()
    return _Made(chunk, token, min(_last_item(cursor), ends[1]), last_change)


def _write_chunk(cursor: sqlite3.Cursor, made: _Made, numbers: dict[str, int]) -> bool:
    """Write a chunk; False where something was written since the state that it was made from."""
    (token,) = cursor.execute("SELECT token FROM item_set_state").fetchone() or (None,)
    if token != made.token:
        return False
    _write_columns(cursor, made, numbers)
    if made.items is not None:
        first, last = row_of(made.chunk, 0), row_of(made.chunk + 1, 0) - 1
        cursor.execute("DELETE FROM word_set_chunks WHERE id BETWEEN ? AND ?", (first, last))
        cursor.executemany(
            "INSERT INTO word_set_chunks (id, items) VALUES (?, ?)",
            [(row_of(made.chunk, number), items) for number, items in made.words],
        )
        cursor.execute(
            "INSERT OR REPLACE INTO item_chunks (chunk, items) VALUES (?, ?)", (made.chunk, made.items)
        )
        cursor.execute(
            "DELETE FROM changed_items WHERE number <= ? AND item_id BETWEEN ? AND ?",
            (made.last_change, *chunk_ends(made.chunk)),
        )
        cursor.execute("UPDATE item_set_state SET last_item_id = max(last_item_id, ?)", (made.last_item,))
    cursor.execute("UPDATE item_set_state SET token = ?", (_token(),))
    return True


def _write_columns(cursor: sqlite3.Cursor, made: _Made, numbers: dict[str, int]) -> None:
    cursor.executemany(
        "INSERT OR REPLACE INTO item_column_chunks (id, codes) VALUES (?, ?)",
        [(row_of(made.chunk, numbers[key]), codes) for key, codes in made.columns.items()],
    )
    cursor.executemany(
        "INSERT INTO item_column_values (column_id, code, value) VALUES (?, ?, ?)",
        [(numbers[key], *added) for key, book in made.books.items() for added in book.added],
    )
    cursor.executemany(
        "UPDATE item_columns SET changes = changes + 1 WHERE id = ? AND changes = begun",
        [(numbers[key],) for key in made.unfit],
    )


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
    cursor.execute("UPDATE item_set_state SET token = ?", (_token(),))
