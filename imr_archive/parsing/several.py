"""Several letters in one file: where each begins.

Every letter of the forms B and D says once how its determination was made; a notice of 2013 has one title.
A second such place means a second letter, which begins at its own header table.
"""

from __future__ import annotations

import re

from imr_archive.parsing.clean import LetterText

OPENING = re.compile(
    r"^[ \t\f]*(?:#{1,6} |\*\*)?[ ]*(?:how\s+the\s+imr\s+final\s+determination\s+was\s+made"
    r"|(?:maximus\s+federal\s+services,?\s+inc\.?\s+)?notice\s+of\s+independent\s+medical\s+review"
    r"\s+determination\s+dated"
    r"|medical\s+professional\s+review[ ]*$)",
    re.MULTILINE,
)
RATIONALE = re.compile(r"rationale\s*(?::|for\s+(?:the|his|her|why))")
"""What every letter has: a second one begins only after the first one's rationale."""

QUICK = (b"how the imr final", b"notice of independent", b"medical professional review")
"""What an opening begins with on one line; in bytes, whose letter case is folded many times quicker."""

HEADER_LINE = re.compile(
    r"\s*(?:(?:(?:maximus|imr)\s+)?case\s+(?:number|no\.?)|date\s+(?:assigned|of\s+injury)|(?:ur\s+denial|decision)\s+date"
    r"|priority|application(?:\s+received)?|received|(?:maximus|imr)?\s*claim\s+number|employee|date\s+of\s+(?:ur\s+)?decision"
    r"|(?:imr\s+)?application\s+received|standard|expedited|regular|final determination letter"
    r"|independent medical review[\w ]*|maximus federal services,?(?: inc\.?)?"
    r"|cm\s?\d\d-\d+|imr[ -]\d\d-\d+|[\d/]{6,10})(?=[\s:]|\Z)[^\n]{0,90}\Z"
)
FARTHEST_HEADER = 1500
SHORTEST_LETTER = 500
"""Characters; a letter's fixed wording alone is longer."""


def letter_ranges(text: str) -> list[tuple[int, int]]:
    """The ranges of `text`, one a letter; together they are the whole text."""
    if not _may_hold_another(text):
        return [(0, len(text))]
    lower = text.lower()
    if len(lower) != len(text):
        return [(0, len(text))]
    openings = [match.start() for match in OPENING.finditer(lower)]
    starts = [0]
    reasoned = RATIONALE.search(lower)
    for opening in openings[1:]:
        start = _header_start(lower, max(starts[-1], opening - FARTHEST_HEADER), opening)
        if reasoned is not None and reasoned.start() < starts[-1]:
            reasoned = RATIONALE.search(lower, starts[-1])
        if reasoned is None:
            break
        if start - starts[-1] >= SHORTEST_LETTER and reasoned.start() < start:
            starts.append(start)
    return [(start, end) for start, end in zip(starts, [*starts[1:], len(text)], strict=True) if start < end]


def _header_start(lower: str, floor: int, opening: int) -> int:
    """Where the header table above an opening begins: as far up as lines are header lines or blank."""
    start = opening
    while start > floor:
        line_start = lower.rfind("\n", floor, start - 1) + 1
        if line_start <= floor:
            break
        line = lower[line_start:start].strip(" \t\r\n\f|*_#")
        if line and not HEADER_LINE.match(line):
            break
        start = line_start
    while start < opening and lower[start].isspace():
        start += 1
    return start


def _may_hold_another(text: str) -> bool:
    """Whether two letters may open, one of them after a rationale; in nearly every file only one does."""
    glanced = text.encode(errors="replace").lower()
    reasoned = glanced.find(b"rationale")
    if reasoned < 0 or not any(glanced.find(words, reasoned) >= 0 for words in QUICK):
        return False
    return sum(map(glanced.count, QUICK)) > 1


def split_letters(raw: str) -> list[LetterText]:
    """The letters that `raw` holds, in printed order; never none."""
    ranges = letter_ranges(raw)
    return [LetterText(raw[start:end], start) for start, end in ranges]
