"""The tables that say how the archive came to hold what it holds, and how far work on it has come."""

from __future__ import annotations

import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from imr_archive.archive.base import Base, one_of


class SourceFile(Base):
    """One input file (or zip member) that was ever met, and what became of it."""

    __tablename__ = "source_files"
    __table_args__ = (
        one_of("state", "stored", "known", "set_aside"),
        CheckConstraint("(state = 'set_aside') = (reason IS NOT NULL)", name="reason"),
        Index(None, "state", "reason"),
        {"comment": "Every file that was met and what became of it; those set aside with their reason"},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Row number")
    path: Mapped[str] = mapped_column(
        unique=True, comment="Path of the file; of a zip member: the zip's path, !/, the member's name"
    )
    size: Mapped[int] = mapped_column(comment="Size in bytes")
    modified_ns: Mapped[int] = mapped_column(comment="Time of last change, in nanoseconds since 1970")
    sha256: Mapped[str | None] = mapped_column(comment="SHA-256 of the bytes; empty where unreadable")
    state: Mapped[str] = mapped_column(
        comment="stored, known (its letter was in the archive already) or set_aside"
    )
    reason: Mapped[str | None] = mapped_column(comment="Why it was set aside: a stable code")
    message: Mapped[str | None] = mapped_column(comment="Why it was set aside, in words")
    first_seen: Mapped[datetime.datetime] = mapped_column(comment="When it was first met (UTC)")
    last_tried: Mapped[datetime.datetime] = mapped_column(comment="When it was last read (UTC)")


class TextDictionary(Base):
    """What letters' texts have in common; texts that were compressed with it cannot be read without it."""

    __tablename__ = "text_dictionaries"
    __table_args__ = (
        {
            "comment": "Zstandard dictionaries that letters' texts are compressed with; none is ever changed",
            "info": {"internal": True},
        },
    )

    id: Mapped[int] = mapped_column(
        primary_key=True, comment="The number by which a compressed text names it"
    )
    dictionary: Mapped[bytes] = mapped_column(LargeBinary, comment="The dictionary itself")
    letters: Mapped[int] = mapped_column(comment="How many letters there were when it was trained on them")
    trained_at: Mapped[datetime.datetime] = mapped_column(comment="When it was made (UTC)")


class Reparse(Base):
    """The mark of a reparse that has begun; the last batch takes it away."""

    __tablename__ = "unfinished_reparses"
    __table_args__ = (
        {
            "comment": "How far a reparse has come that was interrupted; empty otherwise",
            "info": {"internal": True},
        },
    )

    letters: Mapped[str] = mapped_column(primary_key=True, comment="Which letters it reads again")
    parser_version: Mapped[str] = mapped_column(comment="Version of the parser and vocabulary that reads")
    last_case_id: Mapped[int] = mapped_column(comment="Cases up to this row number are done")
    report: Mapped[str] = mapped_column(comment="What has changed so far, as JSON")


class RationaleComparison(Base):
    """How far the comparison of rationales has come."""

    __tablename__ = "rationale_comparison"
    __table_args__ = (
        {"comment": "How far rationales were compared with one another", "info": {"internal": True}},
    )

    method: Mapped[str] = mapped_column(primary_key=True, comment="How they are compared")
    last_item_id: Mapped[int] = mapped_column(comment="Items up to this row number are done")


class RationaleBand(Base):
    """A hash under which a rationale is found by those like it."""

    __tablename__ = "rationale_bands"
    __table_args__ = (
        {
            "comment": "Hashes under which the first rationale of a cluster is found by others like it",
            "sqlite_with_rowid": False,
            "info": {"internal": True},
        },
    )

    band_hash: Mapped[int] = mapped_column(primary_key=True, comment="Hash of a part of its MinHash")
    item_id: Mapped[int] = mapped_column(
        primary_key=True, comment="The disputed item, as it was when it was compared"
    )


class ChangedRationale(Base):
    """An item that was compared and whose row was made anew since."""

    __tablename__ = "changed_rationales"
    __table_args__ = (
        {"comment": "Items whose rationales are to be compared anew", "info": {"internal": True}},
    )

    item_id: Mapped[int] = mapped_column(primary_key=True, comment="The disputed item, which may be gone")


class SavedQuestion(Base):
    """A question that is asked again and again, and how far its answers have been seen."""

    __tablename__ = "saved_questions"
    __table_args__ = (
        CheckConstraint("seen_letter >= 0", name="seen_letter"),
        {
            "comment": "Questions that `imr-archive save` keeps, for `imr-archive new`; no export has them",
            "info": {"internal": True},
        },
    )

    name: Mapped[str] = mapped_column(primary_key=True, comment="The name under which it was saved")
    query: Mapped[str] = mapped_column(comment="The question, in the words of `imr-archive query`")
    saved_at: Mapped[datetime.datetime] = mapped_column(comment="When it was saved (UTC)")
    asked_at: Mapped[datetime.datetime | None] = mapped_column(
        comment="When `imr-archive new` last answered it (UTC); empty where it never did"
    )
    seen_letter: Mapped[int] = mapped_column(
        comment="Row number of the last letter when it was last asked, or saved; later ones are new to it"
    )
