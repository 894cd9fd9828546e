"""How many items, and how many of them upheld and overturned: what every rate and facet is made of."""

from __future__ import annotations

from typing import NamedTuple

Value = str | int | None


class Counts(NamedTuple):
    """The items of one group, and how many of them were upheld and overturned."""

    items: int
    upheld: int
    overturned: int

    def plus(self, other: Counts) -> Counts:
        """Both groups together."""
        return Counts(
            self.items + other.items, self.upheld + other.upheld, self.overturned + other.overturned
        )


NOTHING = Counts(0, 0, 0)

Tally = dict[tuple[Value, ...], Counts]
"""The counts of each group that has an item, by its values."""


def add_to(tally: Tally, others: Tally) -> None:
    """Count the groups of `others` into `tally`."""
    for values, counts in others.items():
        tally[values] = tally.get(values, NOTHING).plus(counts)
