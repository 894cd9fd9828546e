"""Which decisions are compared at all: a few hundred, found through rare words and the same service.

No word is ranked over all of its items, so the cost does not grow with the archive. What the bounds mean for
the answer is told in `docs/similar.md`.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping

import msgspec
from sqlalchemy import Connection, text

from imr_archive.archive.store import sqlite_cursor
from imr_archive.query.similar.request import Request
from imr_archive.query.similar.words import Stems, Term, newest_with, terms_of, words_of

RAREST = 16
"""Terms by which candidates are looked for, the rarest of the request."""

POSTINGS = 1_000
"""Newest items that one term brings; of the heading's own terms more."""

HEADING_POSTINGS = 2_000
SERVICE_ITEMS = 2_000
"""Newest items of the same service, for each outcome."""

REASON_ITEMS = 10_000
"""Newest items decided for the same reason."""

REASON_POINTS = 8.0
"""As much as a rare word of the heading: a term of one item in fifty has four, twice in a heading."""

BEST = 80
"""Candidates of any service, and as many of the same service for each outcome, that are read and compared."""

FEW = 50
"""Where a service has fewer items than this, those of its subcategory are candidates too."""

_SERVICES = text(
    "SELECT id, service = :service AS same FROM service_types"
    " WHERE category = :category AND subcategory = :subcategory"
)
_OF_SERVICE = (
    "SELECT id FROM disputed_items WHERE service_type_id = ? AND outcome = ? ORDER BY id DESC LIMIT ?"
)

_OF_REASON = "SELECT id FROM disputed_items WHERE reason = ? AND outcome = ? ORDER BY id DESC LIMIT ?"


class Words(msgspec.Struct, frozen=True):
    """The terms of a request, those of its heading apart."""

    heading: Mapping[str, Term]
    body: Mapping[str, Term]

    def all(self) -> dict[str, Term]:
        """Every term by its stem."""
        return {**self.body, **self.heading}


def words_of_request(connection: Connection, request: Request, stems: Stems) -> Words:
    """The terms of a request's heading, and of what is said about it."""
    heading = words_of(request.heading)
    body = words_of(" ".join(part for part in (request.reason_sentence, request.rationale) if part))
    if not body:
        body = words_of(request.summary or "")
    stem_of = stems.of([*heading, *body])
    known = terms_of(connection, [*heading, *body], stems)

    def of(words: Iterable[str]) -> dict[str, Term]:
        return {stem_of[word]: known[stem_of[word]] for word in words if stem_of[word] in known}

    return Words(of(heading), of(body))


def candidates(connection: Connection, request: Request, words: Words) -> list[int]:
    """The items worth comparing, those first that share most."""
    points = _points(connection, words)
    same_reason = _of_reason(connection, request)
    taken = dict.fromkeys(_first(points, points))
    for outcome in ("upheld", "overturned"):
        ids = _of_service(connection, request, outcome)
        for item in same_reason.intersection(ids):
            points[item] = points.get(item, 0.0) + REASON_POINTS
        taken |= dict.fromkeys(_first(ids, points))
    return list(taken)


def _first(ids: Iterable[int], points: Mapping[int, float]) -> list[int]:
    """Those with most points, of equals the newest."""
    return heapq.nlargest(BEST, ids, key=lambda item: (points.get(item, 0.0), item))


def _points(connection: Connection, words: Words) -> dict[int, float]:
    """For each item found through a term, the weights of its terms together."""
    points: dict[int, float] = {}
    for stem, term in _looked_up(words):
        most = HEADING_POSTINGS if stem in words.heading else POSTINGS
        ids: Collection[int] = term.ids if term.rare else newest_with(connection, term.word, most)
        weight = term.idf * (2 if stem in words.heading else 1)
        for item in ids:
            points[item] = points.get(item, 0.0) + weight
    return points


def _looked_up(words: Words) -> list[tuple[str, Term]]:
    """The rarest terms of the heading and of the rest."""
    half = RAREST // 2
    heading = sorted(words.heading.items(), key=lambda one: -one[1].idf)[:half]
    body = sorted(words.body.items(), key=lambda one: -one[1].idf)
    chosen = dict(heading)
    for stem, term in body:
        if len(chosen) >= RAREST:
            break
        chosen.setdefault(stem, term)
    return list(chosen.items())


def _of_service(connection: Connection, request: Request, outcome: str) -> list[int]:
    """The newest items on the same service with that outcome; where they are few, of its subcategory too."""
    if request.service is None:
        return []
    wanted = {key: getattr(request, key) for key in ("category", "subcategory", "service")}
    services = connection.execute(_SERVICES, wanted).all()
    found: list[int] = []
    for row in sorted(services, key=lambda row: not row.same):
        if row.same or len(found) < FEW:
            most = SERVICE_ITEMS if row.same else FEW
            found += _ids(connection, _OF_SERVICE, row.id, outcome, most)
    return found


def _of_reason(connection: Connection, request: Request) -> set[int]:
    """The newest items that were decided so for the same reason; none for what is not decided."""
    if request.reason is None or request.outcome is None:
        return set()
    return set(_ids(connection, _OF_REASON, request.reason, request.outcome, REASON_ITEMS))


def _ids(connection: Connection, statement: str, *parameters: object) -> list[int]:
    return [item for (item,) in sqlite_cursor(connection).execute(statement, parameters).fetchall()]
