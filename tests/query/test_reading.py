"""Tokens → plan: what plain words, fields and operators mean, and how that is said."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.query.dimensions import DIMENSIONS
from imr_archive.query.filters.applied import Applied
from imr_archive.query.filters.registry import FILTERS
from imr_archive.query.language.reading import MOST_CHARACTERS, read
from imr_archive.query.language.terms import Part
from imr_archive.query.language.thesaurus import Thesaurus
from imr_archive.query.plan import Plan

PLAIN = Thesaurus()


def _words(plan: Plan) -> list[list[str]]:
    return [[("-" if term.negated else "") + term.text for term in group] for group in plan.groups]


def test_the_project_s_own_question(thesaurus: Thesaurus) -> None:
    plan = read("massage upheld by specialty", thesaurus)
    assert (plan.outcome, plan.outcome_filter, plan.dimensions, plan.rates) == (
        "upheld",
        None,
        ("specialty",),
        True,
    )
    assert plan.groups[0][0].services == ("massage therapy",)
    assert plan.reading == (
        "service massage therapy (2 synonyms) in the item"
        " · outcome upheld, its rate over all outcomes · grouped by reviewer specialty"
    )


@pytest.mark.parametrize("words", ["upheld", "denied", "not medically necessary", "not approved", "uphold"])
def test_words_for_upheld(words: str) -> None:
    plan = read(f"acupuncture {words}", PLAIN)
    assert (plan.outcome_filter, _words(plan)) == ("upheld", [["acupuncture"]])


@pytest.mark.parametrize(
    "words", ["overturned", "approved", "granted", "certified", "medically necessary", "not upheld"]
)
def test_words_for_overturned(words: str) -> None:
    plan = read(f"acupuncture {words}", PLAIN)
    assert (plan.outcome_filter, _words(plan)) == ("overturned", [["acupuncture"]])


@pytest.mark.parametrize(
    ("typed", "dimensions"),
    [
        ("norco by specialty", ("specialty",)),
        ("norco by reviewer specialty", ("specialty",)),
        ("norco by year and category", ("year", "category")),
        ("norco per year", ("year",)),
        ("norco by drug class per quarter", ("drug_class", "quarter")),
        ("norco over time", ("year",)),
        ("norco monthly", ("month",)),
        ("what section of MTUS for norco", ("section",)),
        ("which specialty approves norco", ("specialty",)),
        ("norco by ur guideline", ("ur_guideline",)),
        ("norco grouped by body part", ("body_part",)),
    ],
)
def test_groupings(typed: str, dimensions: tuple[str, ...]) -> None:
    plan = read(typed, PLAIN)
    assert plan.dimensions == dimensions
    assert plan.rates
    assert "norco" in _words(plan)[0]


def test_a_third_grouping_is_left_out_with_a_note() -> None:
    plan = read("by year and category and state", PLAIN)
    assert plan.dimensions == ("year", "category")
    assert plan.notes == ("only 2 groupings at a time: left out state",)


@pytest.mark.parametrize(
    ("typed", "applied"),
    [
        ("2016..2018", Applied("year", low=2016, high=2018)),
        ("2016-2018", Applied("year", low=2016, high=2018)),
        ("2016 to 2018", Applied("year", low=2016, high=2018)),
        ("between 2016 and 2018", Applied("year", low=2016, high=2018)),
        ("in 2016", Applied("year", low=2016, high=2016)),
        ("2016", Applied("year", low=2016, high=2016)),
        ("since 2016", Applied("year", low=2016)),
        ("after 2016", Applied("year", low=2017)),
        ("before 2016", Applied("year", high=2015)),
        ("over 65", Applied("age", low=66)),
        ("65 and over", Applied("age", low=65)),
        ("under 30", Applied("age", high=29)),
        ("age 40..50", Applied("age", low=40, high=50)),
        ("aged 40 to 50", Applied("age", low=40, high=50)),
        ("between 40 and 50 years old", Applied("age", low=40, high=50)),
        ("48-year-old", Applied("age", low=48, high=48)),
        ("more than 24 visits", Applied("visits", low=25)),
        ("at least 12 sessions", Applied("visits", low=12)),
        (">24 visits", Applied("visits", low=25)),
        ("12 or more visits", Applied("visits", low=12)),
        ("12 visits or more", Applied("visits", low=12)),
        ("visits:>24", Applied("visits", low=25)),
        ("female patients", Applied("sex", ("female",))),
        ("expedited review", Applied("priority", ("expedited",))),
        ("orthopedic reviewer", Applied("specialty", ("Orthopedic Surgery",))),
        ("by orthopedic surgeons", Applied("specialty", ("Orthopedic Surgery",))),
        ("by a psychiatrist", Applied("specialty", ("Psychiatry",))),
        ("UR used ODG", Applied("ur_source", ("ODG",))),
        ("the reviewer relied on MTUS", Applied("source", ("MTUS",))),
        ("CM16-0213037", Applied("case", ("CM16-0213037",))),
        ('specialty:"Pain Medicine",Urology', Applied("specialty", ("Pain Management", "Urology"))),
        ("decided:2016-05..2017", Applied("decided", low=date(2016, 5, 1), high=date(2017, 12, 31))),
        ("injured:<2012-03", Applied("injured", high=date(2012, 2, 29))),
        ("page:98", Applied("page", low=98, high=98)),
        ("page:98 cited-by:ur", Applied("ur_page", low=98, high=98)),
        ("cited-by:ur", Applied("cited_by", ("claims_administrator",))),
        ("agrees:no", Applied("agrees", ("no",))),
        ("reason:no-findings", Applied("reason", ("no_findings",))),
        ("drug:norco", Applied("drug", ("hydrocodone/acetaminophen",))),
        ("class:opioid", Applied("drug_class", ("Opioids",))),
        ("body:lumbar", Applied("body_part", ("lumbar spine",))),
        ("source:MTUS", Applied("source", ("MTUS",))),
        ("source:CM16-0213037.pdf", Applied("file", ("CM16-0213037.pdf",))),
        ("-sex:male", Applied("sex", ("male",), negated=True)),
        ("NOT sex:male", Applied("sex", ("male",), negated=True)),
    ],
)
def test_filters_in_plain_words_and_as_fields(typed: str, applied: Applied) -> None:
    plan = read(typed, PLAIN)
    assert plan.filters == (applied,)
    assert plan.groups == ()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("MTUS guideline 2009 chronic", ["guideline", "2009", "chronic"]),
        ("over 6 months", ["over", "6", "months"]),
        ("hours per week", ["hours", "week"]),
        ("30 day trial", ["30", "day", "trial"]),
        ("MRI without contrast", ["MRI", "without", "contrast"]),
        ("TENS/H-wave", ["TENS", "H-wave"]),
        ("L4/L5", ["L4/L5"]),
        ("grammar::x", ["grammar", "x"]),
        ("AND", ["AND"]),
        ("the", ["the"]),
        ("NEAR(", ["NEAR"]),
    ],
)
def test_words_without_another_meaning_are_looked_for(typed: str, words: list[str]) -> None:
    assert _words(read(typed, PLAIN)) == [words]


def test_or_parts_alternatives_and_not_excludes() -> None:
    plan = read("gym membership OR weight loss NOT surgery -diet overturned", PLAIN)
    assert _words(plan) == [["gym", "membership"], ["weight", "loss", "-surgery", "-diet"]]
    assert plan.reading == (
        '"gym" and "membership" anywhere in the decision'
        ' or else "weight" and "loss" anywhere in the decision, without "surgery" and "diet"'
        " anywhere in the decision · outcome overturned"
    )


def test_both_outcomes_ask_for_a_rate() -> None:
    plan = read("gabapentin approved vs denied", PLAIN)
    assert (plan.rates, plan.both_outcomes, plan.outcome) == (True, True, None)
    assert plan.reading.endswith("both outcomes compared · one rate for all that matches")


@pytest.mark.parametrize(
    ("typed", "body_part", "service"),
    [
        ("lumbar fusion", "lumbar spine", "spinal fusion"),
        ("knee sleeves", "knee", "knee brace"),
        ("cervical traction", "cervical spine", "traction unit"),
    ],
)
def test_a_wording_that_names_a_part_of_the_body_asks_for_both(
    typed: str, body_part: str, service: str
) -> None:
    (group,) = read(typed).groups
    assert [(term.body_part, term.services) for term in group] == [(body_part, ()), ("", (service,))]


def test_surgery_of_whatever_kind_is_no_service() -> None:
    (group,) = read("shoulder surgery").groups
    assert [(term.text, term.services) for term in group] == [("shoulder", ()), ("surgery", ())]


def test_that_utilization_review_denied_says_nothing_of_the_outcome() -> None:
    plan = read("UR denied Norco", PLAIN)
    assert (plan.outcome, _words(plan), plan.ignored) == (None, [["Norco"]], ("UR denied",))


def test_terms_can_be_tied_to_a_part_of_the_decision() -> None:
    plan = read('rationale:weaning summary:"low back" item:acup*', PLAIN)
    assert [(term.text, term.part, term.phrases[0].fts) for term in plan.groups[0]] == [
        ("weaning", Part.RATIONALE, '"weaning"'),
        ("low back", Part.SUMMARY, '"low back"'),
        ("acup", Part.ITEM, '"acup"*'),
    ]


def test_quotes_switch_synonyms_off(thesaurus: Thesaurus) -> None:
    assert read("massage", thesaurus).groups[0][0].synonyms == 2
    assert read('"massage"', thesaurus).groups[0][0].synonyms == 0


def test_exact_switches_synonyms_and_spellings_off(thesaurus: Thesaurus) -> None:
    (term,) = read("exact:NSAID's", thesaurus).groups[0]
    assert (term.quoted, term.synonyms, term.fts) == (True, 0, '"nsaid s"')
    assert len(read("exact:massage,norco", thesaurus).groups[0]) == 2


def test_both_sides_can_be_asked_for_one_section() -> None:
    plan = read("section:Opioids cited-by:both", PLAIN)
    assert plan.filters == (Applied("section", ("Opioids",)), Applied("ur_section", ("Opioids",)))
    assert read("by section cited-by:ur", PLAIN).dimensions == ("ur_section",)


def test_why_asks_what_goes_with_the_outcome(thesaurus: Thesaurus) -> None:
    plan = read("why massage overturned", thesaurus)
    assert (plan.why, plan.rates, plan.outcome_filter) == (True, False, "overturned")
    assert plan.reading.endswith("outcome overturned · with the sections and reasons that go with it")
    assert plan.as_hits().reading.endswith("outcome overturned · ignored: why")


def test_the_longest_service_is_meant_also_over_a_slash(thesaurus: Thesaurus) -> None:
    plan = read("EMG/NCV massage therapy", thesaurus)
    assert [(term.text, term.services) for term in plan.groups[0]] == [
        ("EMG NCV", ("electrodiagnostic studies",)),
        ("massage therapy", ("massage therapy",)),
    ]


def test_in_rates_a_service_has_to_be_the_item_and_other_words_may_stand_anywhere(
    thesaurus: Thesaurus,
) -> None:
    plan = read("gabapentin neuropathic pain lumbar by year", thesaurus)
    assert plan.reading == (
        "service gabapentin (1 synonym) and low back (1 synonym) in the item,"
        ' "neuropathic" and "pain" anywhere in the decision · grouped by year of decision'
    )


def test_a_value_that_a_field_cannot_take_is_left_out_with_a_note() -> None:
    plan = read("norco year:soon", PLAIN)
    assert plan.filters == ()
    assert plan.notes == (
        "left out year:soon: year 'soon' is neither a number nor a range such as 2016..2018",
    )


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("CM16-0213037", "CM16-0213037"),
        ("(CM16-0213037)", "CM16-0213037"),
        ("cm160213037", "CM16-0213037"),
        ("IMR 13-000004", "IMR 13-000004"),
        ("13000004", "13000004"),
        ("CM16-0213037 norco", None),
        ("-CM16-0213037", None),
        ("norco 13000004", None),
    ],
)
def test_a_case_number_alone_opens_that_case(typed: str, number: str | None) -> None:
    assert read(typed, PLAIN).case_number == number


def test_the_empty_query_means_everything() -> None:
    assert read("", PLAIN).reading == "all decisions, newest first"
    assert read(" * ", PLAIN) == Plan(query="*")


def test_decisions_like_one_that_is_not_given_point_to_the_command_that_takes_it() -> None:
    plan = read("overturned decisions like this one", PLAIN)
    assert (plan.outcome, plan.groups, plan.ignored) == ("overturned", (), ("decisions",))
    assert plan.notes == ("for decisions like a letter or a denial: imr-archive similar",)


def test_a_format_in_words() -> None:
    assert read("uphold rate by drug class per year as csv", PLAIN).output == "csv"


def test_a_pasted_letter_is_cut_and_says_so() -> None:
    plan = read(" ".join(f"word{number}" for number in range(5000)), PLAIN)
    assert len(plan.groups[0]) == 24
    assert plan.notes == (
        f"only the first {MOST_CHARACTERS} characters are read",
        "only the first 24 words are looked for",
    )


TYPED_WORDS = """
by per and or OR NOT AND vs upheld denied not medically necessary how often rate what section massage norco
10/325 2016 2016.. ..18 >24 visits over 65 years old age reviewer UR MTUS ODG " ' ( ) * - : ~10 .. , #60
CM16-0213037 H-wave
"""
VOCABULARY = [
    *(alias for each in DIMENSIONS for alias in (each.name, *each.aliases)),
    *(f"{name}:" for name in FILTERS),
    *TYPED_WORDS.split(),
    "\x00",
    "\ud800",
]


@given(st.one_of(st.text(), st.lists(st.sampled_from(VOCABULARY)).map(" ".join)))
def test_any_text_has_a_plan_and_a_reading(text: str) -> None:
    plan = read(text, PLAIN)
    assert plan.reading
    assert plan.as_hits().rates is False
    assert plan.as_rates().rates is True
    assert all(group for group in plan.groups)


@pytest.mark.parametrize(
    "piece", ["by ", "by pain ", "a:b ", "more than ", "massage by ", "UR denied ", '"', "x/y ", "12 to "]
)
def test_the_worst_text_is_read_in_moments(piece: str) -> None:
    before = time.process_time()
    read(piece * 100_000)
    assert time.process_time() - before < 2


@pytest.mark.parametrize("blanks", [1, 2, 3, 7])
def test_a_text_that_is_too_long_is_cut_between_words(blanks: int) -> None:
    plan = read(("zebra" + " " * blanks) * MOST_CHARACTERS)
    assert [[term.text for term in group] for group in plan.groups] == [["zebra"]]


def test_a_single_word_that_is_too_long_is_read_in_part() -> None:
    assert read("z" * (MOST_CHARACTERS + 1)).groups
