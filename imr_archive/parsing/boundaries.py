"""Where an item's heading begins, after the rationale of the item before it.

The text of a PDF has no blank lines: a rationale runs into the next heading. What tells them apart is said
of lines in general: a rationale ends in a sentence, its last line is shorter than the page is wide, the next
line begins anew. Blank lines count where they are wider than the letter's own line spacing, and not at a
page break.
"""

from __future__ import annotations

import re
from itertools import accumulate, pairwise

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


class _Lines:
    """The lines of a passage that are not blank, each looked at more closely only when it is asked for."""

    __slots__ = ("_rows", "_starts", "numbers")

    def __init__(self, text: str, start: int, end: int) -> None:
        self._rows = text[start:end].split("\n")
        self._starts = list(accumulate([len(row) + 1 for row in self._rows], initial=start))
        self.numbers = [number for number, row in enumerate(self._rows) if row and not row.isspace()]
        """The number of each line among all rows, blank ones too."""

    def span(self, index: int) -> tuple[int, int]:
        """Where a line stands in the text, without the blanks at its ends."""
        number = self.numbers[index]
        row = self._rows[number]
        start = self._starts[number] + len(row) - len(row.lstrip())
        return start, start + len(row.strip())

    def start(self, index: int) -> int:
        """Where a line begins in the text."""
        return self.span(index)[0]


def heading_start(letter: LetterText, region: int, outcome: int) -> int:
    """Where the heading begins whose outcome stands at `outcome`.

    region: the end of what certainly comes before it, a label or the section's opening sentence. The result
    lies between the two; it is `region` where nothing parts the heading from what stands there.
    """
    region = max(region, outcome - WINDOW)
    lines = _Lines(letter.text, region, outcome)
    if not lines.numbers:
        return region
    first = _paragraph_start(letter, lines, len(lines.numbers) - 1)
    start = lines.start(first)
    if _tells_remainder(letter.lower, start, outcome):
        start = _with_original_request(letter, lines, first, outcome)
    return _after_sentences(letter, start, outcome)


def _tells_remainder(lower: str, start: int, end: int) -> bool:
    """Whether the heading tells what of its request is left, as few do."""
    if lower.find("original", start, end) < 0 and lower.find("eligible", start, end) < 0:
        return False
    return REMAINDER.search(lower, start, end) is not None


def _paragraph_start(letter: LetterText, lines: _Lines, last: int) -> int:
    """The index of the line at which the paragraph that holds line `last` begins."""
    index = last
    while index > 0 and not _parts(letter, lines, index):
        index -= 1
    return index


def _parts(letter: LetterText, lines: _Lines, index: int) -> bool:
    """Whether line `index` begins something new."""
    first, last = lines.span(index - 1)
    start, end = lines.span(index)
    said = letter.text[first:last]
    ends = said.endswith(SENTENCE_ENDS)
    if not ends and RUNS_ON.search(said[-12:]):
        return False
    anew = not letter.text[start].islower()
    gap = lines.numbers[index] - lines.numbers[index - 1]
    paged = gap > 1 and bool(letter.raw[last:start].strip(" \t\r\n\xa0"))
    if gap > 1 and not paged and gap > _spacing(lines.numbers):
        return anew or ends
    verdict = said.rstrip(CLOSERS).lower().endswith(VERDICT_ENDS)
    if verdict and ends:
        return True
    if ends:
        return anew or not ABBREVIATED.search(said[-12:])
    if not anew or not letter.text[start].isalnum():
        return False
    beside = [lines.span(other) for other in range(max(0, index - BESIDE_LINES), index + 1)]
    width = max([end - start for start, end in beside])
    room = last - first + 1 + len(letter.text[start:end].split(" ", 1)[0])
    return room < (FULL_LINE if verdict else SHORT_LINE) * width and width > 60


def _spacing(numbers: list[int]) -> int:
    """How many line breaks commonly part two lines of these numbers: 1, or 2 in double-spaced text."""
    gaps = len(numbers) - 1
    blank = numbers[-1] - numbers[0] - gaps
    if gaps <= 2 or blank < gaps - gaps // 2:
        return 1
    return sorted([other - one for one, other in pairwise(numbers)])[gaps // 2]


def _with_original_request(letter: LetterText, lines: _Lines, first: int, outcome: int) -> int:
    """Where the heading begins that tells first what was requested, if its later sentences were found.

    first: the line at which those begin.
    """
    start = lines.start(first)
    if ORIGINAL_REQUEST.search(letter.lower, start, outcome):
        return start
    above = list(ORIGINAL_REQUEST.finditer(letter.lower, lines.start(0), start))
    if not above:
        return start
    at = above[-1].start()
    holding = max(index for index in range(first) if lines.start(index) <= at)
    return lines.start(_paragraph_start(letter, lines, holding))


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
