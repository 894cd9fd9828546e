"""Page furniture: what a page carries beside the letter (page numbers, form names, running case numbers).

It is blanked out, never cut out, so that every other character keeps its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain, islice, product
from typing import NamedTuple

PAGE_HINT = re.compile(r"page\s{0,3}\d")
"""What every page number begins with, in lower case; looked for first, in one search of the text."""

PAGE_NUMBERS = {
    page: re.compile(rf"{page}\s{{0,3}}\d{{1,3}}(?:\s{{0,3}}{of}\s{{0,3}}\d{{1,3}})?")
    for page, of in (("Page", "of"), ("page", "of"), ("PAGE", "OF"))
}

FORM_NAME = re.compile(
    r"final\s+letter\s+of\s+determination\s+form\s+effective\s+\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    r"(?:\s+page\s+\d{1,3}(?:\s+of\s+\d{1,3})?)?"
)
"""The foot of the 2013 form, "Final Letter of Determination Form Effective 5.16.13 Page 2 of 7"."""

STATE_FORM = "imr"
"""What some letters print before the form's name."""

EFFECTIVE_DATE = re.compile(r"ffective\s+\d")
"""What every such foot holds, in lower case; "effective" alone is a word of nearly every letter. Its first
letter is left out: a pattern of fixed letters is searched the quicker the rarer the first of them is."""

RUNNING_WORDS = re.compile(
    r"(?:[\s–—|:#.,()-]+|(?<!\d)\d{1,3}(?!\d)|page|of"
    r"|final determination letter|final letter of determination|form effective [\d./]+"
    r"|imr case number|maximus case number|case number|case no|cm ?\d\d-\d{4,8}|imr[ -]\d\d-\d{4,8}"
    r"|independent medical review|maximus federal services(?:, inc)?|imr)*+"
)
"""A line of nothing but these words is furniture where it holds a page number or returns on another page."""

CASE_NUMBERS: tuple[re.Pattern[str], ...] = (
    re.compile(r"CM ?\d\d-\d{4,8}(?!\d)"),
    re.compile(r"IMR[ -]\d\d-\d{4,8}(?!\d)"),
)
CASE_NUMBER_HINT = re.compile(r"-(?:(?<=CM\d\d-)|(?<=CM \d\d-)|(?<=IMR[ -]\d\d-))\d{4}")
"""What every case number holds; the hyphen first, which is rare."""

BEFORE_HYPHEN, AFTER_HYPHEN = len("IMR-16"), len("-0123456789")
"""How far a case number reaches to both sides of its last hyphen, and what must not follow it."""

LONGEST_HEADER = 3000
"""Characters before the first section in which a header table, or a notice's address and table, has room."""

LONGEST_RUNNING_LINE = 120
MOST_PAGES = 500
EDGE_LINES = 3
EDGE_TEXT, EDGE_REACH = 600, 6
"""How far from a page's edge its outermost lines are looked for first, in characters and in lines."""

OF_A_LETTER = re.compile(r"\bof\s{0,3}\d|\d\d-\d{4}")
"""What counts a letter's own pages, and its case number: no page of a guideline is given so."""

FIGURE = "\0"
"""Stands for a number where lines are compared; cleaning has left no such character in the text."""

FIGURE_FOR_DIGIT = bytes.maketrans(b"0123456789", FIGURE.encode() * 10)
SEVERAL_DIGITS = re.compile("\0\0+")

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


class PageLine(NamedTuple):
    """A line of a page: its words with figures made alike (none for a long line), and where it stands."""

    key: str
    start: int
    end: int


def without_furniture(text: str, lower: str) -> str:
    """The text with page furniture blanked out, of the same length; itself where it has none.

    lower: the text in lower case.
    """
    spans = _page_number_lines(text, lower)
    if EFFECTIVE_DATE.search(lower):
        spans += _form_names(lower)
    spans += _repeated_case_numbers(text, lower)
    if "\f" in text and 1 < text.count("\f") < MOST_PAGES:
        spans += _running_lines(lower)
    return _blank(text, spans) if spans else text


def _form_names(lower: str) -> list[tuple[int, int]]:
    """Where the foot of the 2013 form stands, on a line of its own or within a sentence."""
    spans = []
    for name in islice(FORM_NAME.finditer(lower), MOST_PAGES):
        start = name.start()
        before = lower[max(0, start - LONGEST_RUNNING_LINE) : start]
        named = before.rstrip()
        if named.endswith(STATE_FORM) and len(named) < len(before):
            start -= len(before) - len(named) + len(STATE_FORM)
        spans.append((start, name.end()))
    return spans


def _page_number_lines(text: str, lower: str) -> list[tuple[int, int]]:
    """Lines that say which page it is, alone or beside the form's name."""
    spans = []
    for hint in islice(PAGE_HINT.finditer(lower), MOST_PAGES):
        at = hint.start()
        pattern = PAGE_NUMBERS.get(text[at : at + 4])
        match = pattern.match(text, at) if pattern else None
        if match and (span := _running_line(lower, *match.span())):
            spans.append(span)
    return spans


def _running_line(lower: str, start: int, end: int) -> tuple[int, int] | None:
    """The line around `lower[start:end]`, where it is short and holds nothing but running words."""
    floor = max(0, start - LONGEST_RUNNING_LINE)
    before = max(lower.rfind("\n", floor, start), lower.rfind("\f", floor, start)) + 1
    if before == 0 < floor:
        return None
    ends = [after for mark in "\n\f" if (after := lower.find(mark, end, end + LONGEST_RUNNING_LINE)) >= 0]
    last = min(ends, default=len(lower) if len(lower) - end < LONGEST_RUNNING_LINE else 0)
    running = RUNNING_WORDS.match(lower, before, last) if last else None
    if running is None or running.end() != last or _is_sentence_end(lower, before, last):
        return None
    return before, last


def _is_sentence_end(lower: str, start: int, end: int) -> bool:
    """Whether a line ends a sentence that began before it, as `page 182.` after `Complaints (2004),`."""
    if lower[start:end].rstrip().endswith("."):
        return True
    goes_on = lower[max(0, start - 4) : start].rstrip().endswith(",")
    return goes_on and OF_A_LETTER.search(lower, start, end) is None


def _repeated_case_numbers(text: str, lower: str) -> list[tuple[int, int]]:
    """Lines of a case number alone: all but the first that prints it, and all after the header table."""
    hints = [hint.start() for hint in islice(CASE_NUMBER_HINT.finditer(text), MOST_PAGES)]
    if not hints or (len(hints) == 1 and hints[0] < LONGEST_HEADER):
        return []
    spans = []
    seen: set[str] = set()
    for pattern, hint in product(CASE_NUMBERS, hints):
        match = pattern.search(text, max(0, hint - BEFORE_HYPHEN), hint + AFTER_HYPHEN)
        if match is None:
            continue
        alone = match[0] in seen or match.start() >= LONGEST_HEADER
        if alone and (span := _running_line(lower, *match.span())):
            spans.append(span)
        seen.add(match[0])
    return spans


def _running_lines(lower: str) -> list[tuple[int, int]]:
    """Short lines that return, but for their digits, at the edge of at least half of the pages.

    A line that stands twice on one page, or away from the edges, is the letter's own. A page number alone
    counts from two pages on, anything else from three.
    """
    pages = lower.split("\f")
    if not _edges_repeat(pages):
        return []
    alike = _figures_alike(lower)
    starts = accumulate([len(page) + 1 for page in pages[:-1]], initial=0)
    edges = [edge for edge in map(_edge, pages, alike.split("\f"), starts) if edge]
    at_edge = Counter(key for edge in edges for key in {line.key for line in edge})
    likely = {key for key, count in at_edge.items() if _is_running(key, count, len(edges))}
    if not likely:
        return []
    times = Counter(filter(likely.__contains__, map(str.strip, alike.replace("\f", "\n").split("\n"))))
    running = {key for key in likely if at_edge[key] == times[key]}
    return [(line.start, line.end) for edge in edges for line in edge if line.key in running]


def _is_running(key: str, count: int, pages: int) -> bool:
    """Whether a line that stands at the edge of `count` pages is none of the letter's own."""
    fewest = 2 if key.strip("-– ") == FIGURE else 3
    return bool(key) and count >= fewest and 2 * count >= pages and not any(label in key for label in LABELS)


def _edges_repeat(pages: list[str]) -> bool:
    """Whether any line may be a running line, from the pages' edges alone: mostly none is."""
    edges = []
    for page in filter(None, map(str.strip, pages)):
        edge = f"{page[:EDGE_TEXT]}\n{page[-EDGE_TEXT:]}" if len(page) > EDGE_TEXT else page
        rows = edge.split("\n")
        edges.append("\n".join(rows[:EDGE_REACH] + rows[-EDGE_REACH:]))
    alike = _figures_alike("\f".join(edges)).split("\f")
    keys = [{*map(str.strip, edge.split("\n"))} - {""} for edge in alike]
    if len(set().union(*keys)) == sum(map(len, keys)):
        return False
    times = Counter(chain.from_iterable(keys))
    return any(count > 1 and _is_running(key, count, len(keys)) for key, count in times.items())


def _edge(page: str, alike: str, start: int) -> list[PageLine]:
    """The lines at the top and at the bottom of a page, without blank ones.

    alike: the page with figures made alike. start: where the page begins in the text.
    """
    lines = page.split("\n")
    keys = alike.split("\n")
    starts = list(accumulate([len(line) + 1 for line in lines[:-1]], initial=start))
    places = range(len(lines))
    outermost = {*_filled(lines, places), *_filled(lines, reversed(places))}
    return [
        PageLine(
            keys[place].strip() if len(lines[place].strip()) <= LONGEST_RUNNING_LINE else "",
            starts[place],
            starts[place] + len(lines[place]),
        )
        for place in sorted(outermost)
    ]


def _filled(lines: list[str], places: Iterable[int]) -> Iterator[int]:
    """The first places at which lines stand that are not blank, as many as an edge has."""
    return islice((place for place in places if lines[place].strip()), EDGE_LINES)


def _figures_alike(text: str) -> str:
    """The text with one and the same mark for every number."""
    alike = text.encode(errors="surrogatepass").translate(FIGURE_FOR_DIGIT).decode(errors="surrogatepass")
    return SEVERAL_DIGITS.sub(FIGURE, alike)


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
