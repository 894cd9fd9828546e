"""What the parser may find wrong with a letter: stable codes, each with the sentence that a reader sees."""

from __future__ import annotations

SENTENCES = {
    "no_case_number": "The letter prints no case number.",
    "unknown_case_number": "“{raw}” stands for the case number, but has not its form.",
    "no_items": "No disputed item with a decision was found.",
    "unknown_layout": "The letter follows none of the known layouts.",
    "bad_date": "“{raw}” is printed as a date, but there is no such day.",
    "unpaired_dates": "{labels} labels of dates and {dates} dates of the header could not be paired.",
    "decision_before_assignment": "The decision ({decision}) is dated before the assignment ({assigned}).",
    "dates_disagree": "The header says {header}, the text says {prose}.",
    "unknown_specialty": "“{raw}” is no specialty that the vocabulary knows.",
    "unknown_state": "“{raw}” is no state that the vocabulary knows.",
    "item_count_mismatch": "{found} decisions were read, but the letter's labels stand for {expected}.",
    "conflicting_outcomes": "The letter prints two decisions for “{raw}”; the first is kept.",
    "too_many_items": "Too many decisions for one letter were found; the first {kept} are kept.",
    "unknown_service": "“{raw}” is no service that the vocabulary knows.",
}
"""Code → sentence. The stages that read citations add codes of their own (such as `unknown_guideline`)."""
