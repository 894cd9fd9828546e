"""Numbers as headings print them: in figures, in words, or both at once ("six (6)")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imr_archive.parsing.heading_text import HeadingText

UNITS = [
    *(
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
VALUES = {
    **{word: value for value, word in enumerate(UNITS)},
    **dict(zip(TENS, range(20, 100, 10), strict=True)),
    "once": 1,
    "twice": 2,
    "thrice": 3,
}
NUMBER_WORDS = re.compile(
    rf"\b(?:(?P<ten>{'|'.join(TENS)})(?:[ -](?P<one>{'|'.join(UNITS[1:10])}))?|"
    rf"(?P<word>{'|'.join(sorted(set(VALUES) - set(TENS), key=len, reverse=True))}))\b"
)
NUMBER_NAMES = frozenset(VALUES)
NUMBER = re.compile(r"\d+")


def in_figures(heading: HeadingText) -> str:
    """The heading in lower case, its number words as figures padded with blanks to their length.

    >>> in_figures(HeadingText("Eight visits, twice a week"))
    '8     visits, 2     a week'
    """
    if NUMBER_NAMES.isdisjoint(heading.words):
        return heading.lower
    return NUMBER_WORDS.sub(_figure, heading.lower)


class Figures:
    """A heading in lower case, its number words as figures, and patterns that begin with a number in it.

    Such patterns are tried where a number begins and nowhere else, which is many times quicker.
    """

    __slots__ = ("starts", "text", "words")

    def __init__(self, heading: HeadingText) -> None:
        self.words = heading.words
        self.text = in_figures(heading)
        self.starts = list(map(re.Match.start, NUMBER.finditer(self.text)))

    def search(
        self, pattern: re.Pattern[str], start: int = 0, printed: str | None = None
    ) -> re.Match[str] | None:
        """The first match from `start` on; printed: search the heading itself."""
        text = self.text if printed is None else printed
        for at in self.starts:
            if at >= start and (match := pattern.match(text, at)):
                return match
        return None

    def matches(self, pattern: re.Pattern[str], printed: str | None = None) -> Iterator[re.Match[str]]:
        """Every match, without overlaps, as `finditer` gives them; printed: search the heading itself."""
        text = self.text if printed is None else printed
        done = 0
        for at in self.starts:
            if at >= done and (match := pattern.match(text, at)):
                yield match
                done = match.end()


def _figure(match: re.Match[str]) -> str:
    words = [word for word in match.group("ten", "one", "word") if word]
    return str(sum(VALUES[word] for word in words)).ljust(match.end() - match.start())
