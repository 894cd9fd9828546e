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

OUTER = PADDING | frozenset({"-", "–"})
# Between the edition and the chapter or title of ACOEM.
BEFORE_ACOEM = SEPARATORS | DASHES | CLOSING | {"the", "s"}
# An ODG chapter cited without the name of the ODG is a short phrase; the title of a paper is longer.
LONGEST_CHAPTER_CITATION = 30
# So many tokens of a part tell whether it can be a document's name.
LONG_ENOUGH = 12
ADDRESS = re.compile(r"https?://|www\.")


def read_acoem(scan: Scan, first: int, at: int, after: int) -> list[Draft]:
    """What is cited of ACOEM outside the MTUS, the chapter or title as printed."""
    while at < after:
        edition = scan.edition_at(at, after)
        if edition is not None:
            at = edition
        elif scan.keys[at] in BEFORE_ACOEM:
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
    unknown = () if title is None or _is_known_title(scan, start, stop) else (title,)
    return [Draft("ACOEM", head, tail, title, None, (), tuple(pages), unknown)]


def _is_known_title(scan: Scan, at: int, after: int) -> bool:
    """Whether these words are a chapter number, a title that the vocabulary knows, or both."""
    if scan.key(at, after) in ("chapter", "ch"):
        at, _ = scan.trimmed(at + 2, after, OUTER | {"("})
    return at >= after or _title_end(scan, at, after) == after


def _title_end(scan: Scan, at: int, after: int) -> int | None:
    """Where a title of the MTUS or of ACOEM that begins here ends; None where the vocabulary knows none."""
    mtus = scan.longest(scan.vocabulary.titles, at, after)
    if mtus is not None:
        return mtus[0]
    acoem = scan.longest(scan.vocabulary.acoem_titles, at, after)
    return None if acoem is None else acoem[0]


def _acoem_title_end(scan: Scan, at: int, after: int) -> int:
    """`Chapter 7, Independent Medical ...` with its name, a known title, or words up to a separator."""
    if scan.key(at, after) in ("chapter", "ch") and scan.key(at + 1, after).isdecimal():
        name = at + 2
        while scan.key(name, after) in (",", ":", "-", "("):
            name += 1
        if name >= after or scan.pages_marker(name, after) is not None:
            return at + 2
        at = name
    known = _title_end(scan, at, after)
    if known is not None:
        return known
    end = at
    while end < after and scan.keys[end] not in SEPARATORS and scan.keys[end] not in OPENING:
        if scan.pages_marker(end, after) is not None:
            break
        end += 1
    return end


def is_odg_manner(scan: Scan, first: int, after: int) -> bool:
    """Whether a citation that names no source cites an ODG chapter: `Low Back (Massage)`."""
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
    """Whether a part begins as a document of another kind: a web address, `Cochrane`, `Labor Code`."""
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
    found: list[tuple[int, int]] = []
    start = first
    for at in range(first + 1, after):
        semicolon = scan.keys[at] == ";" and _parts_documents(scan, start, at, after)
        if semicolon or _is_second_address(scan, start, at):
            found.append((start, at))
            start = at
    return [*found, (start, after)]


def _numbered_starts(scan: Scan, first: int, after: int) -> list[tuple[int, int]]:
    """`1. ... 2. ...` or `1) ... 2) ...`, counted from one: (the number, the token after its mark)."""
    found: list[tuple[int, int]] = []
    for at in range(first, after - 2):
        due = str(len(found) + 1)
        marked = scan.keys[at] == due and scan.keys[at + 1] in (".", ")")
        if marked and scan.is_capital(at + 2, after) and (found or at == first):
            found.append((at, at + 2))
    return found


def _is_second_address(scan: Scan, start: int, at: int) -> bool:
    """Whether a web address stands here right behind another one."""
    if not ADDRESS.match(scan.keys[at]):
        return False
    before = at - 1
    while before > start and scan.keys[before] in PADDING:
        before -= 1
    return ADDRESS.match(scan.keys[before]) is not None


def _parts_documents(scan: Scan, start: int, at: int, after: int) -> bool:
    """Whether a semicolon stands between documents, not in a reference (`2009;91:1234`, `Lee A; Kim B`)."""
    following = at + 1
    if is_other_document(scan, following, after):
        return True
    if not scan.is_capital(following, after) or scan.keys[following][0].isdigit():
        return False
    left = sum(key[0].isalpha() for key in scan.keys[start:following][:LONG_ENOUGH])
    right = sum(key[0].isalpha() and len(key) > 1 for key in scan.keys[following:after][:LONG_ENOUGH])
    return left > 2 and right > 2 and not _is_author(scan, following, after)


def _is_author(scan: Scan, at: int, after: int) -> bool:
    """`Kim B,`: a name and initials, as authors are listed."""
    initials = scan.text(at + 1, at + 2) if at + 1 < after else ""
    return len(initials) <= 2 and initials.isalpha() and initials.isupper()
