"""The reason that decided an item, drawn from the reviewer's rationale.

A rationale usually quotes the guideline first, in the very words that also decide, and comes to the case later.
So each sentence is heard as the guideline's voice or the reviewer's, what a sentence says is compared with the
published list, and among the reviewer's own statements the first that is not a mere addition decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from imr_archive.vocabulary.reasons import Cue, DecidedOutcome, ReasonCues, Saying, reason_cues

from .record import Outcome

ABBREVIATION = re.compile(r"(?:\b(?:dr|mr|ms|mrs|vs|no|pg|pgs|pp|st|approx|etc|e\.g|i\.e|fig|ref|ch|sec|[a-z])|\d)\Z", re.IGNORECASE)
ADDITION = ("additionally", "furthermore", "in addition", "also", "moreover", "there was also", "there is also")

# How much it counts who speaks, and what each further candidate loses to the one before it.
VOICE_WEIGHT = {"case": 2.0, "mixed": 1.2, "guideline": 0.0}
LATER = 0.15
ADDED = 0.3
LONGEST_RATIONALE = 40_000


class Reason(NamedTuple):
    """The reason that decided an item.

    code: one of the published list. sentence: the words that say so, `rationale[start:end]`. certain: whether
    the wording is one that was measured to be right in nine cases of ten.
    """

    code: str
    sentence: str
    start: int
    end: int
    certain: bool


class Sentence(NamedTuple):
    """One sentence: where it stands, the letters of its concepts, and who speaks."""

    start: int
    end: int
    letters: str
    voice: str


class Candidate(NamedTuple):
    """A reason that a sentence gives, and how much speaks for it."""

    score: float
    saying: Saying
    sentence: Sentence


def read_reason(rationale: str, outcome: Outcome, description: str = "") -> Reason | None:
    """The reason that decided an item, or None where the rationale says none of the published list.

    rationale: on one line. description: the item's heading.
    """
    cues = reason_cues(outcome)
    candidates = list(_candidates(rationale[:LONGEST_RATIONALE], cues, outcome))
    if not candidates:
        return None
    best = max(candidates, key=lambda candidate: candidate.score)
    start, end = best.sentence.start, best.sentence.end
    certain = best.saying.reliable and best.sentence.voice == "case"
    return Reason(best.saying.code, rationale[start:end], start, end, certain)


def _candidates(rationale: str, cues: ReasonCues, outcome: DecidedOutcome) -> Iterator[Candidate]:
    """What each sentence says, the first and plainest of the reviewer's own with the highest score."""
    lower = rationale.lower()
    order = 0
    for sentence in _sentences(rationale, lower, cues):
        said = _said(sentence.letters, outcome)
        if not said:
            continue
        score = VOICE_WEIGHT[sentence.voice] - order * LATER
        if lower.startswith(ADDITION, sentence.start):
            score -= ADDED
        for saying in said:
            yield Candidate(score + saying.weight, saying, sentence)
        if sentence.voice != "guideline":
            order += 1


@lru_cache(maxsize=16384)
def _said(letters: str, outcome: DecidedOutcome) -> tuple[Saying, ...]:
    """What the published list knows of a sentence with these concepts; most sentences are alike."""
    cues = reason_cues(outcome)
    return tuple(saying for saying in cues.sayings if saying.said_in(letters, cues.break_letter))


def _sentences(rationale: str, lower: str, cues: ReasonCues) -> Iterator[Sentence]:
    """The sentences that hold any cue, each with the voice that it speaks in."""
    found = cues.find(lower)
    background, turned = "case", False
    place = 0
    start = 0
    while start < len(rationale) and place < len(found):
        end = _sentence_end(rationale, start)
        first = place
        while place < len(found) and found[place].start < end:
            place += 1
        if first != place:
            inside = found[first:place]
            voice = _voice(inside, background)
            turned = turned or (voice == "case" and any(cue.voice in ("turn", "contrast") for cue in inside))
            background = "case" if turned else ("guideline" if voice == "guideline" else background)
            yield Sentence(start, end, "".join(cue.letter for cue in inside), voice)
        start = end + 1
        while start < len(rationale) and rationale[start] == " ":
            start += 1


def _voice(cues: list[Cue], background: str) -> str:
    """Who speaks in a sentence: the guideline, the reviewer on the case, or the one measured by the other."""
    voices = [cue.voice for cue in cues if cue.voice]
    if not voices:
        return background
    if "turn" in voices:
        last = len(voices) - voices[::-1].index("turn")
        return "guideline" if "guideline" in voices[last:] and voices[0] == "guideline" else "case"
    if "guideline" not in voices:
        return "case"
    if "case" not in voices:
        return "guideline"
    return "mixed" if voices[0] == "guideline" else "case"


def _sentence_end(text: str, start: int) -> int:
    """Where the sentence that begins at `start` ends, its full stop included."""
    at = start
    while True:
        at = text.find(". ", at)
        if at < 0:
            return len(text)
        following = text[at + 2 : at + 3]
        if not following.islower() and not ABBREVIATION.search(text, max(start, at - 6), at):
            return at + 1
        at += 2
