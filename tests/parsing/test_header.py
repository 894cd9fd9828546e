"""The header table, as every extractor prints it, and the sentences that take its place."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from fictional_letters import HEADERS, LetterFacts, Shape, iso, letter_a, letter_d
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.parsing import LetterRecord, parse_letter

TABLES = sorted(HEADERS.keys() - {"no header"})
DATES = st.dates(datetime.date(1985, 1, 1), datetime.date(2030, 12, 31)).map(lambda day: f"{day:%m/%d/%Y}")


def header_of(record: LetterRecord) -> tuple[str | None, ...]:
    fields = ("case_number", "date_assigned", "date_of_injury", "decision_date", "ur_denial_date")
    values = [getattr(record, name) for name in (*fields, "application_received", "priority")]
    return tuple(None if value is None else str(value) for value in values)


def codes(record: LetterRecord) -> set[str]:
    return {problem.code for problem in record.problems}


@given(
    table=st.sampled_from(TABLES),
    dates=st.tuples(DATES, DATES, DATES, DATES, DATES),
    case=st.sampled_from(["CM16-0900001", "CM13-0000077", "IMR 13-000004", "17000123"]),
    priority=st.sampled_from(["Standard", "Expedited"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    spacing=st.sampled_from([1, 2]),
)
def test_every_table_gives_back_its_facts(
    table: str, dates: tuple[str, ...], case: str, priority: str, newline: str, spacing: int
) -> None:
    assigned, injury, decision, denial, received = dates
    facts = LetterFacts(case, assigned, injury, decision, denial, received, priority)
    record = parse_letter(letter_d(facts, Shape(table, newline=newline, spacing=spacing)))
    expected = (iso(assigned), iso(injury), iso(decision), iso(denial), iso(received))
    assert header_of(record) == (case, *expected, priority.lower())


def test_a_letter_without_a_header_states_none_of_its_fields() -> None:
    record = parse_letter(letter_d(LetterFacts(), Shape("no header")))
    assert header_of(record) == (None,) * 7
    assert "no_case_number" in codes(record)


def test_dates_in_the_summary_of_layout_d_are_no_header() -> None:
    facts = replace(
        LetterFacts(), summary="She had a date of injury of 02/02/2012 and ate plums on 3/3/2013."
    )
    assert parse_letter(letter_d(facts, Shape("no header"))).date_of_injury is None


def test_a_summary_that_contradicts_the_header_is_noted_and_loses() -> None:
    facts = replace(LetterFacts(), summary="She has a date of injury of 02/02/2012.")
    record = parse_letter(letter_d(facts))
    assert record.date_of_injury == datetime.date(2015, 3, 14)
    assert "dates_disagree" in codes(record)


def test_the_case_number_of_the_pages_feet_is_read_where_the_header_is_missing() -> None:
    shape = Shape("no header", page=14, footer="IMR Case Number: {case} Page {page} of {pages}")
    record = parse_letter(letter_d(LetterFacts(), shape))
    assert record.case_number == "CM16-0900001"
    assert all("CM16" not in (item.rationale or "") for item in record.items)


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("Case Number: CM16-0213037", "CM16-0213037"),
        ("MAXIMUS Case Number: CM13-0000321", "CM13-0000321"),
        ("Case Number: CMl6-O2l3037", "CM16-0213037"),
        ("Case Number: CM16 - 0213037", "CM16-0213037"),
        ("IMR 13-000004", "IMR 13-000004"),
        ("Claim Number: 99999999\nCase Number: 17000123", "17000123"),
        ("Case Number: pending", None),
    ],
)
def test_case_numbers(printed: str, read: str | None) -> None:
    assert parse_letter(f"{printed}\nHOW THE IMR FINAL DETERMINATION WAS MADE\nx").case_number == read


@pytest.mark.parametrize(
    ("line", "field", "read"),
    [
        ("Decision Date: 9/6/2013", "decision_date", "2013-09-06"),
        ("Decision Date: 09-06-2013", "decision_date", "2013-09-06"),
        ("Decision Date: September 6, 2013", "decision_date", "2013-09-06"),
        ("Decision Date: 9/6/13", "decision_date", "2013-09-06"),
        ("Decision Date: 2013-09-06", "decision_date", "2013-09-06"),
        ("Decision Date: O9/O6/2Ol3", "decision_date", "2013-09-06"),
        ("Dccision Datc; 9/6/2013", "decision_date", "2013-09-06"),
        ("Dated: 9/6/2013", "decision_date", "2013-09-06"),
        ("Date of UR Decision: 9/6/2013", "ur_denial_date", "2013-09-06"),
        ("UR Denial Date 9/6/2013", "ur_denial_date", "2013-09-06"),
        ("IMR Application Received: 9/6/2013", "application_received", "2013-09-06"),
        ("Received:\n9/6/2013", "application_received", "2013-09-06"),
        ("Date of Injury: N/A", "date_of_injury", None),
        ("Date of Injury: 2/30/2013", "date_of_injury", None),
        ("Date of Injury: 10/12/1089", "date_of_injury", None),
    ],
)
def test_dates_and_their_labels(line: str, field: str, read: str | None) -> None:
    record = parse_letter(f"Case Number: CM13-0000001\n{line}\nHOW THE IMR FINAL DETERMINATION WAS MADE\nx")
    assert getattr(record, field) == (datetime.date.fromisoformat(read) if read else None)


def test_a_day_that_is_none_is_noted() -> None:
    assert "bad_date" in codes(parse_letter(letter_d(replace(LetterFacts(), injury="02/30/2015"))))


def test_a_label_without_a_date_takes_no_other_labels_date() -> None:
    text = letter_d(LetterFacts()).replace("Date of Injury: 03/14/2015", "Date of Injury:")
    record = parse_letter(text)
    assert header_of(record)[1:6] == ("2016-12-06", None, "2017-01-04", "2016-11-21", "2016-12-01")


def test_columns_that_lack_a_date_are_not_guessed() -> None:
    text = letter_d(LetterFacts(), Shape("values, then labels")).replace("03/14/2015\n", "", 1)
    record = parse_letter(text)
    assert (record.date_of_injury, record.ur_denial_date, record.application_received) == (None, None, None)
    assert "unpaired_dates" in codes(record)


def test_a_decision_before_its_assignment_is_noted() -> None:
    assert "decision_before_assignment" in codes(
        parse_letter(letter_d(replace(LetterFacts(), decision="12/05/2016")))
    )


def test_a_notice_of_2013_states_its_dates_in_sentences() -> None:
    record = parse_letter(letter_a(LetterFacts()))
    assert header_of(record) == (
        None,
        "2016-12-06",
        "2015-03-14",
        "2017-01-04",
        "2016-11-21",
        "2016-12-01",
        None,
    )


def with_case(printed: str) -> LetterRecord:
    return parse_letter(letter_d(replace(LetterFacts(), case=printed)))


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("CMl6-09OOOOI", "CM16-0900001"),
        ("CMz0-0900001", "CM20-0900001"),
        ("CN16-0900001", "CM16-0900001"),
        ("GM16-O9OOOO1", "CM16-0900001"),
        ("Crn1G-090000B", "CM16-0900008"),
        ("CM16_0900001", "CM16-0900001"),
        ("CM16-09000012", "CM16-09000012"),
        ("IMR 13-00OO04", "IMR 13-000004"),
    ],
)
def test_a_misread_case_number_is_mended_where_its_form_results(printed: str, number: str) -> None:
    record = with_case(printed)
    assert record.case_number == number
    (finding,) = [finding for finding in record.findings if finding.field == "case_number"]
    assert (finding.raw, finding.recognised) == (printed, True)
    assert record.problems == ()


@pytest.mark.parametrize(
    "printed", ["CMz20-0000001", "CM16-00001", "CM16-090000123", "CM1x-0900001", "IMR 13-0004"]
)
def test_what_has_not_the_form_of_a_case_number_is_kept_as_printed_and_marked(printed: str) -> None:
    record = with_case(printed)
    assert record.case_number == printed
    (finding,) = [finding for finding in record.findings if finding.field == "case_number"]
    assert (finding.raw, finding.recognised) == (printed, False)
    (problem,) = record.problems
    assert (problem.code, problem.field, problem.span) == ("unknown_case_number", "case_number", finding.span)


def test_words_after_the_forms_name_are_no_case_number() -> None:
    assert with_case("IMR 13-year-old CM2-inch").case_number is None


def test_a_number_of_the_right_form_counts_before_a_damaged_one() -> None:
    record = parse_letter(f"CM16-09\n{letter_d(LetterFacts())}")
    assert record.case_number == "CM16-0900001"


@pytest.mark.parametrize("specks", ["_", "[|", "_[|", "~|", "_ "])
def test_specks_before_labels_are_no_part_of_them(specks: str) -> None:
    lines = letter_d(LetterFacts()).splitlines()
    header = [specks + line for line in lines[:5]]
    record = parse_letter("\n".join(header + lines[5:]))
    assert header_of(record) == header_of(parse_letter(letter_d(LetterFacts())))
