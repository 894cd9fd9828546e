"""How alike a request and a decision are: their words by BM25, and what the parser has read of both.

Each feature says how far the two agree, 0 to 1, and counts with its weight where the request has something to
compare; the likeness is the weighted mean. The weights were chosen on generated letters of one seed and
measured on another and on real letters (`tests/benchmarks/similar.py`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from imr_archive.query.similar.candidates import Words
from imr_archive.query.similar.dull_words import dull_words
from imr_archive.query.similar.request import Request
from imr_archive.query.similar.rows import Candidate
from imr_archive.query.similar.words import Stems, Term, every_word, words_of

K1, B = 1.2, 0.75
"""The usual constants of BM25 (Robertson and Zaragoza: The Probabilistic Relevance Framework, 2009)."""

MOST_SHARED = 6
TELLING = math.log(4)
"""Words in more than a third of all items are not shown as what two decisions have in common."""


class Weights(NamedTuple):
    """How much each feature counts."""

    service: float = 6.0
    text: float = 4.0
    heading: float = 1.0
    saying: float = 2.0
    reason: float = 2.0
    body_part: float = 1.0
    laterality: float = 0.3
    quantity: float = 0.5
    dose: float = 0.3
    diagnoses: float = 0.7


WEIGHTS = Weights()

_SUBCATEGORY, _CATEGORY = 0.4, 0.15
"""How far services agree that are not one: of one subcategory (a drug class), or only of one category."""


class Ranked(NamedTuple):
    """A decision with its likeness, the names of the features in which it agrees, and rare words in common.

    heading: the share of the request's heading that its own heading has.
    """

    row: Candidate
    likeness: float
    heading: float
    agrees: tuple[str, ...]
    words: tuple[str, ...]


class Compared(NamedTuple):
    """How far a decision agrees with the request, by feature; and the terms of the request that it has."""

    row: Candidate
    features: Mapping[str, float]
    words: tuple[str, ...]


def compare_all(request: Request, words: Words, rows: Sequence[Candidate], stems: Stems) -> list[Compared]:
    """Each decision's features; what the request does not say is no feature."""
    cut = [(every_word(row.description), every_word(row.rationale)) for row in rows]
    saying = words_of(request.reason_sentence or "")
    stem_of = stems.of({word for heading, body in cut for word in (*heading, *body)} | {*saying})
    known = words.all()
    dull = {stem for word, stem in stems.of(dull_words()).items() if word in dull_words()}
    matcher = _Matcher(
        known, stem_of, sum(len(heading) + len(body) for heading, body in cut) / (len(cut) or 1)
    )
    said = {stem: known[stem] for stem in map(stem_of.__getitem__, saying) if stem in known}
    own_heading = sum(term.idf for term in words.heading.values())
    own_text = matcher.own(known.values())
    compared = []
    for row, (heading, body) in zip(rows, cut, strict=True):
        counts = matcher.counts([*heading, *body])
        features: dict[str, float] = {}
        if own_text:
            features["text"] = min(1.0, matcher.bm25(counts, len(heading) + len(body)) / own_text)
        if own_heading:
            there = matcher.counts(heading)
            shared = sum(term.idf for stem, term in words.heading.items() if stem in there)
            features["heading"] = shared / own_heading
        if said:
            features["saying"] = _overlap(said, matcher.counts(every_word(row.reason_sentence or "")))
        compared.append(Compared(row, features | _facts(request, row), _shared(known, counts, dull)))
    return compared


class _Matcher:
    """Counts the request's terms in the words of a decision."""

    def __init__(self, known: Mapping[str, Term], stem_of: Mapping[str, str], mean_length: float) -> None:
        self._known = known
        self._mean = mean_length or 1.0
        self._wanted = {word: stem for word, stem in stem_of.items() if stem in known}

    def counts(self, words: Iterable[str]) -> Counter[str]:
        wanted = self._wanted
        return Counter([wanted[word] for word in words if word in wanted])

    def bm25(self, counts: Mapping[str, int], length: int) -> float:
        longer = K1 * (1 - B + B * length / self._mean)
        return sum(
            self._known[stem].idf * count * (K1 + 1) / (count + longer) for stem, count in counts.items()
        )

    def own(self, terms: Iterable[Term]) -> float:
        """What a decision of mean length would have that has every term twice."""
        return sum(term.idf for term in terms) * 2 * (K1 + 1) / (2 + K1)


def _overlap(wanted: Mapping[str, Term], there: Mapping[str, int]) -> float:
    total = sum(term.idf for term in wanted.values())
    return sum(term.idf for stem, term in wanted.items() if stem in there) / total if total else 0.0


def _shared(known: Mapping[str, Term], counts: Mapping[str, int], dull: Collection[str]) -> tuple[str, ...]:
    """The rarest words that both have; none that most decisions have, and none that says nothing (`dull`)."""
    telling = (known[stem] for stem in counts if stem not in dull and known[stem].idf >= TELLING)
    shared = sorted(telling, key=lambda term: (-term.idf, term.word))
    return tuple(term.word for term in shared[:MOST_SHARED])


def _facts(request: Request, row: Candidate) -> dict[str, float]:
    """The features that come from what the parser has read."""
    facts: dict[str, float] = {}
    if request.service is not None:
        facts["service"] = _same_service(request, row)
    if request.body_part:
        facts["body_part"] = _jaccard(request.body_part.split(", "), (row.body_part or "").split(", "))
    if request.laterality:
        facts["laterality"] = float(request.laterality == row.laterality)
    if request.quantity:
        facts["quantity"] = _near(request, row)
    if request.dose:
        facts["dose"] = float(_plain(request.dose) == _plain(row.dose or ""))
    if request.diagnoses:
        facts["diagnoses"] = _jaccard(request.diagnoses, row.diagnoses)
    if request.reason:
        facts["reason"] = float(request.reason == row.reason)
    return facts


def _same_service(request: Request, row: Candidate) -> float:
    if request.category != row.category:
        return 0.0
    if request.subcategory != row.subcategory:
        return _CATEGORY
    return 1.0 if request.service == row.service else _SUBCATEGORY


def _near(request: Request, row: Candidate) -> float:
    """How near two quantities of one unit are: the smaller over the larger."""
    if not row.quantity or not request.quantity or request.quantity_unit != row.quantity_unit:
        return 0.0
    return min(request.quantity, row.quantity) / max(request.quantity, row.quantity)


def _plain(dose: str) -> str:
    return "".join(dose.lower().split())


def _jaccard(one: Iterable[str], other: Iterable[str]) -> float:
    first, second = set(one) - {""}, set(other) - {""}
    return len(first & second) / len(first | second) if first and second else 0.0


def rank(
    compared: Iterable[Compared], weights: Weights = WEIGHTS, *, without: frozenset[str] = frozenset()
) -> list[Ranked]:
    """The decisions, those first that are most alike; of equals the newest. without: features left out."""
    weight_of = {name: weight for name, weight in weights._asdict().items() if name not in without}
    ranked = []
    for one in compared:
        counted = {name: value for name, value in one.features.items() if weight_of.get(name)}
        total = math.fsum(weight_of[name] for name in counted)
        points = math.fsum(weight_of[name] * value for name, value in counted.items())
        agrees = tuple(name for name, value in counted.items() if value >= 1.0 and _is_shown(name, one))
        heading = one.features.get("heading", 0.0)
        ranked.append(Ranked(one.row, points / total if total else 0.0, heading, agrees, one.words))
    return sorted(ranked, key=lambda one: (-one.likeness, -one.row.id))


def _is_shown(name: str, one: Compared) -> bool:
    """Whether to say that both have the same: the doses of two drugs cannot be compared."""
    return name not in _TEXT and (name != "dose" or one.features.get("service") == 1.0)


_TEXT = frozenset(("text", "heading", "saying"))
