"""What the prose of a letter says besides its fields: diagnoses, what utilization review did, and reasons.

Each value is noted with its place in the letter and the rule that read it; what is not certain is noted
as such, so that it can be told apart wherever findings are shown.
"""

from __future__ import annotations

from typing import Any

from imr_archive.parsing.clean import LetterText
from imr_archive.parsing.diagnoses import read_diagnoses
from imr_archive.parsing.findings import Notes
from imr_archive.parsing.passages import Passage
from imr_archive.parsing.reasons import read_reason
from imr_archive.parsing.record import Outcome
from imr_archive.parsing.ur_action import read_ur_action


def find_diagnoses(letter: LetterText, summary: Passage, notes: Notes) -> tuple[str, ...]:
    """The diagnoses that the summary names; those that are only considered ("rule out") are left aside."""
    names: list[str] = []
    for diagnosis in read_diagnoses(summary.line):
        if diagnosis.certain or not diagnosis.recognised:
            place = summary.place(letter, diagnosis.start, diagnosis.end)
            rule = "diagnosis list" if diagnosis.recognised else "entry of a diagnosis list"
            notes.found(f"diagnoses[{len(names)}]", *place, rule, diagnosis.raw, diagnosis.recognised)
            names.append(diagnosis.name)
    return tuple(names)


def find_reason(
    letter: LetterText, rationale: Passage, outcome: Outcome, description: str, path: str, notes: Notes
) -> dict[str, Any]:
    """The reason that decided an item, under the names of the record's item."""
    reason = read_reason(rationale.line, outcome, description)
    if reason is None:
        return {}
    place = rationale.place(letter, reason.start, reason.end)
    rule = "deciding sentence" if reason.certain else "deciding sentence, uncertain"
    notes.found(f"{path}.reason", *place, rule, reason.sentence, certain=reason.certain)
    return {"reason": reason.code, "reason_sentence": reason.sentence, "reason_certain": reason.certain}


def find_ur_action(
    letter: LetterText,
    heading: Passage,
    rationale: Passage | None,
    summary: Passage | None,
    path: str,
    notes: Notes,
) -> dict[str, Any]:
    """What utilization review did with an item, under the names of the record's item."""
    action = read_ur_action(
        heading.line, rationale.line if rationale else None, summary.line if summary else None
    )
    if action is None:
        return {}
    passage = {"description": heading, "rationale": rationale, "summary": summary}[action.source] or heading
    place = passage.place(letter, action.start, action.end)
    rule = f"words of the {action.source}" + ("" if action.certain else ", uncertain")
    words = passage.line[action.start : action.end]
    notes.found(f"{path}.ur_action", *place, rule, words, certain=action.certain)
    values: dict[str, Any] = {"ur_action": action.action}
    if action.authorized is not None:
        values |= {"ur_authorized": action.authorized, "ur_authorized_quantity": action.quantity}
    return values
