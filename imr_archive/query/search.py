"""Decisions that match a query, best or newest first, with an exact total."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, text

from imr_archive.errors import UsageError
from imr_archive.query.applied import read_filters
from imr_archive.query.filters import Raw
from imr_archive.query.plan import Plan
from imr_archive.query.reading import read
from imr_archive.query.results import Hit, Hits
from imr_archive.query.snippets import MARKS, Found, snippets
from imr_archive.query.sql import Sort, count_sql, page_sql, rows_sql
from imr_archive.query.thesaurus import Thesaurus

MOST_ROWS = 1000
"""The longest page: whoever wants more pages on, or exports."""

_NO_SNIPPET = Found("", "")


def search(
    connection: Connection,
    words: str = "",
    *,
    filters: Mapping[str, Raw | None] | None = None,
    limit: int = 20,
    offset: int = 0,
    sort: Sort = "best",
    marks: tuple[str, str] = MARKS,
    thesaurus: Thesaurus | None = None,
) -> Hits:
    """The decisions that match `words` and `filters` (see `FILTERS`): one page, and the total.

    `words` may be any text. Empty words match every decision, and are answered newest first. What would group
    rates (`by specialty`) is left out, and the reading says so. `marks` stand around the words in a snippet;
    `thesaurus` is the project's vocabulary unless another is given.
    Raises UsageError (or its UnknownNameError) for a filter, limit, offset or sort that is none.
    """
    plan = read(words, thesaurus).as_hits().narrowed(read_filters(filters))
    return find(connection, plan, limit=limit, offset=offset, sort=sort, marks=marks)


def find(
    connection: Connection,
    plan: Plan,
    *,
    limit: int = 20,
    offset: int = 0,
    sort: Sort = "best",
    marks: tuple[str, str] = MARKS,
) -> Hits:
    """One page of the decisions that `plan` asks for, and their exact total."""
    _check(limit, offset, sort)
    counted = count_sql(plan)
    total = connection.execute(text(counted.sql), counted.parameters).scalar_one()
    page = page_sql(plan, limit=limit, offset=offset, sort=sort)
    ids = list(connection.execute(text(page.sql), page.parameters).scalars()) if total else []
    return Hits(plan=plan, rows=_rows(connection, plan, ids, marks), total=total)


def _check(limit: int, offset: int, sort: str) -> None:
    if not 1 <= limit <= MOST_ROWS:
        raise UsageError(f"the limit must be between 1 and {MOST_ROWS}, not {limit}")
    if not 0 <= offset < 2**62:
        raise UsageError(f"the offset must be 0 or more, not {offset}")
    if sort not in {"best", "newest", "oldest"}:
        raise UsageError(f"cannot sort by {sort!r}: it is one of best, newest, oldest")


def _rows(connection: Connection, plan: Plan, ids: list[int], marks: tuple[str, str]) -> tuple[Hit, ...]:
    if not ids:
        return ()
    statement = rows_sql(ids)
    found = {row.item_id: row for row in connection.execute(text(statement.sql), statement.parameters)}
    marked = snippets(connection, plan, {item: found[item].case_id for item in ids}, marks)
    hits = []
    for item in ids:
        row = found[item]
        snippet = marked.get(item, _NO_SNIPPET)
        hits.append(
            Hit(
                case_number=row.case_number,
                source=row.source,
                position=row.position,
                description=row.description,
                outcome=row.outcome,
                category=row.category,
                subcategory=row.subcategory,
                service=row.service,
                decision_date=row.decision_date,
                specialties=row.specialties,
                snippet=snippet.text,
                snippet_from=snippet.part,
            )
        )
    return tuple(hits)
