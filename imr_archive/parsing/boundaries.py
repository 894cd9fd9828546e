"""Where an item's heading begins, after the rationale of the item before it.

The text of a PDF has no blank lines: a rationale runs into the next heading. What tells them apart is said
of lines in general: a rationale ends in a sentence, its last line is shorter than the page is wide, the next
line begins anew. Blank lines count where they are wider than the letter's own line spacing, and not at a
page break.
"""

from __future__ import annotations

import re
from itertools import pairwise

import msgspec

from imr_archive.parsing.clean import LetterText

SENTENCE_ENDS = (".", "!", "?", '."', ".”", ".)", ".'", ".’", '.".')
VERDICT_ENDS = ("necessary", "appropriate", "necessity", "established", "warranted", "indicated", "supported")
"""The words with which a rationale closes, in the form's own wording or the reviewers'."""

RUNS_ON = re.compile(
    r"(?:[,;:(/&+-]|\b(?:a|an|and|as|at|by|for|from|in|is|of|on|or|per|the|to|was|with|x))\Z", re.IGNORECASE
)
"""A line that ends so goes on in the next."""

ORIGINAL_REQUEST = re.compile(r"\bwas\s+(?:the\s+)?original(?:ly)?\s+request(?:ed)?\b")
REMAINDER = re.compile(r"\boriginal\s+request\b|\bimr\s+eligible\b")
"""A heading that tells what was asked and what was granted: first what "was the original request"."""

SENTENCE_ENDED = re.compile(r"[.!?][\"”’)]*\s+")
BEGINS_ANEW = re.compile(r"[A-Z0-9(#\[]")
ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:approx|cap|dr|e\.g|etc|i\.e|inc|mgs?|mrs?|ms|no|pgs?|pp|st|tabs?|vs|wks?|yrs?|[a-z]\.[a-z]|[a-z])\.\Z",
    re.IGNORECASE,
)
"""Points that end no sentence where a small letter follows."""

FULL_LINE = 0.8
"""A line shorter than this share of the widest had room for the next word, on any proportional font met."""

SHORT_LINE = 0.55
CLOSERS = " .!?\"'”’)\n"
LONGEST_HEADING = 300
"""Characters; a longer heading tells what was originally requested, or is no heading alone."""

WINDOW = 1600
BESIDE_LINES = 14


class _Line(msgspec.Struct, frozen=True, gc=False):
    """A line that is not blank: the text from `start` to `end` has no blanks at its ends."""

    start: int
    end: int


def heading_start(letter: LetterText, region: int, outcome: int) -> int:
    """Where the heading begins whose outcome stands at `outcome`.

    region: the end of what certainly comes before it, a label or the section's opening sentence. The result
    lies between the two; it is `region` where nothing parts the heading from what stands there.
    """
    region = max(region, outcome - WINDOW)
    lines = _lines_before(letter.text, region, outcome)
    if not lines:
        return region
    start = _paragraph_start(letter, lines, len(lines) - 1)
    if REMAINDER.search(letter.lower, lines[start].start, outcome):
        start = _with_original_request(letter, lines, start, outcome)
    return _after_sentences(letter, lines[start].start, outcome)


def _lines_before(text: str, region: int, outcome: int) -> list[_Line]:
    lines = []
    start = region
    for line in text[region:outcome].split("\n"):
        bare = line.strip()
        if bare:
            first = start + len(line) - len(line.lstrip())
            lines.append(_Line(first, first + len(bare)))
        start += len(line) + 1
    return lines


def _paragraph_start(letter: LetterText, lines: list[_Line], last: int) -> int:
    """The index of the line at which the paragraph that holds line `last` begins."""
    index = last
    while index > 0 and not _parts(letter, lines, index):
        index -= 1
    return index


def _parts(letter: LetterText, lines: list[_Line], index: int) -> bool:
    """Whether line `index` begins something new."""
    before, line = lines[index - 1], lines[index]
    said = letter.text[before.start : before.end]
    if RUNS_ON.search(said[-12:]):
        return False
    anew = not letter.text[line.start].islower()
    ends = said.endswith(SENTENCE_ENDS)
    verdict = said.rstrip(CLOSERS).lower().endswith(VERDICT_ENDS)
    gap = letter.text.count("\n", before.end, line.start)
    paged = gap > 1 and bool(letter.raw[before.end : line.start].strip(" \t\r\n\xa0"))
    if gap > 1 and not paged and gap > _spacing(lines, letter.text):
        return anew or ends
    if verdict and ends:
        return True
    width = max(other.end - other.start for other in lines[max(0, index - BESIDE_LINES) : index + 1])
    first_word = letter.text[line.start : line.end].split(" ", 1)[0]
    room = before.end - before.start + 1 + len(first_word)
    if ends:
        return anew or not ABBREVIATED.search(said[-12:])
    if not anew or not letter.text[line.start].isalnum():
        return False
    return room < (FULL_LINE if verdict else SHORT_LINE) * width and width > 60


def _spacing(lines: list[_Line], text: str) -> int:
    """How many line breaks commonly part two lines: 1, or 2 in double-spaced text."""
    gaps = sorted(text.count("\n", one.end, other.start) for one, other in pairwise(lines))
    return gaps[len(gaps) // 2] if len(gaps) > 2 else 1


def _with_original_request(letter: LetterText, lines: list[_Line], start: int, outcome: int) -> int:
    """The heading that begins with what was originally requested, if its later sentences were found."""
    if ORIGINAL_REQUEST.search(letter.lower, lines[start].start, outcome):
        return start
    above = list(ORIGINAL_REQUEST.finditer(letter.lower, lines[0].start, lines[start].start))
    if not above:
        return start
    at = above[-1].start()
    holding = max(index for index, line in enumerate(lines) if line.start <= at)
    return _paragraph_start(letter, lines, holding)


def _after_sentences(letter: LetterText, start: int, outcome: int) -> int:
    """Where the heading begins in a paragraph that holds the rationale before it, as in text without lines.

    It begins after a sentence that ends in a verdict, then with what was originally requested, or else, in a
    passage too long for a heading, after the last sentence.
    """
    text, lower = letter.text, letter.lower
    starts: list[int] = []
    for match in SENTENCE_ENDED.finditer(text, start, outcome):
        said = lower[max(start, match.start() - 20) : match.start()].rstrip(CLOSERS)
        if said.endswith(VERDICT_ENDS):
            start = match.end()
            starts = []
        elif BEGINS_ANEW.match(text, match.end()):
            starts.append(match.end())
    if not starts or outcome - start <= LONGEST_HEADING:
        return start
    original = ORIGINAL_REQUEST.search(lower, start, outcome)
    if original:
        return max([after for after in starts if after <= original.start()], default=start)
    return starts[-1]
