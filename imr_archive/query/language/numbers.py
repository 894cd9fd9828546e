"""Rules for numbers in a query: years of decision, ages, and how many were asked for.

Each rule takes the draft and a place in it, and gives the number of tokens that it has read there (0: it does
not apply). A number with none of these meanings stays a word of the text.
"""

from __future__ import annotations

import re

from imr_archive.query.language.draft import Draft
from imr_archive.query.language.scan import Kind

FIRST_YEAR, LAST_YEAR = 2013, 2099
"""A bare number between these is a year of decision: Independent Medical Review began in 2013 (SB 863)."""

LEAST_AGE, GREATEST_AGE = 14, 110
"""`over 65` without a unit is an age between these."""

Ends = tuple[int | None, int | None]

_YEARS = re.compile(r"^((?:19|20)\d\d)[-–/]((?:19|20)\d\d)$")
_NUMBER = re.compile(r"^#?(\d{1,4})$")
_YEAR_OLD = re.compile(r"^(\d{1,3})[-\s]?(?:year|yr)s?[-\s]?olds?$")


def read_number(draft: Draft, at: int) -> int:
    """Read a range, a comparison or a number with the words around it that give it a meaning."""
    for rule in (_typed_range, _age, _between, _compared, _number_or_more, _year):
        count = rule(draft, at)
        if count:
            return count
    return 0


def _typed_range(draft: Draft, at: int) -> int:
    """`2016..2018`, `>24 visits`, `40..50 years old`, `2016-2018`."""
    token = draft.tokens[at]
    if token.kind in {Kind.RANGE, Kind.COMPARISON}:
        ends, count = (token.low, token.high), 1
    elif years := _YEARS.match(draft.words[at]):
        ends, count = (int(years[1]), int(years[2])), 1
    else:
        return 0
    read = _with_meaning(draft, ends, at, count)
    if not read:
        draft.notes[f"left out {token.text}: say of what, as in age:40..50"] = None
    return read or count


def _age(draft: Draft, at: int) -> int:
    """`age 65`, `aged 40 to 50`, `age over 65`, `48-year-old`."""
    if old := _YEAR_OLD.match(draft.words[at]):
        draft.add_range("age", int(old[1]), int(old[1]))
        return 1
    found = draft.language.age.at(draft.words, at)
    if not found:
        return 0
    start = at + found[1]
    token = draft.tokens[start] if start < len(draft.tokens) else None
    if token is not None and token.kind in {Kind.RANGE, Kind.COMPARISON}:
        draft.add_range("age", token.low, token.high)
        return found[1] + 1
    for ends_at in (_ends_of_comparison, _ends_of_pair, _ends_of_number):
        ends, count = ends_at(draft, start)
        if count:
            draft.add_range("age", *ends)
            return found[1] + count
    return 0


def _between(draft: Draft, at: int) -> int:
    """`between 40 and 50 years old`, `between 2015 and 2017`, `2016 to 2018`."""
    found = draft.language.range.at(draft.words, at)
    count = found[1] if found else 0
    ends, length = _ends_of_pair(draft, at + count)
    if not length:
        return 0
    return _with_meaning(draft, ends, at, count + length)


def _compared(draft: Draft, at: int) -> int:
    """`more than 24 visits`, `over 65`, `since 2015`."""
    ends, count = _ends_of_comparison(draft, at)
    if not count:
        return 0
    read = _with_meaning(draft, ends, at, count)
    if read:
        return read
    limit = next(end for end in ends if end is not None)
    follows = draft.word(at + count)
    if LEAST_AGE <= limit <= GREATEST_AGE and follows not in draft.language.not_age:
        draft.add_range("age", *ends)
        return count
    return 0


def _number_or_more(draft: Draft, at: int) -> int:
    """`65 and over`, `12 or more visits`, `24 visits or more`."""
    number = _whole(draft, at)
    if number is None:
        return 0
    unit = draft.language.units.at(draft.words, at + 1)
    skipped = unit[1] if unit else 0
    found = draft.language.after_number.at(draft.words, at + 1 + skipped)
    if not found:
        return 0
    ends = (number, None) if found[0] == "at_least" else (None, number)
    count = 1 + skipped + found[1]
    if unit:
        draft.add_range(unit[0], *ends)
        return count
    read = _with_meaning(draft, ends, at, count)
    if not read and LEAST_AGE <= number <= GREATEST_AGE:
        draft.add_range("age", *ends)
        return count
    return read


def _year(draft: Draft, at: int) -> int:
    """`in 2016`, `2016`; not the year of a guideline (`Chronic Pain Medical Treatment 2016`)."""
    found = draft.language.in_year.at(draft.words, at)
    start = at + (found[1] if found else 0)
    number = _whole(draft, start)
    if number is None or not FIRST_YEAR <= number <= LAST_YEAR:
        return 0
    if not found and draft.word(at - 1) in draft.language.guideline_words:
        return 0
    draft.add_range("year", number, number)
    return start + 1 - at


def _with_meaning(draft: Draft, ends: Ends, at: int, count: int) -> int:
    """Apply a range by the unit that follows it, or as years; the number of tokens read, 0 for no meaning."""
    unit = draft.language.units.at(draft.words, at + count)
    if unit:
        draft.add_range(unit[0], *ends)
        return count + unit[1]
    if all(end is None or FIRST_YEAR - 1 <= end <= LAST_YEAR + 1 for end in ends):
        draft.add_range("year", *ends)
        return count
    return 0


def _whole(draft: Draft, at: int) -> int | None:
    match = _NUMBER.match(draft.word(at))
    return int(match[1]) if match else None


def _ends_of_number(draft: Draft, at: int) -> tuple[Ends, int]:
    number = _whole(draft, at)
    return ((None, None), 0) if number is None else ((number, number), 1)


def _ends_of_pair(draft: Draft, at: int) -> tuple[Ends, int]:
    """`40 to 50`."""
    low = _whole(draft, at)
    to = draft.language.between_numbers.at(draft.words, at + 1)
    high = _whole(draft, at + 1 + to[1]) if to else None
    if low is None or to is None or high is None:
        return (None, None), 0
    return (low, high), 2 + to[1]


def _ends_of_comparison(draft: Draft, at: int) -> tuple[Ends, int]:
    """`more than 24`, `up to 30`."""
    found = draft.language.before_number.at(draft.words, at)
    number = _whole(draft, at + found[1]) if found else None
    if found is None or number is None:
        return (None, None), 0
    ends: dict[str, Ends] = {
        "above": (number + 1, None),
        "at_least": (number, None),
        "below": (None, number - 1),
        "at_most": (None, number),
    }
    return ends[found[0]], found[1] + 1
