"""Groups side by side."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from imr_archive.query import ask, rates
from imr_archive.query.comparison import Comparison, against_others
from imr_archive.query.language.thesaurus import Thesaurus


def test_two_drugs_are_compared(archive: Connection, thesaurus: Thesaurus) -> None:
    answer = ask(archive, "norco vs gabapentin", thesaurus=thesaurus)
    assert answer.to_dict() == {
        "query": "norco vs gabapentin",
        "reading": (
            "service hydrocodone/acetaminophen (2 synonyms) in the item"
            " compared with service gabapentin (1 synonym) in the item · one rate for each"
        ),
        "rows": [
            {
                "group": "norco", "items": 2, "upheld": 1, "overturned": 1, "uphold_rate": 0.5,
                "uphold_rate_low": 0.0945, "uphold_rate_high": 0.9055, "small": True, "share": 1.0,
            },
            {
                "group": "gabapentin", "items": 1, "upheld": 0, "overturned": 1, "uphold_rate": 0.0,
                "uphold_rate_low": 0.0, "uphold_rate_high": 0.7935, "small": True, "share": 1.0,
            },
        ],
        "total": 3,
        "differences": [
            {
                "first": "norco", "second": "gabapentin", "difference": 0.5, "difference_low": -0.391,
                "difference_high": 0.9055, "p_value": 1.0, "p_adjusted": 1.0, "significant": False,
            }
        ],
    }  # fmt: skip


def test_an_item_of_two_groups_counts_once_in_the_total(archive: Connection, thesaurus: Thesaurus) -> None:
    result = ask(archive, "massage vs exact:myofascial", thesaurus=thesaurus).result
    assert isinstance(result, Comparison)
    assert [group.rates.total for group in result.groups] == [3, 1]
    assert (result.total, result.shared) == (3, 1)


def test_a_comparison_may_be_grouped(archive: Connection, thesaurus: Thesaurus) -> None:
    answer = ask(archive, "norco vs massage by year", thesaurus=thesaurus)
    assert [(row["group"], row["year"], row["items"]) for row in answer.to_dicts()] == [
        ("norco", 2016, 1), ("norco", 2018, 1), ("massage", 2016, 2), ("massage", 2017, 1),
    ]  # fmt: skip


def test_three_groups_make_three_corrected_differences(archive: Connection, thesaurus: Thesaurus) -> None:
    result = ask(archive, "norco vs massage vs MRI", thesaurus=thesaurus).result
    assert isinstance(result, Comparison)
    assert [(one.first, one.second) for one in result.differences] == [
        ("norco", "massage"), ("norco", "MRI"), ("massage", "MRI"),
    ]  # fmt: skip
    assert all(one.p_adjusted is not None and one.p_value is not None for one in result.differences)
    assert all(one.p_adjusted >= one.p_value for one in result.differences)


def test_each_group_against_all_others(archive: Connection) -> None:
    result = rates(archive, by=["specialty"])
    one = next(each for each in against_others(result) if each.first == "Pain Management")
    assert (one.one.items, one.one.upheld, one.other.items, one.other.upheld) == (4, 2, 5, 4)
    assert one.difference == pytest.approx(-0.3)
    assert one.second == "all others"
