"""A phrase in, an answer out: decisions where it asks for decisions, rates where it asks for rates."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from imr_archive.query.applied import read_filters
from imr_archive.query.filters import Raw
from imr_archive.query.rates import tabulate
from imr_archive.query.reading import read
from imr_archive.query.results import Answer
from imr_archive.query.search import find
from imr_archive.query.snippets import MARKS
from imr_archive.query.sql import Sort
from imr_archive.query.thesaurus import Thesaurus


def ask(
    connection: Connection,
    phrase: str,
    *,
    filters: Mapping[str, Raw | None] | None = None,
    limit: int = 20,
    offset: int = 0,
    sort: Sort = "best",
    marks: tuple[str, str] = MARKS,
    thesaurus: Thesaurus | None = None,
) -> Answer:
    """The answer to `phrase`, which may be any text, among the decisions that `filters` let through.

    A grouping (`by specialty`), a word for a rate (`how often`) or both outcomes (`approved vs denied`) make
    it a question of rates; anything else asks for decisions, of which `limit`, `offset`, `sort` and `marks`
    choose a page as in `search`. `thesaurus` is the project's vocabulary unless another is given. Raises
    UsageError for a filter, limit, offset or sort that is none.
    """
    plan = read(phrase, thesaurus).narrowed(read_filters(filters))
    if plan.rates:
        return Answer(query=phrase, result=tabulate(connection, plan))
    hits = find(connection, plan, limit=limit, offset=offset, sort=sort, marks=marks)
    return Answer(query=phrase, result=hits)
