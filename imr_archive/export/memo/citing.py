"""From a question to a memo: the decisions that it finds, with citations and quotations."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, select

from imr_archive.archive.models import Case, DisputedItem, Letter
from imr_archive.archive.reading import read_items
from imr_archive.archive.views import SEPARATOR
from imr_archive.export.memo.quoting import quotation
from imr_archive.export.memo.record import ArmRate, CitedDecision, Memo
from imr_archive.query import Hit, Plan, RateRow, read
from imr_archive.query.evaluating import Evaluator
from imr_archive.query.filters.applied import Applied, read_filters
from imr_archive.query.filters.registry import Raw
from imr_archive.query.language.arms import Group
from imr_archive.query.language.thesaurus import Thesaurus
from imr_archive.query.language.words import Outcome
from imr_archive.query.search import MOST_ROWS, find
from imr_archive.query.snippets import MARKS
from imr_archive.query.sql import Sort

_MARKED = re.compile(f"{MARKS[0]}(.*?){MARKS[1]}")
_WORD = re.compile(r"[^\W_]+")

Key = tuple[str | None, str | None, int, str, str]


def cite(
    connection: Connection,
    phrase: str,
    *,
    filters: Mapping[str, Raw | None] | None = None,
    limit: int = 20,
    sort: Sort = "best",
    anywhere: bool = False,
    today: datetime.date | None = None,
    thesaurus: Thesaurus | None = None,
) -> Memo:
    """The memo of the decisions that match `phrase` and `filters`, the first `limit` of them cited.

    List and rate are of the same items: those whose heading or service matches, or with `anywhere` those with
    the words in the rationale or the summary, too. The rate counts them whatever their outcome; the list has
    those of the outcome asked for. A question that compares (`norco vs tramadol`) has a rate for each side.
    Raises UsageError for a filter, limit or sort that is none.
    """
    asked = read(phrase, thesaurus).narrowed(read_filters(filters))
    counted = _whatever_outcome(asked, anywhere=anywhere)
    evaluator = Evaluator(connection)
    plan = counted.narrowed(_outcomes(asked))
    found = find(connection, plan, limit=limit, sort=sort, marks=MARKS, collapse=False, evaluator=evaluator)
    upheld = _count(connection, plan.narrowed((_outcome("upheld"),)))
    mentioned = msgspec.structs.replace(plan, widened=True) if plan.needs_heading else plan
    return Memo(
        query=phrase,
        reading=counted.sought,
        made=today or datetime.datetime.now().astimezone().date(),
        sort="newest" if sort == "best" and not plan.alternatives else sort,
        total=found.total,
        upheld=upheld,
        overturned=found.total - upheld,
        elsewhere=_count(connection, mentioned) - found.total,
        rate=_rate(evaluator, counted),
        arms=tuple(ArmRate(arm.label, _rate(evaluator, counted.of_arm(arm))) for arm in counted.arms),
        asked=asked.outcome or "upheld",
        decisions=tuple(_cited(connection, plan, found.rows, evaluator)),
    )


def _rate(evaluator: Evaluator, plan: Plan) -> RateRow:
    counts = evaluator.total(plan)
    return RateRow((), counts.items, counts.upheld, counts.overturned)


def _whatever_outcome(plan: Plan, *, anywhere: bool) -> Plan:
    """The plan as a question of one rate, without a filter on the outcome."""
    counted = msgspec.structs.replace(
        plan.as_rates(),
        dimensions=(),
        filters=tuple(one for one in plan.filters if one.name != "outcome"),
        ignored=plan.as_hits().ignored,
    )
    return _anywhere(counted) if anywhere else counted


def _anywhere(plan: Plan) -> Plan:
    """The plan with its words looked for outside the headings too."""
    arms = tuple(msgspec.structs.replace(arm, groups=_not_in_heading(arm.groups)) for arm in plan.arms)
    return msgspec.structs.replace(plan, groups=_not_in_heading(plan.groups), arms=arms)


def _not_in_heading(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    return tuple(tuple(msgspec.structs.replace(term, heading=False) for term in group) for group in groups)


def _outcomes(plan: Plan) -> tuple[Applied, ...]:
    """The filters for the outcomes that the question asks for."""
    named = (_outcome(plan.outcome),) if plan.outcome else ()
    return (*named, *(one for one in plan.filters if one.name == "outcome"))


def _outcome(outcome: Outcome) -> Applied:
    return Applied("outcome", values=(outcome,))


def _count(connection: Connection, plan: Plan) -> int:
    return find(connection, plan, limit=1).total


def _cited(
    connection: Connection, plan: Plan, hits: Sequence[Hit], evaluator: Evaluator
) -> Iterator[CitedDecision]:
    ids = _item_ids(connection, plan, hits)
    items = read_items(connection, ids)
    members = [(arm.label, evaluator.matching(plan.of_arm(arm))) for arm in plan.arms]
    for hit, item_id in zip(hits, ids, strict=True):
        item = items[item_id]
        yield CitedDecision(
            case_number=hit.case_number,
            source=hit.source,
            decision_date=hit.decision_date,
            position=hit.position,
            description=hit.description,
            outcome=hit.outcome,
            service=hit.service,
            specialties=tuple(hit.specialties.split(SEPARATOR)) if hit.specialties else (),
            citations=tuple(one for one in item.citations if one.cited_by == "reviewer"),
            quotation=quotation(item.rationale, item.reason_sentence, _words_found(hit)),
            arms=tuple(label for label, ids_of_arm in members if item_id in ids_of_arm),
        )


def _words_found(hit: Hit) -> list[str]:
    """The words of the question as the decision writes them."""
    return [word for marked in _MARKED.findall(hit.snippet) for word in _WORD.findall(marked)]


def _item_ids(connection: Connection, plan: Plan, hits: Sequence[Hit]) -> list[int]:
    """The row number of each hit's item.

    Letters without a case number may share the name of their file (one file may hold several): of those that
    look the same, the ones that match are taken, each once.
    """
    query = (
        select(DisputedItem.id, Letter.id, Case.case_number, Letter.source, DisputedItem.position)
        .add_columns(DisputedItem.description, DisputedItem.outcome)
        .join(Case, Case.id == DisputedItem.case_id)
        .join(Letter, (Letter.case_id == Case.id) & Letter.is_current)
        .where(Letter.source.in_({hit.source for hit in hits}))
        .order_by(DisputedItem.id)
    )
    places: dict[Key, list[tuple[int, int]]] = {}
    for item_id, letter_id, *told in connection.execute(query):
        number, source, position, description, outcome = told
        places.setdefault((number, source, position, description, outcome), []).append((item_id, letter_id))
    for key in {_key(hit) for hit in hits}:
        if len(places[key]) > 1:
            places[key] = [one for one in places[key] if _finds(connection, plan, key, one[1])]
    return [places[_key(hit)].pop(0)[0] for hit in hits]


def _key(hit: Hit) -> Key:
    return hit.case_number, hit.source, hit.position, hit.description, hit.outcome


def _finds(connection: Connection, plan: Plan, key: Key, letter_id: int) -> bool:
    """Whether the plan finds this item in that letter."""
    there = plan.narrowed((Applied("letter_number", low=letter_id, high=letter_id),))
    return key in {_key(hit) for hit in find(connection, there, limit=MOST_ROWS, collapse=False).rows}
