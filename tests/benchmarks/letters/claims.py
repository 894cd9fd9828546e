"""The worker, the claim and its dates."""

from __future__ import annotations

import datetime
from typing import Literal, NamedTuple

from .grammar import Draw
from .tables import Region, Weighted, decisions, regions

Opening = Literal["stated", "pronoun", "unsexed", "ageless", "neutral"]
OPENINGS: Weighted[Opening] = Weighted(
    [("stated", 84.0), ("pronoun", 6.0), ("unsexed", 4.0), ("ageless", 4.0), ("neutral", 2.0)]
)
LAYOUTS = {
    2013: Weighted([("A", 40.0), ("B", 25.0), ("C", 10.0), ("D", 25.0)]),
    2014: Weighted([("B", 10.0), ("C", 2.0), ("D", 88.0)]),
}
"""The layouts of the years that have more than D."""

YEARS = {"A": (2013, 2013), "B": (2013, 2014), "C": (2013, 2014), "D": (2013, 2024)}
DAY = datetime.timedelta(days=1)


class Dates(NamedTuple):
    """The dates of a case, each later than the one before it."""

    injury: datetime.date
    denied: datetime.date
    received: datetime.date
    assigned: datetime.date
    decided: datetime.date


class Claim(NamedTuple):
    """The worker and the injury. `opening` says which of age and sex the letter states."""

    age: int
    female: bool
    opening: Opening
    region: Region
    side: str
    dates: Dates

    @property
    def says_age(self) -> bool:
        """Whether the letter states the age."""
        return self.opening in ("stated", "pronoun", "unsexed")

    @property
    def says_sex(self) -> bool:
        """Whether the letter states the sex, by a noun or by he and she."""
        return self.opening in ("stated", "pronoun", "ageless")


def decided_in(draw: Draw, layout: str | None) -> int:
    """The year of a decision, one in which letters of that layout were written."""
    first, last = YEARS[layout or "D"]
    while True:
        year = YEAR_SHARES.drawn(draw)
        if first <= year <= last:
            return year


def layout_of(year: int, draw: Draw) -> str:
    """The layout of a letter of that year."""
    return LAYOUTS[year].drawn(draw) if year in LAYOUTS else "D"


def dates_until(year: int, draw: Draw, *, expedited: bool) -> Dates:
    """The dates of a case that was decided in that year."""
    decided = datetime.date(year, 1, 2) + int(362 * draw()) * DAY
    assigned = decided - int(1 + (6 if expedited else 12 + 50 * draw())) * DAY
    received = assigned - int(1 + (2 if expedited else 5 + 25 * draw())) * DAY
    denied = received - int(1 + 34 * draw()) * DAY
    years = 0.1 + 14 * draw() ** 2.2 + 8 * (draw() < 0.12) * draw()
    return Dates(denied - int(20 + 365 * years) * DAY, denied, received, assigned, decided)


def claimed(region: Region, dates: Dates, draw: Draw) -> Claim:
    """A worker with an injury of that part of the body."""
    age = int(21 + 46 * (draw() + draw() + draw()) / 3 + 8 * (draw() < 0.1))
    age = max(age, 19 + (dates.decided - dates.injury).days // 365)
    side = ("right", "left", "bilateral")[int(2.25 * draw())]
    return Claim(age, draw() < 0.46, OPENINGS.drawn(draw), region, side, dates)


def region_for(wanted: tuple[str, ...], draw: Draw) -> Region:
    """A part of the body of those named, by name or by group; of all where none is named."""
    if wanted not in _REGIONS_OF:
        _REGIONS_OF[wanted] = Weighted(
            (region, region.weight)
            for region in regions().values()
            if not wanted or region.name in wanted or region.group in wanted
        )
    return _REGIONS_OF[wanted].drawn(draw)


def concerns(region: Region, wanted: tuple[str, ...]) -> bool:
    """Whether a service for those parts of the body fits this one."""
    return not wanted or region.name in wanted or region.group in wanted


YEAR_SHARES = Weighted((year, entry.letters) for year, entry in decisions().years.items())
_REGIONS_OF: dict[tuple[str, ...], Weighted[Region]] = {}
