"""The tables of an archive. Their names, columns and comments are a contract with everyone's SQL.

The comments become the data dictionary and Datasette's column descriptions, so each says what a reader of a
result needs to know. The `decisions` view is in `views.py`, the full-text tables in `fulltext.py`; the
tables of rows that letters share are in `shared.py`, those of runs over files in `bookkeeping.py`.
"""

from __future__ import annotations

import datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from imr_archive.archive.base import Base, one_of
from imr_archive.archive.bookkeeping import (
    ChangedRationale,
    RationaleBand,
    RationaleComparison,
    Reparse,
    SavedQuestion,
    SourceFile,
    TextDictionary,
)
from imr_archive.archive.kept.tables import (
    ChangedItem,
    ItemChunk,
    ItemColumn,
    ItemColumnChunk,
    ItemColumnValue,
    ItemSetState,
    WordSet,
    WordSetChunk,
)
from imr_archive.archive.shared import (
    Diagnosis,
    Guideline,
    Reviewer,
    ReviewerSpecialty,
    ReviewerState,
    ServiceType,
    Specialty,
)

__all__ = [
    "Base",
    "Case",
    "CaseDiagnosis",
    "ChangedItem",
    "ChangedRationale",
    "CitationPage",
    "CitationSection",
    "Diagnosis",
    "DisputedItem",
    "Guideline",
    "GuidelineCitation",
    "ItemChunk",
    "ItemColumn",
    "ItemColumnChunk",
    "ItemColumnValue",
    "ItemSetState",
    "Letter",
    "LetterProblem",
    "RationaleBand",
    "RationaleComparison",
    "Reparse",
    "Reviewer",
    "ReviewerSpecialty",
    "ReviewerState",
    "SavedQuestion",
    "ServiceType",
    "SourceFile",
    "Specialty",
    "TextDictionary",
    "WordSet",
    "WordSetChunk",
]


class CaseDiagnosis(Base):
    """A diagnosis of the injured worker of a case."""

    __tablename__ = "case_diagnoses"
    __table_args__ = (
        Index(None, "diagnosis_id"),
        {"comment": "Which diagnoses each case's clinical summary names", "sqlite_with_rowid": False},
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, comment="The case")
    diagnosis_id: Mapped[int] = mapped_column(
        ForeignKey("diagnoses.id"), primary_key=True, comment="The diagnosis"
    )
    position: Mapped[int] = mapped_column(comment="Place in the summary, from 1")
    diagnosis: Mapped[Diagnosis] = relationship()


class Case(Base):
    """One IMR case, as its current letter tells it."""

    __tablename__ = "cases"
    __table_args__ = (
        one_of("priority", "standard", "expedited"),
        one_of("outcome", "upheld", "overturned", "partially_overturned"),
        one_of("patient_sex", "male", "female"),
        CheckConstraint("patient_age BETWEEN 0 AND 130", name="patient_age"),
        Index(None, "decision_date"),
        Index(None, "outcome"),
        Index(None, "reviewer_id"),
        {"comment": "IMR cases, one row each, as the current letter of the case tells them"},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Row number")
    known_by: Mapped[str] = mapped_column(
        unique=True, comment="The case number; where the letter prints none, a hash of its text"
    )
    case_number: Mapped[str | None] = mapped_column(
        unique=True, comment="IMR case number as printed, such as CM16-0213037; empty where none is printed"
    )
    date_assigned: Mapped[datetime.date | None] = mapped_column(
        Date, comment="When the case was assigned to the reviewer"
    )
    date_of_injury: Mapped[datetime.date | None] = mapped_column(Date, comment="When the worker was injured")
    decision_date: Mapped[datetime.date | None] = mapped_column(
        Date, comment="Date of the Final Determination"
    )
    ur_denial_date: Mapped[datetime.date | None] = mapped_column(
        Date, comment="When utilization review denied or modified the treatment"
    )
    application_received: Mapped[datetime.date | None] = mapped_column(
        Date, comment="When the application for IMR was received"
    )
    priority: Mapped[str | None] = mapped_column(comment="standard or expedited")
    outcome: Mapped[str | None] = mapped_column(
        comment="Of the whole letter: upheld, overturned or partially_overturned (a mix)"
    )
    patient_age: Mapped[int | None] = mapped_column(
        comment="Years of age as the clinical case summary states them"
    )
    patient_sex: Mapped[str | None] = mapped_column(comment="male or female, as the summary states it")
    summary: Mapped[str | None] = mapped_column(comment="The clinical case summary")
    reviewer_id: Mapped[int | None] = mapped_column(
        ForeignKey("reviewers.id"), comment="The reviewer's credentials"
    )
    reviewer: Mapped[Reviewer | None] = relationship()
    letters: Mapped[list[Letter]] = relationship(back_populates="case", order_by="Letter.version")
    items: Mapped[list[DisputedItem]] = relationship(back_populates="case", order_by="DisputedItem.position")
    diagnoses: Mapped[list[CaseDiagnosis]] = relationship(order_by="CaseDiagnosis.position")


class Letter(Base):
    """One version of one letter, with its text."""

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("sha256", "part"),
        UniqueConstraint("case_id", "version"),
        one_of("layout", "A", "B", "C", "D", "unknown"),
        CheckConstraint("ocr_confidence BETWEEN 0 AND 100", name="ocr_confidence"),
        Index("ix_letters_current", "case_id", unique=True, sqlite_where=text("is_current")),
        Index(None, "text_sha256"),
        Index(None, "source"),
        {"comment": "Letters as they were read: every version of every case's letter, with its text"},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Row number")
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), comment="The case that the letter decides")
    version: Mapped[int] = mapped_column(comment="1 for the case's first letter that was read, then 2 ...")
    is_current: Mapped[bool] = mapped_column(comment="1 on the version that the case and its items are from")
    sha256: Mapped[str] = mapped_column(comment="SHA-256 of the file's bytes, in hexadecimal")
    part: Mapped[int] = mapped_column(comment="Place of the letter in a file that holds several, else 1")
    text_sha256: Mapped[str] = mapped_column(
        comment="SHA-256 of the text less white space and hyphens: the same for one letter as PDF and as text"
    )
    source: Mapped[str] = mapped_column(comment="Name of the file, or of the member of a zip")
    path: Mapped[str] = mapped_column(comment="Where the file was when it was first read")
    layout: Mapped[str] = mapped_column(comment="A (2013), B, C, D (2014 on) or unknown")
    parser_version: Mapped[str] = mapped_column(comment="Version of the parser and vocabulary that read it")
    ingested_at: Mapped[datetime.datetime] = mapped_column(comment="When it was stored (UTC)")
    packed_text: Mapped[bytes] = mapped_column(
        LargeBinary, comment="The letter's text, compressed; letter_text(packed_text) reads it"
    )
    ocr_confidence: Mapped[float | None] = mapped_column(
        comment="How sure text recognition was of the scanned pages, 0 to 100; empty where the file held text"
    )
    ocr_page_confidences: Mapped[str | None] = mapped_column(
        comment="The same for each page, as a JSON array; null in it for a page that held its text"
    )
    case: Mapped[Case] = relationship(back_populates="letters")
    problems: Mapped[list[LetterProblem]] = relationship(order_by="LetterProblem.position")


class LetterProblem(Base):
    """Something in a letter that the parser could not settle."""

    __tablename__ = "letter_problems"
    __table_args__ = (
        Index(None, "code"),
        {"comment": "What the parser met in a letter and could not settle", "sqlite_with_rowid": False},
    )

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True, comment="The letter")
    position: Mapped[int] = mapped_column(primary_key=True, comment="Place in the letter's list, from 1")
    code: Mapped[str] = mapped_column(comment="Stable name of the problem, such as unknown_specialty")
    field: Mapped[str | None] = mapped_column(comment="The field that it concerns")
    message: Mapped[str] = mapped_column(comment="The problem in words")


class DisputedItem(Base):
    """One decision: a disputed item and what became of it."""

    __tablename__ = "disputed_items"
    __table_args__ = (
        UniqueConstraint("case_id", "position"),
        one_of("outcome", "upheld", "overturned"),
        one_of("laterality", "left", "right", "bilateral"),
        one_of("ur_action", "denied", "modified"),
        Index(None, "service_type_id", "outcome"),
        Index(None, "reason", "outcome"),
        Index(None, "rationale_cluster"),
        {"comment": "Disputed items, each with its decision: the unit of search and of all rates"},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Row number")
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), comment="The case")
    position: Mapped[int] = mapped_column(comment="Place of the item in the letter, from 1")
    description: Mapped[str] = mapped_column(comment="The item's heading, as printed")
    outcome: Mapped[str] = mapped_column(
        comment="upheld (the denial stands: not medically necessary) or overturned (medically necessary)"
    )
    service_type_id: Mapped[int | None] = mapped_column(
        ForeignKey("service_types.id"), comment="What was asked for; empty where the vocabulary does not know"
    )
    rationale: Mapped[str | None] = mapped_column(comment="The reviewer's rationale for the decision")
    quantity: Mapped[float | None] = mapped_column(comment="How many were asked for, of quantity_unit")
    quantity_unit: Mapped[str | None] = mapped_column(comment="What quantity counts: visits, tablets, weeks")
    dose: Mapped[str | None] = mapped_column(comment="Strength of a drug as printed, such as 10/325mg")
    frequency: Mapped[str | None] = mapped_column(comment="How often, as printed, such as 2 times a week")
    duration_weeks: Mapped[float | None] = mapped_column(comment="For how long, in weeks")
    body_part: Mapped[str | None] = mapped_column(comment="Part of the body that the heading names")
    laterality: Mapped[str | None] = mapped_column(comment="left, right or bilateral")
    reason: Mapped[str | None] = mapped_column(
        comment="The reason that decided, as a code of the published list, such as not_recommended"
    )
    reason_sentence: Mapped[str | None] = mapped_column(comment="The sentence of the rationale that says it")
    reason_certain: Mapped[bool | None] = mapped_column(
        comment="1 where the reading of the reason is reliable, 0 where it is uncertain"
    )
    ur_action: Mapped[str | None] = mapped_column(
        comment="What utilization review did: denied, or modified (approved in part)"
    )
    ur_authorized: Mapped[str | None] = mapped_column(
        comment="What utilization review authorized where it modified the request, as printed"
    )
    ur_authorized_quantity: Mapped[float | None] = mapped_column(
        comment="How many of it utilization review authorized"
    )
    rationale_cluster: Mapped[int | None] = mapped_column(
        comment="Items with one number have nearly the same rationale: the id of the first of them; empty "
        "where a rationale is alone, absent, or not compared yet (`imr-archive optimize` does that)"
    )
    case: Mapped[Case] = relationship(back_populates="items")
    service_type: Mapped[ServiceType | None] = relationship()
    citations: Mapped[list[GuidelineCitation]] = relationship(
        back_populates="item", order_by="GuidelineCitation.position"
    )


class GuidelineCitation(Base):
    """One guideline cited by one side for one item."""

    __tablename__ = "guideline_citations"
    __table_args__ = (
        one_of("cited_by", "claims_administrator", "reviewer"),
        UniqueConstraint("item_id", "position"),
        Index(None, "guideline_id", "cited_by"),
        {"comment": "Which side cited which guideline for which disputed item"},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Row number")
    item_id: Mapped[int] = mapped_column(ForeignKey("disputed_items.id"), comment="The disputed item")
    position: Mapped[int] = mapped_column(comment="Place among the item's citations, from 1")
    cited_by: Mapped[str] = mapped_column(
        comment="claims_administrator (utilization review) or reviewer (the IMR expert)"
    )
    guideline_id: Mapped[int] = mapped_column(ForeignKey("guidelines.id"), comment="The guideline cited")
    raw: Mapped[str] = mapped_column(comment="The citation as printed, on one line")
    item: Mapped[DisputedItem] = relationship(back_populates="citations")
    guideline: Mapped[Guideline] = relationship()
    sections: Mapped[list[CitationSection]] = relationship(order_by="CitationSection.position")
    pages: Mapped[list[CitationPage]] = relationship(order_by="CitationPage.position")


class CitationSection(Base):
    """A section (or ODG topic) that a citation names."""

    __tablename__ = "citation_sections"
    __table_args__ = (
        Index(None, "section"),
        {
            "comment": "Sections of the MTUS, or topics of the ODG, that a citation names",
            "sqlite_with_rowid": False,
        },
    )

    citation_id: Mapped[int] = mapped_column(
        ForeignKey("guideline_citations.id"), primary_key=True, comment="The citation"
    )
    position: Mapped[int] = mapped_column(primary_key=True, comment="Place in the citation, from 1")
    section: Mapped[str] = mapped_column(comment="Section or topic, as printed")
    recognised: Mapped[bool] = mapped_column(
        comment="1 where the section is known to the vocabulary, 0 where it was split off by rule"
    )


class CitationPage(Base):
    """A page, or range of pages, that a citation names."""

    __tablename__ = "citation_pages"
    __table_args__ = {"comment": "Pages that a citation names", "sqlite_with_rowid": False}

    citation_id: Mapped[int] = mapped_column(
        ForeignKey("guideline_citations.id"), primary_key=True, comment="The citation"
    )
    position: Mapped[int] = mapped_column(primary_key=True, comment="Place in the citation, from 1")
    pages: Mapped[str] = mapped_column(comment="Page or range as printed, such as 98-99")
