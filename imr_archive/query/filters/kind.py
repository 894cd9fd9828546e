"""What a filter is: its names, the values that it takes, its SQL and its English sentence in one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum

import msgspec

Raw = str | int | Sequence[str | int]
"""A filter's value as a caller gives it: one value, a range such as `2016..2018`, or several values."""


class Takes(Enum):
    """What values a filter takes."""

    NAMES = "one or more names"
    CHOICE = "one or more of a closed list"
    RANGE = "a number, or a range such as 2016..2018, 65.. or ..30"
    DATES = "a date, month or year, or a range such as 2016-05..2017"


class Filter(msgspec.Struct, frozen=True):
    """One filter.

    `sql` is a condition in which `{values}` stands for the list of names, and `{low}` and `{high}` for the
    ends of a range; a range of which either end may be open has two conditions in `bounds` instead, the
    number as it is or put into `bound_formats`. `english` says the condition with `{values}`, `open_ends` a
    range of which one end is open. `citation` is the same condition on the citations of the side `cited_by`
    as `citation_joins` joins them: where these are grouped by, they too have to fulfil it. `choices` maps
    every way to type a value of a closed list to the value. `canonical` turns a typed name into the
    vocabulary's. `known_values` is a query for the values that the archive has, for "did you mean".

    `column` is the column (see `columns.py`) by which the filter can be answered without reading rows: an
    item passes where one of its values fulfils `on_value`, a condition on `value`. `category` then is one
    that the item has to have besides. `number` is the column of numbers of a range.
    """

    name: str
    takes: Takes
    help: str
    english: str
    sql: str = ""
    bounds: tuple[str, str] = ("", "")
    bound_formats: tuple[str, str] | None = None
    open_ends: tuple[str, str] = ("{} or more", "{} or less")
    aliases: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    cited_by: str = ""
    citation: str = ""
    citation_joins: tuple[str, ...] = ()
    choices: Mapping[str, str] = msgspec.field(default_factory=dict)
    canonical: Callable[[str], str] = str
    known_values: str = ""
    column: str = ""
    on_value: str = "value IN ({values})"
    category: str = ""
    number: str = ""


ANY_CASE = "value COLLATE NOCASE IN ({values})"
"""The condition on a value that a name fulfils however it is written."""
