"""search, query, stats and show, as a person and as a program sees them."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

HIT_KEYS = {
    "case_number",
    "source",
    "position",
    "description",
    "outcome",
    "category",
    "subcategory",
    "service",
    "decision_date",
    "specialties",
    "snippet",
}
RATE_KEYS = {"items", "upheld", "overturned", "uphold_rate", "uphold_rate_low", "uphold_rate_high"}

# Punctuation and operators that users type, from the list of the field's questions.
ANYTHING = [
    "park.", "C5-6", "L4-L5", "60%", "10/325mg", "NSAID's", "(CM16-0213037)", "TENS/H-wave", "grammar::x",
    '"unclosed', "AND", "", "massage -", "No. 3", "O'Neil", "*", "NEAR(",
]  # fmt: skip


def test_massage_by_specialty_answers_with_rates_and_says_how_it_was_read(run, sample_archive):
    answer = run("query", "massage upheld by specialty", "--json", "--db", sample_archive).json
    assert set(answer) == {"query", "reading", "rows", "total"}
    assert answer["query"] == "massage upheld by specialty"
    assert "massage" in answer["reading"]
    assert "reviewer specialty" in answer["reading"]
    by_specialty = {row["specialty"]: row for row in answer["rows"]}
    assert by_specialty["Occupational Medicine"] == {
        "specialty": "Occupational Medicine",
        "items": 8,
        "upheld": 7,
        "overturned": 1,
        "uphold_rate": 0.875,
        "uphold_rate_low": 0.5291,
        "uphold_rate_high": 0.9776,
        "small": True,
        "share": 0.25,
    }
    assert by_specialty["Chiropractic"]["overturned"] == 4
    assert answer["total"] == 32
    assert sum(row["items"] for row in answer["rows"]) > answer["total"], (
        "a reviewer may have two specialties"
    )


def test_the_table_of_rates_has_a_total_and_marks_small_groups(run, sample_archive):
    ran = run("query", "massage upheld by specialty", "--db", sample_archive)
    assert ran.out.startswith("reading: ")
    assert "all, each counted once" in ran.out
    assert "8*" in ran.out
    assert "fewer than 10 items" in ran.out
    assert ran.err == ""


def test_a_question_for_decisions_lists_them(run, sample_archive):
    answer = run("query", "norco overturned", "--json", "--db", sample_archive).json
    assert answer["total"] == len(answer["rows"]) > 0
    assert set(answer["rows"][0]) >= HIT_KEYS
    assert {row["outcome"] for row in answer["rows"]} == {"overturned"}


def test_a_case_number_alone_opens_that_case(run, sample_archive):
    ran = run("query", "CM16-0907266", "--db", sample_archive)
    assert ran.status == 0
    assert "CM16-0907266" in ran.out
    assert "Clinical case summary" in ran.out


def test_search_prints_rows_as_json(run, sample_archive):
    rows = run("search", "functional", "improvement", "--json", "--db", sample_archive).json
    assert set(rows[0]) >= HIT_KEYS
    assert all("«" in row["snippet"] for row in rows)


def test_search_pages_without_gaps_or_repeats(run, sample_archive):
    def places(*options: str) -> list[tuple[str, int]]:
        rows = run("search", "therapy", "--json", "--db", sample_archive, *options).json
        return [(row["source"], row["position"]) for row in rows]

    whole = places("--limit", "30")
    assert len(whole) == 30
    assert places("--limit", "10") + places("--limit", "20", "--offset", "10") == whole


def test_search_filters_by_options(run, sample_archive):
    rows = run(
        "search", "--outcome", "overturned", "--category", "Rehabilitation", "--specialty", "Chiropractic",
        "--year", "2014..2017", "--json", "--db", sample_archive,
    ).json  # fmt: skip
    assert rows
    assert {(row["outcome"], row["category"]) for row in rows} == {("overturned", "Rehabilitation")}
    assert all("Chiropractic" in row["specialties"] for row in rows)
    assert all("2014" <= row["decision_date"][:4] <= "2017" for row in rows)


@pytest.mark.parametrize("typed", ANYTHING)
def test_any_text_may_be_typed(run, sample_archive, typed):
    for command in ("search", "query", "stats"):
        ran = run(command, "--json", "--db", sample_archive, "--", typed)
        assert ran.status == 0, (command, typed, ran.err)


def test_stats_by_two_dimensions_as_csv(run, sample_archive):
    ran = run("stats", "--by", "category", "--by", "outcome", "--csv", "--db", sample_archive)
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert list(rows[0]) == [
        "category", "outcome", *sorted(RATE_KEYS, key=list(rows[0]).index), "small", "share",
    ]  # fmt: skip
    assert {row["outcome"] for row in rows} == {"upheld", "overturned"}
    assert sum(int(row["items"]) for row in rows) == 137


def test_stats_agree_with_query(run, sample_archive):
    by_option = run("stats", "massage", "--by", "specialty", "--json", "--db", sample_archive).json
    by_words = run("query", "massage by specialty", "--json", "--db", sample_archive).json
    assert by_option["rows"] == by_words["rows"]
    assert by_option["total"] == by_words["total"]


def test_show_prints_the_case_and_its_text(run, sample_archive):
    view = run("show", "cm16-0907266", "--json", "--db", sample_archive).json
    assert view["case_number"] == "CM16-0907266"
    assert view["items"]
    text = run("show", "CM16-0907266", "--text", "--db", sample_archive).out
    assert "IMR ISSUES, DECISIONS AND RATIONALES" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "CM16-0907265"), "did you mean CM16-0907266"),
        (("stats", "--by", "speciallty"), "try specialty"),
        (("stats", "--by", "year", "--by", "sex", "--by", "state"), "at most 2"),
        (("search", "--outcome", "won"), "it is one of upheld, overturned"),
        (("search", "--year", "2018..2016"), "runs backwards"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line(run, sample_archive, arguments, said):
    ran = run(*arguments, "--db", sample_archive)
    assert ran.status == 2
    assert ran.out == ""
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_facets_stand_beside_the_rows(run, sample_archive):
    answer = run("query", "massage", "--facets", "--json", "--db", sample_archive).json
    assert list(answer["facets"]) == [
        "outcome", "category", "service", "specialty", "guideline", "year", "reason",
    ]  # fmt: skip
    assert sum(one["items"] for one in answer["facets"]["outcome"]) == answer["total"]
    found = run("search", "massage", "--facets", "--json", "--db", sample_archive).json
    assert (found["facets"], found["total"]) == (answer["facets"], answer["total"])
    assert "Outcome: upheld (" in run("search", "massage", "--facets", "--db", sample_archive).out


def test_letters_group_the_decisions(run, sample_archive):
    answer = run("query", "massage", "--letters", "--json", "--db", sample_archive).json
    decisions = run("query", "massage", "--json", "--db", sample_archive).json
    assert answer["items"] == decisions["total"] > answer["total"]
    assert (
        "letters; the next page: --offset 20"
        in run("search", "therapy", "--letters", "--db", sample_archive).out
    )


def test_groups_are_compared(run, sample_archive):
    ran = run("query", "massage vs acupuncture", "--db", sample_archive)
    assert "massage against acupuncture" in ran.out
    answer = run("query", "massage vs acupuncture by year", "--json", "--db", sample_archive).json
    assert {row["group"] for row in answer["rows"]} == {"massage", "acupuncture"}
    assert answer["differences"][0]["p_adjusted"] == answer["differences"][0]["p_value"]


def test_each_group_can_be_tested_against_all_others(run, sample_archive):
    ran = run("stats", "--by", "category", "--compare", "--csv", "--db", sample_archive)
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert set(rows[0]) >= {"difference", "difference_low", "difference_high", "p_value", "p_adjusted"}
    assert " points" in run("stats", "--by", "sex", "--compare", "--db", sample_archive).out


def test_what_goes_with_being_overturned(run, sample_archive):
    found = run("stats", "massage", "--lift", "source", "--json", "--db", sample_archive).json
    assert {row["dimension"] for row in found["rows"]} == {"source"}
    assert found["total"] == 32
    ran = run("query", "why massage overturned", "--limit", "1", "--db", sample_archive)
    assert "Section cited by the reviewer" in ran.out
    assert "1 to 1 of" in ran.out


def test_a_chart_is_drawn_in_the_terminal_or_into_a_file(run, sample_archive, tmp_path):
    shown = run("query", "--chart", "massage by specialty", "--db", sample_archive)
    assert "Uphold rate by specialty (%)" in shown.out
    assert "▇" in shown.out
    assert "Uphold rate by year (%)" in run("stats", "--by", "year", "--db", sample_archive, "--chart").out
    target = tmp_path / "chart.svg"
    ran = run("stats", "--by", "year", "--chart", target, "--db", sample_archive)
    assert (ran.status, f"the chart is in {target}" in ran.err) == (0, True)
    assert target.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("query", "massage", "--chart"), "a list of decisions has no chart"),
        (("stats", "--by", "year", "--chart", "year.pdf"), "a chart is written as .png, .svg, .html"),
        (("stats", "zebra", "--by", "year", "--chart", "year.png"), "nothing matches"),
        (("stats", "--lift", "section", "--by", "year"), "--lift stands alone"),
    ],
)
def test_what_cannot_be_drawn_is_said(run, sample_archive, arguments, said):
    ran = run(*arguments, "--db", sample_archive)
    assert ran.status != 0
    assert said in " ".join(ran.err.replace("│", " ").split())


def test_misspelled_words_are_met_with_what_is_likely_meant(run, sample_archive):
    assert "did you mean: massage" in run("query", "masage", "--db", sample_archive).out
    answer = run("query", "masage by year", "--json", "--db", sample_archive).json
    assert answer["did_you_mean"][0] == "massage by year"


def test_json_and_csv_together_are_refused(run, sample_archive: Path):
    ran = run("search", "x", "--json", "--csv", "--db", sample_archive)
    assert ran.status == 2
    assert "choose one" in ran.err


def test_words_are_marked_where_there_is_no_colour(run, sample_archive):
    ran = run("search", "exercise", "--db", sample_archive)
    assert re.search(r"«exercis\w*»", ran.out)


@pytest.fixture
def archive_of_alike(sample_archive: Path, tmp_path: Path) -> Path:
    """The sample archive with all massages in one cluster."""
    path = tmp_path / "alike.db"
    shutil.copy(sample_archive, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        massages = "SELECT id FROM disputed_items WHERE description LIKE '%massage%'"
        connection.execute(
            f"UPDATE disputed_items SET rationale_cluster = (SELECT min(id) FROM ({massages}))"
            f" WHERE id IN ({massages})"
        )
    return path


def test_alike_decisions_are_listed_as_one_with_their_number(run, archive_of_alike):
    every = run("search", "item:massage", "--all", "-n", "100", "--json", "--db", archive_of_alike).json
    (one,) = run("search", "item:massage", "--json", "--db", archive_of_alike).json
    assert {row["alike"] for row in every} == {0}
    assert one == every[0] | {"alike": len(every) - 1}
    shown = run("search", "item:massage", "--db", archive_of_alike).out
    assert f"+ {len(every) - 1} alike" in shown
    assert f"1 to 1 of 1 group of alike decisions ({len(every)} decisions)\n" in shown
    assert shown.endswith("\nalike: nearly the same rationale; --all lists each\n")
    beyond = run("search", "item:massage", "--offset", "9", "--db", archive_of_alike).out
    assert f"no more: 1 group of alike decisions ({len(every)} decisions) in all\n" in beyond
    answer = run("query", "item:massage", "--json", "--db", archive_of_alike).json
    assert (answer["total"], answer["groups"], len(answer["rows"])) == (len(every), 1, 1)
    answer = run("query", "item:massage", "--all", "-n", "100", "--json", "--db", archive_of_alike).json
    assert (answer["total"], answer["groups"]) == (len(every), len(every))
    letters = run("query", "item:massage", "--letters", "--json", "--db", archive_of_alike).json
    assert letters["items"] == len(every)


def test_a_value_that_no_decision_has_is_said_beside_the_answer(run, sample_archive):
    for command in (("search",), ("query", "massage"), ("stats",), ("cite", "massage")):
        ran = run(*command, "--specialty", "Pian Managment", "--db", sample_archive)
        assert ran.status == 0
        assert ran.err.startswith(
            'no specialty "Pian Managment" in this archive; did you mean Pain Management?\n'
        )
    ran = run("search", "--category", "rehab", "--json", "--db", sample_archive)
    assert (ran.json, ran.err) == (
        [], 'no category "rehab" in this archive; did you mean Rehabilitation?\n',
    )  # fmt: skip


def test_lines_that_are_piped_have_no_blanks_at_their_ends(run, sample_archive):
    for command in (
        ("search", "massage", "--facets"),
        ("stats", "--by", "year"),
        ("similar", "CM16-0907266"),
    ):
        lines = run(*command, "--db", sample_archive).out.splitlines()
        assert lines == [line.rstrip() for line in lines]


def test_the_end_of_a_case_number_is_met_with_the_whole(run, sample_archive):
    ran = run("show", "0907266", "--db", sample_archive)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == ("imr-archive: no case '0907266' in this archive: did you mean CM16-0907266?\n")
