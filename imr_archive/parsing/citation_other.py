"""Citations outside the MTUS: ACOEM on its own, and every other document, kept word for word.

    acoem = [edition] ["Chapter" number [","]] [title] [rest] [pages]
    other = document { ";" document } | "1." document "2." document ...
"""

from __future__ import annotations

import re

from imr_archive.parsing.citation_odg import chapter_at
from imr_archive.parsing.citation_scan import (
    CLOSING,
    DASHES,
    OPENING,
    PADDING,
    SEPARATORS,
    Draft,
    Scan,
)

OUTER = PADDING | frozenset({"-", "–"})  # noqa: RUF001
# An ODG chapter without the name of the ODG is a short phrase; a paper's title that begins like one is longer.
LONGEST_CHAPTER_CITATION = 30
ADDRESS = re.compile(r"https?://|www\.")


def read_acoem(scan: Scan, first: int, at: int, after: int) -> list[Draft]:
    """What is cited of ACOEM outside the MTUS, the chapter or title as printed."""
    while at < after:
        edition = scan.edition_at(at, after)
        if edition is not None:
            at = edition
        elif scan.keys[at] in SEPARATORS or scan.keys[at] in DASHES or scan.keys[at] in ("the", "s", *CLOSING):
            at += 1
        else:
            break
    end = _acoem_title_end(scan, at, after)
    pages: list[str] = []
    k = end
    while k < after:
        marker = scan.pages_marker(k, after)
        if marker is None:
            k += 1
            continue
        k, found = scan.pages(marker, after)
        pages += found
    start, stop = scan.trimmed(at, end, OUTER)
    head, tail = scan.trimmed(first, after, OUTER)
    title = scan.text(start, stop) or None
    known = title is None or scan.vocabulary.title(title) is not None
    unknown = () if known or title is None else (title,)
    return [Draft("ACOEM", head, tail, title, None, (), tuple(pages), unknown)]


def _acoem_title_end(scan: Scan, at: int, after: int) -> int:
    """`Chapter 7, Independent Medical ...` with its name, a known title, or words up to a separator."""
    if scan.key(at, after) in ("chapter", "ch") and scan.key(at + 1, after).isdecimal():
        name = at + 2
        while scan.key(name, after) in (",", ":", "-", "("):
            name += 1
        if name >= after or scan.pages_marker(name, after) is not None:
            return at + 2
        at = name
    known = scan.longest(scan.vocabulary.titles, at, after) or scan.longest(scan.vocabulary.acoem_titles, at, after)
    if known is not None:
        return known[0]
    end = at
    while end < after and scan.keys[end] not in SEPARATORS and scan.keys[end] not in OPENING:
        if scan.pages_marker(end, after) is not None:
            break
        end += 1
    return end


def is_odg_manner(scan: Scan, first: int, after: int) -> bool:
    """Whether a citation that names no source cites an ODG chapter: `Low Back (Massage)`, `MRI, knee chapter`."""
    if not first < after <= first + LONGEST_CHAPTER_CITATION or ADDRESS.search(scan.text(first, after)):
        return False
    if any(scan.longest(scan.vocabulary.other_documents, k, after) for k in range(first, after)):
        return False
    chapter = chapter_at(scan, first, after, may_go_on=False)
    if chapter is not None and (chapter.said or scan.key(chapter.after, after) != "."):
        return True
    return any(
        found.said
        for k in range(first + 1, after)
        if (found := chapter_at(scan, k, after, may_go_on=False)) is not None
    )


def is_other_document(scan: Scan, at: int, after: int) -> bool:
    """Whether a part begins as a document that is none of the three: a web address, `Cochrane`, `Labor Code`."""
    key = scan.key(at, after)
    if ADDRESS.match(key):
        return "odg" not in key
    return key != "" and scan.longest(scan.vocabulary.other_documents, at, after) is not None


def read_other(scan: Scan, first: int, after: int) -> list[Draft]:
    """Every other document, its words as printed; several where their separators make that plain."""
    drafts: list[Draft] = []
    for start, stop in _documents(scan, first, after):
        head, tail = scan.trimmed(start, stop, OUTER)
        if any(key[0].isalnum() for key in scan.keys[head:tail]):
            drafts.append(Draft("other", head, tail, scan.text(head, tail)))
    return drafts


def _documents(scan: Scan, first: int, after: int) -> list[tuple[int, int]]:
    """The runs of tokens that are documents of their own."""
    numbered = _numbered_starts(scan, first, after)
    if len(numbered) > 1:
        stops = [at for at, _ in numbered[1:]]
        return [(begin, stop) for (_, begin), stop in zip(numbered, [*stops, after], strict=True)]
    cuts = [k for k in range(first, after) if scan.keys[k] == ";" and _parts_documents(scan, first, k, after)]
    bounds = [first, *(cut + 1 for cut in cuts)]
    return list(zip(bounds, [*cuts, after], strict=True))


def _numbered_starts(scan: Scan, first: int, after: int) -> list[tuple[int, int]]:
    """`1. ... 2. ...` or `1) ... 2) ...` counted from one: (the number's token, the token after its mark)."""
    found: list[tuple[int, int]] = []
    for at in range(first, after - 2):
        due = str(len(found) + 1)
        if scan.keys[at] == due and scan.keys[at + 1] in (".", ")") and scan.is_capital(at + 2, after):
            if at == first or scan.keys[at - 1] in SEPARATORS or scan.keys[at - 1] in CLOSING:
                found.append((at, at + 2))
    return found if found and found[0][0] == first else []


def _parts_documents(scan: Scan, first: int, at: int, after: int) -> bool:
    """Whether a semicolon stands between documents, not inside a reference (`2009;91:1234`, `Lee A; Kim B`)."""
    if not scan.is_capital(at + 1, after) and not ADDRESS.match(scan.key(at + 1, after)):
        return False
    if scan.keys[at + 1][0].isdigit() or scan.key(at - 1) in MONTH_ABBREVIATIONS:
        return False
    left = sum(key[0].isalpha() for key in _since_semicolon(scan, first, at))
    right = sum(key[0].isalpha() and len(key) > 1 for key in _until_semicolon(scan, at + 1, after))
    return left > 2 and (right > 2 or is_other_document(scan, at + 1, after))


MONTH_ABBREVIATIONS = frozenset("jan feb mar apr may jun jul aug sep sept oct nov dec".split())


def _since_semicolon(scan: Scan, first: int, at: int) -> list[str]:
    start = at
    while start > first and scan.keys[start - 1] != ";":
        start -= 1
    return scan.keys[start:at]


def _until_semicolon(scan: Scan, at: int, after: int) -> list[str]:
    stop = at
    while stop < after and scan.keys[stop] != ";":
        stop += 1
    return scan.keys[at:stop]
