"""What the prose of a letter says besides its fields: diagnoses, what utilization review did, and reasons.

Each value is noted with its place in the letter and the rule that read it; what is not certain is noted as
unrecognised, so that it can be told apart wherever findings are shown.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .clean import LetterText
from .diagnoses import read_diagnoses
from .findings import Notes
from .reasons import read_reason
from .record import Outcome
from .ur_action import read_ur_action

# How far before its place on one line a passage's own line breaks and ligatures can shift a word.
SHIFT = 8


class Passage(NamedTuple):
    """A stretch `text[start:end]` of a letter, and the same on one line."""

    start: int
    end: int
    line: str

    def place(self, letter: LetterText, start: int, end: int) -> tuple[int, int]:
        """Where in the letter `line[start:end]` stands."""
        printed = letter.text[self.start : self.end]
        if printed == self.line:
            return self.start + start, self.start + end
        words = self.line[start:end].split()
        if not words:
            return self.start, self.end
        first = printed.find(words[0], max(0, start - SHIFT))
        last = printed.find(words[-1], max(first, end - len(words[-1]) - SHIFT)) + len(words[-1])
        if "".join(printed[first:last].split()) == "".join(words):
            return self.start + first, self.start + last
        places = letter.places(self.start, self.end, self.line)
        return places[start], places[end - 1] + 1


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
    notes.found(f"{path}.reason", *place, rule, reason.sentence, reason.certain)
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
    action = read_ur_action(heading.line, rationale and rationale.line, summary and summary.line)
    if action is None:
        return {}
    passage = {"description": heading, "rationale": rationale, "summary": summary}[action.source] or heading
    place = passage.place(letter, action.start, action.end)
    rule = f"words of the {action.source}" + ("" if action.certain else ", uncertain")
    notes.found(f"{path}.ur_action", *place, rule, passage.line[action.start : action.end], action.certain)
    values: dict[str, Any] = {"ur_action": action.action}
    if action.authorized is not None:
        values |= {"ur_authorized": action.authorized, "ur_authorized_quantity": action.quantity}
    return values
