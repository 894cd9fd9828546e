"""Filters: values read, SQL and English from one record."""

from __future__ import annotations

import re

import pytest

from imr_archive.errors import UnknownNameError, UsageError
from imr_archive.query.filters.applied import Applied, condition, read_filter
from imr_archive.query.filters.registry import FILTERS, Takes, find_filter
from imr_archive.query.sql import Parameters


def _sql(applied: Applied) -> tuple[str, list[object]]:
    parameters = Parameters()
    return condition(applied, parameters.bind), list(parameters.values.values())


@pytest.mark.parametrize(
    ("name", "raw", "applied", "english"),
    [
        ("outcome", "denied", Applied("outcome", ("upheld",)), "outcome upheld"),
        ("Year", "2016..2018", Applied("year", low=2016, high=2018), "decided in 2016 to 2018"),
        ("year", 2016, Applied("year", low=2016, high=2016), "decided in 2016"),
        ("year", "2016-2018", Applied("year", low=2016, high=2018), "decided in 2016 to 2018"),
        ("year", ">2016", Applied("year", low=2017), "decided in 2017 or later"),
        ("year", "..2016", Applied("year", high=2016), "decided in 2016 or earlier"),
        ("age", "65..", Applied("age", low=65), "age 65 or more"),
        ("age", "<30", Applied("age", high=29), "age 29 or less"),
        ("visits", ">24", Applied("visits", low=25), "visits 25 or more"),
        (
            "specialty",
            ["orthopedic", "Pain Medicine"],
            Applied("specialty", ("Orthopedic Surgery", "Pain Management")),
            "reviewer specialty Orthopedic Surgery or Pain Management",
        ),
        ("state", "CA", Applied("state", ("California",)), "reviewer licensed in California"),
        ("ur source", "odg", Applied("ur_source", ("ODG",)), "ODG which utilization review cites"),
        ("case", "cm160213037", Applied("case", ("CM16-0213037",)), "case CM16-0213037"),
        ("case", "imr 13-000004", Applied("case", ("IMR 13-000004",)), "case IMR 13-000004"),
        ("sex", "women", Applied("sex", ("female",)), "female patient"),
    ],
)
def test_values_are_read_as_typed(name: str, raw: object, applied: Applied, english: str) -> None:
    read = read_filter(name, raw)  # type: ignore[arg-type]
    assert read == applied
    assert read.english == english


@pytest.mark.parametrize(
    ("name", "raw", "error", "says"),
    [
        (
            "speciality of sorts",
            "x",
            UnknownNameError,
            "there is no filter 'speciality of sorts'; try specialty",
        ),
        ("outcome", "maybe", UnknownNameError, "outcome cannot be 'maybe': it is one of upheld, overturned"),
        ("year", "soon", UsageError, "year 'soon' is neither a number nor a range such as 2016..2018"),
        ("year", "..", UsageError, "year '..' is neither a number nor a range"),
        ("age", "60..50", UsageError, "age 60..50 runs backwards"),
        ("service", " ", UsageError, "the filter service needs a value"),
        ("service", [], UsageError, "the filter service needs a value"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, raw: object, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=re.escape(says)):
        read_filter(name, raw)  # type: ignore[arg-type]


def test_a_range_of_years_is_a_range_of_dates() -> None:
    assert _sql(read_filter("year", "2016..2018")) == (
        "c.decision_date >= :p1 AND c.decision_date <= :p2",
        ["2016-01-01", "2018-12-31"],
    )


def test_a_negated_filter_is_the_complement() -> None:
    assert _sql(read_filter("sex", "male", negated=True)) == (
        "(c.patient_sex IN (:p1)) IS NOT TRUE",
        ["male"],
    )


def test_every_filter_explains_itself_and_has_sql_and_english() -> None:
    for name, known in FILTERS.items():
        assert known.help, name
        assert "{values}" in known.english, name
        if known.takes in {Takes.RANGE, Takes.DATES}:
            assert all(known.bounds) or ("{low}" in known.sql and "{high}" in known.sql), name
        else:
            assert "{values}" in known.sql, name
        assert bool(known.choices) == (known.takes is Takes.CHOICE), name


def test_every_alias_leads_to_its_own_filter() -> None:
    for name, known in FILTERS.items():
        for alias in (name, *known.aliases):
            assert find_filter(alias) is known, alias
