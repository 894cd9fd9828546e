"""The reason that decided an item, and how often its reading is right."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from annotations import HALVES, ROUNDS, ReasonRow, Tally, annotated, rationales, records
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.parsing.reasons import candidates, read_reason
from imr_archive.vocabulary.reasons import (
    ABBREVIATIONS,
    ReasonEntry,
    ReasonPattern,
    reason_cues,
    reason_data,
    reason_sentences,
    unknown_concepts,
)

QUOTE = (
    "The MTUS says that braces are not recommended without an acute strain and that no more than six visits "
    "should be given unless there is documentation of functional improvement."
)
PATTERNS = [(entry, pattern) for entry in reason_data().reasons for pattern in entry.patterns]
BAR = 0.9
"""What a reading must reach not to be marked as uncertain."""
SEEN = 3
"""How often a reason must have been read, at the least, before it counts as reliable."""


def code(rationale: str, outcome: str = "upheld") -> str | None:
    reason = read_reason(rationale, outcome)  # type: ignore[arg-type]
    return None if reason is None else reason.code


def test_the_published_list_is_short_and_every_code_has_a_sentence():
    assert list(reason_sentences()) == [
        "no_functional_improvement", "exceeds_guideline_number", "long_term_use_not_recommended",
        "first_line_not_tried", "not_recommended", "no_findings", "criteria_not_met",
        "insufficient_documentation", "already_done", "primary_not_necessary", "no_indication",
        "risk_outweighs", "criteria_met", "functional_improvement_documented", "within_guideline_number",
        "first_line_failed", "findings_support", "primary_necessary",
    ]  # fmt: skip
    assert all(sentence.endswith(".") for sentence in reason_sentences().values())


def test_every_concept_that_a_pattern_uses_is_defined_once():
    data = reason_data()
    assert list(unknown_concepts(data)) == []
    for own in (data.upheld, data.overturned):
        wordings = [
            term.removesuffix("*") for terms in (*data.shared.values(), *own.values()) for term in terms
        ]
        assert len(wordings) == len(set(wordings))


@pytest.mark.parametrize(("entry", "pattern"), PATTERNS, ids=[f"{e.code}: {p.when}" for e, p in PATTERNS])
def test_a_pattern_matches_its_examples_and_not_its_counterexamples(
    entry: ReasonEntry, pattern: ReasonPattern
):
    cues = reason_cues(entry.outcome)
    saying = cues.saying(entry, pattern)
    assert pattern.examples
    assert pattern.counterexamples
    for example in pattern.examples:
        assert saying.said_in(cues.letters_of(example.lower()), cues.break_letter), example
    for counterexample in pattern.counterexamples:
        assert not saying.said_in(cues.letters_of(counterexample.lower()), cues.break_letter), counterexample


@pytest.mark.parametrize("outcome", ["upheld", "overturned"])
def test_the_sayings_tried_are_all_that_can_match(outcome: str):
    cues = reason_cues(outcome)  # type: ignore[arg-type]
    for entry, pattern in PATTERNS:
        for example in pattern.examples if entry.outcome == outcome else ():
            letters = cues.letters_of(example.lower())
            every = tuple(one for one in cues.sayings if one.said_in(letters, cues.break_letter))
            assert cues.said_in(letters) == every


@pytest.mark.parametrize(
    ("rationale", "start", "end"),
    [
        ("It is late. In this case there are no red flags. The end.", 12, 48),
        ("In this case Dr. Roe, i.e. the surgeon, saw no red flags.", 0, 57),
        ("The form is old! In this case there are no red flags? It fails.", 17, 53),
    ],
)
def test_a_sentence_ends_at_a_full_stop_that_ends_no_abbreviation(rationale: str, start: int, end: int):
    reason = read_reason(rationale, "upheld")
    assert reason is not None
    assert (reason.start, reason.end, reason.sentence) == (start, end, rationale[start:end])


@pytest.mark.parametrize(
    ("rationale", "expected"),
    [
        (
            f"{QUOTE} In this case, no objective benefit of the first course is on file.",
            "no_functional_improvement",
        ),
        (f"{QUOTE} Here, the twelve visits asked for exceed that number.", "exceeds_guideline_number"),
        (
            f"{QUOTE} However, the worker has not yet tried and failed oral medication.",
            "first_line_not_tried",
        ),
        (f"{QUOTE} In this case there are no red flags.", "no_findings"),
        (
            "As the fusion is not medically necessary, the ancillary service is not needed.",
            "primary_not_necessary",
        ),
        ("The amount requested is vague and open to interpretation.", "insufficient_documentation"),
        ("The request was sent on a form with a logo.", None),
        ("", None),
    ],
)
def test_what_decides_is_what_is_said_of_the_case(rationale: str, expected: str | None):
    assert code(rationale) == expected


@pytest.mark.parametrize(
    ("rationale", "outcome", "expected"),
    [
        ("ODG asks for six things. The criteria are not met.", "upheld", "criteria_not_met"),
        (
            "ODG supports few visits. The nine sought exceed the six that it would support.",
            "upheld",
            "exceeds_guideline_number",
        ),
        (
            "ODG allows ten visits. Eighteen are in excess of that.",
            "upheld",
            "exceeds_guideline_number",
        ),
        ("ODG says that visits should not exceed ten. The form came late.", "upheld", None),
        ("The chart lacks evidence of functional benefit.", "upheld", "no_functional_improvement"),
        (
            "ODG lists ten visits. Six is within the number that it lists.",
            "overturned",
            "within_guideline_number",
        ),
    ],
)
def test_after_the_guideline_is_quoted_the_case_is_still_heard(
    rationale: str, outcome: str, expected: str | None
):
    assert code(rationale, outcome) == expected


@pytest.mark.parametrize("round_", ROUNDS)
def test_rationales_in_words_of_their_own_are_read_right(round_: str):
    right = given_ = wanted = certain = certainly_right = 0
    for row in rationales(round_):
        reason = read_reason(row.rationale, row.outcome, row.description)
        wanted += bool(row.reasons)
        if reason is not None:
            given_ += 1
            right += reason.code in row.reasons
            certain += reason.certain
            certainly_right += reason.certain and reason.code in row.reasons
    tally_ = Tally(right, given_, wanted)
    assert certainly_right == certain
    assert tally_.precision >= 0.95
    assert tally_.recall >= BAR


def test_a_plain_wording_about_the_case_is_certain_and_an_echo_of_the_guideline_is_not():
    plain = read_reason("In this case there are no red flags.", "upheld")
    assert plain is not None
    assert plain.certain
    echo = read_reason(f"{QUOTE} The request is denied.", "upheld")
    assert echo is not None
    assert (echo.code, echo.certain) == ("not_recommended", False)


def test_a_reason_can_decide_only_its_own_outcome():
    text = "In this case, functional improvement after six visits is documented."
    assert code(text, "overturned") == "functional_improvement_documented"
    assert code("In this case there are no red flags.", "overturned") is None


def test_the_sentence_is_given_with_its_place():
    rationale = f"{QUOTE} Dr. Vale wrote twice. In this case there are no red flags. The denial stands."
    reason = read_reason(rationale, "upheld")
    assert reason is not None
    assert reason.sentence == "In this case there are no red flags."
    assert rationale[reason.start : reason.end] == reason.sentence


def test_the_words_of_the_heading_say_nothing_when_the_rationale_repeats_them():
    heading = "Repeat MRI without red flags protocol"
    rationale = (
        f"The request for {heading} came late. In this case, no functional gain of the visits is known."
    )
    assert code(rationale) == "no_findings"
    reason = read_reason(rationale, "upheld", heading)
    assert reason is not None
    assert reason.code == "no_functional_improvement"


@given(st.text(), st.sampled_from(["upheld", "overturned"]), st.text())
def test_no_text_makes_it_raise(text: str, outcome: str, heading: str):
    reason = read_reason(text, outcome, heading)  # type: ignore[arg-type]
    assert reason is None or text[reason.start : reason.end] == reason.sentence


@pytest.mark.parametrize(
    "piece", ["no ", "no documentation of ", ". ", "not recommended but ", "a", "guidelines "]
)
def test_a_long_text_takes_no_long_time(piece: str):
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    read_reason(text, "upheld")
    assert time.process_time() - started < 1


def tally(folder: Path, half: str, certain: bool) -> Tally:
    right = given_ = wanted = 0
    for row in annotated("reasons", ReasonRow, half):
        item = records(folder)[row.letter].items[row.item - 1]
        wanted += 1
        if item.reason is not None and (item.reason_certain or not certain):
            given_ += 1
            right += item.reason in row.reasons
    return Tally(right, given_, wanted)


@pytest.mark.letters
@pytest.mark.parametrize("half", HALVES)
def test_certain_reasons_are_right_in_nine_cases_of_ten(real_letters: Path, half: str):
    certain, every = tally(real_letters, half, True), tally(real_letters, half, False)
    assert certain.precision >= BAR
    assert certain.given >= 0.6 * certain.wanted
    assert every.precision >= BAR
    assert every.recall >= BAR


@pytest.mark.letters
def test_a_reason_is_reliable_where_its_readings_are_right_and_only_there(real_letters: Path):
    given_: dict[str, list[bool]] = {}
    for half in HALVES:
        for row in annotated("reasons", ReasonRow, half):
            item = records(real_letters)[row.letter].items[row.item - 1]
            if item.reason is not None:
                given_.setdefault(item.reason, []).append(item.reason in row.reasons)
    for entry in reason_data().reasons:
        if entry.reliable:
            right = given_[entry.code]
            assert len(right) >= SEEN, entry.code
            assert sum(right) / len(right) >= BAR, entry.code


@pytest.mark.letters
def test_a_reading_of_an_unreliable_reason_is_never_certain(real_letters: Path):
    reliable = {entry.code for entry in reason_data().reasons if entry.reliable}
    items = [item for record in records(real_letters).values() for item in record.items]
    assert {item.reason for item in items if item.reason_certain} <= reliable
    assert all((item.reason is None) == (item.reason_sentence is None) for item in items)


def wordings(outcome: str) -> dict[str, bool]:
    """The wordings for an outcome, each with whether its last word may have any ending."""
    data = reason_data()
    concepts = {**data.stance, **data.shared, **(data.upheld if outcome == "upheld" else data.overturned)}
    return {term.removesuffix("*"): term.endswith("*") for terms in concepts.values() for term in terms}


def plainly_ended(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text begin and end, full stop by full stop."""
    ends = [
        stop.start() + 1
        for stop in re.finditer(r"\. ", text)
        if len(word := text[: stop.start()].rpartition(" ")[2]) > 1 and word not in ABBREVIATIONS
    ]
    spans = list(zip([0, *(end + 1 for end in ends)], [*ends, len(text)], strict=True))
    return [(start, end) for start, end in spans if start < end]


def plainly_found(text: str, known: dict[str, bool]) -> list[str]:
    """The wordings of a sentence, word by word: the longest that begins with a word, if it ends with one."""
    found, at = [], 0
    while at < len(text):
        here = [term for term in known if text.startswith(term, at)]
        if not here or text[at - 1 : at].isalnum():
            at += 1
            continue
        term = max(here, key=len)
        at += len(term)
        if known[term] or re.match(r"s?(?![^\W_])", text[at:]):
            found.append(term)
    return found


PIECES = """
no; not met; 6-visit trial; trial of 6; dr; e.g; a; 5; nos; note; her; is documented; guideline; guidelines
however; request exceeds; the records; there is no; functional improvement; radiculopathy; didn't; absent; é
"""
MARKS = [" ", " ", " ", ". ", ". ", ".", "; ", " ; ", ", ", " (", ") ", '"', "-", "s ", "", "  "]


@pytest.mark.parametrize("outcome", ["upheld", "overturned"])
@given(
    st.lists(
        st.tuples(st.sampled_from(re.split(r"; |\n", PIECES.strip())), st.sampled_from(MARKS)), max_size=20
    ).map(lambda pieces: "".join(word + mark for word, mark in pieces))
)
def test_a_rationale_walked_once_is_read_as_sentence_by_sentence(outcome: str, text: str) -> None:
    cues, known = reason_cues(outcome), wordings(outcome)  # type: ignore[arg-type]
    symbol = {term: next(cues.by_sentence(term))[2] for term in known}
    expected = [
        (start, end, "".join(symbol[term] for term in found))
        for start, end in plainly_ended(text)
        if (found := plainly_found(text[start:end], known))
    ]
    assert list(cues.by_sentence(text)) == expected


@pytest.mark.parametrize("outcome", ["upheld", "overturned"])
def test_no_wording_holds_what_the_search_gives_a_meaning_of_its_own(outcome: str) -> None:
    assert all(term.isascii() and term == term.lower() and "." not in term for term in wordings(outcome))
    assert {len(next(reason_cues(outcome).by_sentence(term))[2]) for term in wordings(outcome)} == {1}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("Here no red flags. No red flags.", 3.0, 2.85),
        ("Here no red flags. Also, no red flags.", 3.0, 2.55),
        ("ODG says no red flags. Here no red flags. She has no red flags.", 3.0, 2.85),
    ],
)
def test_each_further_sentence_of_the_reviewer_counts_less(text: str, first: float, second: float) -> None:
    scores = [candidate.score for candidate in candidates(text.lower(), "upheld")]
    assert scores == pytest.approx([first, second])


def test_of_what_one_sentence_says_the_plainest_counts() -> None:
    text = "here the long term treatment brought no objective benefit."
    assert [(one.saying.code, one.score, one.start, one.end) for one in candidates(text, "upheld")] == [
        ("no_functional_improvement", 3.0, 0, len(text))
    ]
