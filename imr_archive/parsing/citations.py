"""Both sides' citations: the block under a guideline label → the guidelines, sections and pages it cites.

The language is read by hand-written recursive descent over tokens, one small function for each rule of the
grammar that heads its module:

    citation_scan        line → tokens: words, numbers, marks; years, pages, editions, brackets
    citation_statements  block → statements and sentences → parts that cite one source each
    citation_mtus        chains of MTUS guidelines, with citation_sections for what stands behind a title
    citation_odg         ODG chapters and topics
    citation_other       ACOEM outside the MTUS, and every other document

A parser generator (lark) would not do: the names of guidelines and sections, 500 of them, hold the very
commas, colons and numbers that part them, so that a grammar file is ambiguous nearly everywhere and what a
token is depends on the vocabulary; and what no rule knows must still come out as words, which descent gives.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from imr_archive.parsing.citation_scan import Draft, Scan
from imr_archive.parsing.citation_statements import read_statements, relies_on_claims_administrator
from imr_archive.parsing.clean import FIRST_WORD, LAST_WORD, LINE_END_HYPHEN, Joiner, lowered
from imr_archive.parsing.passages import rows_of
from imr_archive.parsing.record import Citation, GuidelineSource, Problem, Side, Span
from imr_archive.vocabulary.guidelines import guideline_vocabulary
from imr_archive.vocabulary.remembered import remembered
from imr_archive.vocabulary.values import Value

__all__ = ["CITATION_PROBLEMS", "read_citations", "relies_on_claims_administrator"]

CITATION_PROBLEMS = {
    "unknown_guideline": "“{raw}” is no guideline of the MTUS that the vocabulary knows.",
    "unlisted_year": "{raw}: the vocabulary knows no edition of that year.",
    "unread_citation": "These words under a guideline label were not read as a citation: “{raw}”",
    "citation_too_long": "Under a guideline label stand {size} characters; only the first {limit} were read.",
}
"""Code → sentence of the problems that reading citations may meet."""

LONGEST_BLOCK = 8_000
"""The longest block of the letters at hand has 2,500 characters; a longer one is a label without its end."""

EXCERPT = 120
LONGEST_WORD = 40
# So far a letter of the line may stand behind the one before it: hyphen, line break, indent.
SKIPPED = 40
WORD = re.compile(r"\S+")
STATEMENT = re.compile(r"Decision (?<![^ ]Decision )(?:is |was )?based (?=(?:up)?on )")
OPENS, OPENED = "Decision ", "Decision based "
"""How a statement opens, its first word, and in which words it is remembered."""

HYPHEN_AT_LINE_END = re.compile(r"[\x02\xad\ufffe]|-[ ]*\n")


class Cited(Value):
    """A citation, its place counted in the line."""

    source: GuidelineSource
    guideline: str | None
    year: int | None
    sections: tuple[str, ...]
    pages: tuple[str, ...]
    raw: str
    start: int
    end: int
    unrecognised: tuple[str, ...]


class Trouble(Value):
    """A problem, its place counted in the line."""

    code: str
    raw: str
    start: int
    end: int


C = TypeVar("C", Cited, Trouble)


class PieceReading(NamedTuple):
    """What a piece of a line says: citations, what is doubtful in them, and words that were not understood.

    closed: whether every bracket that is opened in it is closed in it.
    """

    cited: tuple[Cited, ...]
    doubts: tuple[Trouble, ...]
    unread: tuple[Trouble, ...]
    closed: bool


def read_citations(
    block: str, cited_by: Side, at: int, join: Callable[[str], str] | None = None
) -> tuple[tuple[Citation, ...], tuple[Problem, ...]]:
    """What one side cites for one item.

    block: the cleaned text behind the side's label, up to the next label. at: where the block starts in the
    letter, for the spans. join: the letter's own `Joiner`, which knows its words at line ends. Any text is
    read without an error; what was not understood is among the problems.
    """
    problems: list[Problem] = []
    if len(block) > LONGEST_BLOCK:
        message = CITATION_PROBLEMS["citation_too_long"].format(size=len(block), limit=LONGEST_BLOCK)
        problems.append(
            Problem("citation_too_long", message, None, Span(at + LONGEST_BLOCK, at + len(block)))
        )
        block = block[:LONGEST_BLOCK]
    read = _read_plain(block)
    if read is None:
        read = _read_block(block, (join or Joiner(lowered(block)))(_settle_hyphens(block)))
    cited, troubles = read
    citations = [
        Citation(
            cited_by=cited_by,
            source=one.source,
            guideline=one.guideline,
            year=one.year,
            sections=one.sections,
            pages=one.pages,
            raw=one.raw,
            span=Span(at + one.start, at + one.end),
            unrecognised=one.unrecognised,
        )
        for one in cited
    ]
    if troubles:
        problems += [
            Problem(
                one.code,
                CITATION_PROBLEMS[one.code].format(raw=one.raw),
                None,
                Span(at + one.start, at + one.end),
            )
            for one in troubles
        ]
    return tuple(citations), tuple(problems)


def _breaks_words(block: str) -> bool:
    """Whether a hyphen stands at a line's end; most blocks plainly have none."""
    if block.isascii() and "-\n" not in block and "- " not in block and "\x02" not in block:
        return False
    return HYPHEN_AT_LINE_END.search(block) is not None


@remembered(8192)
def _read_plain(block: str) -> tuple[tuple[Cited, ...], tuple[Trouble, ...]] | None:
    """A block that every letter joins in one way: such are remembered. None for one that breaks words."""
    return None if _breaks_words(block) else _read_block(block, Joiner("")(block))


def _read_block(block: str, line: str) -> tuple[tuple[Cited, ...], tuple[Trouble, ...]]:
    """What the block says that becomes this line when joined; places are counted in the block."""
    cited, troubles = _read_line(line)
    if not (cited or troubles) or (len(block) == len(line) and block.replace("\n", " ") == line):
        return cited, troubles
    place = _places(line, block)
    return (
        tuple(replace(one, start=start, end=end) for one in cited for start, end in [place(one)]),
        tuple(replace(one, start=start, end=end) for one in troubles for start, end in [place(one)]),
    )


def _settle_hyphens(block: str) -> str:
    """The block with those line end hyphens settled that the vocabulary of guidelines knows about.

    `Electro-` / `diagnostic` is one word of a section's name, `Stress-` / `Related` two words of a title.
    """
    return LINE_END_HYPHEN.sub(_settled, block)


def _settled(match: re.Match[str]) -> str:
    before = LAST_WORD.search(match.string, max(0, match.start() - LONGEST_WORD), match.start())
    after = FIRST_WORD.match(match.string, match.end())
    left = before[0].lower() if before else ""
    right = after[0].lower() if after else ""
    known = guideline_vocabulary().knows_word
    if not left or not right:
        return match[0]
    if known(left + right):
        return ""
    return "-" if known(left) and known(right) else match[0]


@remembered(8192)
def _read_line(line: str) -> tuple[tuple[Cited, ...], tuple[Trouble, ...]]:
    """A block on one line; many letters print the same, so lines are remembered, and so are their statements.

    What is remembered of a statement holds wherever it stands, unless a bracket reaches beyond it: the line
    is then read as a whole.
    """
    pieces = _pieces(line)
    readings = [_read_piece(piece) for piece, _ in pieces]
    if len(pieces) > 1 and not all(reading.closed for reading in readings):
        pieces, readings = [(line, 0)], [_read_piece(line)]
    cited: tuple[Cited, ...] = ()
    doubts: tuple[Trouble, ...] = ()
    unread: tuple[Trouble, ...] = ()
    for reading, (_, at) in zip(readings, pieces, strict=True):
        cited += _moved(reading.cited, at)
        doubts += _moved(reading.doubts, at)
        unread += _moved(reading.unread, at)
    return _merged(cited), doubts + unread


def _pieces(line: str) -> list[tuple[str, int]]:
    """What stands before the first statement, and each statement, opened in the same words.

    Also where in the line each begins, or would if it were opened in those words.
    """
    if line.startswith(OPENED) and line.find(OPENS, 1) < 0:
        return [(line.rstrip(), 0)]
    pieces: list[tuple[str, int]] = []
    words, at = "", 0
    for opening in STATEMENT.finditer(line):
        ended = words + line[at : opening.start()].rstrip()
        if ended:
            pieces.append((ended, at - len(words)))
        words, at = OPENED, opening.end()
    pieces.append((words + line[at:].rstrip(), at - len(words)))
    return pieces


@remembered(8192)
def _read_piece(piece: str) -> PieceReading:
    """A statement, or what stands before the first; places are counted in it."""
    scan = Scan(piece)
    drafts, unread = read_statements(scan)
    cited = tuple([_cited(scan, draft) for draft in drafts])
    return PieceReading(
        cited,
        tuple([doubt for one in cited if one.source == "MTUS" for doubt in _doubts(one)]),
        tuple([_unread(scan, first, after) for first, after in unread]),
        scan.is_closed,
    )


def _unread(scan: Scan, first: int, after: int) -> Trouble:
    start, end = scan.starts[first], scan.ends[after - 1]
    return Trouble("unread_citation", scan.line[start : min(end, start + EXCERPT)], start, end)


def _moved(found: tuple[C, ...], by: int) -> tuple[C, ...]:
    """The same, counted from elsewhere; what stands nowhere stays there."""
    if not by or not found:
        return found
    return tuple([replace(one, start=one.start + by, end=one.end + by) if one.end else one for one in found])


def _cited(scan: Scan, draft: Draft) -> Cited:
    start = scan.starts[draft.first] if draft.first < draft.after else 0
    end = scan.ends[draft.after - 1] if draft.first < draft.after else 0
    return Cited(
        draft.source,
        draft.guideline,
        draft.year,
        draft.sections,
        draft.pages,
        scan.line[start:end],
        start,
        end,
        draft.unrecognised,
    )


def _doubts(cited: Cited) -> list[Trouble]:
    """A title or a year of the MTUS that the vocabulary does not list; both are kept as printed."""
    if cited.guideline is None:
        return []
    if cited.guideline in cited.unrecognised:
        return [Trouble("unknown_guideline", cited.guideline, cited.start, cited.end)]
    entry = guideline_vocabulary().title(cited.guideline, cited.year)
    if entry is None or cited.year is None or cited.year in entry.years:
        return []
    return [Trouble("unlisted_year", f"{cited.guideline} {cited.year}", cited.start, cited.end)]


def _merged(cited: tuple[Cited, ...]) -> tuple[Cited, ...]:
    """One citation for each guideline document: what is cited of it in several places comes together."""
    if len(cited) < 2:
        return cited
    found: dict[tuple[str, str | None, int | None] | int, Cited] = {}
    for place, one in enumerate(cited):
        one_document = one.source in ("MTUS", "ODG") and one.guideline is not None
        key = (one.source, one.guideline, one.year) if one_document else place
        earlier = found.get(key)
        if earlier is None:
            found[key] = one
            continue
        found[key] = replace(
            earlier,
            sections=_together(earlier.sections, one.sections),
            pages=_together(earlier.pages, one.pages),
            raw=earlier.raw if one.raw == earlier.raw else f"{earlier.raw}; {one.raw}",
            unrecognised=_together(earlier.unrecognised, one.unrecognised),
        )
    return tuple(found.values())


def _together(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one + other))


def _places(line: str, block: str) -> Callable[[Cited | Trouble], tuple[int, int]]:
    """From places in the line to places in the block that it was joined from."""
    apart = block.find(line)
    if apart >= 0:
        return lambda one: (apart + one.start, apart + one.end)
    lined, blocked = rows_of(block, line)
    if not lined:
        if line.split() != block.split():
            return _aligned_places(line, block)
        lined = list(map(re.Match.start, WORD.finditer(line)))
        blocked = list(map(re.Match.start, WORD.finditer(block)))

    def by_row(one: Cited | Trouble) -> tuple[int, int]:
        first = bisect_right(lined, one.start) - 1
        last = bisect_right(lined, one.end - 1) - 1
        return blocked[first] + one.start - lined[first], blocked[last] + one.end - lined[last]

    return by_row


def _aligned_places(line: str, block: str) -> Callable[[Cited | Trouble], tuple[int, int]]:
    """The same where joining changed words within a row (ligatures): letter by letter, skipping what went."""
    places: list[int] = []
    there = 0
    for char in line:
        ahead = -1 if char.isspace() else block.find(char, there, there + SKIPPED)
        if ahead >= 0:
            there = ahead
        places.append(min(there, len(block) - 1))
        there += ahead >= 0
    return lambda one: (places[one.start], places[one.end - 1] + 1)
