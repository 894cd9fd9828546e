"""Numbers as headings print them: in figures, in words, or both at once ("six (6)")."""

from __future__ import annotations

import re

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
    rf"(?P<word>{'|'.join(sorted(set(VALUES) - set(TENS), key=len, reverse=True))}))\b",
    re.IGNORECASE,
)


def in_figures(text: str) -> str:
    """The text with its number words as figures, each padded with blanks to the length of its words.

    >>> in_figures("Eight visits, twice a week")
    '8     visits, 2     a week'
    """
    return NUMBER_WORDS.sub(_figure, text)


def _figure(match: re.Match[str]) -> str:
    words = [word for word in match.group("ten", "one", "word") if word]
    return str(sum(VALUES[word.lower()] for word in words)).ljust(match.end() - match.start())
