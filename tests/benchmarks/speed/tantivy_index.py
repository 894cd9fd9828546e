"""The baseline for hits beside SQLite: tantivy, an index of its own over the same headings and rationales."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import tantivy
from sqlalchemy import Connection, text

from imr_archive.query.language.terms import Term
from imr_archive.query.plan import Plan
from imr_archive.query.sql import HEADING_WEIGHT

from .plain_fts import PAGE

FIELDS = ["heading", "rationale"]


def opened(connection: Connection, folder: Path) -> tantivy.Index:
    """The index of an archive, kept in `folder`; built anew where it has another number of items."""
    items = connection.execute(text("SELECT count(*) FROM disputed_items")).scalar_one()
    if (folder / "meta.json").exists():
        index = tantivy.Index.open(str(folder))
        if index.searcher().num_docs == items:
            return index
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    schema = tantivy.SchemaBuilder().add_integer_field("id", stored=True)
    for field in FIELDS:
        schema.add_text_field(field, tokenizer_name="en_stem")
    index = tantivy.Index(schema.build(), path=str(folder))
    writer = index.writer(256_000_000, 1)
    for item, heading, rationale in _rows(connection):
        writer.add_document(tantivy.Document(id=item, heading=heading, rationale=rationale or ""))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def prepared(index: tantivy.Index, plan: Plan) -> Callable[[], object] | None:
    """What finds the words of a plan, and counts the matches; None without words, or where it cannot."""
    groups = [_all_of(group) for group in plan.alternatives]
    asked = " OR ".join(f"({group})" for group in groups if group)
    if not asked:
        return None
    try:
        query = index.parse_query(asked, FIELDS, field_boosts={"heading": HEADING_WEIGHT})
    except ValueError:
        return None
    searcher = index.searcher()
    return lambda: searcher.search(query, PAGE, count=True)


def _all_of(group: tuple[Term, ...]) -> str:
    signed = (f"{'-' if term.negated else '+'}({_any_of(term)})" for term in group)
    return " ".join(signed)


def _any_of(term: Term) -> str:
    phrases = (f'"{" ".join(phrase.words)}"' for phrase in term.phrases)
    distance = f"~{term.near}" if term.near is not None else ""
    ending = "*" if any(phrase.prefix for phrase in term.phrases) else ""
    return " OR ".join(f"{phrase}{distance}{ending}" for phrase in phrases)


def _rows(connection: Connection) -> Iterator[tuple[int, str, str | None]]:
    found = connection.execute(text("SELECT id, description, rationale FROM disputed_items"))
    yield from (tuple(row) for row in found)
