"""Values of filters that no decision of the archive has: likely misspelled, and always worth a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from rapidfuzz import fuzz, process
from sqlalchemy import Connection, text

from imr_archive.query.evaluating import Evaluator
from imr_archive.query.filters.applied import Applied, read_filters
from imr_archive.query.filters.registry import FILTERS, Raw
from imr_archive.query.plan import Plan
from imr_archive.query.suggesting import LEAST_LIKENESS

MOST_MEANT = 3


class UnknownValue(msgspec.Struct, frozen=True):
    """A value that no decision has; `meant` are the likeliest that the archive has, the best first."""

    filter: str
    value: str
    meant: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """The same in one line."""
        said = f'no {self.filter.replace("_", " ")} "{self.value}" in this archive'
        return f"{said}; did you mean {' or '.join(self.meant)}?" if self.meant else said


def unknown_values(connection: Connection, filters: Mapping[str, Raw | None]) -> tuple[UnknownValue, ...]:
    """The values of `filters` that no decision has, of those filters whose values the archive can list.

    Raises UsageError for a filter that is none.
    """
    evaluator = Evaluator(connection)
    return tuple(
        UnknownValue(applied.name, value, _likely(connection, applied.name, value))
        for applied in read_filters(filters)
        for value in _values(applied)
        if not evaluator.total(Plan(filters=(Applied(applied.name, values=(value,)),))).items
    )


def _values(applied: Applied) -> Iterator[str]:
    if FILTERS[applied.name].known_values:
        yield from applied.values


def _likely(connection: Connection, name: str, value: str) -> tuple[str, ...]:
    known = connection.execute(text(FILTERS[name].known_values)).scalars()
    folded = {str(each).casefold(): str(each) for each in known if each}
    near = process.extract(
        value.casefold(), list(folded), scorer=fuzz.WRatio, score_cutoff=LEAST_LIKENESS, limit=MOST_MEANT
    )
    best = max((score for _, score, _ in near), default=0)
    return tuple(folded[each] for each, score, _ in near if score == best)
