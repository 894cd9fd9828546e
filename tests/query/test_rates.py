"""Rates: which items count, in which groups, in which order."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from imr_archive.errors import UnknownNameError, UsageError
from imr_archive.query import Rates, ask, rates
from imr_archive.query.language.reading import read
from imr_archive.query.language.thesaurus import Thesaurus
from imr_archive.query.rates import tabulate


def _counts(answer: Rates) -> list[tuple[object, ...]]:
    return [(*row.values, row.items, row.upheld, row.overturned) for row in answer.rows]


def test_massage_upheld_by_specialty(archive: Connection, thesaurus: Thesaurus) -> None:
    answer = tabulate(archive, read("massage upheld by specialty", thesaurus))
    assert answer.to_dicts() == [
        {
            "specialty": "Orthopedic Surgery", "items": 1, "upheld": 1, "overturned": 0,
            "uphold_rate": 1.0, "uphold_rate_low": 0.2065, "uphold_rate_high": 1.0, "small": True,
            "share": 0.3333,
        },
        {
            "specialty": "Pain Management", "items": 2, "upheld": 1, "overturned": 1,
            "uphold_rate": 0.5, "uphold_rate_low": 0.0945, "uphold_rate_high": 0.9055, "small": True,
            "share": 0.6667,
        },
        {
            "specialty": "Anesthesiology", "items": 1, "upheld": 0, "overturned": 1,
            "uphold_rate": 0.0, "uphold_rate_low": 0.0, "uphold_rate_high": 0.7935, "small": True,
            "share": 0.3333,
        },
    ]  # fmt: skip
    assert answer.total == 3
    assert answer.labels == ("Specialty",)


def test_an_item_of_two_specialties_counts_in_both_groups_and_once_in_the_total(archive: Connection) -> None:
    answer = rates(archive, by=["specialty"], filters={"case": "CM16-0000001"})
    assert _counts(answer) == [("Anesthesiology", 2, 1, 1), ("Pain Management", 2, 1, 1)]
    assert (answer.total, answer.overall.upheld, answer.overall.overturned) == (2, 1, 1)


def test_the_item_has_to_match_and_not_the_letter(archive: Connection, thesaurus: Thesaurus) -> None:
    answer = rates(archive, by=["service"], words="massage", thesaurus=thesaurus)
    assert _counts(answer) == [("massage therapy", 3, 2, 1)]


def test_words_that_no_heading_has_are_looked_for_anywhere(archive: Connection) -> None:
    answer = rates(archive, by=["year"], words="cane")
    assert _counts(answer) == [(2016, 4, 3, 1)]
    assert answer.reading == ('"cane" anywhere, as no item\'s heading matches · grouped by year of decision')


def test_words_found_nowhere_give_no_rows(archive: Connection) -> None:
    answer = rates(archive, by=["year"], words="zebra")
    assert (answer.rows, answer.total) == ((), 0)
    assert answer.reading == '"zebra" in the item · grouped by year of decision'


def test_an_item_counts_once_for_a_source_that_it_cites_twice(archive: Connection) -> None:
    assert _counts(rates(archive, by=["source"])) == [
        ("MTUS", 6, 3, 3),
        ("ODG", 2, 1, 1),
        (None, 2, 2, 0),
    ]


def test_two_dimensions_of_one_citation_go_together(archive: Connection) -> None:
    answer = rates(archive, by=["guideline", "section"], words="gabapentin")
    assert _counts(answer) == [
        ("MTUS Chronic Pain Medical Treatment 2016", "Antiepilepsy drugs", 1, 0, 1),
        ("ODG Pain", "Gabapentin", 1, 0, 1),
    ]


def test_a_filter_on_citations_holds_for_those_that_are_grouped_by(archive: Connection) -> None:
    answer = rates(archive, by=["section"], words="gabapentin", filters={"source": "MTUS"})
    assert _counts(answer) == [("Antiepilepsy drugs", 1, 0, 1)]
    answer = rates(archive, by=["guideline"], filters={"section": "gabapentin"})
    assert _counts(answer) == [("ODG Pain", 1, 0, 1)]


def test_both_sides_can_be_set_against_each_other(archive: Connection, thesaurus: Thesaurus) -> None:
    answer = rates(archive, by=["ur_source", "source"], words="massage", thesaurus=thesaurus)
    assert _counts(answer) == [
        ("ODG", "MTUS", 1, 0, 1),
        (None, "MTUS", 1, 1, 0),
        (None, None, 1, 1, 0),
    ]


def test_periods_and_ages_are_in_their_own_order(archive: Connection) -> None:
    assert [row.values[0] for row in rates(archive, by=["quarter"]).rows] == [
        "2016-Q2", "2016-Q4", "2017-Q1", "2018-Q3", None,
    ]  # fmt: skip
    assert [row.values[0] for row in rates(archive, by=["age"]).rows] == [
        "30-39", "40-49", "60-69", "70 and over", None,
    ]  # fmt: skip


def test_other_groups_are_ordered_by_items_or_by_the_rate_asked_for(archive: Connection) -> None:
    assert [row.values for row in rates(archive, by=["category"]).rows] == [
        ("Pharmaceuticals",), ("Rehabilitation",), (None,), ("Diagnostic Testing",),
    ]  # fmt: skip
    by_overturned = rates(archive, by=["category"], words="overturned").rows
    assert [(row.values[0], row.overturned, row.items) for row in by_overturned] == [
        ("Pharmaceuticals", 2, 3), ("Rehabilitation", 1, 3), (None, 0, 2), ("Diagnostic Testing", 0, 1),
    ]  # fmt: skip


def test_groups_without_a_value_have_a_name_in_tables_and_null_in_json(archive: Connection) -> None:
    answer = rates(archive, by=["category"])
    unknown = answer.rows[2]
    assert answer.named(unknown) == ("not in the vocabulary",)
    assert unknown.to_dict(answer.dimensions)["category"] is None


def test_no_dimension_gives_one_rate(archive: Connection, thesaurus: Thesaurus) -> None:
    answer = ask(archive, "massage upheld how often", thesaurus=thesaurus)
    assert answer.kind == "rates"
    assert answer.to_dict() == {
        "query": "massage upheld how often",
        "reading": answer.reading,
        "rows": [
            {
                "items": 3, "upheld": 2, "overturned": 1, "uphold_rate": 0.6667,
                "uphold_rate_low": 0.2077, "uphold_rate_high": 0.9385, "small": True, "share": 1.0,
            }
        ],
        "total": 3,
    }  # fmt: skip


def test_the_statement_of_rates_gives_their_counts(archive: Connection) -> None:
    answer = rates(archive, by=["year", "outcome"])
    found = archive.execute(text(answer.sql), answer.statement.parameters).all()
    assert sorted(map(str, found)) == sorted(str((*row.values, row.items, row.upheld, row.overturned))
                                             for row in answer.rows)  # fmt: skip


def test_an_item_has_one_year_of_injury_and_one_reason_at_most(archive: Connection) -> None:
    assert _counts(rates(archive, by=["injury_year"])) == [(2012, 2, 1, 1), (2015, 2, 1, 1), (None, 5, 4, 1)]
    assert _counts(rates(archive, by=["reason"], words="overturned"))[:2] == [
        ("functional_improvement_documented", 2, 0, 2),
        ("criteria_met", 1, 0, 1),
    ]


def test_whether_the_sides_agree_can_be_grouped_by(archive: Connection) -> None:
    assert _counts(rates(archive, by=["agrees"])) == [("yes", 4, 2, 2), (None, 4, 4, 0), ("no", 1, 0, 1)]


def test_nothing_at_all_has_no_rate(archive: Connection) -> None:
    (row,) = ask(archive, "zebra upheld how often").result.to_dicts()
    assert (row["items"], row["uphold_rate"], row["uphold_rate_low"], row["small"]) == (0, None, None, True)


@pytest.mark.parametrize(
    ("by", "filters", "error", "says"),
    [
        (["colour"], {}, UnknownNameError, "there is no dimension 'colour'"),
        (["year", "state", "sex"], {}, UsageError, "at most 2 dimensions"),
        (["year"], {"sex": "x"}, UnknownNameError, "sex cannot be 'x'"),
    ],
)
def test_options_that_are_none_are_refused(
    archive: Connection, by: list[str], filters: dict[str, str], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        rates(archive, by=by, filters=filters)
