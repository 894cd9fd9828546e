"""What a fictional letter says and how it is set, and the truth that follows from its facts."""

from __future__ import annotations

import datetime
from typing import Any, Literal

import msgspec


class Citation(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One guideline document that a side's printed words cite."""

    source: Literal["MTUS", "ODG", "ACOEM", "other"]
    guideline: str | None = None
    year: int | None = None
    sections: list[str] = []
    pages: list[str] = []


class Item(msgspec.Struct, forbid_unknown_fields=True):
    """A disputed item: `claims` and `reviewer` as printed, and beside each what it cites."""

    heading: str
    outcome: Literal["upheld", "overturned"]
    service: tuple[str, str]
    rationale: str
    claims: str = ""
    reviewer: str = ""
    claims_cites: list[Citation] = []
    reviewer_cites: list[Citation] = []
    alternatives: list[tuple[str, str]] = []


class Letter(msgspec.Struct, forbid_unknown_fields=True):
    """A letter: where it is kept, how it is set, and what it says.

    file: its path below the folder of letters; a part of the path that ends in .zip is an archive, and
    several letters with the same path stand in one file. The fields from `label` to `encoding` are about
    setting alone.
    """

    file: str
    layout: Literal["A", "B", "C", "D"]
    summary: str
    items: list[Item]
    specialties: list[str]
    states: list[str]
    case: str | None = None
    injury: datetime.date | None = None
    denied: datetime.date | None = None
    received: datetime.date | None = None
    assigned: datetime.date | None = None
    decided: datetime.date | None = None
    priority: Literal["standard", "expedited"] | None = None
    age: int | None = None
    sex: Literal["male", "female"] | None = None
    documents: list[str] = []
    label: Literal["MAXIMUS", "Maximus", "IMR"] = "MAXIMUS"
    wording: Literal["short", "full"] = "short"
    credentials: Literal["inline", "block"] = "block"
    header: Literal["rows", "split", "padded", "columns", "table", "none"] = "rows"
    outcome_line: Literal["same", "next"] = "same"
    glued: bool = False
    double_spaced: bool = False
    furniture: bool = False
    encrypted: bool = False
    newline: Literal["lf", "crlf"] = "lf"
    encoding: Literal["utf-8", "cp1252"] = "utf-8"

    @property
    def source(self) -> str:
        """The name by which a parser knows the letter: that of its file, in a zip that of the member."""
        return self.file.rpartition("/")[2]


def truth(letter: Letter) -> dict[str, Any]:
    """What a perfect reader draws from the letter, as an annotated letter record."""
    outcomes = {item.outcome for item in letter.items}
    return {
        "source": letter.source,
        "case_number": letter.case,
        "date_assigned": _iso(letter.assigned),
        "date_of_injury": _iso(letter.injury),
        "decision_date": _iso(letter.decided),
        "ur_denial_date": _iso(letter.denied),
        "application_received": _iso(letter.received),
        "priority": letter.priority,
        "outcome": outcomes.pop() if len(outcomes) == 1 else "partially_overturned",
        "reviewer": {"specialties": letter.specialties, "licensure_states": letter.states},
        "patient_age": letter.age,
        "patient_sex": letter.sex,
        "items": [_item(item) for item in letter.items],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "description": item.heading,
        "outcome": item.outcome,
        "category": item.service[0],
        "subcategory": item.service[1],
        "alternatives": item.alternatives,
        "citations": [_citation("claims_administrator", cite) for cite in item.claims_cites]
        + [_citation("reviewer", cite) for cite in item.reviewer_cites],
    }


def _citation(side: str, cite: Citation) -> dict[str, Any]:
    return {
        "cited_by": side,
        "source": cite.source,
        "guideline": cite.guideline,
        "year": cite.year,
        "sections": cite.sections,
        "pages": cite.pages,
    }


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
