"""Dates as typed → the first and the last day meant: `2016`, `2016-05`, `5/10/2016`, `2016-05..2017`."""

from __future__ import annotations

import calendar
import datetime
import re

from imr_archive.errors import UsageError

Period = tuple[datetime.date | None, datetime.date | None]
"""The first and the last day; None for an end that is open."""

_DAY = re.compile(
    r"^(?:(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?"
    r"|(?P<us_month>\d{1,2})/(?P<us_day>\d{1,2})/(?P<us_year>\d{4}))$"
)
_COMPARED = re.compile(r"^(?P<sign>>=?|<=?|≥|≤)\s*(?P<date>.+)$")
_ONE_DAY = datetime.timedelta(days=1)


def read_period(text: str) -> Period:
    """The period that `text` names; raises UsageError where it names none or runs backwards."""
    typed = text.strip()
    if compared := _COMPARED.match(typed):
        return _compared(compared["sign"], _span(compared["date"], text))
    begin, dots, end = typed.partition("..")
    if not dots:
        return _span(begin, text)
    first = _span(begin, text)[0] if begin.strip() else None
    last = _span(end, text)[1] if end.strip() else None
    if first is None and last is None:
        raise _no_date(text)
    if first is not None and last is not None and first > last:
        raise UsageError(f"the dates {text} run backwards: give the earlier one first")
    return first, last


def _compared(sign: str, span: tuple[datetime.date, datetime.date]) -> Period:
    """`>2016` begins after the last day of 2016, `>=2016` with its first."""
    first, last = span
    try:
        if sign == ">":
            return last + _ONE_DAY, None
        if sign == "<":
            return None, first - _ONE_DAY
    except OverflowError as error:
        raise UsageError("the calendar ends there: no date can be beyond") from error
    return (first, None) if sign in {">=", "≥"} else (None, last)


def _span(typed: str, text: str) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a year, a month or a day."""
    match = _DAY.match(typed.strip())
    if match is None:
        raise _no_date(text)
    try:
        if match["us_year"]:
            day = datetime.date(int(match["us_year"]), int(match["us_month"]), int(match["us_day"]))
            return day, day
        year, month, day_of_month = (
            int(match[name]) if match[name] else 0 for name in ("year", "month", "day")
        )
        last_month = month or 12
        last_day = day_of_month or calendar.monthrange(year, last_month)[1]
        return datetime.date(year, month or 1, day_of_month or 1), datetime.date(year, last_month, last_day)
    except ValueError as error:
        raise _no_date(text) from error


def _no_date(text: str) -> UsageError:
    return UsageError(f"{text!r} is neither a date nor a range such as 2016-05..2017")
