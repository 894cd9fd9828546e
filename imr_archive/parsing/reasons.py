"""The reason that decided an item, drawn from the reviewer's rationale.

A rationale usually quotes the guideline first, in the very words that also decide, and comes to the case
later. So each sentence is heard as the guideline's voice or the reviewer's, what a sentence says is compared
with the published list, and among the reviewer's own statements the first that is not a mere addition
decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Literal, NamedTuple

from imr_archive.parsing.record import Outcome
from imr_archive.vocabulary.reasons import Cue, Saying, reason_cues
from imr_archive.vocabulary.remembered import remembered
from imr_archive.vocabulary.values import Value

Speaker = Literal["case", "mixed", "guideline", "as before"]

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
    """What a sentence is heard to say: who speaks, whether it turns to the case, and the reason it gives.

    own, quoted: the plainest of the reasons that its words give, the first of equals, where they are the
    reviewer's own and where they are the guideline's.
    """

    speaker: Speaker
    turns: bool
    own: Saying | None
    quoted: Saying | None


class Candidate(Value):
    """A reason that the sentence `rationale[start:end]` gives, and how much speaks for it."""

    score: float
    saying: Saying
    speaker: Speaker
    start: int
    end: int


SCORE, WEIGHT = attrgetter("score"), attrgetter("weight")


def read_reason(rationale: str, outcome: Outcome, description: str = "") -> Reason | None:
    """The reason that decided an item, or None where the rationale says none of the published list.

    rationale: on one line. description: the item's heading, whose words say nothing where they are repeated.
    """
    best = _best(_own_text(rationale[:LONGEST_RATIONALE], description), outcome)
    if best is None:
        return None
    certain = best.saying.reliable and best.speaker == "case" and best.saying.weight >= PLAIN
    return Reason(best.saying.code, rationale[best.start : best.end], best.start, best.end, certain)


def _own_text(rationale: str, description: str) -> str:
    """The rationale in lower case, sentences plainly ended and the heading blanked out; as long as before."""
    lower = rationale.lower()
    for mark, printed, plain in OTHER_ENDS:
        if mark in lower:
            lower = lower.replace(printed, plain)
    if len(description) > 8:
        lower = lower.replace(description.lower(), " " * len(description))
    return lower


@remembered(32)
def _best(lower: str, outcome: Outcome) -> Candidate | None:
    """The first of the candidates with the highest score; the items of a letter often share a rationale."""
    return max(candidates(lower, outcome), key=SCORE, default=None)


def candidates(lower: str, outcome: Outcome) -> Iterator[Candidate]:
    """What each sentence says most plainly; the first with the highest score decides."""
    background: Speaker = "case"
    turned, order = False, 0
    for start, end, symbols in reason_cues(outcome).by_sentence(lower):
        speaker, turns, own, quoted = _meaning(symbols, outcome)
        if speaker == "as before":
            speaker = background
        elif speaker != "mixed" and not turned:
            background = speaker
        if turns and speaker == "case":
            turned, background = True, "case"
        if own is None:
            continue
        score = SPEAKER_WEIGHT[speaker] - order * LATER
        if lower.startswith(ADDITION, start):
            score -= ADDED
        if speaker == "guideline":
            if quoted is not None:
                yield Candidate(score + quoted.weight, quoted, speaker, start, end)
        else:
            yield Candidate(score + own.weight, own, speaker, start, end)
            order += 1


@remembered(16384)
def _meaning(symbols: str, outcome: Outcome) -> Heard:
    """What a sentence with these cues says; sentences differ more than their cues do."""
    known = reason_cues(outcome)
    cues = [known.cue[symbol] for symbol in symbols]
    speaker = _speaker([cue.voice for cue in cues if cue.voice])
    said = known.said_in("".join(cue.letter for cue in (_own_words(cues) if speaker == "case" else cues)))
    return Heard(
        speaker,
        any(cue.voice in ("turn", "contrast") for cue in cues),
        max(said, key=WEIGHT, default=None),
        max((saying for saying in said if saying.guideline_decides), key=WEIGHT, default=None),
    )


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
