"""Citations, from the block under a guideline label down to single sources.

block     = { sentence } { statement }
statement = "Decision based on" ( "MTUS" chain | "Non-MTUS" ["Citation"] parts )
parts     = what `citation_parts` reads
sentence  = "did not cite any ..."                       nothing is cited
          | "... recommendation(s) outside of the MTUS"  a preamble
          | "... found the guidelines used by the Claims Administrator relevant"
          | "... based its decision on" clause { clause } the notices of 2013
clause    = words "which is [not] part of the MTUS"
"""

from __future__ import annotations

import re
from typing import NamedTuple

from imr_archive.parsing.citation_mtus import read_chain
from imr_archive.parsing.citation_parts import JOINING, find_parts, read_part
from imr_archive.parsing.citation_scan import CLOSING, PADDING, Draft, Scan

# "did not cite any medical evidence for its decision", "No guidelines were cited", "Not applicable", "None".
SILENT = re.compile(
    r"\b(?:not|n['’]t)\s+base\s+(?:his/her|their|its)\s+decision\s+(?:up)?on\s+(?:any|(?:the\s+)?MTUS)\b|"
    r"\b(?:not|n['’]t)\s+(?:cite|provide|specify|state|reference|list|use|indicate|address)|"
    r"\bno\s+(?:\w+\s+){0,3}(?:evidence|guidelines?|citations?|criteria|references?|section)\b|"
    r"^\W*(?:none|n/?a|not\s+(?:applicable|available|cited|provided|specified|stated|given))\b",
    re.IGNORECASE,
)
# A preamble: the decision rests on recommendations outside of the MTUS.
OUTSIDE = re.compile(r"\boutside\s+(?:of\s+)?(?:the\s+)?MTUS", re.IGNORECASE)
# The reviewer found the guidelines used by the claims administrator relevant, or appropriate.
RELIANCE = re.compile(
    r"\bguidelines?\b[^.]{0,60}\b(?:by|of)\s+the\s+claims?\s+administrator\b(?P<verdict>[^.]{0,160})",
    re.IGNORECASE,
)
APPROPRIATE = re.compile(r"(?<!not )(?<!not be )\b(?:relevant|appropriate|applicable)\b", re.IGNORECASE)
# What the decision of a free sentence is based on stands behind these words.
BASIS = re.compile(
    r"\b(?:based\s+(?:\w+(?:/\w+)?\s+){0,2}decisions?\s+(?:up)?on|reli(?:ed|es)\s+(?:up)?on|cit(?:ed|es|ing)|"
    r"referenc(?:ed|es|ing)|appl(?:ied|ies)|us(?:ed|es))\b",
    re.IGNORECASE,
)
# "No medical evidence was cited by the Claims Administrator": what is cited stands before the verb.
CITED_BY = re.compile(
    r"\s*\b(?:was|were|is|are|has\s+been|have\s+been)\s+"
    r"(?:cited|used|applied|referenced|relied\s+(?:up)?on)\s+by\b",
    re.IGNORECASE,
)
# A new sentence of the form, "... of the MTUS. The Expert Reviewer found ..."
NEW_SENTENCE = frozenset(
    {"the", "per", "therefore", "however", "no", "this", "thus", "since", "as", "an", "for"}
)
ACTORS = frozenset(
    {"claims", "claim", "expert", "physician", "professional", "reviewer", "maximus", "imr", "mtus"}
)
# "The section speaks to the care": what was cited, taken up again.
CITED_THING = frozenset({"section", "source", "guideline", "guidelines", "chapter", "topic", "passage"})
# Prose longer than this that names no source is no citation, but text the labels failed to end.
LONGEST_UNNAMED = 40
PART_OF = frozenset(
    {"which", "that", "is", "are", "not", "a", "and", "was", "were", "as", ",", "(", "both", "all"}
)


OPENING_WORDS = frozenset({"decision", "non", "nonmtus"})


class Reading(NamedTuple):
    """What a block cites, and the runs of tokens that were not understood."""

    drafts: tuple[Draft, ...]
    unread: tuple[tuple[int, int], ...]


def relies_on_claims_administrator(block: str) -> bool:
    """Whether the reviewer's block says that the claims administrator's guidelines were the right ones.

    The notices of 2013 say so instead of citing them again: the reviewer then cites what the claims
    administrator cited.
    """
    if "administrator" not in block.lower():
        return False
    found = RELIANCE.search(" ".join(block.split()))
    return found is not None and APPROPRIATE.search(found["verdict"]) is not None


def read_statements(scan: Scan) -> Reading:
    """All statements of a block, in printed order."""
    drafts: list[Draft] = []
    unread: list[tuple[int, int]] = []
    starts = _statement_starts(scan)
    bounds = [start for start, _, _ in starts] + [scan.size]
    if bounds[0] > 0:
        _read_sentences(scan, 0, bounds[0], drafts, unread)
    for (_, body, kind), stop in zip(starts, bounds[1:], strict=True):
        first, after = scan.trimmed(body, stop, PADDING)
        if kind == "mtus":
            drafts += _read_mtus_statement(scan, body, first, after)
        elif kind == "other":
            for part in find_parts(scan, first, after):
                drafts += read_part(scan, part)
        else:
            _read_clauses(scan, first, after, drafts, unread)
    return Reading(tuple(drafts), tuple(unread))


def _read_mtus_statement(scan: Scan, body: int, first: int, after: int) -> list[Draft]:
    """A chain, with an ODG citation where the letter forgets to say that it is not MTUS; or the bare MTUS."""
    drafts: list[Draft] = []
    for part in find_parts(scan, first, after, only=("odg", "other")):
        drafts += read_chain(scan, part.first, part.after) if part.kind == "" else read_part(scan, part)
    return drafts or [Draft("MTUS", body - 1, max(body, after))]


def _statement_starts(scan: Scan) -> list[tuple[int, int, str]]:
    """Where statements start: (first token, token after its opening words, mtus | other | "")."""
    found: list[tuple[int, int, str]] = []
    at = 0
    for start in [k for k, key in enumerate(scan.keys) if key in OPENING_WORDS]:
        opening = _opening_at(scan, start) if start >= at else None
        if opening is not None:
            found.append((start, *opening))
            at = opening[0]
    return found


def _opening_at(scan: Scan, at: int) -> tuple[int, str] | None:
    """`Decision based on MTUS`, `Decision based on Non-MTUS Citation`, `Non-MTUS:`: token after, kind."""
    start = at
    if scan.keys[at] == "decision":
        at += 2 if scan.key(at + 1) in ("is", "was") else 1
        if scan.key(at) != "based" or scan.key(at + 1) not in ("on", "upon"):
            return None
        at += 2
    stated = at > start
    while stated and scan.key(at) in ("the", ":"):
        at += 1
    outside = _non_mtus_at(scan, at)
    if outside is not None:
        return outside, "other"
    if not stated:
        return None
    if scan.key(at) == "mtus":
        at += 1
        return (at + 1 if scan.key(at) in ("citation", "citations") else at), "mtus"
    return at, ""


def _non_mtus_at(scan: Scan, at: int) -> int | None:
    """`Non-MTUS Citation`, `NonMTUS`, `Non MTUS Citations:`; the token after it."""
    if scan.key(at) == "nonmtus":
        at += 1
    elif scan.key(at) == "non":
        at += 1
        while scan.key(at) in ("-", "–", "‑"):
            at += 1
        if scan.key(at) != "mtus":
            return None
        at += 1
    else:
        return None
    while scan.key(at) in ("citation", "citations", "guideline", "guidelines", ":", "-"):
        at += 1
    return at


def _read_sentences(
    scan: Scan, first: int, after: int, drafts: list[Draft], unread: list[tuple[int, int]]
) -> None:
    """The free sentences before the first statement.

    A sentence after the first one says what it is based on or names a source; else it only speaks of what
    was cited.
    """
    for start, stop in _sentences(scan, first, after):
        words = scan.text(start, stop)
        if OUTSIDE.search(words) or RELIANCE.search(words):
            continue
        passive = CITED_BY.search(words)
        basis = None if passive else BASIS.search(words)
        if _cites_nothing(words, passive or basis):
            continue
        if start > first and basis is None and not _names_source(scan, start, stop):
            continue
        end = stop if passive is None else _token_at(scan, start, stop, passive.start())
        begin = start
        if basis is not None:
            begin = _token_at(scan, start, stop, basis.end())
        _read_clauses(scan, begin, end, drafts, unread)


def _cites_nothing(words: str, verb: re.Match[str] | None) -> bool:
    """Whether a sentence says that nothing is cited; one that goes on to cite has the verb further on."""
    silent = SILENT.search(words)
    return silent is not None and (verb is None or silent.end() >= verb.start())


def _token_at(scan: Scan, first: int, after: int, offset: int) -> int:
    """The first token that starts at `offset` or later, counted in characters from the token `first`."""
    at, place = first, scan.starts[first] + offset
    while at < after and scan.starts[at] < place:
        at += 1
    return at


def _names_source(scan: Scan, first: int, after: int) -> bool:
    """Whether a source, a title or a document that the vocabulary knows is named in these tokens."""
    vocabulary = scan.vocabulary
    return any(
        scan.longest(vocabulary.source_names, at, after)
        or scan.longest(vocabulary.titles, at, after)
        or scan.longest(vocabulary.other_documents, at, after)
        for at in range(first, after)
    )


def _sentences(scan: Scan, first: int, after: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = first
    for at in range(first, after):
        ends = (
            scan.keys[at] == "."
            and scan.key(at + 1, after) in NEW_SENTENCE
            and scan.is_capital(at + 1, after)
        )
        if ends and (scan.keys[at + 1] != "the" or scan.key(at + 2, after) in ACTORS | CITED_THING):
            found.append((start, at))
            start = at + 1
    begin, stop = scan.trimmed(start, after, PADDING)
    return [*found, (begin, stop)] if begin < stop else found


def _read_clauses(
    scan: Scan, first: int, after: int, drafts: list[Draft], unread: list[tuple[int, int]]
) -> None:
    """What a free sentence cites, clause by clause: `X, which is part of the MTUS, and Y, which is not`."""
    for start, stop, is_part in _clauses(scan, first, after):
        begin, end = scan.trimmed(start, stop, JOINING - {"("})
        if begin >= end:
            continue
        if is_part:
            drafts += read_chain(scan, begin, end)
            continue
        for part in find_parts(scan, begin, end, free=is_part is None):
            if part.kind == "" and is_part is None and part.after - part.first > LONGEST_UNNAMED:
                unread.append((part.first, part.after))
            else:
                drafts += read_part(scan, part)


def _clauses(scan: Scan, first: int, after: int) -> list[tuple[int, int, bool | None]]:
    """The clauses and whether each says that it is part of the MTUS; None where it does not say."""
    found: list[tuple[int, int, bool | None]] = []
    start = at = first
    while at < after:
        end = _part_of_mtus_at(scan, at, after)
        if end is None:
            at += 1
            continue
        stop = at
        while stop > start and scan.keys[stop - 1] in PART_OF:
            stop -= 1
        found.append((start, stop, "not" not in scan.keys[stop:at]))
        start = at = end
    if start < after:
        found.append((start, after, None))
    return found


def _part_of_mtus_at(scan: Scan, at: int, after: int) -> int | None:
    """`part of the MTUS`; the token after it."""
    if scan.keys[at] != "part" or scan.key(at + 1, after) != "of":
        return None
    at += 3 if scan.key(at + 2, after) == "the" else 2
    name = scan.longest(scan.vocabulary.source_names, at, after)
    if name is None or name[1] != "mtus":
        return None
    end = name[0]
    while scan.key(end, after) in CLOSING:
        end += 1
    return end
