"""Decisions with nearly the same rationale: the closest stands for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from imr_archive.archive.clusters import ALIKE
from imr_archive.archive.likeness import likeness, shingles
from imr_archive.query.similar.ranking import Ranked

_MORE = 3
"""For each decision that is wanted, how many are looked at."""

_CLOSELY = 20
"""Decisions whose rationales are compared here, the first; later ones are alike by their cluster only."""

_ABOUT_AS_LONG = 0.5
_NONE: frozenset[str] = frozenset()


class Distinct(NamedTuple):
    """A decision, and the others of those looked at for which it stands."""

    ranked: Ranked
    others: int


def distinct(ranked: Sequence[Ranked], most: int) -> list[Distinct]:
    """The first `most` decisions of different rationales; those of one cluster and outcome are one.

    Rationales that were not compared yet (`imr-archive optimize`) are compared here, by the same measure.
    """
    kept: list[_Kept] = []
    for place, one in enumerate(ranked[: most * _MORE]):
        known = one.row.rationale_cluster is not None or place >= _CLOSELY
        parts = _NONE if known else shingles(one.row.rationale)
        twin = next((other for other in kept if other.is_twin(one, parts)), None)
        if twin is not None:
            twin.others += 1
        elif len(kept) < most:
            kept.append(_Kept(one, parts))
        elif place >= _CLOSELY:
            break
    return [Distinct(one.ranked, one.others) for one in kept]


class _Kept:
    def __init__(self, ranked: Ranked, parts: frozenset[str]) -> None:
        self.ranked = ranked
        self.parts = parts
        self.others = 0

    def is_twin(self, other: Ranked, parts: frozenset[str]) -> bool:
        """Whether another decision has the same outcome and nearly the same rationale."""
        own, its = self.ranked.row, other.row
        if own.outcome != its.outcome:
            return False
        if own.rationale_cluster or its.rationale_cluster:
            return own.rationale_cluster == its.rationale_cluster
        if not parts or not self.parts:
            return False
        shorter, longer = sorted((len(self.parts), len(parts)))
        return shorter > longer * _ABOUT_AS_LONG and likeness(self.parts, parts) >= ALIKE


def clusters_of(found: Iterable[Distinct]) -> list[int]:
    """The clusters of these decisions."""
    return [one.ranked.row.rationale_cluster for one in found if one.ranked.row.rationale_cluster]
