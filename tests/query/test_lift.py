"""What goes with an outcome."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from imr_archive.errors import UnknownNameError
from imr_archive.query import Lift, LiftRow, ask, lifts
from imr_archive.query.language.thesaurus import Thesaurus
from imr_archive.query.results import Hits


def _rows(found: Lift) -> list[tuple[object, int, int, float]]:
    return [(row.value, row.items, row.observed, round(row.expected, 3)) for row in found.rows]


def test_a_value_is_set_against_the_rate_of_the_same_services(archive: Connection) -> None:
    (found,) = lifts(archive, ["source"])
    # Overturned: of 3 massages 1, of 2 Norcos 1, of 1 gabapentin 1, of 1 MRI none, of 2 unknown none.
    # MTUS is cited for 2 massages, 2 Norcos, the gabapentin and the MRI: 2/3 + 1 + 1 + 0 to be expected.
    assert _rows(found) == [("MTUS", 6, 3, round(2 / 3 + 2, 3))]
    assert found.total == 9
    assert found.reading == (
        "all decisions · source of the guideline that the reviewer cites,"
        " overturned against the rate of the same service"
    )


def test_a_reason_is_set_against_its_share_among_all_of_the_outcome(
    archive: Connection, thesaurus: Thesaurus
) -> None:
    (found,) = lifts(archive, ["reason"], words="year:2016..2018", thesaurus=thesaurus)
    assert _rows(found) == [
        ("functional_improvement_documented", 3, 2, 2.0),
        ("criteria_met", 3, 1, 1.0),
    ]
    assert found.of_outcome
    assert found.reading.endswith("overturned against all decisions of this outcome")


def test_the_outcome_may_be_named(archive: Connection) -> None:
    (found,) = lifts(archive, ["category"], words="denied")
    assert found.outcome == "upheld"
    assert _rows(found) == [("Rehabilitation", 3, 2, 2.0), ("Pharmaceuticals", 3, 1, 1.0)]


def test_the_measures_of_a_row() -> None:
    assert LiftRow("x", 40, 10, 5.0).to_dict() == {
        "value": "x", "items": 40, "observed": 10, "expected": 5.0, "rate": 0.25, "base_rate": 0.125,
        "lift": 2.0, "lift_low": 1.135, "lift_high": 3.216,
    }  # fmt: skip
    assert LiftRow("x", 4, 0, 0.0).to_dict()["lift"] is None


def test_why_stands_beside_the_decisions(archive: Connection, thesaurus: Thesaurus) -> None:
    answer = ask(archive, "why overturned", thesaurus=thesaurus)
    assert isinstance(answer.result, Hits)
    assert [row["outcome"] for row in answer.to_dicts()] == ["overturned"] * 3
    assert answer.to_dict()["why"] == {
        one.dimension: one.to_dicts() for one in lifts(archive, words="overturned", thesaurus=thesaurus)
    }
    assert [one.dimension for one in answer.result.lifts] == ["section", "reason"]


def test_nothing_that_matches_gives_no_rows(archive: Connection) -> None:
    assert [one.rows for one in lifts(archive, words="zebra")] == [(), ()]


def test_a_dimension_that_is_none_is_refused(archive: Connection) -> None:
    with pytest.raises(UnknownNameError, match="there is no dimension 'colour'"):
        lifts(archive, ["colour"])
