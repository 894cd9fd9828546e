"""The runs of tokens that cite one source each, and the source of a run that names none.

    parts = { [name of a source] part }      ODG, ACOEM, "Other Medical Treatment Guidelines"

A part that names no source is the MTUS's where it begins with a title of it, the ODG's where it names a
chapter, else a document of its own.
"""

from __future__ import annotations

from imr_archive.parsing.citation_mtus import LEAD_IN, read_chain
from imr_archive.parsing.citation_odg import read_odg
from imr_archive.parsing.citation_other import is_odg_manner, is_other_document, read_acoem, read_other
from imr_archive.parsing.citation_scan import OPENING, PADDING, SEPARATORS, Draft, Scan
from imr_archive.vocabulary.values import Value

# Words before a source's name that belong to no citation: `...; and the ODG`.
JOINING = PADDING | frozenset({"the", "per", "also", "both", "see", "from", "in", "on", "to", "(", "-"})
# Behind a citation of the ODG, another document is only looked for where a new part can begin.
BEFORE_DOCUMENT = SEPARATORS | {"and", "&"}
# `..., ODG Indications for Surgery` is a heading inside an entry of the ODG, not another entry.
ODG_OWN_WORDS = frozenset({"indications", "criteria"})


class Part(Value):
    """A run of tokens that cites one source: its name starts at `first`, what is cited of it at `body`."""

    kind: str
    first: int
    body: int
    after: int


def find_parts(
    scan: Scan, first: int, after: int, only: tuple[str, ...] = (), free: bool = False
) -> list[Part]:
    """The runs of tokens that cite one source each, cut where a source is named."""
    parts: list[Part] = []
    kind, name, body = "", first, first
    at = first
    keys, closed_by = scan.keys, scan.closed_by
    starts = scan.vocabulary.source_names.first_words
    while at < after:
        if at in closed_by and at > first:
            at = min(after, closed_by[at] + 1)  # a name in brackets behind other words opens nothing new
            continue
        named = keys[at] in starts or (kind == "odg" and keys[at - 1] in BEFORE_DOCUMENT)
        cut = _source_at(scan, at, after, kind, free) if named else None
        if cut is None or (only and cut[1] not in only):
            at += 1
            continue
        end, found = cut
        goes_on = kind == found == "odg" and scan.key(end, after) in ODG_OWN_WORDS
        if goes_on or (
            (found == kind or (kind, found) == ("mtus", "acoem")) and _only_edition(scan, body, at)
        ):
            at = end
            continue
        _close(scan, parts, Part(kind, name, body, _before_joining(scan, body, at)))
        bracketed = at > first and scan.closed_by.get(at - 1, after) < after
        kind, name, body = found, at - 1 if bracketed else at, end
        at = max(end, at + 1)
    _close(scan, parts, Part(kind, name, body, after))
    return parts


def _before_joining(scan: Scan, first: int, after: int) -> int:
    """The end of a part without the words that only lead to the next one: `...; and the ODG`."""
    while after > first and scan.keys[after - 1] in JOINING:
        after -= 1
    return after


def _close(scan: Scan, parts: list[Part], part: Part) -> None:
    first = part.first
    while part.kind == "" and first < part.after and scan.keys[first] in JOINING:
        first += 1
    if part.kind != "":
        parts.append(part)
    elif first < part.after:
        parts.append(Part("", first, first, part.after))


def _source_at(scan: Scan, at: int, after: int, kind: str, free: bool) -> tuple[int, str] | None:
    """The source named here: (token after its name, mtus | odg | acoem | other)."""
    name = scan.longest(scan.vocabulary.source_names, at, after)
    if name is not None:
        end, found = name
        while found != "mtus" and scan.key(end, after) in OPENING and _names_again(scan, end, found):
            end = scan.closed_by[end] + 1
        if found != "mtus" or (free and kind == "") or _cites_mtus(scan, end, after):
            return end, found
        return None
    if kind == "odg" and scan.key(at - 1) in BEFORE_DOCUMENT and is_other_document(scan, at, after):
        return at, "other"
    return None


def _names_again(scan: Scan, at: int, kind: str) -> bool:
    """`Official Disability Guidelines (ODG)`: a bracket that only names the source again."""
    close = scan.closed_by.get(at)
    if close is None:
        return False
    name = scan.longest(scan.vocabulary.source_names, at + 1, close)
    return name is not None and name[1] == kind and (name[0] == close or scan.is_edition(name[0], close))


def _cites_mtus(scan: Scan, at: int, after: int) -> bool:
    """Whether a known title or ACOEM follows the name of the MTUS."""
    while at < after and scan.keys[at] in LEAD_IN:
        at += 1
    name = scan.longest(scan.vocabulary.source_names, at, after)
    return scan.longest(scan.vocabulary.titles, at, after) is not None or (
        name is not None and name[1] == "acoem"
    )


def _only_edition(scan: Scan, first: int, after: int) -> bool:
    return all(key in JOINING or not key[0].isalnum() for key in scan.keys[first:after]) or scan.is_edition(
        first, after
    )


def read_part(scan: Scan, part: Part) -> list[Draft]:
    """What a part cites, by the grammar of its source."""
    kind = part.kind or _manner(scan, part)
    if kind == "odg":
        return read_odg(scan, part.first, part.body, part.after)
    if kind == "acoem":
        return read_acoem(scan, part.first, part.body, part.after)
    if kind == "mtus":
        return read_chain(scan, part.first, part.after)
    return read_other(scan, part.body, part.after)


def _manner(scan: Scan, part: Part) -> str:
    """The source of a part that names none, by the manner in which it cites."""
    if _is_mtus_manner(scan, part):
        return "mtus"
    return "odg" if is_odg_manner(scan, part.first, part.after) else "other"


def _is_mtus_manner(scan: Scan, part: Part) -> bool:
    """Whether a part that names no source begins with a title of the MTUS, `Chronic Pain ... Guidelines`."""
    known = scan.longest(scan.vocabulary.titles, part.first, part.after)
    if known is None:
        return False
    return not known[1][0].needs_year or scan.year_at(known[0], part.after) is not None
