"""What a reader asks of an archive: one case whole, older versions of its letter, counts, files set aside."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session, selectinload

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.finding import locate_case
from imr_archive.archive.models import (
    Base,
    Case,
    DisputedItem,
    GuidelineCitation,
    Letter,
    SourceFile,
)
from imr_archive.errors import UnknownNameError
from imr_archive.parsing import parse_letter
from imr_archive.parsing.record import LetterRecord


class CitationView(msgspec.Struct, frozen=True, kw_only=True):
    """One guideline cited by one side; `guideline` is its label with source and year."""

    cited_by: str
    guideline: str
    source: str
    title: str | None
    year: int | None
    sections: list[str]
    pages: list[str]
    raw: str


class ItemView(msgspec.Struct, frozen=True, kw_only=True):
    """One disputed item with its decision."""

    position: int
    description: str
    outcome: str
    category: str | None
    subcategory: str | None
    service: str | None
    quantity: float | None
    quantity_unit: str | None
    dose: str | None
    frequency: str | None
    duration_weeks: float | None
    body_part: str | None
    laterality: str | None
    reason: str | None
    reason_sentence: str | None
    reason_certain: bool | None
    ur_action: str | None
    ur_authorized: str | None
    ur_authorized_quantity: float | None
    rationale: str | None
    citations: list[CitationView]


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a case's letter; ocr_confidence is empty where its file held text."""

    version: int
    is_current: bool
    source: str
    path: str
    part: int
    sha256: str
    layout: str
    parser_version: str
    ingested_at: datetime.datetime
    ocr_confidence: float | None


class ProblemView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the parser could not settle in the current letter."""

    code: str
    field: str | None
    message: str


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """One case as its current letter tells it; `text` is that letter."""

    case_number: str | None
    source: str
    decision_date: datetime.date | None
    date_assigned: datetime.date | None
    date_of_injury: datetime.date | None
    ur_denial_date: datetime.date | None
    application_received: datetime.date | None
    priority: str | None
    outcome: str | None
    patient_age: int | None
    patient_sex: str | None
    specialties: list[str]
    licensure_states: list[str]
    summary: str | None
    diagnoses: list[str]
    items: list[ItemView]
    versions: list[VersionView]
    problems: list[ProblemView]
    text: str

    def to_dict(self) -> dict[str, object]:
        """The case as plain JSON types."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        return plain


class StoredCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How much an archive holds."""

    cases: int
    letters: int
    disputed_items: int
    upheld: int
    overturned: int
    reviewers: int
    specialties: int
    service_types: int
    guidelines: int
    guideline_citations: int
    set_aside: int
    first_decision: datetime.date | None
    last_decision: datetime.date | None


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is not in the archive, and why."""

    path: str
    reason: str
    message: str
    first_seen: datetime.datetime
    last_tried: datetime.datetime


def find_case(database: ArchiveDatabase, name: str) -> CaseView:
    """The case of that number (`CM16-0230548`, `cm16-0230548` or `16-0230548`) or of that file's name.

    Raises UnknownNameError with the nearest names where there is none.
    """
    with database.read() as connection:
        case_id = locate_case(connection, name)
        with Session(connection) as session:
            return _case_view(session, session.get_one(Case, case_id))


def read_items(connection: Connection, ids: Sequence[int]) -> dict[int, ItemView]:
    """The disputed items of these row numbers, with both sides' citations; those that are not there lack."""
    citations = selectinload(DisputedItem.citations)
    query = (
        select(DisputedItem)
        .where(DisputedItem.id.in_(ids))
        .options(
            selectinload(DisputedItem.service_type),
            citations.selectinload(GuidelineCitation.guideline),
            citations.selectinload(GuidelineCitation.sections),
            citations.selectinload(GuidelineCitation.pages),
        )
    )
    with Session(connection) as session:
        return {item.id: _item_view(item) for item in session.scalars(query)}


def read_letter(database: ArchiveDatabase, name: str, version: int | None = None) -> LetterRecord:
    """The record of one version of a case's letter, read again from its text; the current one by default.

    Raises UnknownNameError where there is no such case or version.
    """
    source, part, text = _stored_letter(database, name, version)
    return msgspec.structs.replace(parse_letter(text, source), part=part)


def read_text(database: ArchiveDatabase, name: str, version: int | None = None) -> str:
    """The text of one version of a case's letter; the current one by default.

    Raises UnknownNameError where there is no such case or version.
    """
    return _stored_letter(database, name, version)[2]


def _stored_letter(database: ArchiveDatabase, name: str, version: int | None) -> tuple[str, int, str]:
    with database.read() as connection, Session(connection) as session:
        letters = session.get_one(Case, locate_case(connection, name)).letters
        for letter in letters:
            if letter.is_current if version is None else letter.version == version:
                return letter.source, letter.part, _text(session, letter)
        raise UnknownNameError(f"{name} has no version {version}: it has {len(letters)}")


def _text(session: Session, letter: Letter) -> str:
    text: str = session.execute(
        select(func.letter_text(Letter.packed_text)).where(Letter.id == letter.id)
    ).scalar_one()
    return text


def stored_counts(database: ArchiveDatabase) -> StoredCounts:
    """How much the archive holds."""
    with database.read() as connection:
        outcomes = select(DisputedItem.outcome, func.count()).group_by(DisputedItem.outcome)
        by_outcome = dict(connection.execute(outcomes).all())
        first, last = connection.execute(
            select(func.min(Case.decision_date), func.max(Case.decision_date))
        ).one()
        set_aside_files = select(func.count()).where(SourceFile.state == "set_aside")
        return StoredCounts(
            cases=_count(connection, "cases"),
            letters=_count(connection, "letters"),
            disputed_items=sum(by_outcome.values()),
            upheld=by_outcome.get("upheld", 0),
            overturned=by_outcome.get("overturned", 0),
            reviewers=_count(connection, "reviewers"),
            specialties=_count(connection, "specialties"),
            service_types=_count(connection, "service_types"),
            guidelines=_count(connection, "guidelines"),
            guideline_citations=_count(connection, "guideline_citations"),
            set_aside=connection.execute(set_aside_files).scalar_one(),
            first_decision=first,
            last_decision=last,
        )


def _count(connection: Connection, table: str) -> int:
    return connection.execute(select(func.count()).select_from(Base.metadata.tables[table])).scalar_one()


def set_aside_files(
    database: ArchiveDatabase, reason: str | None = None, *, limit: int | None = None
) -> list[SetAside]:
    """The files that were set aside, by path; of one reason, or of all; no more than `limit`."""
    query = select(SourceFile).where(SourceFile.state == "set_aside").order_by(SourceFile.path).limit(limit)
    if reason is not None:
        query = query.where(SourceFile.reason == reason)
    with database.read() as connection, Session(connection) as session:
        return [
            SetAside(
                path=file.path,
                reason=file.reason or "",
                message=file.message or "",
                first_seen=file.first_seen,
                last_tried=file.last_tried,
            )
            for file in session.scalars(query)
        ]


def _case_view(session: Session, case: Case) -> CaseView:
    current = next(letter for letter in case.letters if letter.is_current)
    reviewer = case.reviewer
    return CaseView(
        case_number=case.case_number,
        source=current.source,
        decision_date=case.decision_date,
        date_assigned=case.date_assigned,
        date_of_injury=case.date_of_injury,
        ur_denial_date=case.ur_denial_date,
        application_received=case.application_received,
        priority=case.priority,
        outcome=case.outcome,
        patient_age=case.patient_age,
        patient_sex=case.patient_sex,
        specialties=[link.specialty.name for link in reviewer.specialties] if reviewer else [],
        licensure_states=[link.state for link in reviewer.states] if reviewer else [],
        summary=case.summary,
        diagnoses=[link.diagnosis.name for link in case.diagnoses],
        items=[_item_view(item) for item in case.items],
        versions=[_version_view(letter) for letter in case.letters],
        problems=[
            ProblemView(code=problem.code, field=problem.field, message=problem.message)
            for problem in current.problems
        ],
        text=_text(session, current),
    )


def _item_view(item: DisputedItem) -> ItemView:
    service = item.service_type
    return ItemView(
        position=item.position,
        description=item.description,
        outcome=item.outcome,
        category=service.category if service else None,
        subcategory=service.subcategory if service else None,
        service=service.service if service else None,
        quantity=item.quantity,
        quantity_unit=item.quantity_unit,
        dose=item.dose,
        frequency=item.frequency,
        duration_weeks=item.duration_weeks,
        body_part=item.body_part,
        laterality=item.laterality,
        reason=item.reason,
        reason_sentence=item.reason_sentence,
        reason_certain=item.reason_certain,
        ur_action=item.ur_action,
        ur_authorized=item.ur_authorized,
        ur_authorized_quantity=item.ur_authorized_quantity,
        rationale=item.rationale,
        citations=[_citation_view(citation) for citation in item.citations],
    )


def _citation_view(citation: GuidelineCitation) -> CitationView:
    return CitationView(
        cited_by=citation.cited_by,
        guideline=citation.guideline.label,
        source=citation.guideline.source,
        title=citation.guideline.title,
        year=citation.guideline.year,
        sections=[section.section for section in citation.sections],
        pages=[page.pages for page in citation.pages],
        raw=citation.raw,
    )


def _version_view(letter: Letter) -> VersionView:
    return VersionView(
        version=letter.version,
        is_current=letter.is_current,
        source=letter.source,
        path=letter.path,
        part=letter.part,
        sha256=letter.sha256,
        layout=letter.layout,
        parser_version=letter.parser_version,
        ingested_at=letter.ingested_at,
        ocr_confidence=letter.ocr_confidence,
    )
