"""The words that were found, marked in the part of the decision that holds most of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from imr_archive.query.plan import Plan
from imr_archive.query.sql import Parameters, Statement
from imr_archive.query.terms import any_of

MARKS = ("«", "»")
"""The marks around words in JSON and CSV: letters print round and square brackets, but not these."""

SNIPPET_WORDS = 24
"""Length of a snippet; FTS5 allows 64."""

# Control characters that FTS5 puts around words, which no stored text holds; the caller's marks replace them.
_OPEN, _CLOSE = "\x02", "\x03"


class Found(NamedTuple):
    """A snippet, and the part of the decision that it is from."""

    text: str
    part: str


def snippets(
    connection: Connection, plan: Plan, items: Mapping[int, int], marks: tuple[str, str] = MARKS
) -> dict[int, Found]:
    """A snippet for each of `items` (id → id of its case) in which words of the plan occur.

    Heading, rationale and case summary are tried in this order, and the one with most different words marked
    is taken. An item that matches by its service alone, or without words, has none.
    """
    expression = any_of(term.fts for group in plan.alternatives for term in group if not term.negated)
    if not expression or not items:
        return {}
    found: dict[int, list[Found]] = {}
    for row in _run(connection, _item_snippets(expression, list(items))):
        found[row.id] = [Found(row.heading or "", "heading"), Found(row.rationale or "", "rationale")]
    summaries = {
        row.id: row.summary or "" for row in _run(connection, _summaries(expression, items.values()))
    }
    for item, case in items.items():
        if case in summaries:
            found.setdefault(item, []).append(Found(summaries[case], "summary"))
    best = {item: max(candidates, key=_words_marked) for item, candidates in found.items()}
    return {item: Found(_marked(one.text, marks), one.part) for item, one in best.items()}


def _item_snippets(expression: str, ids: Sequence[int]) -> Statement:
    parameters = Parameters()
    listed = ", ".join(parameters.bind(each) for each in ids)
    heading, rationale = (_snippet("disputed_items_fts", column, parameters) for column in (0, 1))
    return Statement(
        f"SELECT rowid AS id, {heading} AS heading, {rationale} AS rationale FROM disputed_items_fts"
        f" WHERE disputed_items_fts MATCH {parameters.bind(expression)} AND rowid IN ({listed})",
        parameters.values,
    )


def _summaries(expression: str, cases: Iterable[int]) -> Statement:
    parameters = Parameters()
    listed = ", ".join(parameters.bind(each) for each in dict.fromkeys(cases))
    return Statement(
        f"SELECT rowid AS id, {_snippet('cases_fts', 0, parameters)} AS summary FROM cases_fts"
        f" WHERE cases_fts MATCH {parameters.bind(expression)} AND rowid IN ({listed})",
        parameters.values,
    )


def _snippet(table: str, column: int, parameters: Parameters) -> str:
    marks = f"{parameters.bind(_OPEN)}, {parameters.bind(_CLOSE)}, {parameters.bind('…')}"
    return f"snippet({table}, {column}, {marks}, {SNIPPET_WORDS})"


def _run(connection: Connection, statement: Statement) -> Sequence[Row[Any]]:
    return connection.execute(text(statement.sql), statement.parameters).all()


def _words_marked(found: Found) -> int:
    marked = (piece.split(_CLOSE, 1)[0].casefold() for piece in found.text.split(_OPEN)[1:])
    return len(set(marked))


def _marked(snippet: str, marks: tuple[str, str]) -> str:
    """The snippet on one line, with the caller's marks."""
    return " ".join(snippet.split()).replace(_OPEN, marks[0]).replace(_CLOSE, marks[1])
