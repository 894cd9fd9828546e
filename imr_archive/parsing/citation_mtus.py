"""Citations of the MTUS: a chain of guidelines, each with its year, sections and pages.

    chain      = guideline { [","] "and" guideline }
    guideline  = [ "MTUS" ] title [ year ] [ "Guidelines" ] { sections | pages }
    title      = a known title | "ACOEM ..." [ "Chapter" number ] [ known title ] | words up to the year
    sections   = "Section(s):" list        the form of 2016 on:  Knee Complaints 2004, Section(s): Summary
               | list                      the older form:       Chronic Pain Treatment Guidelines Opioids
    pages      = "Page(s):" numbers | in free text "pg. 30-32", "page 137"
    list       = section { ("," | ";") section }
    section    = number words             3.1 Opioids for ...: ..., up to the next number
               | a known section          longest first: NSAIDs, specific drug list & adverse effects
               | words up to a separator  no comma before a lower-case word: Capsaicin, low dose

Where the form's own field `Page(s):` follows, it holds the pages, and "p60" before it is part of the
section's name as printed.
"""

from __future__ import annotations

import msgspec

from imr_archive.parsing.citation_scan import (
    CLOSING,
    DASHES,
    GUIDELINE_WORDS,
    OPENING,
    PADDING,
    PAGE_WORDS,
    SEPARATORS,
    Draft,
    Scan,
)
from imr_archive.parsing.citation_sections import knows_section, read_body
from imr_archive.vocabulary.guidelines import pick_edition
from imr_archive.vocabulary.schema import MtusGuideline
from imr_archive.vocabulary.values import Value

# Words before a title that are no part of it: `the California MTUS Guidelines: `.
LEAD_IN = (
    frozenset({"the", "and", "&", "ca", "california", "dwc", "citation", "citations", *GUIDELINE_WORDS})
    | SEPARATORS
    | DASHES
)
# What follows a title that ends there, besides a mark.
AFTER_TITLE = PAGE_WORDS | {"and", "&"}
AFTER_YEAR = GUIDELINE_WORDS | {"", ",", ".", ";", "and"}
# A misprinted or unknown title is looked for in so many words; the longest known title has twelve.
TITLE_REACH = 12
# `(ACOEM Practice Guidelines, 2nd Edition (2004), Chapter 8)` behind a title.
BRACKET_REACH = 24
# Letters and marks of `8 C.C.R. §9792.20 - 9792.26`, printed where older letters name the regulation.
REGULATION = frozenset(
    {"c", "ccr", "r", "cal", "code", "reg", "regs", "§", ".", "et", "seq", "title", *DASHES}
)


class Title(Value):
    """A guideline's title: the token after it, the name, the year printed in it, whether it is known."""

    after: int
    name: str | None
    year: int | None
    known: bool


def read_chain(scan: Scan, first: int, after: int) -> list[Draft]:
    """The guidelines that tokens `first` to `after` cite from the MTUS."""
    drafts: list[Draft] = []
    at = first
    while at < after:
        start, draft = _read_guideline(scan, at, after)
        if draft is not None:
            drafts.append(draft)
        at = max(start, at + 1)
    return drafts


def _read_guideline(scan: Scan, first: int, after: int) -> tuple[int, Draft | None]:
    at, year = _skip_lead_in(scan, first, after)
    if at >= after:
        return after, None
    title = _read_title(scan, at, after)
    body, printed = _skip_edition(scan, title.after, after, title.name)
    year = title.year or printed or year
    end = _next_guideline(scan, body, after)
    sections, pages = read_body(scan, body, end)
    if title.name is None and not sections and not pages and year is None:
        return end, None
    name = _settle(scan, title, year)
    unknown = [] if title.known or name is None else [name]
    known_title = name if title.known else None
    unknown += [section for section in sections if not knows_section(scan, section, known_title)]
    start, stop = scan.trimmed(at, end, PADDING)
    return end, Draft("MTUS", start, stop, name, year, tuple(sections), tuple(pages), tuple(unknown))


def _settle(scan: Scan, title: Title, year: int | None) -> str | None:
    """The title, where several guidelines share the printed name the one with an edition of that year."""
    if not title.known or title.name is None:
        return title.name
    entry = scan.vocabulary.title(title.name, year)
    return title.name if entry is None or year is None or year not in entry.years else entry.title


def _skip_lead_in(scan: Scan, at: int, after: int) -> tuple[int, int | None]:
    """Past `the California MTUS Guidelines (Effective July 18, 2009), `: the token after, the year in it."""
    year = None
    while at < after:
        name = scan.longest(scan.vocabulary.source_names, at, after)
        if name is not None and name[1] == "mtus":
            at = name[0]
        elif (regulation := _regulation_at(scan, at, after)) is not None:
            at = regulation
        elif (bracket := _dated_bracket(scan, at, after)) is not None:
            at, year = bracket[0], bracket[1] or year
        elif scan.keys[at] in LEAD_IN or scan.keys[at] in CLOSING or _opens_name(scan, at, after):
            at += 1
        else:
            break
    return at, year


def _opens_name(scan: Scan, at: int, after: int) -> bool:
    """The bracket of `Medical Treatment Utilization Schedule (MTUS)`."""
    return scan.keys[at] in OPENING and scan.longest(scan.vocabulary.source_names, at + 1, after) is not None


def _regulation_at(scan: Scan, at: int, after: int) -> int | None:
    """`8 C.C.R. §9792.20 - 9792.26` or `9792.24.2`; the token after it."""
    start = at
    if scan.keys[at] == "8" and scan.key(at + 1, after) in ("c", "ccr", "cal"):
        at += 1
    while at < after and (scan.keys[at] in REGULATION or scan.keys[at].startswith(("9792", "9789"))):
        at += 1
    numbered = at > start and any(key.startswith(("9792", "9789")) for key in scan.keys[start:at])
    return at if numbered else None


def _dated_bracket(scan: Scan, at: int, after: int) -> tuple[int, int | None] | None:
    """A bracket that dates the guideline, `(Effective July 18, 2009)`: the token after, the year."""
    close = scan.closed_by.get(at)
    if close is None or close >= after or close - at > BRACKET_REACH:
        return None
    years = [found[1] for k in range(at + 1, close) if (found := scan.year_at(k, close)) is not None]
    acoem = scan.longest(scan.vocabulary.source_names, at + 1, close)
    dated = scan.key(at + 1) in ("effective", "revised", "rev", "dwc") or scan.is_edition(at + 1, close)
    if acoem is None and not (years and dated) and not scan.is_edition(at + 1, close):
        return None
    return close + 1, years[-1] if years else None


def _read_title(scan: Scan, at: int, after: int) -> Title:
    known = scan.longest(scan.vocabulary.titles, at, after)
    if known is not None:
        longer = _read_misprinted(scan, at, after) if _goes_on(scan, known, after) else None
        if longer is not None and longer.after > known[0]:
            return longer
        return Title(known[0], pick_edition(known[1], _year_after(scan, known[0], after)).title, None, True)
    name = scan.longest(scan.vocabulary.source_names, at, after)
    if name is not None and name[1] == "acoem":
        return _read_acoem_title(scan, at, name[0], after)
    chapter = _read_chapter(scan, at, after)
    if chapter is not None:
        return chapter
    if scan.sections_marker(at, after) is not None or scan.pages_marker(at, after) is not None:
        return Title(at, None, None, True)
    return _read_misprinted(scan, at, after) or _read_unknown(scan, at, after)


def _goes_on(scan: Scan, known: tuple[int, tuple[MtusGuideline, ...]], after: int) -> bool:
    """Whether a title that needs its year lacks it, so that it may begin a longer one with a misprint."""
    following = scan.key(known[0], after)
    return known[1][0].needs_year and following[:1].isalpha() and following not in GUIDELINE_WORDS


def _year_after(scan: Scan, at: int, after: int) -> int | None:
    found = scan.year_at(at, after)
    return None if found is None else found[1]


def _read_acoem_title(scan: Scan, first: int, at: int, after: int) -> Title:
    """`ACOEM Practice Guidelines, 2nd Edition (2004), Chapter 12 (Low Back Complaints)`, or `ACOEM` alone."""
    year = None
    plain_end = at
    while at < after:
        dated = scan.year_at(at, after)
        bracket = _dated_bracket(scan, at, after)
        edition = scan.edition_at(at, after)
        if dated is not None:
            at, year = dated
        elif bracket is not None:
            at, year = bracket[0], bracket[1] or year
        elif edition is not None:
            at = plain_end = edition
        elif scan.keys[at] in (",", ":", "-", "(", "the"):
            at += 1
        else:
            break
    chapter = _read_chapter(scan, at, after)
    if chapter is not None:
        return msgspec.structs.replace(chapter, year=year)
    known = scan.longest(scan.vocabulary.titles, at, after)
    if known is not None:
        return Title(_past_bracket(scan, known[0], after), known[1][0].title, year, True)
    return Title(plain_end, scan.text(first, plain_end), year, False)


def _read_chapter(scan: Scan, at: int, after: int) -> Title | None:
    """`Chapter 12 (Low Back Complaints)`, `Chapter 12`: a chapter of the ACOEM Practice Guidelines."""
    if scan.key(at, after) not in ("chapter", "chapters", "ch") or not scan.key(at + 1, after).isdecimal():
        return None
    number = int(scan.keys[at + 1])
    at += 2
    after_number = at
    while scan.key(at, after) in (",", ":", "(", "-", "–"):
        at += 1
    known = scan.longest(scan.vocabulary.titles, at, after)
    if known is not None:
        return Title(_past_bracket(scan, known[0], after), known[1][0].title, None, True)
    chapter = scan.longest(scan.vocabulary.acoem_titles, at, after)
    title = scan.vocabulary.by_acoem_chapter.get(number)
    if chapter is not None:
        return Title(_past_bracket(scan, chapter[0], after), chapter[1], None, True)
    return None if title is None else Title(after_number, title, None, True)


def _past_bracket(scan: Scan, at: int, after: int) -> int:
    return at + 1 if at < after and scan.keys[at] in CLOSING else at


def _read_misprinted(scan: Scan, at: int, after: int) -> Title | None:
    """A known title with misprints: the longest run of words that is near enough to one."""
    limit = min(after, at + TITLE_REACH)
    for end in range(limit, at + 1, -1):
        if scan.keys[end - 1][0].isalpha():
            near = scan.vocabulary.near_title(scan.text(at, end), _year_after(scan, end, after))
            if near is not None:
                return Title(end, near.title, None, True)
    return None


def _read_unknown(scan: Scan, at: int, after: int) -> Title:
    """A title in no vocabulary, up to its year, `Guidelines`, `Section(s):`, `Page(s):` or a full stop."""
    end = at
    while end < after and scan.keys[end] not in (";", ".") and scan.year_at(end, after) is None:
        if scan.keys[end] in GUIDELINE_WORDS or scan.pages_marker(end, after) is not None:
            break
        if scan.sections_marker(end, after) is not None:
            break
        if end > at and _starts_guideline(scan, end, after):
            break
        end += 1
    if end - at > TITLE_REACH:
        end = next((k for k in range(at + 1, end) if scan.keys[k] in SEPARATORS), end)
    start, stop = scan.trimmed(at, end, PADDING)
    return Title(max(end, at + 1), scan.text(start, stop) or None, None, False)


def _skip_edition(scan: Scan, at: int, after: int, title: str | None = None) -> tuple[int, int | None]:
    """Past `2016 Guidelines`, `Guidelines (2009)`, `Chapter (ACOEM ..., Chapter 8)`: token after, year.

    Letters of 2014 may print the title again, or `MTUS (Effective July 18, 2009)`, behind it.
    """
    year = None
    while at < after:
        step = _edition_step(scan, at, after, title)
        if step is None and scan.keys[at] in (",", "-", ":"):
            step = _edition_step(scan, at + 1, after, title, only_dates=True)
        if step is None:
            break
        at, year = step[0], year or step[1]
    return at, year


def _edition_step(
    scan: Scan, at: int, after: int, title: str | None, only_dates: bool = False
) -> tuple[int, int | None] | None:
    """One mark of an edition: the token after it, and the year that it tells."""
    if at >= after:
        return None
    dated = scan.year_at(at, after) or _dated_bracket(scan, at, after)
    if dated is not None:
        return dated
    name = scan.longest(scan.vocabulary.source_names, at, after)
    if name is not None and name[1] == "mtus":
        return _dated_bracket(scan, name[0], after)
    if only_dates:
        return None
    regulation = _regulation_at(scan, at, after) if scan.keys[at] in ("8", "§") else None
    again = scan.longest(scan.vocabulary.titles, at, after)
    if again is not None and again[1][0].title == title and scan.key(again[0], after) in GUIDELINE_WORDS:
        regulation = again[0] + 1
    elif scan.keys[at] in GUIDELINE_WORDS or scan.keys[at] == "chapter":
        regulation = at + 1
    return None if regulation is None else (regulation, None)


def _next_guideline(scan: Scan, at: int, after: int) -> int:
    """Where the next guideline of the chain starts, else the end."""
    keys = scan.keys
    for place in range(at, after):
        if keys[place - 1] in PADDING and _starts_guideline(scan, place, after):
            return place
    return after


def _starts_guideline(scan: Scan, at: int, after: int) -> bool:
    """Whether the chain goes on here: behind a separator or "and", a title that nothing else explains."""
    before = scan.key(at - 1)
    joined = before in ("and", "&")
    if not joined and before not in SEPARATORS:
        return False
    name = scan.longest(scan.vocabulary.source_names, at, after)
    if name is not None:
        if name[1] == "acoem":
            return True
        if name[1] == "mtus":
            at = name[0]
            joined = True
    if scan.key(at, after) == "chapter" and _read_chapter(scan, at, after) is not None:
        return True
    known = scan.longest(scan.vocabulary.titles, at, after)
    if known is None:
        behind = scan.key(at - 2)
        in_chain = before == "and" and (behind == "," or scan.year_at(at - 2, at) is not None)
        return in_chain and _unknown_title_with_year(scan, at, after)
    end, entries = known
    following = scan.key(end, after)
    if scan.year_at(end, after) is not None or following in GUIDELINE_WORDS:
        return True
    at_boundary = following == "" or following in SEPARATORS or following in AFTER_TITLE
    return joined and not entries[0].needs_year and at_boundary


def _unknown_title_with_year(scan: Scan, at: int, after: int) -> bool:
    """`..., and Wrist Disorders 2031, Section(s):`: capitals up to a year that ends the title."""
    for end in range(at, min(after, at + TITLE_REACH)):
        found = scan.year_at(end, after)
        if found is not None:
            return end > at and scan.key(found[0], after) in AFTER_YEAR
        if end > at and scan.keys[end - 1] == "and" and scan.longest(scan.vocabulary.titles, end, after):
            return False
        if not scan.is_capital(end, after) and scan.keys[end] not in ("and", "&", ",", "of", "-", "/"):
            return False
    return False
