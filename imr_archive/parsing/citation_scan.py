"""Citations, first step: one line of text → tokens, and what a run of tokens may be.

A token is a word, a number (3.3.1.1 is one), a web address or a single mark. The grammar walks tokens by
their number and never goes back over text; every look-ahead here is bounded by a name's length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from imr_archive.parsing.record import GuidelineSource
from imr_archive.vocabulary.guidelines import Vocabulary, guideline_vocabulary
from imr_archive.vocabulary.phrases import TOKEN, PhraseTable, word_key
from imr_archive.vocabulary.remembered import remembered
from imr_archive.vocabulary.values import Value

T = TypeVar("T")

# Where a blank may have been lost between two words: `DisabilityGuidelines`, `MTUSChronic`, `Treatment2016`.
GLUED = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[A-Z][a-z])")
GLUED_WORD = "\0"
LONGEST_REMEMBERED = 60
"""Longer than any word; what is longer is a web address or no words at all."""

YEAR = re.compile(r"(?:19|20)\d\d")
YEAR_LENGTH = 4
# What OCR makes of the digits of a year: `2O16`, `20l6`.
MISREAD_DIGITS = str.maketrans("ol", "01")
NUMBERED = re.compile(r"\d+(?:\.\d+)*")
PAGE = re.compile(r"\d{1,4}")
SHORT_PAGE = re.compile(r"pp?g?s?(\d{1,4})")
ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)|second|third|v\d+|\d{1,2}\.\d")
ORDINAL_BEGINS = frozenset("stv")
"""The letters with which an ordinal that is no figure begins."""


SEPARATORS = frozenset({",", ";", ":", "."})
DASHES = frozenset({"-", "‐", "‑", "–", "—"})
PADDING = frozenset({"and", "&"}) | SEPARATORS
OPENING = {"(": ")", "[": "]"}
CLOSING = frozenset(OPENING.values())
BRACKETS = CLOSING.union(OPENING)
TABLE_WORDS = frozenset({"table", "tables", "figure"})
PAGE_WORDS = frozenset({"page", "pages", "pg", "pgs", "pp", "p"})
SECTION_WORDS = frozenset({"section", "sections"})
GUIDELINE_WORDS = frozenset({"guideline", "guidelines"})
MONTHS = frozenset(
    {"january", "february", "march", "april", "may", "june", "july", "august", "september", "october"}
    | {
        "november",
        "december",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
    }
)


class Draft(Value):
    """One citation as tokens say it: `first` and `after` bound its tokens, half open."""

    source: GuidelineSource
    first: int
    after: int
    guideline: str | None = None
    year: int | None = None
    sections: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    unrecognised: tuple[str, ...] = ()


class Scan:
    """The tokens of one line. `keys` are the words as the vocabulary compares them.

    closed_by, opened_by: the pairs of brackets. is_closed: whether every bracket that the line opens is
    closed in it.
    """

    __slots__ = (
        *("closed_by", "ends", "is_closed", "keys", "line", "opened_by", "size", "starts", "vocabulary"),
    )

    def __init__(self, line: str) -> None:
        self.line = line
        self.vocabulary: Vocabulary = guideline_vocabulary()
        starts: list[int] = []
        ends: list[int] = []
        keys: list[str] = []
        at = 0
        for word in line.split(" "):
            tokens = _tokens_again(word) if len(word) <= LONGEST_REMEMBERED else _tokens(word)
            for start, end, key in tokens:
                starts.append(at + start)
                ends.append(at + end)
                keys.append(key)
            at += len(word) + 1
        self.starts, self.ends, self.keys, self.size = starts, ends, keys, len(keys)
        self.closed_by, self.is_closed = _brackets(keys)
        self.opened_by = {close: opening for opening, close in self.closed_by.items()}

    def text(self, first: int, after: int) -> str:
        """The words of the line from token `first` up to token `after`."""
        return self.line[self.starts[first] : self.ends[after - 1]] if first < after else ""

    def key(self, at: int, end: int | None = None) -> str:
        """The key of a token, or nothing where there is none."""
        return self.keys[at] if 0 <= at < (self.size if end is None else end) else ""

    def is_capital(self, at: int, end: int) -> bool:
        """Whether a token stands there that begins with a capital letter or is a number."""
        return at < end and not self.line[self.starts[at]].islower() and self.keys[at][0].isalnum()

    def longest(self, table: PhraseTable[T], at: int, end: int) -> tuple[int, T] | None:
        """The longest name of the table from `at`, whose brackets all close in it: (token after, value)."""
        if at >= end or self.keys[at] not in table.first_words:
            return None
        for after, value in reversed(table.matches(self.keys, at, end)):
            closing = self._open_at(at, after) if self.closed_by else None
            if closing is None:
                return after, value
            if closing == after < end:
                return after + 1, value
        return None

    def _open_at(self, first: int, after: int) -> int | None:
        """Where the bracket closes that is opened in this run of tokens and not closed in it, if one is."""
        for at in range(after - 1, first - 1, -1):
            closing = self.closed_by.get(at)
            if closing is not None and closing >= after:
                return closing
        return None

    def year_at(self, at: int, end: int) -> tuple[int, int] | None:
        """A year, bare or in brackets of its own, `2016` or `(2009)`: (token after, year)."""
        if at < end and self.keys[at] in OPENING and self.closed_by.get(at) == at + 2:
            inner = self.year_at(at + 1, end)
            return None if inner is None or at + 2 >= end else (at + 3, inner[1])
        if at < end and len(self.keys[at]) == YEAR_LENGTH:
            figures = self.keys[at].translate(MISREAD_DIGITS)
            if YEAR.fullmatch(figures):
                return at + 1, int(figures)
        return None

    def sections_marker(self, at: int, end: int) -> int | None:
        """`Section(s):`, `Sections:` or `Section:`; the token after it."""
        if self.key(at, end) not in SECTION_WORDS:
            return None
        at += 1
        plural = self.key(at, end) == "(" and self.closed_by.get(at) == at + 2
        if plural:
            at += 3
        if self.key(at, end) == ":":
            return at + 1
        return at if plural else None

    def pages_marker(self, at: int, end: int, formal_only: bool = False) -> int | None:
        """`Page(s):`, the form's own, or `page`, `pg.`, `pp` before a number; the token after it."""
        if self.key(at, end) not in PAGE_WORDS:
            return None
        at += 1
        if self.key(at, end) == "(" and self.closed_by.get(at) == at + 2:
            return at + 4 if self.key(at + 3, end) == ":" else at + 3
        if formal_only:
            return None
        while self.key(at, end) in (".", ":", "#"):
            at += 1
        return at if PAGE.fullmatch(self.key(at, end)) else None

    def pages(self, at: int, end: int) -> tuple[int, list[str]]:
        """Page numbers and ranges, `76-80, 91` or `60;98` or `63 of 127`: (token after, as printed)."""
        found: list[str] = []
        after = at
        while at < end:
            key = self.keys[at]
            if key in SEPARATORS or key in PAGE_WORDS or key in ("and", "&"):
                at += 1
                continue
            if key in TABLE_WORDS and PAGE.fullmatch(self.key(at + 1, end)):
                at = after = self._table_end(at + 1, end)
                continue
            if not PAGE.fullmatch(key):
                break
            last = at
            if self.key(at + 1, end) in DASHES or self.key(at + 1, end) in ("to", "through"):
                last = at + 2 if PAGE.fullmatch(self.key(at + 2, end)) else at
            found.append(self.text(at, last + 1))
            at = last + 1
            if self.key(at, end) == "of" and PAGE.fullmatch(self.key(at + 1, end)):
                at += 2
            after = at
        return after, found

    def _table_end(self, at: int, end: int) -> int:
        """The token after the number of a table, `8-8`, which is no page."""
        while self.key(at, end) in DASHES or PAGE.fullmatch(self.key(at, end)):
            at += 1
        return at

    def edition_at(self, at: int, end: int) -> int | None:
        """Words of an edition (`2nd Edition (2004)`, `web version`, `updated 11/23/16`); the token after.

        A bracket counts as a whole where it holds nothing but an edition or a date.
        """
        if at >= end:
            return None
        key = self.keys[at]
        if key in OPENING and at in self.closed_by:
            close = self.closed_by[at]
            return close + 1 if close < end and self.is_edition(at + 1, close) else None
        phrase = self.longest(self.vocabulary.edition, at, end)
        if phrase is not None:
            after = phrase[0]
        elif key == "v" and self.key(at + 1, end) == "." and self.key(at + 2, end).isdecimal():
            after = at + 3
        else:
            after = at
        while after < end and self._date_part(after, end):
            after += 1
        return after if after > at else None

    def is_edition(self, first: int, after: int) -> bool:
        """Whether these tokens say nothing but an edition, a version or a date."""
        at = first
        seen = False
        while at < after:
            if (
                self.keys[at] in SEPARATORS
                or self.keys[at] in DASHES
                or self.keys[at] in ("/", "and", "as", "of")
            ):
                at += 1
                continue
            phrase = self.longest(self.vocabulary.edition, at, after)
            name = phrase or self.longest(self.vocabulary.source_names, at, after)
            if name is None and not self._date_part(at, after):
                return False
            at = at + 1 if name is None else name[0]
            seen = True
        return seen

    def _date_part(self, at: int, end: int) -> bool:
        """A year, an ordinal, a month, or a number of a date such as 11/23/16; at < end."""
        key = self.keys[at]
        if key in MONTHS:
            return not self.line[self.starts[at]].islower()
        if key == "/":
            return self.key(at - 1).isdigit() and self.key(at + 1, end).isdigit()
        if not key[0].isdigit() and key[0] not in ORDINAL_BEGINS:
            return False
        if YEAR.fullmatch(key) or ORDINAL.fullmatch(key):
            return True
        if key.isdigit():
            dated = self.key(at + 1, end) == "/" and self.key(at + 2, end).isdigit()
            return (
                dated
                or (self.key(at - 1) == "/" and self.key(at - 2).isdigit())
                or self.key(at - 1) in MONTHS
            )
        return False

    def trimmed(self, first: int, after: int, padding: frozenset[str]) -> tuple[int, int]:
        """The run of tokens without padding at its ends."""
        while first < after and self.keys[first] in padding:
            first += 1
        while first < after and self.keys[after - 1] in padding:
            after -= 1
        return first, after


def _tokens(word: str) -> tuple[tuple[int, int, str], ...]:
    """The tokens of what stands between two blanks, and where in it: (start, end, key).

    A word that lost its blanks, `MTUSChronic` or `Treatment2016`, is several tokens.
    """
    found: list[tuple[int, int, str]] = []
    for match in TOKEN.finditer(word):
        key = _key(match[0])
        if key != GLUED_WORD:
            found.append((*match.span(), key))
            continue
        end = match.start()
        for piece in GLUED.split(match[0]):
            start, end = end, end + len(piece)
            found.append((start, end, word_key(piece)))
    return tuple(found)


_tokens_again = remembered(16384)(_tokens)
"""The same of a word that may return in other lines."""


def _key(token: str) -> str:
    """The key of a token, mended where it is damaged; GLUED_WORD where it is several known words."""
    vocabulary = guideline_vocabulary()
    key = word_key(token)
    if len(token) > 5 and not vocabulary.knows_word(key):
        pieces = GLUED.split(token)
        known = (vocabulary.knows_word(word_key(piece)) or YEAR.fullmatch(piece) for piece in pieces)
        if len(pieces) > 1 and all(known):
            return GLUED_WORD
    return vocabulary.mend_word(key)


def _brackets(keys: Sequence[str]) -> tuple[dict[int, int], bool]:
    """The pairs of brackets, opening → closing, and whether all are paired; one without mate is a mark."""
    closed_by: dict[int, int] = {}
    pending: list[int] = []
    for at in [at for at, key in enumerate(keys) if key in BRACKETS]:
        if keys[at] in OPENING:
            pending.append(at)
        elif pending:
            closed_by[pending.pop()] = at
    return closed_by, not pending
