"""From a question to a memo: which decisions are cited, what is counted, and what is quoted."""

from __future__ import annotations

import datetime

import pytest

from imr_archive import open_archive
from imr_archive.archive.connection import open_for_reading
from imr_archive.errors import UnknownNameError, UsageError
from imr_archive.export import Memo, cite

TODAY = datetime.date(2026, 11, 20)

LETTER = """\
CLINICAL CASE SUMMARY

The injured worker is a 31 year old male who slipped.

IMR ISSUES, DECISIONS AND RATIONALES

Massage therapy, six visits: Upheld

MAXIMUS guideline: Decision was based on the MTUS Chronic Pain Medical Treatment 2016
Guidelines, Section(s): Massage therapy.

Decision rationale: {rationale}
"""


@pytest.fixture
def ask(archive):
    """A function that gives the memo of a question on the eight fictional cases."""

    def made(phrase: str, **options: object) -> Memo:
        with open_for_reading(archive) as database, database.read() as connection:
            return cite(connection, phrase, today=TODAY, **options)

    return made


def cited(memo: Memo) -> list[tuple[str, int, str]]:
    return [(one.name, one.position, one.outcome) for one in memo.decisions]


def test_a_memo_cites_items_of_the_outcome_asked_for_and_counts_all_outcomes(ask):
    memo = ask("massage overturned")

    assert sorted(cited(memo)) == [("CM16-0900002", 1, "overturned"), ("nameless.txt", 1, "overturned")]
    assert (memo.total, memo.upheld, memo.overturned) == (2, 0, 2)
    assert (memo.rate.items, memo.rate.upheld, memo.rate.overturned) == (5, 3, 2)
    assert memo.asked == "overturned"
    assert memo.reading.startswith("service massage therapy")
    assert "outcome overturned, its rate over all outcomes" in memo.reading


def test_an_outcome_given_as_a_filter_narrows_the_list_and_not_the_rate(ask):
    for memo in (ask("massage outcome:upheld"), ask("massage", filters={"outcome": "upheld"})):
        assert (memo.total, memo.upheld, memo.overturned) == (3, 3, 0)
        assert memo.rate.items == 5


def test_a_decision_carries_all_that_is_cited_of_it(ask):
    (one,) = ask("norco").decisions

    assert (one.case_number, one.source, one.decision_date, one.position) == (
        "CM16-0900004", "CM16-0900004.txt", "2016-12-30", 2,
    )  # fmt: skip
    assert (one.description, one.outcome) == ("Norco 10/325mg #60", "overturned")
    assert one.specialties == ("Pain Management", "Physical Medicine & Rehabilitation")
    assert (
        one.authorities
        == "MTUS Chronic Pain Medical Treatment 2016, Massage, p. 60; ODG Pain, Massage, p. 60"
    )
    assert one.quotation.marked == "The urine screens agree."
    assert one.source_line == f"CM16-0900004, 2016-12-30, item 2, overturned; {one.authorities}"


def test_words_that_no_heading_has_are_cited_only_when_asked_for_anywhere(ask):
    memo = ask("urine")
    assert (memo.total, memo.elsewhere, memo.rate.items, memo.decisions) == (0, 1, 0, ())
    assert memo.reading == '"urine" in the item'

    memo = ask("urine", anywhere=True)
    assert (memo.total, memo.elsewhere, memo.rate.items) == (1, 0, 1)
    assert memo.reading == '"urine" anywhere in the decision'


def test_a_question_that_compares_has_a_rate_for_each_side_and_marks_each_decision(ask):
    memo = ask("massage vs MRI", limit=20)

    assert [(arm.label, arm.rate.items, arm.rate.upheld, arm.rate.overturned) for arm in memo.arms] == [
        ("massage", 5, 3, 2), ("MRI", 2, 1, 1),
    ]  # fmt: skip
    assert memo.rates == (
        (
            "Rate, massage",
            (
                "of 5 such items 3 were upheld and 2 overturned: 60.0% upheld "
                "(95% interval 23.1% to 88.2%; a small number)"
            ),
        ),
        (
            "Rate, MRI",
            (
                "of 2 such items 1 was upheld and 1 overturned: 50.0% upheld "
                "(95% interval 9.5% to 90.5%; a small number)"
            ),
        ),
    )
    sides = {(one.name, one.position): one.arms for one in memo.decisions}
    assert len(sides) == memo.total == 7
    assert sides["CM16-0900001", 1] == ("massage",)
    assert sides["CM17-0900005", 1] == ("MRI",)
    (knee,) = (one for one in memo.decisions if one.name == "CM17-0900006")
    assert knee.source_line == (
        "CM17-0900006, 2017-02-06, item 1, overturned (compared: MRI); no guideline cited"
    )


def test_a_question_of_rates_or_reasons_reads_as_the_decisions_that_it_means(ask):
    for phrase in ("massage by specialty", "why massage overturned", "how often massage", ""):
        assert "one rate" not in ask(phrase).reading
    assert ask("").reading == "all decisions"


def test_decisions_that_only_mention_the_words_are_counted_and_cited_when_asked_for(tmp_path):
    with open_archive(tmp_path / "imr.db", write=True) as archive:
        for name, heading in (("a.txt", "Massage therapy"), ("b.txt", "Acupuncture")):
            text = LETTER.format(rationale=f"Massage was tried, see {name}.")
            (tmp_path / name).write_text(text.replace("Massage therapy, six", f"{heading}, six"))
            archive.ingest(tmp_path / name)
        narrow, wide = archive.cite("massage"), archive.cite("massage", anywhere=True)

    assert (cited(narrow), narrow.elsewhere, narrow.rate.items) == ([("a.txt", 1, "upheld")], 1, 1)
    assert (cited(wide), wide.elsewhere, wide.rate.items) == (
        [("a.txt", 1, "upheld"), ("b.txt", 1, "upheld")],
        0,
        2,
    )
    assert "in the item" in narrow.reading
    assert "anywhere in the decision" in wide.reading


def test_grouping_words_are_said_to_be_ignored(ask):
    assert "ignored: by specialty" in ask("massage by specialty").reading


def test_limit_and_sort_choose_what_is_cited(ask):
    memo = ask("massage", limit=2, sort="newest")
    assert [one.decision_date for one in memo.decisions] == ["2018-08-08", "2016-12-30"]
    assert memo.found == "5 (3 upheld, 2 overturned); cited below: 2, the newest first"
    assert ask("").found.endswith("cited below: all, the newest first")


def test_a_memo_of_nothing_is_a_memo(ask):
    memo = ask("xylophone")
    assert (memo.total, memo.decisions, memo.found, memo.rates) == (
        0, (), "none in this archive", (("Rate", "no item to count"),),
    )  # fmt: skip


def test_bad_options_are_said(ask):
    with pytest.raises(UnknownNameError):
        ask("massage", filters={"outcome": "maybe"})
    with pytest.raises(UsageError):
        ask("massage", limit=0)


def test_letters_without_a_number_in_files_of_one_name_are_each_quoted_in_their_own_words(tmp_path):
    rationales = ("Apples are eaten daily.", "Pears are eaten daily.", "Plums are eaten daily.")
    with open_archive(tmp_path / "imr.db", write=True) as archive:
        for place, rationale in enumerate(rationales):
            letter = tmp_path / str(place) / "letter.txt"
            letter.parent.mkdir()
            letter.write_text(LETTER.format(rationale=rationale))
            archive.ingest(letter)

        for word, rationale in zip(("apples", "pears", "plums"), rationales, strict=True):
            memo = archive.cite(f"massage rationale:{word}")
            assert [one.quotation.text for one in memo.decisions] == [rationale]
        everything = archive.cite("massage")

    assert sorted(one.quotation.text for one in everything.decisions) == list(rationales)


@pytest.mark.letters
def test_every_quotation_of_a_real_letter_stands_in_its_text(tmp_path, real_letters):
    with open_archive(tmp_path / "imr.db", write=True) as archive:
        archive.ingest(real_letters / "pdf")
        memo = archive.cite("", limit=1000)
        quoted = [one for one in memo.decisions if one.quotation]
        assert len(quoted) == memo.total > 100
        for one in quoted:
            rationales = [" ".join((item.rationale or "").split()) for item in archive.case(one.name).items]
            assert one.quotation.text in rationales[one.position - 1], one.name
