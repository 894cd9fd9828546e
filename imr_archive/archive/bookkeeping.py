"""The tables that say how the archive came to hold what it holds: every file met, a reparse under way."""

from __future__ import annotations

import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from imr_archive.archive.base import Base, one_of


class SourceFile(Base):
    """One input file (or zip member) that was ever met, and what became of it."""

    __tablename__ = "source_files"
    __table_args__ = (
        one_of("state", "stored", "known", "set_aside"),
        CheckConstraint("(state = 'set_aside') = (reason IS NOT NULL)", name="reason"),
        Index(None, "state", "reason"),
        Index(None, "sha256"),
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


class Reparse(Base):
    """The mark of a reparse that has begun; the last batch takes it away."""

    __tablename__ = "unfinished_reparses"
    __table_args__ = ({"comment": "How far a reparse has come that was interrupted; empty otherwise"},)

    letters: Mapped[str] = mapped_column(primary_key=True, comment="Which letters it reads again")
    parser_version: Mapped[str] = mapped_column(comment="Version of the parser and vocabulary that reads")
    last_case_id: Mapped[int] = mapped_column(comment="Cases up to this row number are done")
    report: Mapped[str] = mapped_column(comment="What has changed so far, as JSON")
