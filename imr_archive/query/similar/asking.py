"""The decisions most like a request, and both outcomes of that request side by side.

A request is an item of a stored case, of a letter, or of a pasted denial or request for authorization. Its
rarest words and its service bring a few hundred candidates; these are compared in full, by their words and by
what the parser has read of them (see `similar_candidates`, `similar_ranking` and docs/similar.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from imr_archive.archive.finding import locate_case
from imr_archive.archive.texts import storable
from imr_archive.errors import UsageError
from imr_archive.parsing import parse_letters
from imr_archive.query.similar.candidates import candidates, words_of_request
from imr_archive.query.similar.duplicates import Distinct, clusters_of, distinct
from imr_archive.query.similar.paste import requests_of_text
from imr_archive.query.similar.ranking import WEIGHTS, Ranked, Weights, compare_all, rank
from imr_archive.query.similar.request import (
    Request,
    chosen,
    requests_of_case,
    requests_of_records,
    stored_cases,
)
from imr_archive.query.similar.results import Alike, Opposites, Similar, SimilarTo, one_line
from imr_archive.query.similar.rows import Details, candidate_rows, cluster_sizes, details
from imr_archive.query.similar.sides import CONTRASTED, opposites, same_request
from imr_archive.query.similar.words import Stems

LIMIT = 10
PAIRS = 3
MOST_ROWS = 100
"""Decisions that can be asked for at most; no more than a few hundred are compared."""

LEAST_LIKENESS = 0.15
"""Decisions that are less alike are not listed: on another kind of service they share passing words alone."""

MOST_REQUESTS = 20
"""Requests of one text that are answered; letters with more items are rare, and each takes its time."""

MOST_CHARACTERS = 200_000
"""Characters of a text that are read: forty letters."""

_EXCERPT = 320

_DECIDED = frozenset(("reason", "saying"))
"""What only a decision has: it says which of two outcomes is nearer, so it does not choose their pairs."""


def similar_to_case(
    connection: Connection, name: str, item: int | None = None, *, limit: int = LIMIT, pairs: int = PAIRS
) -> Similar:
    """The likes of each item of the stored case `name` (its number or its file's name), or of one item.

    Raises UnknownNameError for a case or item that is not there, UsageError for a limit out of bounds.
    """
    case = locate_case(connection, name)
    wanted = chosen(requests_of_case(connection, case), item, name)
    return _answer(connection, wanted, frozenset((case,)), limit, pairs)


def similar_to_text(
    connection: Connection, text: str, item: int | None = None, *, limit: int = LIMIT, pairs: int = PAIRS
) -> Similar:
    """The likes of each request of a text: a letter, or what was copied from a denial or request.

    Whatever the text is, it gives an answer, if one without decisions. A letter that is stored is not its own
    like. Raises UnknownNameError for an item that the text has not, UsageError for a limit out of bounds.
    """
    read = storable(text[:MOST_CHARACTERS])
    records = parse_letters(read)
    requests = requests_of_records(records)
    own = stored_cases(connection, records, read)
    if not requests:
        requests = requests_of_text(read)
    notes = []
    if len(text) > MOST_CHARACTERS:
        notes.append(f"only the first {MOST_CHARACTERS:,} characters were read")
    return _answer(connection, chosen(requests, item, "the text"), own, limit, pairs, notes)


def _answer(
    connection: Connection,
    requests: Sequence[Request],
    own: frozenset[int],
    limit: int,
    pairs: int,
    notes: Iterable[str] = (),
) -> Similar:
    for name, number in (("limit", limit), ("number of pairs", pairs)):
        if not 0 <= number <= MOST_ROWS:
            raise UsageError(f"the {name} must be between 0 and {MOST_ROWS}, not {number}")
    told = list(notes)
    if len(requests) > MOST_REQUESTS:
        told.append(
            f"only the first {MOST_REQUESTS} of {len(requests)} requests are answered; "
            "choose another by its number"
        )
    stems = Stems()
    groups = tuple(
        similar_to(connection, request, own, stems=stems, limit=limit, pairs=pairs)
        for request in requests[:MOST_REQUESTS]
    )
    return Similar(groups, tuple(told))


def similar_to(
    connection: Connection,
    request: Request,
    own: frozenset[int] = frozenset(),
    *,
    stems: Stems,
    limit: int = LIMIT,
    pairs: int = PAIRS,
    weights: Weights = WEIGHTS,
) -> SimilarTo:
    """The likes of one request; `own` are cases that are left out."""
    words = words_of_request(connection, request, stems)
    rows = [
        row
        for row in candidate_rows(connection, candidates(connection, request, words))
        if row.case_id not in own
    ]
    compared = compare_all(request, words, rows, stems)
    nearest = distinct([one for one in rank(compared, weights) if one.likeness >= LEAST_LIKENESS], limit)
    same_by, named, same = same_request(request, rank(compared, weights, without=_DECIDED))
    sides = {
        outcome: distinct([one for one in same if one.row.outcome == outcome], CONTRASTED)
        for outcome in ("upheld", "overturned")
    }
    shown = _Shown(connection, [*nearest, *sides["upheld"], *sides["overturned"]], own)
    both: Opposites | None = opposites(
        same_by, one_line(named), {name: shown.alike(side) for name, side in sides.items()}, pairs
    )
    return SimilarTo(
        request=request, rows=tuple(shown.alike(nearest)), opposites=both, compared=len(compared)
    )


class _Shown:
    """Decisions as they are shown."""

    def __init__(self, connection: Connection, found: Sequence[Distinct], own: frozenset[int]) -> None:
        self._details = details(connection, (one.ranked.row.id for one in found))
        self._sizes = cluster_sizes(connection, clusters_of(found), own)

    def alike(self, found: Iterable[Distinct]) -> list[Alike]:
        return [_alike(one, self._details[one.ranked.row.id], self._sizes) for one in found]


def _alike(found: Distinct, more: Details, sizes: Mapping[int, int]) -> Alike:
    row = found.ranked.row
    others = found.others if row.rationale_cluster is None else sizes[row.rationale_cluster] - 1
    return Alike(
        case_number=more.case_number,
        source=one_line(more.source) or None,
        position=more.position,
        description=one_line(row.description),
        outcome=row.outcome,
        category=row.category,
        subcategory=row.subcategory,
        service=row.service,
        decision_date=more.decision_date,
        specialties=_lines(more.specialties),
        reason=row.reason,
        guidelines=_lines(more.guidelines),
        sections=_lines(more.sections),
        ur_guidelines=_lines(more.ur_guidelines),
        diagnoses=_lines(row.diagnoses),
        quantity=row.quantity,
        quantity_unit=row.quantity_unit,
        dose=row.dose,
        body_part=row.body_part,
        laterality=row.laterality,
        likeness=round(found.ranked.likeness, 3),
        agrees=found.ranked.agrees,
        words=found.ranked.words,
        excerpt=_excerpt(found.ranked),
        near_duplicates=others,
    )


def _lines(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(one_line(name) for name in names)


def _excerpt(one: Ranked) -> str:
    said = one_line(one.row.reason_sentence or one.row.rationale[: 2 * _EXCERPT])
    return said if len(said) <= _EXCERPT else f"{said[: _EXCERPT - 1].rstrip()}…"
