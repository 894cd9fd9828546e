"""An archive of eight fictional cases, made by the migrations and filled row by row."""

from __future__ import annotations

import datetime
import hashlib
import zlib
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy.orm import Session

from imr_archive.archive.engine import make_engine
from imr_archive.archive.migrate import create_archive
from imr_archive.archive.models import (
    Case,
    CaseDiagnosis,
    CitationPage,
    CitationSection,
    Diagnosis,
    DisputedItem,
    Guideline,
    GuidelineCitation,
    Letter,
    LetterProblem,
    Reviewer,
    ReviewerSpecialty,
    ReviewerState,
    ServiceType,
    SourceFile,
    Specialty,
)

SPECIALTIES = (
    "Chiropractic",
    "Orthopedic Surgery",
    "Pain Management",
    "Physical Medicine & Rehabilitation",
)
GUIDELINES = (
    ("MTUS", "Chronic Pain Medical Treatment", 2016),
    ("MTUS", "Low Back Complaints", 2004),
    ("ODG", "Pain", None),
)
SERVICES = (
    ("Rehabilitation", "Other Therapies", "massage therapy"),
    ("Pharmaceuticals", "Opioids", "hydrocodone/acetaminophen"),
    ("Diagnostic Testing", "Imaging/Radiology", "MRI"),
)


class Item(NamedTuple):
    """A disputed item: its heading, outcome, service and the guidelines of each side, by their places."""

    description: str
    outcome: str
    service: int | None
    rationale: str
    ur: tuple[int, ...]
    reviewer: tuple[int, ...]


class FictionalCase(NamedTuple):
    """A case: number, date of decision, specialties by their places, summary, items."""

    number: str | None
    decided: datetime.date
    specialties: tuple[int, ...]
    summary: str
    items: tuple[Item, ...]


def _massage(outcome: str, ur: tuple[int, ...] = (0,), reviewer: tuple[int, ...] = (0,)) -> Item:
    return Item(
        "Massage therapy, 6 visits", outcome, 0, "Touch eased the shoulder for a while.", ur, reviewer
    )


CASES = (
    FictionalCase(
        "CM16-0900001", datetime.date(2016, 3, 1), (0,), "A welder with a sore neck.", (_massage("upheld"),)
    ),
    FictionalCase(
        "CM16-0900002", datetime.date(2016, 5, 9), (0,), "A baker, lame.", (_massage("overturned", (2,)),)
    ),
    FictionalCase("CM16-0900003", datetime.date(2016, 7, 4), (2,), "A tailor.", (_massage("upheld", ()),)),
    FictionalCase(
        "CM16-0900004",
        datetime.date(2016, 12, 30),
        (2, 3),
        "A gardener fell from a ladder.",
        (
            _massage("upheld"),
            Item("Norco 10/325mg #60", "overturned", 1, "The urine screens agree.", (0,), (0, 2)),
        ),
    ),
    FictionalCase(
        "CM17-0900005",
        datetime.date(2017, 1, 5),
        (1,),
        "A mason, <b>bold</b> & tired.",
        (Item("MRI of the lumbar spine", "upheld", 2, "No red flags are told.", (1,), (1,)),),
    ),
    FictionalCase(
        "CM17-0900006",
        datetime.date(2017, 2, 6),
        (1,),
        "A driver.",
        (Item("MRI of the left knee", "overturned", 2, "It locks, and films were clear.", (), ()),),
    ),
    FictionalCase(
        "CM17-0900007",
        datetime.date(2017, 2, 7),
        (),
        "A cook with burns.",
        (Item("=SUM(A1) hand cream", "upheld", None, 'Said "no" twice,\nthen once more.', (), (2,)),),
    ),
    FictionalCase(None, datetime.date(2018, 8, 8), (3,), "A clerk.", (_massage("overturned", (1,), (0,)),)),
)


def letter_words(number: str | None) -> str:
    """The text of a fictional letter; it holds what a table must not trip over."""
    return f"Case Number:\r\n{number or 'none'}, “quoted”, a < b & c\nand a last line"


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the eight cases; tests only read it."""
    path = tmp_path_factory.mktemp("archive") / "letters of 2016.db"
    create_archive(path)
    engine = make_engine(path, "write")
    with Session(engine) as session:
        _fill(session)
        session.commit()
    engine.dispose()
    return path


def _fill(session: Session) -> None:
    specialties = [Specialty(name=name, recognised=True) for name in SPECIALTIES]
    services = [
        ServiceType(category=category, subcategory=subcategory, service=service)
        for category, subcategory, service in SERVICES
    ]
    guidelines = [
        Guideline(label=" ".join(str(part) for part in known if part), source=known[0], title=known[1],
                  year=known[2], recognised=True)
        for known in GUIDELINES
    ]  # fmt: skip
    session.add_all([*specialties, *services, *guidelines])
    reviewers: dict[tuple[int, ...], Reviewer] = {}
    sprain = Diagnosis(name="Lumbar sprain", recognised=True)
    for fictional in CASES:
        reviewer = None
        if fictional.specialties:
            reviewer = reviewers.setdefault(
                fictional.specialties, _reviewer(fictional.specialties, specialties)
            )
        case = _case(fictional, reviewer)
        case.items = [
            _item(place, item, services, guidelines) for place, item in enumerate(fictional.items, start=1)
        ]
        case.diagnoses = [CaseDiagnosis(diagnosis=sprain, position=1)]
        session.add(case)
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5, 678901)  # noqa: DTZ001 - the archive stores naive UTC
    session.add(
        SourceFile(path="in/scan.pdf", size=10, modified_ns=1, state="set_aside", reason="no_text",
                   message="no text in it", first_seen=moment, last_tried=moment)
    )  # fmt: skip


def _reviewer(places: tuple[int, ...], specialties: list[Specialty]) -> Reviewer:
    named = [specialties[place] for place in places]
    return Reviewer(
        credentials=f"{', '.join(each.name for each in named)} (California)",
        specialties=[
            ReviewerSpecialty(specialty=each, position=at) for at, each in enumerate(named, start=1)
        ],
        states=[ReviewerState(state="California", position=1)],
    )


def _case(fictional: FictionalCase, reviewer: Reviewer | None) -> Case:
    outcomes = {item.outcome for item in fictional.items}
    text = letter_words(fictional.number)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    letter = Letter(
        version=1,
        is_current=True,
        sha256=sha256,
        part=1,
        text_sha256=sha256,
        source=f"{fictional.number or 'nameless'}.txt",
        path=f"in/{fictional.number or 'nameless'}.txt",
        layout="D",
        parser_version="1.0",
        ingested_at=datetime.datetime(2026, 1, 2, 3, 4, 5),  # noqa: DTZ001 - the archive stores naive UTC
        packed_text=zlib.compress(text.encode()),
    )
    if fictional.number is None:
        letter.problems = [
            LetterProblem(
                position=1, code="missing_case_number", field="case_number", message="none is printed"
            )
        ]
    return Case(
        known_by=fictional.number or sha256,
        case_number=fictional.number,
        decision_date=fictional.decided,
        outcome=outcomes.pop() if len(outcomes) == 1 else "partially_overturned",
        priority="standard",
        summary=fictional.summary,
        reviewer=reviewer,
        letters=[letter],
    )


def _item(place: int, item: Item, services: list[ServiceType], guidelines: list[Guideline]) -> DisputedItem:
    sides = [("claims_administrator", at) for at in item.ur] + [("reviewer", at) for at in item.reviewer]
    return DisputedItem(
        position=place,
        description=item.description,
        outcome=item.outcome,
        service_type=None if item.service is None else services[item.service],
        rationale=item.rationale,
        citations=[
            GuidelineCitation(
                position=number,
                cited_by=side,
                guideline=guidelines[at],
                raw=f"{guidelines[at].label}, Section(s): Massage",
                sections=[CitationSection(position=1, section="Massage", recognised=True)],
                pages=[CitationPage(position=1, pages="60")] if side == "reviewer" else [],
            )
            for number, (side, at) in enumerate(sides, start=1)
        ],
    )
