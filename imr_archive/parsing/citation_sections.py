"""Citations of the MTUS, what stands behind a title: the list of its sections, and the pages.

The names of sections hold commas, colons, numbers and brackets of their own, so a list is never split
blindly: each section is a numbered heading, else the longest name that is known, else words by rule.
"""

from __future__ import annotations

from imr_archive.parsing.citation_scan import (
    CLOSING,
    DASHES,
    NUMBERED,
    OPENING,
    PADDING,
    PAGE_WORDS,
    SEPARATORS,
    SHORT_PAGE,
    Scan,
)

# What stands between sections and pages and is no part of either.
BETWEEN = SEPARATORS | DASHES | CLOSING
TOPIC_WORDS = frozenset({"topic", "topics", "section", "sections", "chapter", "guidelines", "guideline"})


def read_body(scan: Scan, at: int, end: int) -> tuple[list[str], list[str]]:
    """Sections and pages between a title and the next guideline."""
    formal = not PAGE_WORDS.isdisjoint(scan.keys[at:end]) and any(
        scan.pages_marker(k, end, formal_only=True) is not None for k in range(at, end)
    )
    sections: list[str] = []
    pages: list[str] = []
    while at < end:
        key = scan.keys[at]
        if key in BETWEEN:
            at += 1
        elif (marker := scan.sections_marker(at, end)) is not None:
            at = marker
        elif (numbers := scan.pages_marker(at, end, formal)) is not None:
            at, found = scan.pages(numbers, end)
            pages += found
        elif not formal and (short := SHORT_PAGE.fullmatch(key)) is not None:
            pages.append(short[1])
            at += 1
        elif (stop := _section_end(scan, at, end, formal)) > at:
            first, last = scan.trimmed(at, stop, PADDING)
            if first < last:
                sections.append(scan.text(first, last))
            at = stop
        else:
            at += 1
    return _once(sections), _once(pages)


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def knows_section(scan: Scan, section: str, title: str | None) -> bool:
    """Whether the vocabulary knows a section as printed; "Topic" behind it does not count, nor its number."""
    if scan.vocabulary.knows_section(section, title):
        return True
    words = section.rstrip(".").split()
    if words and words[-1].lower() in TOPIC_WORDS:
        words = words[:-1]
    if len(words) > 1 and NUMBERED.fullmatch(words[0].rstrip(".")):
        words = " ".join(words[1:]).split(":")[0].split()
    return scan.vocabulary.knows_section(" ".join(words), title)


def _section_end(scan: Scan, at: int, end: int, formal: bool) -> int:
    """The token after the section that starts here."""
    if _is_numbered(scan, at, end):
        return _numbered_end(scan, at, end, formal)
    known = _known_end(scan, at, end)
    if known is None or (formal and _names_page(scan, known + 1, end)):
        return _unknown_end(scan, at, end, formal)
    return _misprinted_end(scan, at, known, end) or known


def _misprinted_end(scan: Scan, at: int, comma: int, end: int) -> int | None:
    """Where a known name goes on behind a comma, misprinted: `NSAIDs, hypertention and renal function`."""
    if scan.key(comma, end) != "," or comma + 1 >= end or _known_end(scan, comma + 1, end) is not None:
        return None
    stop = _part_end(scan, comma + 1, end)
    return stop if _is_longer_name(scan, at, comma, stop) else None


def _is_longer_name(scan: Scan, first: int, comma: int, stop: int) -> bool:
    """Whether the words up to `stop` misprint a known name, and another one than those before the comma."""
    longer = scan.vocabulary.near_section(scan.text(first, stop))
    return longer is not None and longer != scan.vocabulary.near_section(scan.text(first, comma))


def _part_end(scan: Scan, at: int, end: int) -> int:
    while at < end and scan.keys[at] not in (",", ";", "."):
        at += 1
    return at


def _names_page(scan: Scan, at: int, end: int) -> bool:
    """`p60` or `page 60`."""
    key = scan.key(at, end)
    return key in PAGE_WORDS or SHORT_PAGE.fullmatch(key) is not None


def _is_numbered(scan: Scan, at: int, end: int) -> bool:
    """`3.3.1.1 Opioids ...` or `3. Opioids ...`: a number and then a capital; a bare `326` is not."""
    key = scan.key(at, end)
    if not key[:1].isdigit() or not NUMBERED.fullmatch(key):
        return False
    at += 2 if scan.key(at + 1, end) == "." else 1
    return at < end and scan.keys[at][0].isalpha() and scan.is_capital(at, end)


def _numbered_end(scan: Scan, at: int, end: int, formal: bool) -> int:
    """Such a section holds commas and colons: it ends before the next number or a known section."""
    at += 2 if scan.key(at + 1, end) == "." else 1
    while at < end:
        key = scan.keys[at]
        if key == ";" or scan.pages_marker(at, end, formal) is not None:
            return at
        if key == "," and (_is_numbered(scan, at + 1, end) or _known_end(scan, at + 1, end) is not None):
            return at
        if key == "." and at == end - 1:
            return at
        at += 1
    return at


def _known_end(scan: Scan, at: int, end: int) -> int | None:
    """The token after the longest known section that starts here and ends where a section can end."""
    for after, _ in reversed(scan.vocabulary.sections.matches(scan.keys, at, end)):
        closed = (
            after + 1 if scan.key(after, end) in CLOSING and scan.opened_by.get(after, -1) >= at else after
        )
        if _is_open(scan, at, closed):
            continue
        following = scan.key(closed, end)
        if following in ("", ",", ";", ".") or scan.pages_marker(closed, end) is not None:
            return closed
    return None


def _is_open(scan: Scan, first: int, after: int) -> bool:
    return any(scan.closed_by.get(k, -1) >= after for k in range(first, after))


def _unknown_end(scan: Scan, at: int, end: int, formal: bool) -> int:
    """The token after a section of no known name: up to a separator outside brackets."""
    first = at
    while at < end:
        key = scan.keys[at]
        if key in OPENING and scan.closed_by.get(at, end) < end:
            at = scan.closed_by[at] + 1
            continue
        if key == ";" or (at > first and scan.pages_marker(at, end, formal) is not None):
            return at
        if key == "." and (at + 1 >= end or (scan.is_capital(at + 1, end) and len(scan.key(at - 1)) > 2)):
            return at
        if key == "," and not _continues(scan, first, at, end, formal):
            return at
        at += 1
    return at


def _continues(scan: Scan, first: int, comma: int, end: int, formal: bool) -> bool:
    """Whether a comma is part of a name: before a lower-case word, or in a misprinted known name."""
    following = comma + 1
    if following >= end or _known_end(scan, following, end) is not None:
        return False
    if _names_page(scan, following, end):
        return formal
    if not scan.is_capital(following, end) and scan.keys[following][0].isalpha():
        return True
    return _is_longer_name(scan, first, comma, _part_end(scan, following, end))
