"""What is quoted of a rationale: whole sentences, to the letter."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.export.memo.quoting import Quotation, quotation, sentences
from imr_archive.export.plain_text import one_line

RATIONALE = """The guideline allows a short trial. Six visits were given in May, and Dr. Low saw
no change. Massage is thus not
supported. The request is denied."""


def test_the_sentence_that_decides_is_quoted_whole_with_marks_for_what_is_left_out():
    found = quotation(RATIONALE, "Massage is thus not supported.", ["trial"])
    assert found == Quotation("Massage is thus not supported.", cut_before=True, cut_after=True)
    assert found.marked == "[…] Massage is thus not supported. […]"


def test_half_a_sentence_that_decides_is_quoted_as_the_sentence_that_it_is_part_of():
    found = quotation(RATIONALE, "Low saw no change")
    assert found.text == "Six visits were given in May, and Dr. Low saw no change."


def test_two_sentences_that_decide_together_are_both_quoted():
    found = quotation(RATIONALE, "Massage is thus not supported. The request is denied.")
    assert found.marked == "[…] Massage is thus not supported. The request is denied."


def test_without_a_deciding_sentence_the_one_with_most_of_the_words_found_is_quoted():
    assert quotation(RATIONALE, None, ["visits", "May", "trial"]).text.startswith("Six visits")
    assert quotation(RATIONALE, "It is not in there.", ["TRIAL"]).marked == (
        "The guideline allows a short trial. […]"
    )


def test_without_any_word_found_the_conclusion_is_quoted():
    assert quotation(RATIONALE, None, ["opioid"]).marked == "[…] The request is denied."


@pytest.mark.parametrize("rationale", [None, "", " \n ", "\x02"])
def test_no_rationale_no_quotation(rationale):
    assert quotation(rationale, "It is denied.", ["denied"]) is None


def test_a_rationale_of_one_sentence_is_quoted_without_marks():
    assert quotation("No need is shown", None).marked == "No need is shown"


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("Norco 10/325mg. Denied.", ["Norco 10/325mg.", "Denied."]),
        ("See Dr. Low vs. Mr. High. Next.", ["See Dr. Low vs. Mr. High.", "Next."]),
        ("Taken b.i.d. Norco helped. Next.", ["Taken b.i.d. Norco helped.", "Next."]),
        ("Three criteria: 1. Pain 2. Loss. Next.", ["Three criteria: 1. Pain 2. Loss.", "Next."]),
        ("He asked why?! Nobody knew...  “No.” Next", ["He asked why?!", "Nobody knew...", "“No.” Next"]),
        ('He said "no use." (It is.) Ends. and on.', ['He said "no use."', "(It is.)", "Ends. and on."]),
        ("Decided in 2016. Then 7.5 mg. Next.", ["Decided in 2016.", "Then 7.5 mg.", "Next."]),
        ("", []),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_sees_them_end(text, parted):
    assert sentences(one_line(text)) == parted


@given(st.text(alphabet="aB1.?! \"”)([“'’\n\u2028\x00", max_size=60), st.text(max_size=8))
def test_a_quotation_is_always_a_part_of_the_rationale_between_whole_sentences(rationale, deciding):
    text = one_line(rationale)
    assert " ".join(sentences(text)) == text
    found = quotation(rationale, deciding, [deciding])
    if found is None:
        assert text == ""
    else:
        assert found.text in text
        assert (found.cut_before or found.cut_after) == (found.text != text)


@pytest.mark.parametrize("piece", [".", "a", ". ", "a. ", '"', ".)", "( ", "1. A", "A. ( ", "a.a."])
def test_no_text_makes_it_run_away(piece):
    text = piece * (1_000_000 // len(piece))
    started = time.perf_counter()
    quotation(text, "B", ["a"])
    assert time.perf_counter() - started < 5


def test_one_line_drops_what_cannot_be_seen_and_keeps_every_word():
    hidden = "a\u202eb\u200bc\x00 d\te\u2028f\x85g\ud800 h\u00a0i\ufeff \u2066j"
    assert one_line(hidden) == "abc d e f g h i j"
    assert one_line("naïve “quotes” – 5 µg ≥ 3 “é”") == "naïve “quotes” – 5 µg ≥ 3 “é”"
