"""Saved questions as an open archive offers them to a program."""

from __future__ import annotations

from collections.abc import Iterable

from imr_archive.archive import saved_questions
from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.query import saved
from imr_archive.query.saved import News, Saved
from imr_archive.query.snippets import MARKS


class AsksAgain:
    """The part of an archive that keeps questions and tells what came in for them."""

    def __init__(self, database: ArchiveDatabase) -> None:
        self._database = database

    def save(self, name: str, question: str, *, replace: bool = False) -> Saved:
        """Keep a question in the archive; what is there now counts as seen, and `new` tells what comes in.

        Raises UsageError where the name is taken (unless `replace` says so) or cannot be one,
        ArchiveReadOnlyError where the archive was opened for reading.
        """
        return saved.keep(self._database, name, question, replace=replace)

    def saved(self) -> list[Saved]:
        """The questions that are kept, by name, each with the decisions that it finds and that are new."""
        return saved.kept(self._database)

    def rename_saved(self, name: str, new_name: str) -> None:
        """Give a saved question another name; raises as `save` does, UnknownNameError where there is none."""
        saved_questions.rename_question(self._database, name, new_name)

    def remove_saved(self, name: str) -> None:
        """Forget a saved question; UnknownNameError where there is none of that name."""
        saved_questions.remove_question(self._database, name)

    def new(
        self, name: str | None = None, *, peek: bool = False, marks: tuple[str, str] = MARKS
    ) -> list[News]:
        """What came in for a saved question, or for each of them, since it was last asked.

        Its mark moves before this returns. With `peek` it stays: whoever must not lose anything peeks, works,
        and then calls `mark_seen`. Raises UnknownNameError where there is no question of that name,
        ArchiveReadOnlyError where the mark would move in an archive that was opened for reading.
        """
        return saved.ask_again(self._database, name, peek=peek, marks=marks)

    def mark_seen(self, seen: Iterable[News]) -> None:
        """Move the marks of the questions behind all that is in these news."""
        saved.mark_seen(self._database, seen)
