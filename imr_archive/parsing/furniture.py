"""Page furniture: what a page carries beside the letter (page numbers, form names, running case numbers).

It is blanked out, never cut out, so that every other character keeps its place.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

import msgspec

PAGE_NUMBERS = tuple(
    re.compile(rf"{page}\s{{0,3}}\d{{1,3}}(?:\s{{0,3}}{of}\s{{0,3}}\d{{1,3}})?")
    for page, of in (("Page", "of"), ("page", "of"), ("PAGE", "OF"))
)
"""One pattern for each letter case: patterns that begin with fixed letters are searched ten times quicker."""

FORM_NAME = re.compile(
    r"(?:IMR\s+)?Final\s+Letter\s+of\s+Determination\s+Form\s+Effective\s+\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    r"(?:\s+Page\s+\d{1,3}(?:\s+of\s+\d{1,3})?)?",
    re.IGNORECASE,
)
"""The foot of the 2013 form, "Final Letter of Determination Form Effective 5.16.13 Page 2 of 7"."""

EFFECTIVE_DATES = (re.compile(r"ffective\s+\d"), re.compile(r"EFFECTIVE\s+\d"))
"""What every such foot holds; "effective" alone is a word of nearly every letter."""

RUNNING_WORDS = re.compile(
    r"(?:\s|[-–—|:#.,()]|final determination letter|final letter of determination|form effective [\d./]+"
    r"|imr case number|maximus case number|case number|case no|cm ?\d\d-\d{4,8}|imr[ -]\d\d-\d{4,8}"
    r"|independent medical review|maximus federal services(?:, inc)?|imr|page|of|(?<!\d)\d{1,3}(?!\d))*+",
    re.IGNORECASE,
)
"""A line of nothing but these words is furniture where it holds a page number or returns on another page."""

CASE_NUMBERS: tuple[re.Pattern[str], ...] = (
    re.compile(r"CM ?\d\d-\d{4,8}(?!\d)"),
    re.compile(r"IMR[ -]\d\d-\d{4,8}(?!\d)"),
)
LONGEST_HEADER = 3000
"""Characters before the first section in which a header table, or a notice's address and table, has room."""

LONGEST_RUNNING_LINE = 120
MOST_PAGES = 500
EDGE_LINES = 3
EDGE_TEXT, EDGE_REACH = 600, 6
"""How far from a page's edge its outermost lines are looked for first, in characters and in lines."""

OF_A_LETTER = re.compile(r"\bof\s{0,3}\d|\d\d-\d{4}", re.IGNORECASE)
"""What counts a letter's own pages, and its case number: no page of a guideline is given so."""

DIGITS = re.compile(r"\d+")
DIGIT_MARKS = bytes.maketrans(b"0123456789", b"##########")
LABELS = (
    "guideline",
    "rationale",
    "upheld",
    "overturned",
    "licensure",
    "specialty",
    "date",
    "received",
    "priority",
)


class PageLine(msgspec.Struct, frozen=True, gc=False):
    """A line of a page: its words with figures made alike (none for a long line), and where it stands."""

    key: str
    start: int
    end: int


def without_furniture(text: str) -> str:
    """The text with page furniture blanked out, of the same length."""
    spans: list[tuple[int, int]] = []
    if any(date.search(text) for date in EFFECTIVE_DATES):
        spans += [match.span() for match in islice(FORM_NAME.finditer(text), MOST_PAGES)]
    spans += _page_number_lines(text)
    spans += _repeated_case_numbers(text)
    if 1 < text.count("\f") < MOST_PAGES:
        spans += _running_lines(text)
    return _blank(text, spans) if spans else text


def _page_number_lines(text: str) -> list[tuple[int, int]]:
    """Lines that say which page it is, alone or beside the form's name."""
    found = islice((match for page in PAGE_NUMBERS for match in page.finditer(text)), MOST_PAGES)
    return [span for match in found if (span := _running_line(text, *match.span()))]


def _running_line(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The line around `text[start:end]`, where it is short and holds nothing but running words."""
    floor = max(0, start - LONGEST_RUNNING_LINE)
    before = max(text.rfind("\n", floor, start), text.rfind("\f", floor, start)) + 1
    if before == 0 < floor:
        return None
    ends = [after for mark in "\n\f" if (after := text.find(mark, end, end + LONGEST_RUNNING_LINE)) >= 0]
    last = min(ends, default=len(text) if len(text) - end < LONGEST_RUNNING_LINE else 0)
    running = RUNNING_WORDS.match(text, before, last) if last else None
    if running is None or running.end() != last or _is_sentence_end(text, before, last):
        return None
    return before, last


def _is_sentence_end(text: str, start: int, end: int) -> bool:
    """Whether a line ends a sentence that began before it, as `page 182.` after `Complaints (2004),`."""
    if text[start:end].rstrip().endswith("."):
        return True
    goes_on = text[max(0, start - 4) : start].rstrip().endswith(",")
    return goes_on and OF_A_LETTER.search(text, start, end) is None


def _repeated_case_numbers(text: str) -> list[tuple[int, int]]:
    """Lines of a case number alone: all but the first that prints it, and all after the header table."""
    numbers = list(
        islice((match for pattern in CASE_NUMBERS for match in pattern.finditer(text)), MOST_PAGES)
    )
    if not numbers or (len(numbers) == 1 and numbers[0].start() < LONGEST_HEADER):
        return []
    spans = []
    seen: set[str] = set()
    for match in sorted(numbers, key=re.Match.start):
        alone = match[0] in seen or match.start() >= LONGEST_HEADER
        if alone and (span := _running_line(text, *match.span())):
            spans.append(span)
        seen.add(match[0])
    return spans


def _running_lines(text: str) -> list[tuple[int, int]]:
    """Short lines that return, but for their digits, at the edge of at least half of the pages.

    A line that stands twice on one page, or away from the edges, is the letter's own. A page number alone
    counts from two pages on, anything else from three.
    """
    if not _edges_repeat(text):
        return []
    pages = []
    start = 0
    for page in text.split("\f"):
        lines = _lines_of(page, start)
        start += len(page) + 1
        if lines:
            pages.append(lines)
    times = Counter(line.key for page in pages for line in page)
    at_edge = Counter(key for page in pages for key in {line.key for line in _edge(page)})
    running = {
        key for key, count in at_edge.items() if count == times[key] and _is_running(key, count, len(pages))
    }
    return [(line.start, line.end) for page in pages for line in _edge(page) if line.key in running]


def _is_running(key: str, count: int, pages: int) -> bool:
    """Whether a line that stands at the edge of `count` pages is none of the letter's own."""
    fewest = 2 if key.strip("-– ") == "#" else 3
    return bool(key) and count >= fewest and 2 * count >= pages and not any(label in key for label in LABELS)


def _edges_repeat(text: str) -> bool:
    """Whether any line may be a running line, from the pages' edges alone: mostly none is."""
    pages = [bare for page in text.split("\f") if (bare := page.strip())]
    edges = [f"{page[:EDGE_TEXT]}\n{page[-EDGE_TEXT:]}" if len(page) > EDGE_TEXT else page for page in pages]
    times: Counter[str] = Counter()
    for edge in _digits_alike("\f".join(edges).lower()).split("\f"):
        rows = edge.split("\n")
        times.update({row.strip() for row in rows[:EDGE_REACH] + rows[-EDGE_REACH:]})
    return any(count > 1 and _is_running(key, count, len(pages)) for key, count in times.items())


def _digits_alike(text: str) -> str:
    """The text with a mark for every run of digits, quickly; runs of the mark itself become one."""
    if text.isascii():
        text = text.encode().translate(DIGIT_MARKS).decode()
    else:
        for digit in "0123456789":
            text = text.replace(digit, "#")
    while "##" in text:
        text = text.replace("##", "#")
    return text


def _edge(page: list[PageLine]) -> list[PageLine]:
    """The lines at the top and at the bottom of a page."""
    return page if len(page) <= 2 * EDGE_LINES else page[:EDGE_LINES] + page[-EDGE_LINES:]


def _lines_of(page: str, start: int) -> list[PageLine]:
    """The non-empty lines of a page."""
    found = []
    lines = page.split("\n")
    at_once = page.isascii() and "#" not in page
    keys = _digits_alike(page.lower()).split("\n") if at_once else lines
    for line, alike in zip(lines, keys, strict=True):
        bare = line.strip()
        if bare:
            key = alike.strip() if at_once else DIGITS.sub("#", bare.lower())
            key = key if len(bare) <= LONGEST_RUNNING_LINE else ""
            found.append(PageLine(key, start, start + len(line)))
        start += len(line) + 1
    return found


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with those ranges blanked out, their line breaks kept."""
    parts = []
    at = 0
    for start, end in sorted(spans):
        if end <= at:
            continue
        first = max(start, at)
        parts += [text[at:first], re.sub(r"[^\n\f]", " ", text[first:end])]
        at = end
    return "".join([*parts, text[at:]])
