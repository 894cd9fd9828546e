"""The parser: one text → LetterRecord, stage after stage."""

from __future__ import annotations

from typing import Any

import msgspec

from imr_archive.parsing.citations import read_citations, relies_on_claims_administrator
from imr_archive.parsing.clean import LetterText
from imr_archive.parsing.findings import Notes
from imr_archive.parsing.header import read_header
from imr_archive.parsing.headings import describe_heading
from imr_archive.parsing.items import MOST_ITEMS, FoundItem, find_items
from imr_archive.parsing.layouts import Outline, outline
from imr_archive.parsing.narrative import find_diagnoses, find_reason, find_ur_action
from imr_archive.parsing.passages import Passage
from imr_archive.parsing.patient import Patient, read_patient
from imr_archive.parsing.prose import read_prose_dates
from imr_archive.parsing.record import Citation, Finding, Item, LetterOutcome, LetterRecord, Side
from imr_archive.parsing.reviewer import read_reviewer
from imr_archive.parsing.several import split_letters
from imr_archive.parsing.steps import Steps, to_end
from imr_archive.parsing.verdicts import find_verdicts, with_sentences
from imr_archive.vocabulary import vocabulary_version

PARSER_VERSION = "3"
"""Raised whenever the rules read any letter differently; docs/operations.md tells of each (tested)."""


BUILD = "pure Python" if __file__.endswith(".py") else "compiled"
"""What the parser runs as (docs/operations.md, "The compiled build")."""


def parser_version() -> str:
    """The version of rules and vocabulary together, as the archive stores it with each letter."""
    return f"{PARSER_VERSION}.{vocabulary_version()}"


def parse_letter(text: str, source: str = "") -> LetterRecord:
    """The first letter that `text` holds. Never raises: nonsense gives a record of layout `unknown`."""
    return to_end(_parse(split_letters(text)[0], source, 1))


def parse_letters(text: str, source: str = "") -> list[LetterRecord]:
    """Every letter that `text` holds, in printed order; never none, and never raises.

    source: the file's name, kept on each record. Spans count from the beginning of `text`.
    """
    return to_end(letters_in_steps(text, source))


def letters_in_steps(text: str, source: str = "") -> Steps[list[LetterRecord]]:
    """As `parse_letters`, in steps."""
    records = []
    for part, letter in enumerate(split_letters(text), 1):
        yield
        records.append((yield from _parse(letter, source, part)))
    return records


def _parse(letter: LetterText, source: str, part: int) -> Steps[LetterRecord]:
    notes = Notes(letter.offset)
    form = outline(letter)
    yield
    header = read_header(letter, form, notes)
    header = read_prose_dates(letter, form, header, notes) | header
    yield
    reviewer = read_reviewer(letter, form, notes)
    yield
    patient, summary = _case_summary(letter, form, notes)
    yield
    diagnoses = find_diagnoses(letter, summary, notes) if summary else ()
    yield
    items = yield from _items(letter, form, summary, notes)
    _note_gaps(form, header, notes)
    return LetterRecord(
        source=source,
        part=part,
        outcome=_letter_outcome(items),
        reviewer=reviewer,
        patient_age=patient.age,
        patient_sex=patient.sex,
        items=items,
        layout=form.layout,
        summary=summary.line if summary else None,
        diagnoses=diagnoses,
        findings=tuple(notes.findings),
        problems=tuple(notes.problems),
        **header,
    )


def _case_summary(letter: LetterText, form: Outline, notes: Notes) -> tuple[Patient, Passage | None]:
    """What the clinical case summary says of the patient, and the summary itself on one line."""
    section = form.section("summary")
    if section is None:
        return Patient(None, None), None
    start, end = letter.trimmed(section.body, section.end)
    if start == end:
        return Patient(None, None), None
    notes.found("summary", start, end, "section")
    return read_patient(letter, start, end, notes), Passage(start, end, letter.joined(start, end))


def _items(
    letter: LetterText, form: Outline, summary: Passage | None, notes: Notes
) -> Steps[tuple[Item, ...]]:
    """The disputed items with their citations, services and attributes, the reasons and what UR had done."""
    found, expected = find_items(letter, form)
    if not found and form.layout != "D":
        found = find_verdicts(letter, form)
        expected = 0
    elif form.layout == "B":
        found = with_sentences(letter, form, found)
    if len(found) > MOST_ITEMS:
        found = found[:MOST_ITEMS]
        notes.met("too_many_items", "items", kept=MOST_ITEMS)
    if not found:
        notes.met("no_items", "items")
    elif expected and expected != len(found):
        notes.met("item_count_mismatch", "items", found=len(found), expected=expected)
    items = []
    for index, one in enumerate(found):
        yield
        items.append((yield from _item(letter, one, summary, f"items[{index}]", notes)))
    return tuple(items)


def _item(
    letter: LetterText, found: FoundItem, summary: Passage | None, path: str, notes: Notes
) -> Steps[Item]:
    """One item of the record, each of its values noted under `path`."""
    description = letter.joined(*found.heading)
    notes.found(f"{path}.description", *found.heading, found.rule)
    raw = letter.joined(*found.outcome_span)
    notes.found(f"{path}.outcome", *found.outcome_span, found.rule, raw)
    if found.contradiction:
        notes.met(
            "conflicting_outcomes", f"{path}.outcome", notes.span(*found.contradiction), raw=description
        )
    yield
    citations = _citations(letter, found, notes)
    for index, citation in enumerate(citations):
        span, known = citation.span, not citation.unrecognised
        notes.findings.append(Finding(f"{path}.citations[{index}]", span, "citation", citation.raw, known))
    yield
    heading = Passage(*found.heading, description)
    values = describe_heading(letter, heading, path, notes)
    yield
    rationale = None
    if found.rationale and found.rationale[0] < found.rationale[1]:
        rationale = Passage(*found.rationale, letter.joined(*found.rationale))
        notes.found(f"{path}.rationale", *found.rationale, "label")
        values |= find_reason(letter, rationale, found.outcome, description, path, notes)
    yield
    values |= find_ur_action(letter, heading, rationale, summary, path, notes)
    return Item(
        description=description,
        outcome=found.outcome,
        citations=citations,
        rationale=rationale.line if rationale else None,
        **values,
    )


def _citations(letter: LetterText, found: FoundItem, notes: Notes) -> tuple[Citation, ...]:
    """Both sides' citations; a reviewer who finds the other side's guidelines right cites the same."""
    theirs = _cited(letter, found.claims_administrator, "claims_administrator", notes)
    own = _cited(letter, found.reviewer, "reviewer", notes)
    if found.reviewer and theirs and relies_on_claims_administrator(letter.text[slice(*found.reviewer)]):
        own = tuple(msgspec.structs.replace(citation, cited_by="reviewer") for citation in theirs) + own
    return theirs + own


def _cited(
    letter: LetterText, place: tuple[int, int] | None, side: Side, notes: Notes
) -> tuple[Citation, ...]:
    """The citations of one side's passage."""
    if place is None or place[0] >= place[1]:
        return ()
    start, end = place
    citations, problems = read_citations(letter.text[start:end], side, start + letter.offset, letter.join)
    notes.problems += problems
    return citations


def _letter_outcome(items: tuple[Item, ...]) -> LetterOutcome | None:
    """The outcome of the whole letter, from those of its items."""
    outcomes = {item.outcome for item in items}
    if not outcomes:
        return None
    return outcomes.pop() if len(outcomes) == 1 else "partially_overturned"


def _note_gaps(form: Outline, header: dict[str, Any], notes: Notes) -> None:
    """Notes what the letter lacks and where its header contradicts itself."""
    if form.layout == "unknown":
        notes.met("unknown_layout", "layout")
    if "case_number" not in header:
        notes.met("no_case_number", "case_number")
    decision, assigned = header.get("decision_date"), header.get("date_assigned")
    if decision and assigned and decision < assigned:
        notes.met("decision_before_assignment", "decision_date", decision=decision, assigned=assigned)
