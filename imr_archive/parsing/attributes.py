"""What a heading says besides the service: how much, how strong, how often, how long, and of what part.

Where a heading tells the original request, what was authorized and the remaining portion, the remaining
portion is in dispute, and only its words count. What is not plainly said stays None: precision before recall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from imr_archive.parsing.attribute_patterns import (
    BRACKETED,
    COUNTED,
    COUNTED_WORDS,
    DOSE,
    DOSING,
    DOSING_WORDS,
    DURATION,
    FORM,
    FORM_WORDS,
    FREQUENCY,
    GRID,
    GRID_WORDS,
    LABEL_WORDS,
    LABELLED,
    LEADING,
    NO_DURATION,
    NO_QUANTITY,
    PERIODS,
    REFILL_WORDS,
    REFILLS,
    THERAPY,
    THERAPY_STEMS,
    THERAPY_WORDS,
    TIME_WORDS,
    TIMES,
    TRAILING,
    UNIT,
    VISITS,
    WEIGHT,
    WEIGHT_WORDS,
)
from imr_archive.parsing.heading_parts import Stated, find_parts
from imr_archive.parsing.heading_text import HeadingText, holds_any
from imr_archive.parsing.numbers import Figures
from imr_archive.parsing.record import Attributes
from imr_archive.vocabulary.values import Value

# A month counts as a twelfth of the mean year of 365.2425 days, in weeks.
WEEKS = {"day": 1 / 7, "week": 1.0, "wk": 1.0, "month": 4.345, "year": 52.18}

ORIGINAL = re.compile(r"\boriginal request\b", re.IGNORECASE)
REMAINING = re.compile(
    r"\b(?:remaining|eligible)\b[^.,;:]{0,80}?(?:[,:]|\bis\b:?)|\bthe original request,|"
    r"\brequest (?:is|was):",
    re.IGNORECASE,
)

UNIT_NAMES = (
    ("visits", ("session", "visit", "treatment", "appointment")),
    ("tablets", ("tab", "pill")),
    ("capsules", ("cap",)),
    ("grams", ("g",)),
    ("milliliters", ("ml",)),
    ("ounces", ("o",)),
)


class Found(Value):
    """One attribute, and where the heading states it: `description[start:end]`."""

    name: str
    value: str | float
    start: int
    end: int


def read_attributes(description: str) -> Attributes:
    """The attributes that a heading states."""
    values = {found.name: found.value for found in find_attributes(description)}
    values.pop("spinal_level", None)
    return msgspec.convert(values, Attributes)


def find_attributes(description: str) -> tuple[Found, ...]:
    """The attributes that a heading states, each with its place; those of `Attributes`, and spinal_level."""
    return tuple([Found(*stated) for stated in attributes_of(HeadingText(description))])


def attributes_of(heading: HeadingText) -> list[Stated]:
    """The same for a heading already taken apart."""
    at = _disputed_portion(heading)
    portion = HeadingText(heading.text[at:]) if at else heading
    figures = Figures(portion)
    stated = find_parts(portion, figures)
    if figures.starts:
        stated += _course(portion, figures)
        stated += _dose(portion, figures)
    elif often := _dosing(figures):
        start, end = often.span()
        stated.append(("frequency", portion.text[start:end].strip(), start, end))
    if at:
        return [(name, value, start + at, end + at) for name, value, start, end in stated]
    return stated


def _disputed_portion(heading: HeadingText) -> int:
    """Where the words on the remaining portion begin; 0 where the whole heading is in dispute."""
    last = 0
    if "original request" in heading.lower and ORIGINAL.search(heading.text):
        for match in REMAINING.finditer(heading.text):
            if len(heading.text) - match.end() > 8:
                last = match.end()
    return last


def _course(heading: HeadingText, figures: Figures) -> list[Stated]:
    """How often, how long, and how much in all, of a heading with numbers."""
    text = figures.text
    stated: list[Stated] = []
    frequency = figures.search(FREQUENCY) if holds_any(text, PERIODS) else None
    duration = None if TIME_WORDS.isdisjoint(figures.words) else _duration(figures, frequency)
    therapy = _is_therapy(figures)
    grid = None
    if therapy and frequency is None and not GRID_WORDS.isdisjoint(figures.words):
        grid = figures.search(GRID)
    if duration is not None:
        weeks = round(_upper(duration) * WEEKS[duration["time"]], 3)
        if weeks:
            stated.append(("duration_weeks", weeks, *duration.span()))
    elif grid is not None:
        stated.append(("duration_weeks", float(grid["weeks"]), *grid.span()))
    often = _often(figures, frequency)
    if often is not None:
        start, end = often
        stated.append(("frequency", heading.text[start:end].strip(), start, end))
    return stated + _quantity(figures, therapy, frequency, duration, grid)


def _is_therapy(figures: Figures) -> bool:
    """Whether a heading that counts nothing else counts visits."""
    if THERAPY_WORDS.isdisjoint(figures.words) and not holds_any(figures.text, THERAPY_STEMS):
        return False
    return THERAPY.search(figures.text) is not None


def _dosing(figures: Figures) -> re.Match[str] | None:
    """How often a drug is taken, in the words of prescriptions."""
    return None if DOSING_WORDS.isdisjoint(figures.words) else DOSING.search(figures.text)


def _often(figures: Figures, frequency: re.Match[str] | None) -> tuple[int, int] | None:
    match = frequency or _dosing(figures)
    if match is None:
        return None
    start, end = match.span()
    # "4 hours a day, 5 days a week" is one schedule.
    following = figures.search(FREQUENCY, end) if frequency is not None else None
    if following is not None and not figures.text[end : following.start()].strip(" ,"):
        end = following.end()
    return start, end


def _duration(figures: Figures, frequency: re.Match[str] | None) -> re.Match[str] | None:
    """The first stretch of time that is neither part of the frequency nor a date to come."""
    for match in figures.matches(DURATION):
        if frequency is not None and match.start() < frequency.end() and frequency.start() < match.end():
            continue
        if not NO_DURATION.search(figures.text, max(match.start() - 8, 0), match.start()):
            return match
    return None


def _quantity(
    figures: Figures,
    therapy: bool,
    frequency: re.Match[str] | None,
    duration: re.Match[str] | None,
    grid: re.Match[str] | None,
) -> list[Stated]:
    """How much in all, and of what: as counted, else by multiplying, else by weight."""
    match, count, unit = _counted(figures, therapy, frequency)
    if match is None and grid is not None:
        match, count, unit = grid, float(grid["count"]) * float(grid["weeks"]), "visits"
    if match is None and therapy and frequency is not None and duration is not None:
        count = _visits(frequency, duration)
        match, unit = (frequency, "visits") if count else (None, None)
    if match is None and not WEIGHT_WORDS.isdisjoint(figures.words):
        match = figures.search(WEIGHT)
        if match is not None:
            count, unit = float(match["count"]), _unit_name(match["unit"])
    if match is None or not count or not unit:
        return []
    start, end = match.span()
    return [("quantity", count, start, end), ("quantity_unit", unit, start, end)]


def _counted(
    figures: Figures, therapy: bool, frequency: re.Match[str] | None
) -> tuple[re.Match[str] | None, float, str | None]:
    """The count that the heading itself gives, the surest way of giving one first."""
    text, words = figures.text, figures.words
    if not REFILL_WORDS.isdisjoint(words) and (match := REFILLS.search(text)):
        return match, _upper(match), "refills"
    labels = text.find("#") if LABEL_WORDS.isdisjoint(words) else 0
    if labels >= 0:
        for match in LABELLED.finditer(text, labels):
            if not (match["hash"] and NO_QUANTITY.search(text, max(match.start() - 12, 0), match.start())):
                return match, _upper(match), _unit_after(text, match) or _bare_unit(figures, therapy)
    if therapy and (match := BRACKETED.search(text)):
        return match, float(match["count"]), "visits"
    for match in _with_units(figures):
        unit = _unit_name(match["unit"])
        single_dose = unit in {"tablets", "capsules"} and _upper(match) <= 4
        if not (single_dose and (frequency or _dosing(figures))) and not _is_factor(text, match):
            return match, _upper(match), unit
    times = TIMES.search(text) if "x" in words or "×" in text else None
    if match := times or LEADING.search(text):
        return match, float(match["count"]), _bare_unit(figures, therapy)
    return None, 0.0, None


def _with_units(figures: Figures) -> Iterator[re.Match[str]]:
    """Counts printed before what they count, then those printed after it."""
    if not COUNTED_WORDS.isdisjoint(figures.words):
        yield from figures.matches(COUNTED)
    if holds_any(figures.text, VISITS):
        yield from TRAILING.finditer(figures.text)


def _is_factor(figures: str, match: re.Match[str]) -> bool:
    """Whether a count is one factor of "two times four visits"."""
    return figures[: match.start()].rstrip().endswith(("times", " x"))


def _visits(frequency: re.Match[str], duration: re.Match[str]) -> float:
    """Visits in all, where the frequency and the duration are of the same unit of time; else 0."""
    period = frequency["period"] or frequency["short"] or frequency["spaced"] or frequency["ly"] or ""
    time = duration["time"].replace("wk", "week")
    each = frequency["each"] or ""
    if each.startswith(("h", "d", "n")) or not period.replace("wk", "week").startswith(time):
        return 0.0
    return _upper(frequency) * _upper(duration)


def _dose(heading: HeadingText, figures: Figures) -> list[Stated]:
    """The strength of a single drug; a mixture's several strengths are no dose."""
    if "%" in heading.lower:
        doses = list(figures.matches(DOSE, heading.lower))
        if sum(match.group().endswith("%") for match in doses) > 1:
            return []
        first = next(iter(doses), None)
    else:
        first = figures.search(DOSE, printed=heading.lower)
    if first is None:
        return []
    start, end = first.span()
    return [("dose", heading.text[start:end], start, end)]


def _upper(match: re.Match[str]) -> float:
    return float(match["upper"] or match["count"])


def _bare_unit(figures: Figures, therapy: bool) -> str:
    """What a number without a unit counts: a therapy's visits, else the one form of a drug that is named."""
    if therapy:
        return "visits"
    if FORM_WORDS.isdisjoint(figures.words):
        return "units"
    forms = {_unit_name(form) for form in FORM.findall(figures.text)}
    return forms.pop() if len(forms) == 1 else "units"


def _unit_after(figures: str, match: re.Match[str]) -> str | None:
    """The unit printed after a labelled count, as in "Qty: 60 tablets"."""
    word = UNIT.match(figures, match.end())
    return None if word is None else _unit_name(word["unit"])


def _unit_name(printed: str) -> str:
    """The plural name of a unit, abbreviations and synonyms aside."""
    for name, beginnings in UNIT_NAMES:
        if printed.startswith(beginnings):
            return name
    if printed.startswith("patch"):
        return "patches"
    return printed if printed.endswith("s") else f"{printed}s"
