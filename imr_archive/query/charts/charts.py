"""What a chart of a result shows, as plain data: bars with intervals, lines over time, or a map.

How it is drawn is another matter: `drawing` writes files, the command line draws in the terminal.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from imr_archive.query.comparison import Comparison
from imr_archive.query.dimensions import dimension
from imr_archive.query.language.words import Outcome
from imr_archive.query.lift import Lift
from imr_archive.query.results import RateRow, Rates

Kind = Literal["bars", "lines", "heat"]
Chartable = Rates | Comparison | Lift

PERIODS = frozenset({"year", "quarter", "month", "injury_year"})
"""Dimensions that run over time: drawn as lines."""

MOST_BARS = 25
"""More bars cannot be read; the first of the result's own order are drawn."""

MOST_BANDS = 3
MOST_SERIES = 8
"""More lines cannot be told apart, nor more columns of a map be labelled."""


class Point(msgspec.Struct, frozen=True):
    """One mark: its place, its series or column, its value with an interval, and of how many items."""

    place: str
    series: str
    value: float
    low: float
    high: float
    items: int
    small: bool


class Chart(msgspec.Struct, frozen=True):
    """What is drawn. `unit` is `percent` for rates, `times` for lifts; `left_out` counts what is not."""

    kind: Kind
    title: str
    subtitle: str
    place_label: str
    series_label: str
    value_label: str
    unit: Literal["percent", "times"]
    points: tuple[Point, ...]
    left_out: int = 0

    @property
    def places(self) -> tuple[str, ...]:
        """The places in order."""
        return tuple(dict.fromkeys(point.place for point in self.points))

    @property
    def series(self) -> tuple[str, ...]:
        """The series in order."""
        return tuple(dict.fromkeys(point.series for point in self.points))

    @property
    def banded(self) -> bool:
        """Whether intervals are drawn: those of many lines would cover one another."""
        return self.kind == "bars" or (self.kind == "lines" and len(self.series) <= MOST_BANDS)

    @property
    def bounds(self) -> tuple[float, float]:
        """The ends of the scale: bars begin at 0; lines and shades keep to the tenths that hold them."""
        least = min(point.low if self.banded else point.value for point in self.points)
        greatest = max(point.high if self.banded else point.value for point in self.points)
        if self.unit == "times":
            return 0.0, max(2.0, greatest * 1.05)
        if self.kind == "bars":
            return 0.0, 1.0
        low, high = math.floor(least * 10) / 10, math.ceil(greatest * 10) / 10
        return low, max(high, low + 0.1)


def chart_of(result: Chartable) -> Chart:
    """The chart that suits a result: over time lines, of two dimensions a map, else bars."""
    if isinstance(result, Lift):
        return _of_lift(result)
    if isinstance(result, Comparison):
        return _of_comparison(result)
    return _of_rates(result)


def _of_rates(result: Rates) -> Chart:
    outcome = result.plan.outcome or "upheld"
    names = result.dimensions
    over_time = [name for name in names if name in PERIODS]
    points = [_point(row, result.named(row), outcome) for row in result.rows if row.items]
    if over_time:
        undated = dimension(over_time[0]).missing
        points = [point for point in points if undated not in {point.place, point.series}]
    if over_time and names[0] != over_time[0]:
        points = [_turned(point) for point in points]
        names = (names[1], names[0])
    kind: Kind = "lines" if over_time else "heat" if len(names) > 1 else "bars"
    return _made(kind, names, outcome, result.reading, points)


def _of_comparison(result: Comparison) -> Chart:
    outcome = result.plan.outcome or "upheld"
    points = [
        _point(row, (*group.rates.named(row)[:1], group.label) if row.values else (group.label,), outcome)
        for group in result.groups
        for row in group.rates.rows
        if row.items
    ]
    names = result.dimensions[:1]
    kind: Kind = "bars" if not names else "lines" if names[0] in PERIODS else "heat"
    if kind == "lines":
        points = sorted(
            (point for point in points if point.place != dimension(names[0]).missing),
            key=lambda point: point.place,
        )
    made = _made(kind, names, outcome, result.reading, points)
    compared = " against ".join(group.label for group in result.groups)
    return msgspec.structs.replace(made, title=f"{made.title}: {compared}")


def _of_lift(result: Lift) -> Chart:
    points = [
        Point(
            str(row.value),
            "",
            row.lift or 0.0,
            *(row.interval or (0.0, 0.0)),
            row.items,
            small=row.items < 10,
        )
        for row in result.rows
        if row.lift is not None
    ]
    return Chart(
        kind="bars",
        title=f"{result.label}: how many times as often {result.outcome} as expected",
        subtitle=result.reading,
        place_label=result.label,
        series_label="",
        value_label="Lift",
        unit="times",
        points=tuple(points[:MOST_BARS]),
        left_out=max(0, len(points) - MOST_BARS),
    )


def _made(kind: Kind, names: Sequence[str], outcome: Outcome, reading: str, points: Sequence[Point]) -> Chart:
    kept = list(_kept(kind, points))
    rate = "Uphold rate" if outcome == "upheld" else "Overturn rate"
    labels = [dimension(name).label for name in names]
    by = " and ".join(label[0].lower() + label[1:] for label in labels)
    return Chart(
        kind=kind,
        title=f"{rate} by {by}" if by else rate,
        subtitle=reading,
        place_label=labels[0] if labels else "",
        series_label=labels[1] if len(labels) > 1 else "",
        value_label=rate,
        unit="percent",
        points=tuple(kept),
        left_out=len(points) - len(kept),
    )


def _kept(kind: Kind, points: Sequence[Point]) -> Iterator[Point]:
    """The points of the series with most items and, where places are not periods, of the first places."""
    weight: dict[str, int] = {}
    for point in points:
        weight[point.series] = weight.get(point.series, 0) + point.items
    series = sorted(weight, key=lambda name: -weight[name])[:MOST_SERIES]
    places = list(dict.fromkeys(point.place for point in points if point.series in series))
    shown = frozenset(places if kind == "lines" else places[:MOST_BARS])
    ordered = sorted(points, key=lambda point: point.place) if kind == "lines" else points
    yield from (point for point in ordered if point.series in series and point.place in shown)


def _point(row: RateRow, names: Sequence[str], outcome: Outcome) -> Point:
    """A row as a mark; of no dimension it is one bar for everything."""
    rate, (low, high) = row.uphold_rate or 0.0, row.interval or (0.0, 1.0)
    if outcome == "overturned":
        rate, low, high = 1 - rate, 1 - high, 1 - low
    place, series = (*names, "", "")[:2]
    return Point(place or "all", series, rate, low, high, row.items, small=row.small)


def _turned(point: Point) -> Point:
    return msgspec.structs.replace(point, place=point.series, series=point.place)
