"""Where each value came from, and the letter with its parts marked."""

from __future__ import annotations

import re

from imr_archive.parsing import parse_letter
from imr_archive.parsing.explaining import explain, marked, value_at

LETTER = """Case Number: CM16-0900001
Date Assigned: 11/25/2016 Date of Injury: 06/02/2016
Decision Date: 12/28/2016 UR Denial Date: 10/24/2016
Priority: Standard Application Received: 11/17/2016

HOW THE IMR FINAL DETERMINATION WAS MADE
The Expert Reviewer has these credentials:
State(s) of Licensure: Oregon
Certification(s)/Specialty: Neurology

CLINICAL CASE SUMMARY
A 44 year old woman strained her back.

IMR ISSUES, DECISIONS AND RATIONALES
Acupuncture six visits: Upheld

Claims Administrator guideline: Decision was based on MTUS Acupuncture Treatment
2007.
MAXIMUS guideline: Decision was based on MTUS Chronic Pain Treatment Guidelines Acupuncture Page(s): 13.
Decision rationale: Nothing got better. The request is not medically necessary.
"""


def explained():
    return {one.field: one for one in explain(parse_letter(LETTER, "a.txt"), LETTER)}


def test_every_value_of_the_record_has_its_words_and_rule():
    rows = explained()
    assert (rows["case_number"].value, rows["case_number"].words) == ("CM16-0900001", "CM16-0900001")
    assert rows["decision_date"].words == "12/28/2016"
    assert rows["items[0].outcome"].words == "Upheld"
    assert rows["patient_sex"].words == "woman"
    assert all(row.rule for row in rows.values())


def test_the_parts_of_a_citation_have_places_of_their_own():
    rows = explained()
    year = rows["items[0].citations[0].year"]
    assert (year.value, year.words) == (2007, "2007")
    page = rows["items[0].citations[1].pages[0]"]
    assert LETTER[page.span.start : page.span.end] == "13"


def test_a_title_printed_otherwise_has_the_place_of_its_citation():
    rows = explained()
    guideline = rows["items[0].citations[1].guideline"]
    assert guideline.value == "Chronic Pain Medical Treatment"
    assert guideline.span == rows["items[0].citations[1]"].span


def test_value_at_follows_a_path_and_ends_quietly():
    record = parse_letter(LETTER, "a.txt")
    assert value_at(record, "items[0].citations[0].year") == 2007
    assert value_at(record, "items[7].outcome") is None
    assert value_at(record, "nothing.here[0]") is None


def test_the_marked_pieces_are_the_whole_letter():
    pieces = marked(LETTER, explain(parse_letter(LETTER, "a.txt"), LETTER))
    assert "".join(piece.text for piece in pieces) == LETTER
    opened = [field for piece in pieces for field in piece.opens]
    closed = [field for piece in pieces for field in piece.closes]
    assert sorted(opened) == sorted(closed)
    assert "decision_date" in opened
    inside = {field: piece.text for piece in pieces for field in piece.opens}
    assert inside["case_number"] == "CM16-0900001"
    assert any(re.match(r"items\[0\]\.category, subcategory, service", field) for field in opened)


def test_a_letter_without_findings_is_one_piece():
    assert [piece.text for piece in marked("nothing", [])] == ["nothing"]
    assert marked("", []) == []
