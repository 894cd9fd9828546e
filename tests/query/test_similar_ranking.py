"""How features become a likeness, and which decisions stand for others."""

from __future__ import annotations

from imr_archive.query.similar.duplicates import distinct
from imr_archive.query.similar.ranking import Compared, Ranked, Weights, rank
from imr_archive.query.similar.rows import Candidate


def _row(number: int, rationale: str = "", outcome: str = "upheld", cluster: int | None = None) -> Candidate:
    return Candidate(
        id=number, case_id=number, description="Norco", rationale=rationale, outcome=outcome, category=None,
        subcategory=None, service=None, quantity=None, quantity_unit=None, dose=None, body_part=None,
        laterality=None, reason=None, reason_sentence=None, rationale_cluster=cluster, diagnoses=(),
    )  # fmt: skip


def _ranked(row: Candidate) -> Ranked:
    return Ranked(row, 0.5, 0.0, (), ())


def test_the_likeness_is_the_weighted_mean_of_what_can_be_compared() -> None:
    weights = Weights(service=3.0, text=1.0, reason=2.0)
    compared = [
        Compared(_row(1), {"service": 1.0, "text": 0.2}, ("taper",)),
        Compared(_row(2), {"service": 0.4, "text": 1.0}, ()),
        Compared(_row(3), {"service": 1.0, "text": 0.2}, ()),
    ]
    ranked = rank(compared, weights)
    assert [(one.row.id, round(one.likeness, 3)) for one in ranked] == [(3, 0.8), (1, 0.8), (2, 0.55)]
    assert ranked[1].agrees == ("service",)
    assert ranked[1].words == ("taper",)


def test_a_feature_can_be_left_out() -> None:
    compared = [
        Compared(_row(1), {"text": 0.5, "reason": 0.0}, ()),
        Compared(_row(2), {"text": 0.4, "reason": 1.0}, ()),
    ]
    assert [one.row.id for one in rank(compared)] == [2, 1]
    assert [one.row.id for one in rank(compared, without=frozenset(("reason",)))] == [1, 2]
    assert [one.likeness for one in rank(compared, Weights(*[0.0] * len(Weights())))] == [0.0, 0.0]


def test_of_one_cluster_and_outcome_the_closest_stands_for_the_others() -> None:
    ranked = [
        _ranked(_row(1, "one", cluster=7)),
        _ranked(_row(2, "two", cluster=7)),
        _ranked(_row(3, "one", "overturned", cluster=7)),
        _ranked(_row(4, "other", cluster=9)),
    ]
    assert [(one.ranked.row.id, one.others) for one in distinct(ranked, 10)] == [(1, 1), (3, 0), (4, 0)]


def test_rationales_that_were_not_compared_yet_are_compared_by_their_words() -> None:
    long = " ".join(f"word{number}" for number in range(40))
    ranked = [_ranked(_row(1, long)), _ranked(_row(2, long + " more")), _ranked(_row(3, "another text"))]
    assert [(one.ranked.row.id, one.others) for one in distinct(ranked, 2)] == [(1, 1), (3, 0)]
    assert [one.ranked.row.id for one in distinct(ranked, 1)] == [1]


def test_items_without_a_rationale_are_not_each_other_s_duplicates() -> None:
    assert len(distinct([_ranked(_row(1)), _ranked(_row(2))], 5)) == 2


def test_the_same_dose_is_told_only_of_the_same_drug() -> None:
    ranked = rank([
        Compared(_row(1), {"service": 1.0, "dose": 1.0}, ()),
        Compared(_row(2), {"service": 0.4, "dose": 1.0}, ()),
        Compared(_row(3), {"dose": 1.0, "text": 1.0}, ()),
    ])  # fmt: skip
    assert {one.row.id: one.agrees for one in ranked} == {1: ("service", "dose"), 2: (), 3: ()}
