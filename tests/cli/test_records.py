"""One letter or case as a person reads it."""

from __future__ import annotations

import msgspec
import pytest

from imr_archive.cli.records import print_record
from imr_archive.parsing import Citation, Item, LetterRecord
from imr_archive.parsing.record import Finding, Span

ITEM = Item(
    description="Sildenafil 50mg #10",
    outcome="upheld",
    duration_weeks=13.035,
    reason="no_indication",
    reason_certain=False,
    ur_action="modified",
    ur_authorized="#5",
    citations=(
        Citation(cited_by="reviewer", source="other", guideline="A drug label", raw="A", span=Span(0, 1)),
    ),
)
RECORD = LetterRecord(
    source="a.txt",
    diagnoses=("Lumbar sprain", "Anxiety"),
    items=(ITEM,),
    findings=(Finding("items[0].ur_action", Span(0, 1), "words", certain=False),),
)


@pytest.fixture
def shown(capsys):
    def lines(record: LetterRecord) -> dict[str, str]:
        print_record(record)
        printed = [line.strip().partition("  ") for line in capsys.readouterr().out.splitlines()]
        return {label: value.strip() for label, _, value in printed}

    return lines


def test_a_letter_is_shown_with_diagnoses_reason_and_what_utilization_review_did(shown):
    lines = shown(RECORD)
    assert lines["Diagnoses"] == "Lumbar sprain; Anxiety"
    assert lines["UR decision"] == "modified (authorized: #5) (uncertain)"
    assert lines["Deciding reason"] == "no indication (uncertain)"


def test_what_is_certain_is_not_marked(shown):
    item = msgspec.structs.replace(ITEM, reason_certain=True, ur_authorized=None)
    lines = shown(msgspec.structs.replace(RECORD, items=(item,), findings=()))
    assert lines["UR decision"] == "modified"
    assert lines["Deciding reason"] == "no indication"


@pytest.mark.parametrize(
    ("weeks", "said"), [(13.035, "13 weeks"), (6.0, "6 weeks"), (0.5, "0.5 weeks"), (1.0, "1 week")]
)
def test_weeks_have_one_decimal_at_most(shown, weeks, said):
    item = msgspec.structs.replace(ITEM, duration_weeks=weeks)
    assert shown(msgspec.structs.replace(RECORD, items=(item,)))["Asked for"] == said


def test_a_guideline_of_no_known_source_is_shown_by_its_title(shown):
    assert shown(RECORD)["IMR reviewer"] == "A drug label"
