"""What a heading says besides the service: how much, how strong, how often, how long, and of what part.

Where a heading tells the original request, what was authorized and the remaining portion, the remaining portion
is in dispute, and only its words count. What is not plainly said stays None: precision before recall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from imr_archive.vocabulary.lexicon import normal_form, word_spans
from imr_archive.vocabulary.services import body_part_lexicon

from .numbers import COUNT, NUMBER, highest, is_range, number
from .record import Laterality

# A month is a twelfth, a week 7 days of the mean Gregorian year of 365.2425 days.
WEEKS = {"hour": 1 / 168, "day": 1 / 7, "week": 1.0, "wk": 1.0, "month": 4.345, "year": 52.18}

REMAINING = re.compile(
    r"\b(?:remaining|eligible)\b[^.,;:]{0,80}?(?:[,:]|\bis\b:?)|\bthe original request,|"
    r"\bportion (?:of the original request )?(?:is|was)\b:?",
    re.IGNORECASE,
)
ORIGINAL = re.compile(r"\b(?:was|is) the original request\b", re.IGNORECASE)

_TIME = r"(?P<time>hour|day|week|wk|month|year)"
_VISIT = r"(?:sessions?|visits?|treatments?|appointments?)"
_EACH = r"(?:\s?/\s?|\s(?:a|per|each|every)\s|\s?(?:a|per)\s?)"
FREQUENCY = re.compile(
    rf"\b(?P<count>{COUNT}|once|twice|thrice)(?P<times>\s?(?:x|times?|{_VISIT}))?"
    rf"(?:{_EACH}(?P<period>day|week|wk|month|year)|\s?(?P<ly>daily|weekly|monthly|yearly))\b"
    rf"|\b(?P<short>(?:{NUMBER})\s?x\s?(?:wk|week|day|month))\b",
    re.IGNORECASE,
)
DOSING = re.compile(
    r"\b(?:b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|q\.?h\.?s|q\.?d|q\s?\d{1,2}(?:-\d{1,2})?\s?h(?:rs?|ours?)?)\b|"
    rf"\bevery\s(?:{COUNT}\s)?(?:hours?|hrs?|days?|weeks?|months?|morning|night|evening)\b|"
    r"\b(?:once |twice )?(?:daily|weekly|nightly|monthly)\b|\bat (?:bedtime|night)\b",
    re.IGNORECASE,
)
DURATION = re.compile(
    rf"(?P<lead>\b(?:for|x|times|over|during|every|within|in)\s?|[,(]\s?)?(?P<count>{COUNT})[\s-]?{_TIME}(?:s|\(s\))?\b"
    rf"(?P<tail>\s?(?:rental|trial|supply|use|home|purchase|stay|program|post|of|coverage|inpatient|duration))?",
    re.IGNORECASE,
)
NOT_A_DURATION = re.compile(r"(?:every|within|in)\s?$", re.IGNORECASE)
GRID = re.compile(r"\b(?P<per>[1-5])\s?[xX]\s?(?P<weeks>[1-9]|1[0-2])\b(?!\s?(?:mg|cm|in|ft|\"|/|wk|week))")
THERAPY = re.compile(
    rf"\b(?:\w*therapy|{_VISIT}|chiro\w*|acupuncture|massage|pt|ot|rehab\w*|counseling|biofeedback|cbt)\b", re.IGNORECASE
)

VISITS = re.compile(
    rf"\b(?P<count>{COUNT})\s(?P<between>(?:[a-z/&-]+\s){{0,5}}?)(?P<unit>{_VISIT}|hours|units?|tablets?|tabs?|"
    r"capsules?|caps?|pills?|patch(?:es)?|tubes?|bottles?|packs?|pairs?|boxes|vials?|injections?|refills?|months? supply)\b",
    re.IGNORECASE,
)
TRAILING_VISITS = re.compile(rf"\b(?P<unit>{_VISIT})[\s,:x#(-]{{1,3}}(?P<count>{COUNT})(?!\s?(?:%|mg|times|x|/|days?|weeks?|months?|hours?))\b", re.IGNORECASE)
LABELLED = re.compile(
    rf"(?:\b(?:qty|quantity|count|disp(?:ense)?)\b\.?\s?(?:of|:|#|=)?\s?#?\s?|#\s?)(?P<count>{COUNT})\b(?!\s?(?:refills?|%|mg))",
    re.IGNORECASE,
)
BRACKETED = re.compile(rf"\(\s?(?P<count>\d{{1,3}})\s?\)")
TIMES = re.compile(r"(?<![\w.])x\s?(?P<count>\d{1,3})\b(?!\s?(?:%|mg|days?|weeks?|wks?|months?|years?|hours?|hrs?|/|\.\d))", re.IGNORECASE)
WEIGHT = re.compile(r"\b(?P<count>\d{1,4}(?:\.\d+)?)\s?(?P<unit>gms?|grams?|g|ml|milliliters?|oz|ounces?)\b", re.IGNORECASE)
LEADING = re.compile(
    rf"^\W*(?P<count>{NUMBER})\s?(?:\(\s?\d+\s?\)\s?)?(?![-\s]?(?:day|week|month|year|hour|phase|in|view|panel|lead|point|"
    r"level|wheel|times|x|part|level|step|d|tesla|t|to|or|mg|ml|%|\d|/|-|\.|prong|channel|modality|inch|minute|hr|,)\b)\s?"
    r"(?=[a-z]{2})(?P<thing>[a-z]+)",
    re.IGNORECASE,
)

DOSE = re.compile(
    r"(?<![\w.])\d{1,4}(?:,\d{3})*(?:\.\d+)?(?:\s?(?:mg|mcg)?\s?[/-]\s?\d{1,4}(?:\.\d+)?){0,3}\s?"
    r"(?:mgs?|mcg|micrograms?|milligrams?|%|iu|meq)(?:\s?/\s?(?:hr|hour|h|ml|day|actuation|spray|\d+\s?ml))?(?!\w)|"
    r"(?<![\w./])\d{1,3}(?:\.\d+)?/\d{3}(?![\w/])",
    re.IGNORECASE,
)
STRENGTHS_OF_A_MIXTURE = re.compile(r"%[^#]*?%")

SIDE = re.compile(r"\b(?:(?P<bilateral>bilateral(?:ly)?|b/l|both|bil)|(?P<left>left|lt)|(?P<right>right|rt))\b", re.IGNORECASE)
EITHER_SIDE = re.compile(r"\b(?:left\s?(?:and|&|/|,)\s?right|right\s?(?:and|&|/|,)\s?left)\b", re.IGNORECASE)
LEVEL = re.compile(
    r"\b(?P<region>[CTLS])-?(?:1[0-2]|[1-9])(?:\s?(?:-|/|to|through|and|,)\s?[CTLS]?-?(?:1[0-2]|[1-9])(?![\d.%]|\s?mg)\b){0,6}",
)
REGION_OF_LEVEL = {"C": "cervical spine", "T": "thoracic spine", "L": "lumbar spine", "S": "sacroiliac joint"}
# A general word adds nothing beside one of its own parts.
GENERAL_PARTS = {
    "spine": {"cervical spine", "thoracic spine", "lumbar spine"},
    "back": {"thoracic spine", "lumbar spine"},
}


class Attributes(msgspec.Struct, frozen=True, kw_only=True):
    """What a heading says besides its service, under the names of the record's item.

    quantity counts quantity_unit; where the heading counts without naming the unit it is "visits" for
    therapies, else "units"; of a range ("12-18 sessions") it is the upper end. Times a week for a number of weeks
    multiply to visits. dose and frequency are as printed. body_part: canonical names in printed order, joined
    with ", ". laterality is None where the parts named are of different sides.
    """

    quantity: float | None = None
    quantity_unit: str | None = None
    dose: str | None = None
    frequency: str | None = None
    duration_weeks: float | None = None
    body_part: str | None = None
    laterality: Laterality | None = None


class Found(NamedTuple):
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
    """The attributes that a heading states, each with its place; besides those of `Attributes` spinal_level."""
    start = _disputed_portion(description)
    end = len(description)
    found = [*_how_much(description, start, end), *_of_what_part(description, start, end)]
    return tuple(one for one in found if one is not None)


def _disputed_portion(description: str) -> int:
    """Where the words on the remaining portion begin; 0 where the whole heading is in dispute."""
    if not ORIGINAL.search(description):
        return 0
    last = 0
    for match in REMAINING.finditer(description):
        if len(description) - match.end() > 8:
            last = match.end()
    return last
