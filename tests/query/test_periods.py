"""Dates as typed, and the days meant."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.errors import UsageError
from imr_archive.query.filters.applied import read_filter
from imr_archive.query.language.periods import read_period


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2016", date(2016, 1, 1), date(2016, 12, 31)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("2016-05-10", date(2016, 5, 10), date(2016, 5, 10)),
        ("5/10/2016", date(2016, 5, 10), date(2016, 5, 10)),
        ("2016-05..2017", date(2016, 5, 1), date(2017, 12, 31)),
        ("2016-05..", date(2016, 5, 1), None),
        ("..2016-05", None, date(2016, 5, 31)),
        (">2016", date(2017, 1, 1), None),
        (">=2016-05", date(2016, 5, 1), None),
        ("<2016-03", None, date(2016, 2, 29)),
        ("≤ 2016", None, date(2016, 12, 31)),
    ],
)
def test_a_period_is_its_first_and_last_day(typed: str, first: date | None, last: date | None) -> None:
    assert read_period(typed) == (first, last)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("soon", "'soon' is neither a date nor a range such as 2016-05..2017"),
        ("..", "'..' is neither a date"),
        ("2016-13", "'2016-13' is neither a date"),
        ("2/30/2016", "'2/30/2016' is neither a date"),
        ("2017..2016-05", "the dates 2017..2016-05 run backwards"),
        (">9999", "no date can be beyond"),
        ("<0001", "no date can be beyond"),
    ],
)
def test_what_is_no_period_says_so(typed: str, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        read_period(typed)


@given(st.one_of(st.text(), st.from_regex(r"[<>]?=?\d{1,4}-?\d{0,2}(\.\.)?\d{0,4}", fullmatch=True)))
def test_any_text_is_a_period_or_refused(typed: str) -> None:
    try:
        first, last = read_period(typed)
    except UsageError:
        return
    assert first is None or last is None or first <= last


def test_several_periods_are_one_from_the_first_to_the_last_day() -> None:
    applied = read_filter("decided", ["2016-05", "2014"])
    assert (applied.low, applied.high) == (date(2014, 1, 1), date(2016, 5, 31))
    assert applied.english == "decided 2014-01-01 to 2016-05-31"
