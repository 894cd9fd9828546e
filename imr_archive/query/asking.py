"""A phrase in, an answer out: decisions where it asks for decisions, rates where it asks for rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection

from imr_archive.query.answer import Answer
from imr_archive.query.comparison import Comparison, compare
from imr_archive.query.evaluating import Evaluator
from imr_archive.query.facets import facets
from imr_archive.query.filters.applied import read_filters
from imr_archive.query.filters.registry import Raw
from imr_archive.query.language.reading import read
from imr_archive.query.language.thesaurus import Thesaurus
from imr_archive.query.letters import LetterHits
from imr_archive.query.lift import WHY, Lift, lift
from imr_archive.query.plan import Plan
from imr_archive.query.rates import tabulate
from imr_archive.query.results import Hits, Rates
from imr_archive.query.search import find, find_letters
from imr_archive.query.snippets import MARKS
from imr_archive.query.sql import Sort
from imr_archive.query.suggesting import suggestions


def ask(
    connection: Connection,
    phrase: str,
    *,
    filters: Mapping[str, Raw | None] | None = None,
    limit: int = 20,
    offset: int = 0,
    sort: Sort = "best",
    marks: tuple[str, str] = MARKS,
    facet: Iterable[str] = (),
    letters: bool = False,
    collapse: bool = True,
    thesaurus: Thesaurus | None = None,
) -> Answer:
    """The answer to `phrase`, which may be any text, among the decisions that `filters` let through.

    A grouping (`by specialty`), a word for a rate (`how often`) or both outcomes (`approved vs denied`) make
    it a question of rates, `norco vs gabapentin` a comparison; anything else asks for decisions, of which
    `limit`, `offset`, `sort`, `marks` and `collapse` choose a page as in `search`, with facets by the
    dimensions `facet`, or with `letters` grouped by letter. `why` adds what goes with the outcome.
    `thesaurus` is the project's vocabulary unless another is given. Raises UsageError for a filter, limit,
    offset, sort or dimension that is none.
    """
    given = read_filters(filters)
    plan = read(phrase, thesaurus).narrowed(given)
    evaluator = Evaluator(connection)
    result: Hits | LetterHits | Rates | Comparison
    if plan.arms and plan.rates:
        result = compare(connection, plan, evaluator)
    elif plan.rates:
        result = tabulate(connection, plan, evaluator)
    elif letters:
        page = find_letters(
            connection, plan, limit=limit, offset=offset, sort=sort, marks=marks, evaluator=evaluator
        )
        counts = facets(connection, plan, facet, evaluator=evaluator)
        result = msgspec.structs.replace(page, facets=counts)
    else:
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
        why = reasons_why(connection, plan, evaluator=evaluator) if plan.why else ()
        counts = facets(connection, plan, facet, evaluator=evaluator)
        result = msgspec.structs.replace(hits, facets=counts, lifts=why)
    if not result.total and isinstance(result, Hits | Rates):
        found = suggestions(connection, plan, given, thesaurus)
        result = msgspec.structs.replace(result, suggestions=found)
    return Answer(query=phrase, result=result)


def reasons_why(
    connection: Connection, plan: Plan, names: Iterable[str] = WHY, evaluator: Evaluator | None = None
) -> tuple[Lift, ...]:
    """What goes with the outcome that `plan` names (overturned, if it names none), by the dimensions `names`.

    As in any question of rates the items themselves have to match: where no heading has the words they are
    looked for anywhere. `evaluator` is one that serves other questions of the same answer. Raises
    UnknownNameError for a dimension that is none.
    """
    evaluator = evaluator or Evaluator(connection)
    asked = tabulate(connection, plan.as_rates(), evaluator).plan
    outcome = plan.outcome or "overturned"
    return tuple(lift(connection, asked, name, outcome, evaluator) for name in names)


def lifts(
    connection: Connection,
    by: Iterable[str] = WHY,
    *,
    words: str = "",
    filters: Mapping[str, Raw | None] | None = None,
    thesaurus: Thesaurus | None = None,
) -> tuple[Lift, ...]:
    """What goes with an outcome among the decisions that match `words` and `filters`, by each of `by`.

    The outcome is the one that `words` name, else overturned. Raises UsageError (or its UnknownNameError) for
    a dimension or filter that is none.
    """
    return reasons_why(connection, read(words, thesaurus).narrowed(read_filters(filters)), by)
