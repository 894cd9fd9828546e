"""Facets: counts under any search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from imr_archive.errors import UnknownNameError
from imr_archive.query import FACETS, ask, facets, read, search
from imr_archive.query.language.thesaurus import Thesaurus


def test_the_facets_of_a_search(archive: Connection) -> None:
    hits = search(archive, "cane", facet=FACETS)
    assert hits.extras() == {
        "groups": 4,
        "facets": {
            "outcome": [{"value": "upheld", "items": 3}, {"value": "overturned", "items": 1}],
            "category": [
                {"value": "Rehabilitation", "items": 2},
                {"value": "Diagnostic Testing", "items": 1},
                {"value": "Pharmaceuticals", "items": 1},
            ],
            "service": [
                {"value": "massage therapy", "items": 2},
                {"value": "MRI", "items": 1},
                {"value": "hydrocodone/acetaminophen", "items": 1},
            ],
            "specialty": [
                {"value": "Anesthesiology", "items": 2},
                {"value": "Orthopedic Surgery", "items": 2},
                {"value": "Pain Management", "items": 2},
            ],
            "guideline": [
                {"value": "MTUS Chronic Pain Medical Treatment 2016", "items": 2},
                {"value": "MTUS Low Back Complaints 2004", "items": 1},
                {"value": None, "items": 1},
            ],
            "year": [{"value": 2016, "items": 4}],
            "reason": [
                {"value": "functional_improvement_documented", "items": 1},
                {"value": "insufficient_documentation", "items": 1},
                {"value": "no_findings", "items": 1},
                {"value": None, "items": 1},
            ],
        },
    }


def test_the_outcome_that_is_asked_for_holds_for_facets_too(
    archive: Connection, thesaurus: Thesaurus
) -> None:
    answer = ask(archive, "massage overturned", facet=["year", "outcome"], thesaurus=thesaurus)
    assert answer.to_dict()["facets"] == {
        "year": [{"value": 2016, "items": 1}],
        "outcome": [{"value": "overturned", "items": 1}],
    }


def test_only_the_most_frequent_values_are_shown(archive: Connection) -> None:
    (facet,) = facets(archive, read(""), ["service"], most=2)
    assert [(facet.named(one), one.items) for one in facet.values] == [
        ("massage therapy", 3), ("not in the vocabulary", 2),
    ]  # fmt: skip
    assert facet.others == 3


def test_periods_are_all_shown_in_their_order(archive: Connection) -> None:
    (facet,) = facets(archive, read(""), ["year"], most=1)
    assert [one.value for one in facet.values] == [2016, 2017, 2018, None]


@given(st.sampled_from(["massage", "norco OR cane", "", "-pain", "sex:male", "norco vs MRI", "zebra"]))
def test_the_values_of_a_facet_add_up_to_the_total(archive: Connection, words: str) -> None:
    hits = search(archive, words, facet=["outcome", "category", "drug"])
    for facet in hits.facets[:2]:
        assert sum(one.items for one in facet.values) == hits.total


def test_a_facet_that_is_none_is_refused(archive: Connection) -> None:
    with pytest.raises(UnknownNameError, match="there is no dimension 'colour'"):
        search(archive, "cane", facet=["colour"])
