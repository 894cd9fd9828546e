"""Both outcomes of the same request: the closest decisions of each, and in what the two sides differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from statistics import median

from imr_archive.query.similar.ranking import Ranked
from imr_archive.query.similar.request import Request
from imr_archive.query.similar.results import Alike, Amount, Contrast, Opposites, Pair, SameBy

CONTRASTED = 25
"""The closest decisions of each outcome that the contrasts count."""

SHOWN_VALUES = 3
"""Values of one dimension that are shown, those first whose share differs most."""

HALF = 0.5
"""The share of the heading's words (by their weight) from which on an unknown service counts as the same."""

_DIMENSIONS = ("reason", "guidelines", "sections", "specialties", "diagnoses")
_SEEN_TWICE = 2


def same_request(request: Request, ranked: Sequence[Ranked]) -> tuple[SameBy, str, list[Ranked]]:
    """Those that decide the same request, best first; by what they are the same, and its name.

    Where one outcome has none on the service, the subcategory counts.
    """
    if request.service is None:
        return "heading", request.heading, [one for one in ranked if one.heading >= HALF]
    kind = (request.category, request.subcategory)
    wide = [one for one in ranked if (one.row.category, one.row.subcategory) == kind]
    narrow = [one for one in wide if one.row.service == request.service]
    if len({one.row.outcome for one in narrow}) < len({one.row.outcome for one in wide}):
        return "subcategory", str(request.subcategory), wide
    return "service", request.service, narrow


def opposites(same_by: SameBy, named: str, sides: dict[str, list[Alike]], pairs: int) -> Opposites | None:
    """Both sides, closest first, as pairs and as counts; None where no decision is on the same request."""
    upheld, overturned = sides["upheld"], sides["overturned"]
    if not upheld and not overturned:
        return None
    both = bool(upheld and overturned)
    return Opposites(
        same_by=same_by,
        named=named,
        upheld=len(upheld),
        overturned=len(overturned),
        pairs=tuple(Pair(*two) for two in zip_longest(upheld[:pairs], overturned[:pairs])),
        contrasts=tuple(_contrasts(upheld, overturned)) if both else (),
        amounts=tuple(_amounts(upheld, overturned)) if both else (),
    )


def _contrasts(upheld: Sequence[Alike], overturned: Sequence[Alike]) -> Iterator[Contrast]:
    for dimension in _DIMENSIONS:
        one, other = _counted(upheld, dimension), _counted(overturned, dimension)
        found = [
            Contrast(dimension, value, one[value], other[value])
            for value in one | other
            if one[value] + other[value] >= _SEEN_TWICE
            and one[value] * len(overturned) != other[value] * len(upheld)
        ]
        found.sort(
            key=lambda two: (
                -abs(two.upheld / len(upheld) - two.overturned / len(overturned)),
                two.value,
            )
        )
        yield from found[:SHOWN_VALUES]


def _counted(side: Iterable[Alike], dimension: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in side:
        value = getattr(one, dimension)
        counts.update({value} if isinstance(value, str) else set(value or ()))
    return counts


def _amounts(upheld: Sequence[Alike], overturned: Sequence[Alike]) -> Iterator[Amount]:
    one, other = _quantities(upheld), _quantities(overturned)
    for unit in sorted(one.keys() & other.keys()):
        if min(len(one[unit]), len(other[unit])) >= _SEEN_TWICE:
            yield Amount(unit, median(one[unit]), median(other[unit]))


def _quantities(side: Iterable[Alike]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for one in side:
        if one.quantity is not None and one.quantity_unit:
            found.setdefault(one.quantity_unit, []).append(one.quantity)
    return found
