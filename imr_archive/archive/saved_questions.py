"""Questions that are kept in the archive, each with the mark up to which its answers have been seen.

The mark is the row number of a letter. Letters are only ever added, by one writer at a time and each with a
greater number than all before it, and no later work on the archive touches the number: a reparse, an upgrade
or an optimization makes cases and items anew, never letters. So what came in since is what a current letter
beyond the mark decides, whatever the clock or the dates in the letters say.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from difflib import get_close_matches

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.orm import aliased

from imr_archive.archive.bookkeeping import SavedQuestion
from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.models import Case, Letter
from imr_archive.archive.store import utc_now
from imr_archive.errors import UnknownNameError, UsageError

LONGEST_NAME = 80
"""A name is typed and completed in a shell."""

Clock = Callable[[], datetime.datetime]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question that is kept: its words, when it was saved and last asked (UTC), and its mark.

    seen_letter: the row number of the last letter that was in the archive when it was last asked, or saved.
    """

    name: str
    query: str
    saved_at: datetime.datetime
    asked_at: datetime.datetime | None
    seen_letter: int

    @property
    def since(self) -> datetime.datetime:
        """Since when decisions count as new: when it was last asked, or else saved."""
        return self.asked_at or self.saved_at


def save_question(
    database: ArchiveDatabase, name: str, query: str, *, replace: bool = False, clock: Clock = utc_now
) -> Question:
    """Keep `query` under `name`; what is in the archive now counts as seen.

    replace: put it in the place of a question of that name. Raises UsageError where the name is taken or
    cannot be one, ArchiveReadOnlyError or ArchiveLockedError where the archive cannot be written to.
    """
    _check_name(name)
    if not query.isprintable():
        raise UsageError("a question is one line of text")
    with database.write() as connection:
        if replace:
            connection.execute(delete(SavedQuestion).where(SavedQuestion.name == name))
        _check_free(connection, name)
        question = Question(
            name=name, query=query, saved_at=clock(), asked_at=None, seen_letter=last_letter(connection)
        )
        connection.execute(insert(SavedQuestion).values(msgspec.structs.asdict(question)))
    return question


def saved_questions(connection: Connection) -> list[Question]:
    """All questions that are kept, by name."""
    return [Question(**row) for row in connection.execute(_SELECT.order_by(SavedQuestion.name)).mappings()]


def saved_question(connection: Connection, name: str) -> Question:
    """The question of that name; UnknownNameError with the nearest names where there is none."""
    row = connection.execute(_SELECT.where(SavedQuestion.name == name)).mappings().one_or_none()
    if row is None:
        raise UnknownNameError(_no_such_question(connection, name))
    return Question(**row)


def rename_question(database: ArchiveDatabase, name: str, new_name: str) -> None:
    """Give the question `name` another name; its mark stays.

    Raises UnknownNameError where there is no such question, UsageError where the new name is taken or cannot
    be one.
    """
    _check_name(new_name)
    with database.write() as connection:
        saved_question(connection, name)
        if new_name != name:
            _check_free(connection, new_name, "or --remove that one first")
        connection.execute(update(SavedQuestion).where(SavedQuestion.name == name).values(name=new_name))


def remove_question(database: ArchiveDatabase, name: str) -> None:
    """Forget the question `name`; UnknownNameError where there is none."""
    with database.write() as connection:
        saved_question(connection, name)
        connection.execute(delete(SavedQuestion).where(SavedQuestion.name == name))


def move_mark(database: ArchiveDatabase, question: Question, letter: int, *, clock: Clock = utc_now) -> None:
    """Note that `question` was asked now and answered with all letters up to `letter`.

    A mark never moves back, whoever asked in between; a question that was replaced or removed meanwhile is
    left as it is.
    """
    with database.write() as connection:
        connection.execute(
            update(SavedQuestion)
            .where(SavedQuestion.name == question.name, SavedQuestion.query == question.query)
            .values(asked_at=clock(), seen_letter=func.max(SavedQuestion.seen_letter, letter))
        )


def last_letter(connection: Connection) -> int:
    """The row number of the letter that was read in last; 0 where there is none."""
    return connection.execute(select(func.coalesce(func.max(Letter.id), 0))).scalar_one()


def changed_cases(connection: Connection, question: Question) -> frozenset[str]:
    """The numbers of the cases that the asker has seen and that a later letter tells anew.

    A letter without a case number is a case of its own, which has no second letter.
    """
    seen = aliased(Letter)
    older = select(seen.id).where(seen.case_id == Letter.case_id, seen.id <= question.seen_letter)
    query = (
        select(Case.case_number)
        .join(Letter, Letter.case_id == Case.id)
        .where(Letter.is_current, Letter.id > question.seen_letter, older.exists())
        .where(Case.case_number.is_not(None))
    )
    return frozenset(number for number in connection.execute(query).scalars() if number)


_SELECT = select(
    SavedQuestion.name,
    SavedQuestion.query,
    SavedQuestion.saved_at,
    SavedQuestion.asked_at,
    SavedQuestion.seen_letter,
)


def _check_name(name: str) -> None:
    if not name or name != name.strip() or not name.isprintable() or name.startswith("-"):
        raise UsageError(f"a question cannot be named {name!r}: take a word such as norco")
    if len(name) > LONGEST_NAME:
        raise UsageError(f"a name has at most {LONGEST_NAME} characters, not {len(name)}")


def _check_free(connection: Connection, name: str, otherwise: str = "or --replace it") -> None:
    taken = connection.execute(select(SavedQuestion.query).where(SavedQuestion.name == name)).scalar()
    if taken is not None:
        raise UsageError(f"{name} is saved already, as {taken!r}: take another name, {otherwise}")


def _no_such_question(connection: Connection, name: str) -> str:
    known = [question.name for question in saved_questions(connection)]
    if not known:
        return f"no question {name!r} is saved: save one with `imr-archive save NAME QUERY`"
    near = get_close_matches(name, known, n=3)
    suggestion = f"did you mean {', '.join(near)}?" if near else f"there are: {', '.join(known)}"
    return f"no question {name!r} is saved: {suggestion}"
