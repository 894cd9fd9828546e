"""The baseline for hits: what plain FTS5 does, which scores every match before it gives the first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

from imr_archive.query.filters.applied import condition
from imr_archive.query.filters.registry import FILTERS
from imr_archive.query.language.scan import pieces
from imr_archive.query.language.terms import Part, Term
from imr_archive.query.plan import Plan
from imr_archive.query.sql import Parameters, Statement
from imr_archive.query.tables import from_clause

PAGE = 20


def statement(plan: Plan, *, synonyms: bool) -> Statement | None:
    """The best twenty items by `ORDER BY rank`, with the plan's filters; None without words to rank by.

    synonyms: whether the words are looked for in all spellings of the plan, or as typed alone.
    """
    words = expression(plan.alternatives, synonyms=synonyms)
    if not words:
        return None
    parameters = Parameters()
    joins = [alias for each in plan.filters for alias in FILTERS[each.name].joins]
    holding = [
        f"disputed_items_fts MATCH {parameters.bind(words)}",
        "i.id = disputed_items_fts.rowid",
        *(condition(each, parameters.bind) for each in plan.filters),
    ]
    if plan.outcome_filter:
        holding.append(f"i.outcome = {parameters.bind(plan.outcome_filter)}")
    source = from_clause(joins, "disputed_items_fts JOIN disputed_items")
    where = " AND ".join(f"({each})" for each in holding)
    sql = f"SELECT i.id {source} WHERE {where} ORDER BY disputed_items_fts.rank LIMIT {PAGE}"
    return Statement(sql, parameters.values)


def run(connection: Connection, asked: Statement) -> list[int]:
    """The ids that a statement finds."""
    return list(connection.execute(text(asked.sql), asked.parameters).scalars())


def expression(groups: Iterable[Sequence[Term]], *, synonyms: bool) -> str:
    """The words of a plan for FTS5: all of a group, of any group, without those that are excluded."""
    alternatives = []
    for group in groups:
        wanted = [_of_term(term, synonyms=synonyms) for term in group if not term.negated]
        excluded = [_of_term(term, synonyms=synonyms) for term in group if term.negated]
        if found := " AND ".join(f"({each})" for each in wanted if each):
            alternatives.append(found + "".join(f" NOT ({each})" for each in excluded if each))
    return " OR ".join(f"({each})" for each in alternatives)


def _of_term(term: Term, *, synonyms: bool) -> str:
    if synonyms or term.quoted or any(phrase.prefix for phrase in term.phrases):
        found = term.fts
    else:
        found = " AND ".join(f'"{word}"' for word in pieces(term.text))
    column = term.part.value if term.part in {Part.ITEM, Part.RATIONALE} else ""
    return f"{{{column}}} : ({found})" if column and found else found
