"""The reason that decided an item, drawn from the reviewer's rationale.

A rationale usually quotes the guideline first, in the very words that also decide, and comes to the case
later. So each sentence is heard as the guideline's voice or the reviewer's, what a sentence says is compared
with the published list, and among the reviewer's own statements the first that is not a mere addition
decides.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from imr_archive.parsing.record import Outcome
from imr_archive.vocabulary.reasons import Cue, Saying, reason_cues
from imr_archive.vocabulary.remembered import remembered

Speaker = Literal["case", "mixed", "guideline", "as before"]

ABBREVIATIONS = frozenset(
    ("dr", "mr", "ms", "mrs", "vs", "no", "pg", "pgs", "pp", "st", "approx", "etc", "e.g", "i.e", "fig")
)  # fmt: skip
# Marks that end a sentence besides the plain full stop, each after its rarest character and before a plain
# ending of the same length.
OTHER_ENDS = (
    ('"', '." ', '". '),
    ("”", ".” ", "”. "),
    ("?", "? ", ". "),
    ("!", "! ", ". "),
    (")", ".) ", "). "),
)
ADDITION = (
    "additionally",
    "furthermore",
    "in addition",
    "also",
    "moreover",
    "there was also",
    "there is also",
)

# How much it counts who speaks, and what each further sentence loses to the one before it.
SPEAKER_WEIGHT = {"case": 2.0, "mixed": 1.2, "guideline": 0.0}
LATER = 0.15
ADDED = 0.3
# The weight of wordings that decide by themselves: on letters that no rule had been made from they were right
# in 58 of 62 cases, the others in 9 of 20.
PLAIN = 1.0
LONGEST_RATIONALE = 40_000


class Reason(NamedTuple):
    """The reason that decided an item.

    code: one of the published list. sentence: the words that say so, `rationale[start:end]`. certain: whether
    the wording is of those that were measured to be right in nine cases of ten.
    """

    code: str
    sentence: str
    start: int
    end: int
    certain: bool


class Heard(NamedTuple):
    """What a sentence is heard to say: who speaks, whether it turns to the case, and the reasons it gives."""

    speaker: Speaker
    turns: bool
    said: tuple[Saying, ...]


class Candidate(NamedTuple):
    """A reason that the sentence `rationale[start:end]` gives, and how much speaks for it."""

    score: float
    saying: Saying
    speaker: Speaker
    start: int
    end: int


def read_reason(rationale: str, outcome: Outcome, description: str = "") -> Reason | None:
    """The reason that decided an item, or None where the rationale says none of the published list.

    rationale: on one line. description: the item's heading, whose words say nothing where they are repeated.
    """
    best: Candidate | None = None
    for candidate in candidates(rationale[:LONGEST_RATIONALE], outcome, description):
        if best is None or candidate.score > best.score:
            best = candidate
    if best is None:
        return None
    certain = best.saying.reliable and best.speaker == "case" and best.saying.weight >= PLAIN
    return Reason(best.saying.code, rationale[best.start : best.end], best.start, best.end, certain)


def candidates(rationale: str, outcome: Outcome, description: str = "") -> Iterator[Candidate]:
    """What each sentence says, the first and plainest of the reviewer's own with the highest score."""
    lower = _plain_ends(rationale.lower())
    if len(description) > 8:
        lower = lower.replace(description.lower(), " " * len(description))
    places, symbols = reason_cues(outcome).find(lower)
    background: Speaker = "case"
    turned, order, start, first = False, 0, 0, 0
    while first < len(places):
        end = _sentence_end(lower, start)
        after = bisect_left(places, end, first)
        if first != after:
            heard = _heard(symbols[first:after], outcome)
            speaker = background if heard.speaker == "as before" else heard.speaker
            turned = turned or (heard.turns and speaker == "case")
            background = "case" if turned else ("guideline" if speaker == "guideline" else background)
            if heard.said:
                score = SPEAKER_WEIGHT[speaker] - order * LATER
                if lower.startswith(ADDITION, start):
                    score -= ADDED
                for saying in heard.said:
                    if speaker != "guideline" or saying.guideline_decides:
                        yield Candidate(score + saying.weight, saying, speaker, start, end)
                order += speaker != "guideline"
        start, first = end + 1, after


@remembered(16384)
def _heard(symbols: str, outcome: Outcome) -> Heard:
    """What a sentence with these cues says; sentences differ more than their cues do."""
    known = reason_cues(outcome)
    cues = [known.cue[symbol] for symbol in symbols]
    speaker = _speaker([cue.voice for cue in cues if cue.voice])
    letters = "".join(cue.letter for cue in (_own_words(cues) if speaker == "case" else cues))
    said = tuple(saying for saying in known.sayings if saying.said_in(letters, known.break_letter))
    return Heard(speaker, any(cue.voice in ("turn", "contrast") for cue in cues), said)


def _speaker(voices: Sequence[str]) -> Speaker:
    """Who speaks in a sentence: the guideline, the reviewer on the case, or the one measured by the other."""
    if "turn" in voices:
        last = len(voices) - voices[::-1].index("turn")
        return "guideline" if voices[0] == "guideline" and "guideline" in voices[last:] else "case"
    if "guideline" in voices:
        if "case" not in voices:
            return "guideline"
        return "mixed" if voices[0] == "guideline" else "case"
    return "case" if "case" in voices else "as before"


def _own_words(cues: list[Cue]) -> list[Cue]:
    """The cues of a sentence that turns from the guideline to the case, from the turn on; else all."""
    turn = next((place for place, cue in enumerate(cues) if cue.voice == "turn"), 0)
    return cues[turn:] if any(cue.voice == "guideline" for cue in cues[:turn]) else cues


def _plain_ends(lower: str) -> str:
    """The text with every sentence ending in a full stop and a blank; as long as before."""
    for mark, printed, plain in OTHER_ENDS:
        if mark in lower:
            lower = lower.replace(printed, plain)
    return lower


def _sentence_end(lower: str, start: int) -> int:
    """Where the sentence that begins at `start` ends, its full stop included."""
    at = start
    while (at := lower.find(".", at)) >= 0:
        if lower.startswith(" ", at + 1):
            word = lower[max(lower.rfind(" ", start, at) + 1, start) : at]
            if len(word) > 1 and word not in ABBREVIATIONS:
                return at + 1
        at += 1
    return len(lower)
