"""Text as typed → tokens: the first stage of reading a query.

`scan` knows shapes, not meanings: words, quoted phrases, `field:value`, ranges, comparisons, case numbers and
the operators. It accepts any text and never raises; what has no letter and no digit is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum

import msgspec


class Kind(Enum):
    """What a token looks like."""

    WORD = "word"
    PHRASE = "phrase"
    FIELD = "field"
    RANGE = "range"
    COMPARISON = "comparison"
    CASE = "case"
    OR = "or"
    AND = "and"
    NOT = "not"


class Token(msgspec.Struct, frozen=True):
    """One piece of a query.

    `text` is as typed, without quotes, brackets and the punctuation around it; `folded` is the same in lower
    case, for looking up. A field has `name` and `values`; a range and a comparison have `low` and `high`, the
    least and the greatest whole number meant. `near` is the distance of a `"phrase"~10`, `prefix` marks
    `acup*`.
    """

    kind: Kind
    text: str
    negated: bool = False
    name: str = ""
    values: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    near: int | None = None
    prefix: bool = False

    @property
    def folded(self) -> str:
        """The text in lower case, with a straight apostrophe."""
        return self.text.casefold().replace("’", "'")


# One value of a field: quoted, or up to the next space, comma or quote.
_VALUE = r'(?: "[^"]*"? | [^\s,"]+ )'

_TOKEN = re.compile(
    rf"""
    (?P<minus> (?<!\S) - (?=[^\s-]) )?               # -word: must not occur
    (?:
        # CM16-0213037, CM160213037, IMR 13-000004 (the two ways in which letters print case numbers)
        (?P<case> \b (?: CM \d{{2}} [-\u2010-\u2015\s]? \d{{7}} | IMR [-\s]? \d{{2}} - \d{{6,7}} ) \b )
        # specialty:"Pain Management",Neurology
      | (?P<name> [^\W\d_][\w-]{{0,24}} ) : (?P<values> {_VALUE} (?: , {_VALUE} )* )
        # "functional improvement", "unclosed, "opioid weaning"~10
      | " (?P<phrase> [^"]* ) (?: " (?: ~ (?P<near> \d{{1,3}} ) )? )?
        # 2016..2018, 65.., ..30
      | (?<![\w.]) (?P<low> \d{{1,6}} )? \.\. (?P<high> \d{{1,6}} )? (?![\w.])
        # >24, <= 30
      | (?P<compare> >=? | <=? | ≥ | ≤ ) \s? (?P<bound> \d{{1,6}} ) (?! [\w.]*\w )
        # 10/325mg, 7.5 mg, 50 mcg: a number and its unit are one word
      | (?P<dose> (?<![\w.]) \d [\d./,]{{0,20}} \s? (?: mg | mcg | ml | gm? ) \b )
        # anything else up to a space, a quote or a bracket
      | (?P<word> [^\s"()\[\]{{}}<>≥≤]+ )
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ALPHANUMERIC = re.compile(r"[^\W_]+")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'"})
_OPERATORS = {"OR": Kind.OR, "|": Kind.OR, "||": Kind.OR, "AND": Kind.AND, "&": Kind.AND, "NOT": Kind.NOT}


def pieces(text: str) -> tuple[str, ...]:
    """The runs of letters and digits in `text`, in lower case: what FTS5's `unicode61` makes words of."""
    return tuple(_ALPHANUMERIC.findall(text.casefold()))


def scan(text: str) -> tuple[Token, ...]:
    """Split `text` into tokens, in the order typed; never raises."""
    return tuple(_tokens(_cleaned(text)))


def _cleaned(text: str) -> str:
    """`text` with composed letters, straight quotes, and blanks for what no database text can hold."""
    composed = unicodedata.normalize("NFC", text).translate(_QUOTES)
    return "".join(" " if unicodedata.category(char) in {"Cc", "Cs"} else char for char in composed)


def _tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        negated = match["minus"] is not None
        if match["case"]:
            yield Token(Kind.CASE, match["case"], negated=negated)
        elif match["name"]:
            yield from _field(match["name"], match["values"], match[0], negated=negated)
        elif match["phrase"] is not None:
            yield from _phrase(match["phrase"], match["near"], negated=negated)
        elif match["low"] or match["high"]:
            yield Token(Kind.RANGE, match[0], low=_number(match["low"]), high=_number(match["high"]))
        elif match["compare"]:
            yield _comparison(match[0], match["compare"], int(match["bound"]))
        else:
            yield from _word(match["dose"] or match["word"] or "", negated=negated)


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _field(name: str, values: str, text: str, *, negated: bool) -> Iterator[Token]:
    found = (value.strip(' "') for value in re.findall(_VALUE, values, re.VERBOSE))
    kept = tuple(value for value in found if pieces(value) or value.strip("<>=.*"))
    if any(pieces(value) for value in kept):
        yield Token(Kind.FIELD, text.lstrip("-"), negated=negated, name=name.casefold(), values=kept)
    else:
        yield from _word(name, negated=negated)


def _phrase(text: str, near: str | None, *, negated: bool) -> Iterator[Token]:
    if pieces(text):
        yield Token(Kind.PHRASE, " ".join(text.split()), negated=negated, near=_number(near))


def _comparison(text: str, sign: str, bound: int) -> Token:
    if sign in {">", ">=", "≥"}:
        return Token(Kind.COMPARISON, text, low=bound + (sign == ">"))
    return Token(Kind.COMPARISON, text, high=bound - (sign == "<"))


def _word(text: str, *, negated: bool) -> Iterator[Token]:
    if text in _OPERATORS and not negated:
        yield Token(_OPERATORS[text], text)
        return
    start = next((at for at, char in enumerate(text) if char.isalnum()), len(text))
    end = next((at for at in range(len(text), start, -1) if text[at - 1].isalnum()), start)
    kept = " ".join(text[start:end].split())
    if pieces(kept):
        yield Token(Kind.WORD, kept, negated=negated, prefix=text[end:].startswith("*"))
