"""The words that were found, marked in the part of the decision that holds most of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from imr_archive.archive.store import sqlite_cursor
from imr_archive.query.plan import Plan
from imr_archive.query.ranking.index import as_list, texts
from imr_archive.query.ranking.words import Pattern, tokens
from imr_archive.query.windows import Standing, standing, terms_together, window

MARKS = ("«", "»")
"""The marks around words in JSON and CSV: letters print round and square brackets, but not these."""

SNIPPET_WORDS = 24
"""Length of a snippet."""

_SUMMARIES = (
    "SELECT id, summary FROM cases WHERE summary IS NOT NULL AND id IN (SELECT value FROM json_each(:ids))"
)


class Found(NamedTuple):
    """A snippet, and the part of the decision that it is from."""

    text: str
    part: str


def snippets(
    connection: Connection, plan: Plan, items: Mapping[int, int], marks: tuple[str, str] = MARKS
) -> dict[int, Found]:
    """A snippet for each of `items` (id → id of its case) in which words of the plan occur.

    Heading, rationale and case summary are tried in this order, and the one that shows most of the plan's
    different terms is taken. An item that matches by its service alone, or without words, has none.
    """
    wanted = (term for group in plan.alternatives for term in group if not term.negated)
    patterns = [Pattern(term) for term in dict.fromkeys(wanted)]
    if not patterns or not items:
        return {}
    passages = {
        item: [("heading", read.heading), ("rationale", read.rationale)]
        for item, read in texts(connection, items).items()
    }
    best = {item: _best(parts, patterns) for item, parts in passages.items()}
    # Summaries are long: they are read only where another part lacks some of the words.
    lacking = [item for item, one in best.items() if one.terms < len(patterns)]
    summaries = _summaries(connection, [items[item] for item in lacking])
    for item in lacking:
        best[item] = _better(best[item], "summary", summaries.get(items[item], ""), patterns)
    return {
        item: Found(_on_one_line(window(one.text, one.found, SNIPPET_WORDS, marks)), one.part)
        for item, one in best.items()
        if one.terms
    }


class _Part(NamedTuple):
    """A part of a decision with what stands in it; `terms` is how many different terms a snippet can have."""

    part: str
    text: str
    found: Sequence[Standing]
    terms: int


def _best(parts: Iterable[tuple[str, str]], patterns: Sequence[Pattern]) -> _Part:
    best = _Part("", "", (), 0)
    for name, passage in parts:
        best = _better(best, name, passage, patterns)
    return best


def _better(best: _Part, name: str, passage: str, patterns: Sequence[Pattern]) -> _Part:
    """The part that shows more different terms, the first of equals."""
    if best.terms == len(patterns):
        return best
    found = standing(tokens(passage), patterns)
    terms = terms_together(found, SNIPPET_WORDS)
    return _Part(name, passage, found, terms) if terms > best.terms else best


def _summaries(connection: Connection, cases: Iterable[int]) -> dict[int, str]:
    asked = {"ids": as_list(dict.fromkeys(cases))}
    return dict(sqlite_cursor(connection).execute(_SUMMARIES, asked).fetchall())


def _on_one_line(passage: str) -> str:
    return " ".join(passage.split())
