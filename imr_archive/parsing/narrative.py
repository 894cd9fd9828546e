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
# How many places a passage's first word is looked for at, and how many characters tell most of them apart.
TRIES = 60
GLANCE = 24
HYPHENS = ("-", "\x02", "\xad", "\ufffe", "\u2010")


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
        wanted = _bare(self.line[start:end])
        opening = words[0].partition("-")[0] or words[0]
        first = printed.find(opening, max(0, start - SHIFT))
        for _ in range(TRIES):
            if first < 0:
                break
            last = _end_of(printed, first, wanted, end - start)
            if last:
                return self.start + first, self.start + last
            first = printed.find(opening, first + 1)
        places = letter.places(self.start, self.end, self.line)
        return places[start], places[end - 1] + 1


def _end_of(printed: str, first: int, wanted: str, length: int) -> int:
    """Where the words `wanted`, without blanks, end if they begin at `first`; 0 if others stand there.

    length: how long they are on one line, which is at most as long as they are printed.
    """
    if not wanted.startswith(_bare(printed[first : first + min(length, GLANCE)])):
        return 0
    last = first + length
    missing = len(wanted) - len(_bare(printed[first:last]))
    while 0 < missing <= len(printed) - last:
        last += missing
        missing = len(wanted) - len(_bare(printed[first:last]))
    return last if _bare(printed[first:last]) == wanted else 0


def _bare(text: str) -> str:
    """A text without blanks and hyphens, which a line's end adds, drops or prints as control characters."""
    bare = "".join(text.split())
    for hyphen in HYPHENS:
        bare = bare.replace(hyphen, "")
    return bare


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
