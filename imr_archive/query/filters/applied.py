"""Filters with their values: read from what was typed, then said in SQL and in English."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial

import msgspec

from imr_archive.errors import UnknownNameError, UsageError
from imr_archive.query.filters.registry import FILTERS, Filter, Raw, Takes, find_filter
from imr_archive.query.language.periods import read_period

_RANGE = re.compile(r"^\s*(?P<low>\d{1,9})?\s*(?P<dots>\.\.|-|–)?\s*(?P<high>\d{1,9})?\s*$")
_COMPARED = re.compile(r"^\s*(?P<sign>>=?|<=?|≥|≤)\s*(?P<bound>\d{1,9})\s*$")
_LARGEST_YEAR = 9999
_LARGEST_NUMBER = 999_999_999
"""No range goes on beyond it: `_RANGE` reads nine digits."""

End = int | datetime.date
Bind = Callable[[str | int], str]


class Applied(msgspec.Struct, frozen=True):
    """A filter with its values: the names to match, or the least and the greatest number or date."""

    name: str
    values: tuple[str, ...] = ()
    low: End | None = None
    high: End | None = None
    negated: bool = False

    @property
    def english(self) -> str:
        """The condition as a reading says it."""
        said = FILTERS[self.name].english.format(values=self._said_values())
        return f"not {said}" if self.negated else said

    def _said_values(self) -> str:
        if self.values:
            return " or ".join(self.values)
        or_more, or_less = FILTERS[self.name].open_ends
        if self.low is None:
            return or_less.format(self.high)
        if self.high is None:
            return or_more.format(self.low)
        return str(self.low) if self.low == self.high else f"{self.low} to {self.high}"


def read_filter(name: str, raw: Raw, *, negated: bool = False) -> Applied:
    """The filter `name` with the value or values `raw`.

    Raises UnknownNameError for an unknown name or a value outside a closed list, and UsageError for a range
    that is none.
    """
    known = find_filter(name)
    if known is None:
        meant = get_close_matches(name.casefold(), FILTERS, n=3) or sorted(FILTERS)
        raise UnknownNameError(f"there is no filter {name!r}; try {', '.join(meant)}")
    given = [str(raw)] if isinstance(raw, str | int) else [str(one) for one in raw]
    given = [value.strip() for value in given if value.strip()]
    if not given:
        raise UsageError(f"the filter {known.name} needs a value: {known.help}")
    if known.takes in {Takes.RANGE, Takes.DATES}:
        return _range(known, given, negated=negated)
    values = tuple(dict.fromkeys(_value(known, value) for value in given))
    return Applied(known.name, values=values, negated=negated)


def read_filters(filters: Mapping[str, Raw | None] | None) -> tuple[Applied, ...]:
    """The filters of a mapping from name to value; those whose value is None are left out."""
    return tuple(read_filter(name, raw) for name, raw in (filters or {}).items() if raw is not None)


def _value(known: Filter, value: str) -> str:
    if known.takes is not Takes.CHOICE:
        return known.canonical(value)
    key = " ".join(value.casefold().replace("_", " ").replace("-", " ").split())
    if key not in known.choices:
        allowed = ", ".join(dict.fromkeys(known.choices.values()))
        raise UnknownNameError(f"{known.name} cannot be {value!r}: it is one of {allowed}")
    return known.choices[key]


def _range(known: Filter, given: Sequence[str], *, negated: bool) -> Applied:
    """The range that holds all the values given."""
    read = read_period if known.takes is Takes.DATES else partial(_bounds, known)
    lows, highs = zip(*map(read, given), strict=True)
    low = None if None in lows else min(lows)
    high = None if None in highs else max(highs)
    if low is not None and high is not None and low > high:
        raise UsageError(f"{known.name} {low}..{high} runs backwards: give the smaller number first")
    return Applied(known.name, low=low, high=high, negated=negated)


def _bounds(known: Filter, value: str) -> tuple[int | None, int | None]:
    if compared := _COMPARED.match(value):
        bound, sign = int(compared["bound"]), compared["sign"]
        if sign[0] in ">≥":
            return bound + (sign == ">"), None
        return None, bound - (sign == "<")
    match = _RANGE.match(value)
    if match is None or (match["low"] is None and match["high"] is None):
        raise UsageError(f"{known.name} {value!r} is neither a number nor a range such as 2016..2018")
    low = int(match["low"]) if match["low"] else None
    high = int(match["high"]) if match["high"] else (None if match["dots"] else low)
    return low, high


def condition(applied: Applied, bind: Bind) -> str:
    """The SQL condition of a filter; `bind` takes a value and gives the placeholder to write for it.

    A negated filter lets through all that the plain one does not, decisions without the value among them.
    """
    known = FILTERS[applied.name]
    positive = _filled(known.sql, applied, bind) if known.sql else _between(applied, bind)
    return f"({positive}) IS NOT TRUE" if applied.negated else positive


def value_condition(applied: Applied, bind: Bind) -> str:
    """The condition that a `value` of the filter's column fulfils (`on_value`), without the negation."""
    return _filled(FILTERS[applied.name].on_value, applied, bind)


def citation_condition(applied: Applied, bind: Bind) -> str:
    """The same condition on the joined citation rows, for a filter that has one (`citation`)."""
    return _filled(FILTERS[applied.name].citation, applied, bind)


def _filled(sql: str, applied: Applied, bind: Bind) -> str:
    """A condition with placeholders for the names, or for both ends of a range."""
    if FILTERS[applied.name].takes is not Takes.RANGE:
        return sql.format(values=", ".join(bind(value) for value in applied.values))
    low = 0 if applied.low is None else applied.low
    high = _LARGEST_NUMBER if applied.high is None else applied.high
    return sql.format(low=bind(_bound_value(None, low)), high=bind(_bound_value(None, high)))


def limits(applied: Applied) -> tuple[str | int | None, str | int | None]:
    """Both ends of a range as the database compares them: dates in ISO form; None for an end that is open."""
    low_form, high_form = FILTERS[applied.name].bound_formats or (None, None)
    low = None if applied.low is None else _bound_value(low_form, applied.low)
    return low, None if applied.high is None else _bound_value(high_form, applied.high)


def _between(applied: Applied, bind: Bind) -> str:
    ends = zip(FILTERS[applied.name].bounds, ("low", "high"), limits(applied), strict=True)
    return " AND ".join(bound.format(**{end: bind(limit)}) for bound, end, limit in ends if limit is not None)


def _bound_value(form: str | None, limit: End) -> str | int:
    """A limit as the database compares it: dates are kept as texts, in ISO form."""
    if isinstance(limit, datetime.date):
        return limit.isoformat()
    return limit if form is None else form.format(max(0, min(limit, _LARGEST_YEAR)))
