"""A small archive of fictional decisions, made by hand so that every count can be checked by eye."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from imr_archive.archive.fulltext import ensure_full_text
from imr_archive.archive.models import (
    Base,
    Case,
    CitationPage,
    CitationSection,
    DisputedItem,
    Guideline,
    GuidelineCitation,
    Letter,
    Reviewer,
    ReviewerSpecialty,
    ReviewerState,
    ServiceType,
    Specialty,
)
from imr_archive.archive.views import ensure_views
from imr_archive.query.language.thesaurus import Meaning, Thesaurus

MASSAGE = ("Rehabilitation", "Other Therapies", "massage therapy")
MRI = ("Diagnostic Testing", "Imaging/Radiology", "MRI")
NORCO = ("Pharmaceuticals", "Opioids", "hydrocodone/acetaminophen")
GABAPENTIN = ("Pharmaceuticals", "Anti-epilepsy drugs", "gabapentin")

CHRONIC_PAIN = ("MTUS", "Chronic Pain Medical Treatment", 2016)
LOW_BACK = ("MTUS", "Low Back Complaints", 2004)
ODG_PAIN = ("ODG", "Pain", None)

# (number, decided, credentials, age, sex, priority, summary,
#   [(heading, outcome, service, rationale, reviewer's citations, citations of utilization review), ...])
CASES = [
    (
        "CM16-0000001", "2016-05-10", (["Pain Management", "Anesthesiology"], ["California"]), 44, "female",
        "standard", "A worker with low back ache who walks with a cane.",
        [
            ("Massage therapy, 6 visits, low back", "overturned", MASSAGE,
             "Hands-on care brought measurable gains at work.", [(CHRONIC_PAIN, ["Massage therapy"])],
             [(ODG_PAIN, ["Massage"])]),
            ("Norco 10/325mg #60", "upheld", NORCO, "No taper plan is on file.",
             [(CHRONIC_PAIN, ["Opioids", "Weaning"])], [(CHRONIC_PAIN, ["Opioids"])]),
        ],
    ),
    (
        "CM16-0000002", "2016-11-02", (["Orthopedic Surgery"], ["Texas", "Nevada"]), 66, "male", "standard",
        "The chart mentions earlier massage sessions and a cane.",
        [
            ("MRI of the lumbar spine", "upheld", MRI, "No red flags are charted.",
             [(LOW_BACK, ["Special Studies"])], [(LOW_BACK, ["Special Studies"])]),
            ("Myofascial release, 4 sessions", "upheld", MASSAGE, "Earlier care brought no gains.", [], []),
        ],
    ),
    (
        "CM17-0000003", "2017-02-20", (["Pain Management"], ["California"]), 31, "female", "expedited",
        "Burning pain in both hands.",
        [
            ("Massage therapy 2 times a week for 6 weeks", "upheld", MASSAGE, "The count exceeds the limit.",
             [(CHRONIC_PAIN, ["Massage therapy"])], []),
            ("Gabapentin 300mg #90", "overturned", GABAPENTIN, "Neuropathic pain is well described.",
             [(CHRONIC_PAIN, ["Antiepilepsy drugs"]), (ODG_PAIN, ["Gabapentin"])], [(ODG_PAIN, [])]),
        ],
    ),
    (
        None, None, None, None, None, None, None,
        [("C5-6 disc replacement with O'Neil frame", "upheld", None, None, [], [])],
    ),
    (
        "CM18-0000005", "2018-08-08", (["Neurology"], ["California"]), 70, "male", "standard",
        "Numb fingers at night.",
        [
            ("Hydrocodone/APAP 5/325 mg, 30 tablets", "overturned", NORCO, "Function improved by 60% on it.",
             [(CHRONIC_PAIN, ["Opioids"])], [(CHRONIC_PAIN, ["Opioids"])]),
            ("TENS/H-wave unit, 30 day trial", "upheld", None, "NSAIDs were not tried; see park. No. 3.",
             [(ODG_PAIN, ["H-wave stimulation"])], []),
        ],
    ),
]  # fmt: skip

REASONS = {
    "Massage therapy, 6 visits, low back": "functional_improvement_documented",
    "Norco 10/325mg #60": "insufficient_documentation",
    "MRI of the lumbar spine": "no_findings",
    "Gabapentin 300mg #90": "criteria_met",
    "Hydrocodone/APAP 5/325 mg, 30 tablets": "functional_improvement_documented",
}
INJURED = {"CM16-0000001": "2012-03-04", "CM17-0000003": "2015-06-07"}
PAGES = {"Low Back Complaints": "303-305", "Chronic Pain Medical Treatment": "60"}

MEANINGS = [
    (phrase, Meaning(phrases=phrases, services=(service,)))
    for service, phrases in {
        "massage therapy": ("massage therapy", "massage", "myofascial release"),
        "MRI": ("MRI", "magnetic resonance imaging"),
        "hydrocodone/acetaminophen": ("Norco", "hydrocodone apap", "hydrocodone acetaminophen"),
        "gabapentin": ("gabapentin", "Neurontin"),
        "H-wave": ("H-wave", "H wave stimulation"),
        "electrodiagnostic studies": ("EMG/NCV", "EMG NCV"),
    }.items()
    for phrase in phrases
] + [
    ("low back", Meaning(phrases=("low back", "lumbar"), body_part="low back")),
    ("lumbar", Meaning(phrases=("low back", "lumbar"), body_part="low back")),
]


@pytest.fixture(scope="session")
def thesaurus() -> Thesaurus:
    return Thesaurus(MEANINGS)


@pytest.fixture(scope="session")
def archive() -> Iterator[Connection]:
    """The fictional decisions in the archive's own tables, full-text tables and view."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        ensure_full_text(connection)
        ensure_views(connection)
    with Session(engine) as session:
        _fill(session)
        session.commit()
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _fill(session: Session) -> None:
    known: dict[object, object] = {}

    def once(model, key, **values):
        if (model, key) not in known:
            known[model, key] = model(**values)
            session.add(known[model, key])
        return known[model, key]

    for at, (number, decided, credentials, age, sex, priority, summary, items) in enumerate(CASES, start=1):
        outcomes = {item[1] for item in items}
        case = Case(
            known_by=number or f"text{at}",
            case_number=number,
            decision_date=datetime.date.fromisoformat(decided) if decided else None,
            date_of_injury=datetime.date.fromisoformat(INJURED[number]) if number in INJURED else None,
            patient_age=age,
            patient_sex=sex,
            priority=priority,
            summary=summary,
            outcome=outcomes.pop() if len(outcomes) == 1 else "partially_overturned",
        )
        if credentials:
            case.reviewer = once(Reviewer, str(credentials), credentials=f"{credentials[0]} {credentials[1]}")
            if not case.reviewer.specialties:
                case.reviewer.specialties = [
                    ReviewerSpecialty(
                        specialty=once(Specialty, name, name=name, recognised=True), position=position
                    )
                    for position, name in enumerate(credentials[0], start=1)
                ]
                case.reviewer.states = [
                    ReviewerState(state=state, position=position)
                    for position, state in enumerate(credentials[1], start=1)
                ]
        case.letters = [
            Letter(
                version=1, is_current=True, sha256=f"{at:064x}", part=1, text_sha256=f"{at:064x}",
                source=f"letter{at}.txt", path=f"letters/letter{at}.txt", layout="D", parser_version="1",
                ingested_at=datetime.datetime(2026, 1, 1), packed_text=b"",  # noqa: DTZ001 - stored as UTC
            )
        ]  # fmt: skip
        case.items = [_item(place, item, once) for place, item in enumerate(items, start=1)]
        session.add(case)


def _item(place, item, once) -> DisputedItem:
    heading, outcome, service, rationale, by_reviewer, by_utilization_review = item
    made = DisputedItem(
        position=place,
        description=heading,
        outcome=outcome,
        rationale=rationale,
        reason=REASONS.get(heading),
    )
    if service:
        category, subcategory, name = service
        made.service_type = once(
            ServiceType, service, category=category, subcategory=subcategory, service=name
        )
    if "visits" in heading:
        made.quantity, made.quantity_unit = 6, "visits"
    if "low back" in heading or "lumbar" in heading:
        made.body_part = "lumbar spine"
    if "disc" in heading:
        made.body_part = "cervical spine, head"
    cited = [("claims_administrator", *each) for each in by_utilization_review]
    cited += [("reviewer", *each) for each in by_reviewer]
    for position, (side, (source, title, year), sections) in enumerate(cited, start=1):
        label = " ".join(str(part) for part in (source, title, year) if part)
        made.citations.append(
            GuidelineCitation(
                position=position,
                cited_by=side,
                raw=label,
                guideline=once(
                    Guideline, label, label=label, source=source, title=title, year=year, recognised=True
                ),
                sections=[
                    CitationSection(position=number, section=section, recognised=True)
                    for number, section in enumerate(sections, start=1)
                ],
                pages=[CitationPage(position=1, pages=PAGES[title])] if title in PAGES else [],
            )
        )
    return made
