"""Numbers as headings print them: figures, words, and both at once ("six (6)")."""

from __future__ import annotations

import re

UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
WORDS = {word: number for number, word in enumerate(UNITS)} | TENS | {"once": 1, "twice": 2, "thrice": 3, "hundred": 100}

_UNIT = "|".join(UNITS[1:10])
_TEEN = "|".join(UNITS[10:])
_TEN = "|".join(TENS)
# A number, or a range of two of which the second group is the higher: "12-18", "one to two", "six (6)".
NUMBER = rf"(?:\d{{1,4}}(?:,\d{{3}})*(?:\.\d+)?|(?:{_TEN})(?:[ -](?:{_UNIT}))?|{_TEEN}|{_UNIT}|(?:one )?hundred)"
COUNT = rf"{NUMBER}(?:\s?(?:-|to|or)\s?{NUMBER})?(?:\s?\(\s?{NUMBER}\s?\))?"

_ONE = re.compile(NUMBER, re.IGNORECASE)


def highest(printed: str) -> float | None:
    """The number that a `COUNT` states; of a range the upper end, since that is what was asked for."""
    numbers = [one for one in map(number, _ONE.findall(printed)) if one is not None]
    return max(numbers) if numbers else None


def is_range(printed: str) -> bool:
    """Whether a `COUNT` is a range of two different numbers."""
    return len({number(one) for one in _ONE.findall(printed)}) > 1


def number(printed: str) -> float | None:
    """One number in figures or words; None where it is neither."""
    plain = printed.strip().lower().replace(",", "")
    if plain.replace(".", "", 1).isdigit():
        return float(plain)
    parts = re.split(r"[ -]+", plain)
    values = [WORDS.get(part) for part in parts]
    if not values or any(value is None for value in values):
        return None
    if values[-1] == 100:
        return 100.0
    return float(sum(value for value in values if value is not None))
