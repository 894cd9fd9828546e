"""What Datasette needs to show an archive of letters: the functions of its SQL, links between its pages.

Datasette loads this file by itself from the folder `plugins`; it needs Datasette and, to read
letters, zstandard: pip install zstandard.
"""

from __future__ import annotations

import math
import sqlite3
import zlib
from collections.abc import Awaitable, Callable
from typing import Protocol
from urllib.parse import urlencode

import zstandard
from datasette.app import Datasette
from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Request, Response
from markupsafe import Markup
from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")

LARGEST_TEXT = 64 * 1024 * 1024
"""Bytes of text that one compressed letter may expand to."""

OUTCOMES = ("upheld", "overturned", "partially_overturned")


class Row(Protocol):
    """A row of a result, as Datasette hands it to a plugin."""

    def __getitem__(self, column: str) -> object:
        """The value of a column."""


class Texts:
    """The SQL function `letter_text` of one connection.

    Texts are Zstandard frames, which name a dictionary by its number in `text_dictionaries`; those that an
    older archive brought along are zlib's.
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        """Read what the database of `conn` holds; it is not looked at yet."""
        self._conn = conn
        self._dictionaries: dict[int, zstandard.ZstdCompressionDict] = {}

    def letter_text(self, packed: bytes | None) -> str | None:
        """The text of a letter from its compressed form; NULL gives NULL."""
        if packed is None:
            return None
        if not packed.startswith(zstandard.FRAME_HEADER):
            return self._inflated(packed)
        frame = zstandard.get_frame_parameters(packed)
        if frame.content_size > LARGEST_TEXT:
            raise ValueError("a text that is too large")
        dictionary = self._dictionary(frame.dict_id) if frame.dict_id else None
        return zstandard.ZstdDecompressor(dict_data=dictionary).decompress(packed).decode()

    def _dictionary(self, number: int) -> zstandard.ZstdCompressionDict:
        if number not in self._dictionaries:
            query = "SELECT dictionary FROM text_dictionaries WHERE id = ?"
            (content,) = self._conn.execute(query, (number,)).fetchone()
            self._dictionaries[number] = zstandard.ZstdCompressionDict(content)
        return self._dictionaries[number]

    def _inflated(self, packed: bytes) -> str:
        reader = zlib.decompressobj()
        raw = reader.decompress(packed, LARGEST_TEXT)
        if not reader.eof:
            raise ValueError("not the whole text of a letter, or one that is too large")
        return raw.decode()


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Gives a connection the functions that queries use; `sqrt` where this SQLite was built without it."""
    conn.create_function("letter_text", 1, Texts(conn).letter_text, deterministic=True)
    try:
        conn.execute("SELECT sqrt(1)")
    except sqlite3.OperationalError:
        conn.create_function("sqrt", 1, math.sqrt, deterministic=True)


@hookimpl
def render_cell(
    row: Row, value: object, column: str, table: str | None, database: str, datasette: Datasette
) -> Markup | None:
    """Cells that lead somewhere: rows by their number, a letter's text; outcomes are coloured."""
    if value is None or isinstance(value, dict):
        return None
    if column == "packed_text" and table == "letters":
        address = f"{datasette.urls.database(database)}/-/letters/{row['id']}.txt"
        return Markup('<a href="{}">the letter’s text</a>').format(address)
    if column in ("item_id", "case_id"):
        other = "disputed_items" if column == "item_id" else "cases"
        return Markup('<a href="{}">{}</a>').format(f"{datasette.urls.table(database, other)}/{value}", value)
    if column == "case_number" and table != "cases":
        address = f"{datasette.urls.table(database, 'cases')}?{urlencode({'case_number': value})}"
        return Markup('<a href="{}">{}</a>').format(address, value)
    if column in ("outcome", "letter_outcome") and value in OUTCOMES:
        return Markup('<span class="outcome outcome-{}">{}</span>').format(value, value)
    return None


async def letter_page(datasette: Datasette, request: Request) -> Response:
    """The text of one letter, as plain text; 404 where there is no such letter."""
    try:
        database = datasette.get_database(route=tilde_decode(request.url_vars["database"]))
    except KeyError:
        raise NotFound("no such database") from None
    name = database.name
    await datasette.ensure_permissions(
        request.actor, [("view-table", (name, "letters")), ("view-database", name), "view-instance"]
    )
    found = await database.execute(
        "SELECT letter_text(packed_text) AS text FROM letters WHERE id = :id", {"id": request.url_vars["id"]}
    )
    if not found.rows:
        raise NotFound(f"no letter {request.url_vars['id']}")
    return Response.text(found.rows[0]["text"])


@hookimpl
def register_routes() -> list[tuple[str, Callable[[Datasette, Request], Awaitable[Response]]]]:
    """The addresses of the pages of this plugin."""
    return [(r"^/(?P<database>[^/]+)/-/letters/(?P<id>\d{1,18})\.txt$", letter_page)]
