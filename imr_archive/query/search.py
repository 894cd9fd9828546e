"""Decisions that match a query, best or newest first, with an exact total."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection, text

from imr_archive.errors import UsageError
from imr_archive.query.evaluating import Evaluator
from imr_archive.query.facets import facets
from imr_archive.query.filters.applied import read_filters
from imr_archive.query.filters.registry import Raw
from imr_archive.query.hit_pages import alike, page_of
from imr_archive.query.language.reading import read
from imr_archive.query.language.thesaurus import Thesaurus
from imr_archive.query.letters import LetterHit, LetterHits, page_of_letters
from imr_archive.query.page_sql import ALIKE, BY_LETTER, ROW_COLUMNS, groups_page_sql, listing_sql, rows_sql
from imr_archive.query.plan import Plan
from imr_archive.query.results import Hit, Hits
from imr_archive.query.snippets import MARKS, Found, snippets
from imr_archive.query.sql import Sort
from imr_archive.query.suggesting import suggestions

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
    facet: Iterable[str] = (),
    collapse: bool = True,
    thesaurus: Thesaurus | None = None,
) -> Hits:
    """The decisions that match `words` and `filters` (see `FILTERS`): one page, and the total.

    `words` may be any text. Empty words match every decision, and are answered newest first. What would group
    rates (`by specialty`) is left out, and the reading says so. `marks` stand around the words in a snippet;
    `facet` names dimensions to count the decisions by; `collapse` lists the first alone of those that have
    nearly the same rationale; `thesaurus` is the project's vocabulary unless another is given. Raises
    UsageError (or its UnknownNameError) for a filter, limit, offset, sort or dimension that is none.
    """
    given = read_filters(filters)
    plan = read(words, thesaurus).as_hits().narrowed(given)
    evaluator = Evaluator(connection)
    hits = find(
        connection,
        plan,
        limit=limit,
        offset=offset,
        sort=sort,
        marks=marks,
        collapse=collapse,
        evaluator=evaluator,
    )
    if not hits.total:
        others = suggestions(connection, plan, given, thesaurus, evaluator)
        return msgspec.structs.replace(hits, suggestions=others)
    return msgspec.structs.replace(hits, facets=facets(connection, plan, facet, evaluator=evaluator))


def search_letters(
    connection: Connection,
    words: str = "",
    *,
    filters: Mapping[str, Raw | None] | None = None,
    limit: int = 20,
    offset: int = 0,
    sort: Sort = "best",
    marks: tuple[str, str] = MARKS,
    thesaurus: Thesaurus | None = None,
) -> LetterHits:
    """The letters with decisions that match, each with all of these; otherwise as `search`."""
    plan = read(words, thesaurus).as_hits().narrowed(read_filters(filters))
    return find_letters(connection, plan, limit=limit, offset=offset, sort=sort, marks=marks)


def find(
    connection: Connection,
    plan: Plan,
    *,
    limit: int = 20,
    offset: int = 0,
    sort: Sort = "best",
    marks: tuple[str, str] = MARKS,
    collapse: bool = True,
    evaluator: Evaluator | None = None,
) -> Hits:
    """One page of the decisions that `plan` asks for, and their exact total.

    `collapse` lists the first alone of those that have nearly the same rationale, with the number of the
    others; `limit` and `offset` then count such groups.
    """
    _check(limit, offset, sort)
    evaluator = evaluator or Evaluator(connection)
    together = ALIKE if collapse else None
    page = page_of(
        connection, plan, limit=limit, offset=offset, sort=sort, collapse=together, evaluator=evaluator
    )
    counted = alike(evaluator, page, ALIKE)
    found = _hits(connection, plan, counted, marks)
    return Hits(
        plan=plan,
        rows=tuple(found[item] for item in page.items),
        total=len(page.found),
        statement=listing_sql(plan, limit=limit, offset=offset, sort=sort, collapse=together),
        groups=page.groups,
    )


def find_letters(
    connection: Connection,
    plan: Plan,
    *,
    limit: int = 20,
    offset: int = 0,
    sort: Sort = "best",
    marks: tuple[str, str] = MARKS,
    evaluator: Evaluator | None = None,
) -> LetterHits:
    """One page of the letters that decide what `plan` asks for, and how many letters and items there are."""
    _check(limit, offset, sort)
    page = page_of_letters(
        connection, plan, limit=limit, offset=offset, sort=sort, evaluator=evaluator or Evaluator(connection)
    )
    found = _hits(connection, plan, {item: 0 for letter in page.ids for item in letter}, marks)
    return LetterHits(
        plan=plan,
        rows=tuple(
            LetterHit(tuple(sorted((found[item] for item in letter), key=lambda hit: hit.position)))
            for letter in page.ids
        ),
        total=page.groups,
        items=page.items,
        statement=groups_page_sql(plan, BY_LETTER, limit=limit, offset=offset, sort=sort),
    )


def _check(limit: int, offset: int, sort: str) -> None:
    if not 1 <= limit <= MOST_ROWS:
        raise UsageError(f"the limit must be between 1 and {MOST_ROWS}, not {limit}")
    if not 0 <= offset < 2**62:
        raise UsageError(f"the offset must be 0 or more, not {offset}")
    if sort not in {"best", "newest", "oldest"}:
        raise UsageError(f"cannot sort by {sort!r}: it is one of best, newest, oldest")


def _hits(
    connection: Connection, plan: Plan, alike: Mapping[int, int], marks: tuple[str, str]
) -> dict[int, Hit]:
    """Items as hits, with their snippets; `alike` has the number of others that each stands for."""
    if not alike:
        return {}
    statement = rows_sql(list(alike))
    rows = connection.execute(text(statement.sql), statement.parameters).mappings().all()
    marked = snippets(connection, plan, {row["item_id"]: row["case_id"] for row in rows}, marks)
    hits = {}
    for row in rows:
        item = row["item_id"]
        snippet = marked.get(item, _NO_SNIPPET)
        shown = {column: row[column] for column in ROW_COLUMNS}
        hits[item] = Hit(**shown, snippet=snippet.text, snippet_from=snippet.part, alike=alike[item])
    return hits
