"""The benchmarks' own data and figures: the list of questions, percentiles, and what is relevant to what."""

from __future__ import annotations

import math

import pytest
from letters import generate
from speed.measuring import milliseconds, percentile
from speed.plain_fts import expression
from speed.questions import questions
from speed.relevance import ndcg, wanted

from imr_archive.query.dimensions import DIMENSIONS
from imr_archive.query.language.reading import read


def test_the_list_has_sixty_different_questions_of_both_kinds() -> None:
    listed = questions()
    assert len(listed) == len({one.words for one in listed}) == 60
    assert sum(one.kind == "hits" for one in listed) == 32
    assert sum(one.set == "users" for one in listed) == 26


def test_nothing_in_a_question_is_ignored_by_mistake() -> None:
    everything = [one for one in questions() if one.set == "rates of everything"]
    assert [one.words for one in everything if one.plan.ignored or one.plan.groups] == []
    grouped = {name for one in everything for name in one.plan.dimensions}
    assert grouped <= {one.name for one in DIMENSIONS}
    assert len(grouped) == 18


def test_the_baseline_asks_the_same_words() -> None:
    plan = read('"pain relief" methadone -knee').as_hits()
    assert expression(plan.alternatives, synonyms=False) == (
        '(("pain relief") AND ("methadone") NOT ("knee"))'
    )


def test_percentiles_are_one_of_the_times() -> None:
    times = [float(number) for number in range(1, 61)]
    assert percentile(times, 0.50) == 30.0
    assert percentile(times, 0.95) == 57.0
    assert math.isnan(percentile([], 0.95))


def test_each_way_is_run_once_before_it_counts() -> None:
    runs: list[str] = []
    found = milliseconds({"a": lambda: runs.append("a"), "b": lambda: runs.append("b")}, rounds=2)
    assert runs == ["a", "b", "a", "b", "a", "b"]
    assert sorted(found) == ["a", "b"]


def test_every_question_of_relevance_has_answers_among_the_services_that_are_made() -> None:
    truth = dict(enumerate(item for index in range(600) for item in generate(3, index).truth["items"]))
    services = {item["service"] for item in truth.values()}
    listed = wanted()
    assert len(listed) == len({one.words for one in listed}) == 40
    assert sum(one.service in services for one in listed) >= 38


@pytest.mark.parametrize(
    ("ranked", "figure"), [([1, 2, 3], 1.0), ([2, 1, 3], 0.843), ([9, 8], 0.0), ([], 0.0)]
)
def test_ndcg_is_one_for_the_best_order_and_less_for_others(ranked: list[int], figure: float) -> None:
    assert ndcg(ranked, {1: 3, 2: 2, 3: 1}) == pytest.approx(figure, abs=0.001)
