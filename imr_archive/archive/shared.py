"""The tables of rows that many letters share: what their columns name by number."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from imr_archive.archive.base import Base, one_of


class Specialty(Base):
    """A reviewer's specialty: canonical where the vocabulary knows it, else as printed and marked so."""

    __tablename__ = "specialties"
    __table_args__ = ({"comment": "Reviewers' specialties, under their canonical names"},)

    id: Mapped[int] = mapped_column(primary_key=True, comment="Row number")
    name: Mapped[str] = mapped_column(unique=True, comment="Canonical name, or as printed where unknown")
    recognised: Mapped[bool] = mapped_column(
        comment="1 where the vocabulary knows the specialty, 0 where the name is as printed"
    )


class Reviewer(Base):
    """One set of credentials. Reviewers are anonymous: many people may share a row."""

    __tablename__ = "reviewers"
    __table_args__ = (
        {"comment": "Sets of credentials of the anonymous expert reviewers; several people may share one"},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Row number")
    credentials: Mapped[str] = mapped_column(
        unique=True, comment="Specialties, then states of licensure, in printed order"
    )
    specialties: Mapped[list[ReviewerSpecialty]] = relationship(order_by="ReviewerSpecialty.position")
    states: Mapped[list[ReviewerState]] = relationship(order_by="ReviewerState.position")


class ReviewerSpecialty(Base):
    """A specialty of a reviewer."""

    __tablename__ = "reviewer_specialties"
    __table_args__ = (
        Index(None, "specialty_id"),
        {
            "comment": "Which specialties each set of credentials names; a reviewer may have several",
            "sqlite_with_rowid": False,
        },
    )

    reviewer_id: Mapped[int] = mapped_column(
        ForeignKey("reviewers.id"), primary_key=True, comment="The reviewer"
    )
    specialty_id: Mapped[int] = mapped_column(
        ForeignKey("specialties.id"), primary_key=True, comment="The specialty"
    )
    position: Mapped[int] = mapped_column(comment="Place in the printed list, from 1")
    specialty: Mapped[Specialty] = relationship()


class ReviewerState(Base):
    """A state in which a reviewer is licensed."""

    __tablename__ = "reviewer_states"
    __table_args__ = (
        Index(None, "state"),
        {"comment": "In which states each set of credentials is licensed", "sqlite_with_rowid": False},
    )

    reviewer_id: Mapped[int] = mapped_column(
        ForeignKey("reviewers.id"), primary_key=True, comment="The reviewer"
    )
    state: Mapped[str] = mapped_column(primary_key=True, comment="Full name of the state")
    position: Mapped[int] = mapped_column(comment="Place in the printed list, from 1")


class Diagnosis(Base):
    """A diagnosis: canonical where the vocabulary knows it, else as printed and marked so."""

    __tablename__ = "diagnoses"
    __table_args__ = ({"comment": "Diagnoses that clinical case summaries name"},)

    id: Mapped[int] = mapped_column(primary_key=True, comment="Row number")
    name: Mapped[str] = mapped_column(unique=True, comment="Canonical name, or as printed where unknown")
    recognised: Mapped[bool] = mapped_column(
        comment="1 where the vocabulary knows the diagnosis, 0 where the name is as printed"
    )


class ServiceType(Base):
    """A kind of treatment or service."""

    __tablename__ = "service_types"
    __table_args__ = (
        UniqueConstraint("category", "subcategory", "service"),
        {"comment": "Kinds of service, by the categories that the state's own search uses"},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Row number")
    category: Mapped[str] = mapped_column(comment="Category, such as Rehabilitation")
    subcategory: Mapped[str] = mapped_column(comment="Subcategory, such as Other Therapies")
    service: Mapped[str] = mapped_column(comment="The service itself, such as massage therapy")


class Guideline(Base):
    """One guideline edition, or one document cited outside the known guidelines."""

    __tablename__ = "guidelines"
    __table_args__ = (
        one_of("source", "MTUS", "ODG", "ACOEM", "other"),
        Index(None, "title"),
        {"comment": "Guideline editions (title and year) that either side cites"},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Row number")
    label: Mapped[str] = mapped_column(
        unique=True, comment="Source, title and year in one, such as MTUS Chronic Pain Medical Treatment 2016"
    )
    source: Mapped[str] = mapped_column(comment="MTUS, ODG, ACOEM (outside the MTUS) or other")
    title: Mapped[str | None] = mapped_column(
        comment="Canonical title or chapter; empty where only the source is named"
    )
    year: Mapped[int | None] = mapped_column(comment="Year of the edition, where printed")
    recognised: Mapped[bool] = mapped_column(
        comment="1 where the vocabulary knows the title, 0 where it is as printed"
    )
