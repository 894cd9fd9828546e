"""LetterRecord: what one letter says, and where in its text it says so.

The keys are those of the published letter record; every value is the letter's own. `findings` tells for
each value the span of text that it was read from, the rule that read it and, where the value was mapped to
a canonical name, the raw text. Spans count characters of the text that was given to the parser.
"""

from __future__ import annotations

import datetime
from typing import Literal

import msgspec

Outcome = Literal["upheld", "overturned"]
LetterOutcome = Literal["upheld", "overturned", "partially_overturned"]
Priority = Literal["standard", "expedited"]
Sex = Literal["male", "female"]
Side = Literal["claims_administrator", "reviewer"]
GuidelineSource = Literal["MTUS", "ODG", "ACOEM", "other"]
Laterality = Literal["left", "right", "bilateral"]
UrDecision = Literal["denied", "modified"]
Layout = Literal["A", "B", "C", "D", "unknown"]


class Span(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A half-open range of characters, `text[start:end]`; in JSON `[start, end]`."""

    start: int
    end: int


class Finding(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where one value came from.

    field: the value's path on the record, such as `decision_date`, `reviewer.specialties[0]`,
    `items[2].outcome` or `items[2].citations[0].guideline`.
    rule: the name of the rule that read it, as `parse --explain` prints it.
    raw: the letter's own words where the value is not simply those words.
    recognised: False where a vocabulary exists for the field and does not know the value.
    certain: False where wordings of that kind do not reliably mean the value.
    """

    field: str
    span: Span
    rule: str
    raw: str | None = None
    recognised: bool = True
    certain: bool = True


class Problem(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Something that the parser met and could not settle; data, never an exception.

    code: a stable name such as `no_case_number` or `unknown_specialty`.
    field: the field it concerns, as in `Finding.field`, where there is one.
    """

    code: str
    message: str
    field: str | None = None
    span: Span | None = None


class Citation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One guideline document cited by one side for one item.

    raw: the words of the letter for this citation, on one line. unrecognised: those of `sections` and, where
    the title is not in the vocabulary, `guideline`, that no vocabulary knows.
    """

    cited_by: Side
    source: GuidelineSource
    guideline: str | None = None
    year: int | None = None
    sections: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    raw: str
    span: Span
    unrecognised: tuple[str, ...] = ()


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


class Item(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One disputed item and its decision.

    category, subcategory and service are None together where the vocabulary does not know the heading.
    quantity is a count of quantity_unit (visits, tablets, weeks ...); dose and frequency are as printed;
    duration_weeks is a number of weeks (a month counts as 4.345, a year as 52.18). reason: the code, of the
    published list, of what decided the item, and reason_sentence the words of the rationale that say so;
    reason_certain is False where wordings of that kind were not right in nine cases of ten. ur_action: what
    utilization review did; where it modified the request, ur_authorized is what it granted, as printed, and
    ur_authorized_quantity how many.
    """

    description: str
    outcome: Outcome
    category: str | None = None
    subcategory: str | None = None
    service: str | None = None
    citations: tuple[Citation, ...] = ()
    rationale: str | None = None
    quantity: float | None = None
    quantity_unit: str | None = None
    dose: str | None = None
    frequency: str | None = None
    duration_weeks: float | None = None
    body_part: str | None = None
    laterality: Laterality | None = None
    reason: str | None = None
    reason_sentence: str | None = None
    reason_certain: bool | None = None
    ur_action: UrDecision | None = None
    ur_authorized: str | None = None
    ur_authorized_quantity: float | None = None


class Reviewer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The anonymous expert reviewer's credentials, in printed order."""

    specialties: tuple[str, ...] = ()
    licensure_states: tuple[str, ...] = ()


class LetterRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One letter; what it does not state is None or empty.

    part: 1, or the letter's place in a file that holds several. diagnoses: those that the summary names as
    the patient's, by canonical name, or as printed where the vocabulary does not know them.
    """

    source: str
    part: int = 1
    case_number: str | None = None
    date_assigned: datetime.date | None = None
    date_of_injury: datetime.date | None = None
    decision_date: datetime.date | None = None
    ur_denial_date: datetime.date | None = None
    application_received: datetime.date | None = None
    priority: Priority | None = None
    outcome: LetterOutcome | None = None
    reviewer: Reviewer = Reviewer()
    patient_age: int | None = None
    patient_sex: Sex | None = None
    items: tuple[Item, ...] = ()
    layout: Layout = "unknown"
    summary: str | None = None
    diagnoses: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The record as plain JSON types, with exactly the published keys and a few more."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        return plain
