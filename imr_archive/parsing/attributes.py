"""What a heading says besides the service: how much, how strong, how often, how long, and of what part.

Where a heading tells the original request, what was authorized and the remaining portion, the remaining
portion is in dispute, and only its words count. What is not plainly said stays None: precision before recall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

import msgspec

from imr_archive.parsing.clean import lowered
from imr_archive.parsing.heading_parts import find_parts
from imr_archive.parsing.numbers import Figures
from imr_archive.parsing.record import Laterality

# A month counts as a twelfth of the mean year of 365.2425 days, in weeks.
WEEKS = {"day": 1 / 7, "week": 1.0, "wk": 1.0, "month": 4.345, "year": 52.18}

# Headings of several sentences have some 400 characters; what goes on for thousands is no heading.
LONGEST_HEADING = 2000

ORIGINAL = re.compile(r"\boriginal request\b", re.IGNORECASE)
REMAINING = re.compile(
    r"\b(?:remaining|eligible)\b[^.,;:]{0,80}?(?:[,:]|\bis\b:?)|\bthe original request,|"
    r"\brequest (?:is|was):",
    re.IGNORECASE,
)

# All patterns below run on text of lower case whose number words are figures, padded with blanks
# (numbers.Figures), DOSE on the heading in lower case.
_COUNT = (
    r"(?P<count>\d{1,4})(?:\s{0,12}(?:-|to|or)\s{0,2}(?P<upper>\d{1,4}))?\s{0,12}(?:\(\s?\d{1,4}\s?\)\s?)?"
)
_VISIT = r"(?:sessions?|visits?|treatments?|appointments?)"
_PILL = (
    r"(?:tablets?|tabs?|capsules?|caps?|pills?|patch(?:es)?|tubes?|bottles?|boxes|vials?|lozenges?|films?)"
)

FREQUENCY = re.compile(
    rf"(?<![\w.#/]){_COUNT}(?P<each>x|times?|{_VISIT}|hours?|hrs?|days?|nights?)?\s{{0,3}}"
    r"(?:(?:/|\b(?:a|per|each|every)\b)\s?(?P<period>day|week|wk|month|year)\b|(?P<ly>daily|weekly|monthly|yearly)\b"
    r"|(?<=x)\s?(?P<short>week|wk|day|month)\b|(?<=x )(?P<spaced>week|wk|day|month)\b)",
)
DOSING = re.compile(
    r"\b(?:b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|q\.?h\.?s|q\.?d|q\s?\d{1,2}(?:-\d{1,2})?\s?h(?:rs?|ours?)?)\b|"
    r"\bevery\s(?:\d{1,2}\s{0,5}(?:(?:-|to)\s?\d{1,2}\s{0,5})?)?(?:hours?|hrs?|days?|weeks?|months?|morning|night|evening)\b|"
    r"\b(?:\d\s{1,5})?(?:daily|weekly|nightly|monthly)\b|\bat (?:bedtime|night)\b",
)
DURATION = re.compile(
    rf"(?<![\w.#/]){_COUNT}[\s-]{{0,2}}(?P<time>day|week|wk|month|year)s?(?:\(s\))?\b(?!\s(?:post|after|prior|old|ago|a\b|per\b)|/)",
)
# Before a stretch of time: the next visit's date, or how often something is repeated.
NO_DURATION = re.compile(r"(?:\bevery|\bwithin|\bin|\bafter|\bq|\bper)\s?$")
GRID = re.compile(
    r"(?<![\w./#-])(?P<count>[1-6])\s{0,5}(?:x|times)\s{0,2}(?P<weeks>[1-9]|1[0-2])(?P<time>\s{0,5}(?:weeks?|wks?))?"
    rf"(?!\s?(?:mg|cm|in\b|ft|\"|/|x|\d|\.\d|days?|months?)|\s{{0,12}}{_VISIT})",
)
THERAPY = re.compile(
    rf"\b(?:\w*therap(?:y|ies)|{_VISIT}|chiro\w*|acupuncture|massages?|pt|ot|rehab\w*|counseling|biofeedback|cbt|"
    r"follow[ -]?ups?|consultations?|work hardening|work conditioning|myofascial release)\b",
)

REFILLS = re.compile(rf"^\W*{_COUNT}refills?\b")
LABELLED = re.compile(
    rf"(?:\b(?:qty|quantity|disp(?:ense)?)\b\.?\s?(?:of|:|#|=)?\s?#?\s?|(?P<hash>#)\s?){_COUNT}(?!\d|\.\d|\s?(?:refills?|%|mg))",
)
# "Tylenol #3" is a strength, "tooth #8" a place.
NO_QUANTITY = re.compile(r"(?:tylenol|codeine|apap|teeth|tooth|crown|implant|lead|no\.?)\W*$")
BRACKETED = re.compile(r"\(\s?(?:total:? |x\s?|qty:? |#)?(?P<count>\d{1,3})\s?\)")
COUNTED = re.compile(
    rf"(?<![\w./#-]){_COUNT}(?!\s?(?:mg|mcg|ml|gm|g\b|%|times|x\b|/|per\b|a\b))(?:[a-z][a-z/&-]*\s){{0,5}}?"
    rf"(?P<unit>{_VISIT}|{_PILL}|hours|pairs?|packs?|injections?|units)\b(?!\s?(?:/|a\b|per\b|each\b|every\b|daily|weekly))",
)
TRAILING = re.compile(
    rf"\b(?P<unit>{_VISIT})[\s,:x#(-]{{1,4}}{_COUNT}(?!\s?(?:%|mg|times|x\b|x\d|/|days?|weeks?|wks?|months?|hours?|\d))",
)
TIMES = re.compile(
    r"(?<!\d\s)(?<!\d)(?<![\w.])[x×]\s?(?P<count>\d{1,3})\b(?!\s{0,5}(?:%|mg|days?|weeks?|wks?|months?|years?|hours?|hrs?|/|\.\d|x))",
)
LEADING = re.compile(
    r"(?:^\W*|:\s)(?P<count>\d{1,3})(?:\s{0,12}\(\s?\d{1,3}\s?\)\s?|\s{1,12})(?!(?:days?|weeks?|wks?|months?|years?|hours?|hrs?|"
    r"phase|in|views?|panel|lead|point|levels?|wheel(?:ed)?|times?|x(?!-)|step|tesla|to|or|mg|mcg|ml|gm|prong|channel|inch|min\w*|"
    r"cm|and|mm|oz|gauge|dimensional|refills?)\b)(?P<thing>[a-z])",
)
WEIGHT = re.compile(
    r"(?<![\w./])(?P<count>\d{1,4}(?:\.\d{1,3})?)\s?(?P<unit>gms?|grams?|gr|g|ml|oz|ounces?)\b"
)

FORM = re.compile(rf"\b{_PILL}\b")
UNIT = re.compile(rf"\s{{0,12}}(?P<unit>{_VISIT}|{_PILL}|pairs?|packs?|injections?|hours)\b")

DOSE = re.compile(
    r"(?<![\w.,])\d{1,4}(?:,\d{3})?(?:\.\d{1,4})?(?:\s?(?:mg|mcg)?\s?[/-]\s?\d{1,4}(?:\.\d{1,4})?){0,3}\s?"
    r"(?:mgs?|mcg|micrograms?|milligrams?|%|iu|meq)(?:\s?/\s?(?:hr|hour|h|ml|day|actuation|spray|\d{1,2}\s?ml))?(?!\w)|"
    r"(?<![\w./])\d{1,3}(?:\.\d)?/\d{3}(?![\w/])",
)
UNIT_NAMES = (
    ("visits", ("session", "visit", "treatment", "appointment")),
    ("tablets", ("tab", "pill")),
    ("capsules", ("cap",)),
    ("grams", ("g",)),
    ("milliliters", ("ml",)),
    ("ounces", ("o",)),
)


class Attributes(msgspec.Struct, frozen=True, kw_only=True):
    """What a heading says besides its service, under the names of the record's item.

    quantity counts quantity_unit; where the heading counts without naming the unit it is "visits" for
    therapies, else the drug's form where one is named, else "units"; of a range ("12-18 sessions") it is the
    upper end. Times a week for a number of weeks multiply to visits. dose and frequency are as printed.
    body_part: canonical names in printed order, joined with ", ". laterality is None where the parts named
    are of different sides.
    """

    quantity: float | None = None
    quantity_unit: str | None = None
    dose: str | None = None
    frequency: str | None = None
    duration_weeks: float | None = None
    body_part: str | None = None
    laterality: Laterality | None = None


class Found(msgspec.Struct, frozen=True, gc=False):
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
    at = _disputed_portion(description[:LONGEST_HEADING])
    portion = description[at:LONGEST_HEADING]
    figures = Figures(portion)
    found = [Found(*part) for part in find_parts(portion)]
    if figures.starts:
        found += _course(portion, figures)
        found += _dose(portion, figures)
    elif often := DOSING.search(figures.text):
        found.append(Found("frequency", portion[slice(*often.span())].strip(), *often.span()))
    return tuple(Found(one.name, one.value, one.start + at, one.end + at) for one in found)


def _disputed_portion(description: str) -> int:
    """Where the words on the remaining portion begin; 0 where the whole heading is in dispute."""
    last = 0
    if "original request" in description.lower() and ORIGINAL.search(description):
        for match in REMAINING.finditer(description):
            if len(description) - match.end() > 8:
                last = match.end()
    return last


def _course(portion: str, figures: Figures) -> Iterator[Found]:
    """How often, how long, and how much in all, of a heading with numbers."""
    frequency = figures.search(FREQUENCY)
    duration = _duration(figures, frequency)
    therapy = THERAPY.search(figures.text) is not None
    grid = figures.search(GRID) if frequency is None and therapy else None
    weeks = None
    if duration is not None:
        weeks = _upper(duration) * WEEKS[duration["time"].lower()]
        start, end = duration.span()
    elif grid is not None:
        weeks = float(grid["weeks"])
        start, end = grid.span()
    if weeks:
        yield Found("duration_weeks", round(weeks, 3), start, end)
    often = _often(figures, frequency)
    if often is not None:
        yield Found("frequency", portion[often[0] : often[1]].strip(), *often)
    yield from _quantity(figures, therapy, frequency, duration, grid)


def _often(figures: Figures, frequency: re.Match[str] | None) -> tuple[int, int] | None:
    match = frequency or DOSING.search(figures.text)
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
) -> Iterator[Found]:
    match, count, unit = _counted(figures, therapy, frequency)
    if match is None and grid is not None:
        match, count, unit = grid, float(grid["count"]) * float(grid["weeks"]), "visits"
    if match is None and therapy and frequency is not None and duration is not None:
        count = _visits(frequency, duration)
        match, unit = (frequency, "visits") if count else (None, None)
    if match is None and (weight := figures.search(WEIGHT)):
        match, count, unit = weight, float(weight["count"]), _unit_name(weight["unit"])
    if match is not None and count and unit:
        yield Found("quantity", count, *match.span())
        yield Found("quantity_unit", unit, *match.span())


def _counted(
    figures: Figures, therapy: bool, frequency: re.Match[str] | None
) -> tuple[re.Match[str] | None, float, str | None]:
    """The count that the heading itself gives, the surest way of giving one first."""
    text = figures.text
    bare = "visits" if therapy else _form_named(text) or "units"
    if match := REFILLS.search(text):
        return match, _upper(match), "refills"
    for match in LABELLED.finditer(text):
        if not (match["hash"] and NO_QUANTITY.search(text, max(match.start() - 12, 0), match.start())):
            return match, _upper(match), _unit_after(text, match) or bare
    if therapy and (match := BRACKETED.search(text)):
        return match, float(match["count"]), "visits"
    for match in chain(figures.matches(COUNTED), TRAILING.finditer(text)):
        unit = _unit_name(match["unit"])
        single_dose = unit in {"tablets", "capsules"} and _upper(match) <= 4
        if not (single_dose and (frequency or DOSING.search(text))) and not _is_factor(text, match):
            return match, _upper(match), unit
    for pattern in (TIMES, LEADING):
        if match := pattern.search(text):
            return match, float(match["count"]), bare
    return None, 0.0, None


def _is_factor(figures: str, match: re.Match[str]) -> bool:
    """Whether a count is one factor of "two times four visits"."""
    return figures[: match.start()].rstrip().lower().endswith(("times", " x"))


def _visits(frequency: re.Match[str], duration: re.Match[str]) -> float:
    """Visits in all, where the frequency and the duration are of the same unit of time; else 0."""
    period = (
        frequency["period"] or frequency["short"] or frequency["spaced"] or frequency["ly"] or ""
    ).lower()
    time = duration["time"].lower().replace("wk", "week")
    each = (frequency["each"] or "").lower()
    if each.startswith(("h", "d", "n")) or not period.replace("wk", "week").startswith(time):
        return 0.0
    return _upper(frequency) * _upper(duration)


def _dose(portion: str, figures: Figures) -> Iterator[Found]:
    """The strength of a single drug; a mixture's several strengths are no dose."""
    doses = list(figures.matches(DOSE, lowered(portion)))
    if doses and sum(match.group().endswith("%") for match in doses) < 2:
        start, end = doses[0].span()
        yield Found("dose", portion[start:end], start, end)


def _upper(match: re.Match[str]) -> float:
    return float(match["upper"] or match["count"])


def _form_named(figures: str) -> str | None:
    """The one form in which a drug is given that the heading names, such as tablets; else None."""
    forms = {_unit_name(form) for form in FORM.findall(figures)}
    return forms.pop() if len(forms) == 1 else None


def _unit_after(figures: str, match: re.Match[str]) -> str | None:
    """The unit printed after a labelled count, as in "Qty: 60 tablets"."""
    word = UNIT.match(figures, match.end())
    return None if word is None else _unit_name(word["unit"])


def _unit_name(printed: str) -> str:
    """The plural name of a unit, abbreviations and synonyms aside."""
    plain = printed.lower()
    for name, beginnings in UNIT_NAMES:
        if plain.startswith(beginnings):
            return name
    if plain.startswith("patch"):
        return "patches"
    return plain if plain.endswith("s") else f"{plain}s"
