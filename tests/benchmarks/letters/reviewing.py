"""The anonymous reviewers of one seed: a few decide much, and each has an inclination of his own."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import NamedTuple

from .grammar import Draw
from .tables import Credentials, Service, Weighted, reviewers

GOLDEN = 0.618033988749895
"""Steps of the golden ratio fill the range evenly, so that few reviewers too have the shares of the table."""

SIZES = {"general": 320, "surgery": 70, "psych": 40, "chiropractic": 24, "acupuncture": 16}
BUSY = 1.7
"""How unevenly cases go to reviewers: the busiest twentieth decides a sixth of them."""

SURGICAL = frozenset({"surgery", "attendant"})
SHARES = {
    "Acupuncture": ("acupuncture", 0.4),
    "Chiropractic": ("chiropractic", 0.45),
    "Other Therapies": ("chiropractic", 0.2),
}
"""Subcategories that reviewers of their own trade decide, and how often."""


class Reviewer(NamedTuple):
    """One reviewer: a number, credentials, and how far from the average (in log-odds) toward overturning."""

    number: int
    specialties: tuple[str, ...]
    states: tuple[str, ...]
    inclination: float


@lru_cache(maxsize=4)
def pool(seed: int) -> dict[str, list[Reviewer]]:
    """The reviewers of a seed by their kind, the busiest first."""
    random = Random(f"{seed}:reviewers")
    states = Weighted(reviewers().states.items())
    found: dict[str, list[Reviewer]] = {}
    number = 0
    for kind, size in SIZES.items():
        listed: tuple[Credentials, ...] = getattr(reviewers(), kind)
        credentials = Weighted((entry.specialties, entry.weight) for entry in listed)
        found[kind] = []
        for place in range(size):
            number += 1
            specialties = credentials.drawn(lambda at=place: (0.5 + at * GOLDEN) % 1.0)
            licensed = dict.fromkeys(states.drawn(random.random) for _ in range(1 + (random.random() < 0.3)))
            leniency = reviewers().leniency.get(specialties[0], 0.0)
            inclination = leniency + random.gauss(0.0, 0.3)
            found[kind].append(Reviewer(number, specialties, tuple(licensed), inclination))
    return found


def assigned(seed: int, service: Service, draw: Draw) -> Reviewer:
    """The reviewer to whom a request for this service goes."""
    kind = "general"
    if service.form in SURGICAL:
        kind = "surgery" if draw() < 0.9 else "general"
    elif service.category == "Psych Services":
        kind = "psych"
    elif service.subcategory in SHARES:
        trade, share = SHARES[service.subcategory]
        kind = trade if draw() < share else "general"
    listed = pool(seed)[kind]
    return listed[int(len(listed) * draw() ** BUSY)]
