"""Dimensions: found by name and alias, and each with rows that add up."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from imr_archive.errors import UnknownNameError
from imr_archive.query import DIMENSIONS, rates
from imr_archive.query.dimensions import dimension, find_dimension
from imr_archive.query.tables import JOINS, from_clause

SEVERAL_VALUES = {"specialty", "state", "body_part"}


@pytest.mark.parametrize("typed", ["Specialty", "specialities", "reviewer specialty", "reviewer-specialty"])
def test_a_dimension_is_found_however_it_is_typed(typed: str) -> None:
    assert dimension(typed).name == "specialty"


def test_an_unknown_dimension_names_the_likeliest() -> None:
    with pytest.raises(UnknownNameError, match=r"there is no dimension 'specialt'; try specialty"):
        dimension("specialt")
    with pytest.raises(UnknownNameError, match=r"try specialty, service, category"):
        dimension("????")


def test_every_alias_leads_to_its_own_dimension() -> None:
    for each in DIMENSIONS:
        for alias in (each.name, *each.aliases):
            assert find_dimension(alias) is each, alias


def test_joins_stand_once_and_after_what_they_need() -> None:
    assert from_clause(["cs", "g", "gc"]) == " ".join(
        ["FROM disputed_items AS i", JOINS["gc"].sql, JOINS["cs"].sql, JOINS["g"].sql]
    )


@pytest.mark.parametrize("name", [each.name for each in DIMENSIONS])
def test_the_groups_of_a_dimension_add_up(archive: Connection, name: str) -> None:
    answer = rates(archive, by=[name])
    in_groups = sum(row.items for row in answer.rows)
    each = dimension(name)
    if each.repeats or name in SEVERAL_VALUES:
        assert in_groups >= answer.total
    else:
        assert in_groups == answer.total
    assert answer.total == (3 if each.condition else 9)
    assert all(row.upheld + row.overturned == row.items for row in answer.rows)
    assert set(answer.to_dicts()[0]) == {
        name, "items", "upheld", "overturned", "uphold_rate", "uphold_rate_low", "uphold_rate_high", "small",
        "share",
    }  # fmt: skip


def test_a_guideline_is_shown_without_the_source_other_and_what_has_no_value_by_a_word() -> None:
    guideline = dimension("guideline")
    assert guideline.shown("other A drug label") == "A drug label"
    assert guideline.shown("ODG Pain") == "ODG Pain"
    assert guideline.shown(None) == "none cited"
    assert dimension("service").shown("other injection") == "other injection"
