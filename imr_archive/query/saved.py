"""Saved questions asked again: the decisions that came in since, new ones and those that were corrected."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

import msgspec
from sqlalchemy import Connection

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.saved_questions import (
    Question,
    changed_cases,
    last_letter,
    move_mark,
    save_question,
    saved_question,
    saved_questions,
)
from imr_archive.errors import ArchiveReadOnlyError
from imr_archive.query.counts import Value
from imr_archive.query.filters.applied import Applied
from imr_archive.query.language.reading import read
from imr_archive.query.language.thesaurus import Thesaurus
from imr_archive.query.plan import Plan
from imr_archive.query.results import Hit
from imr_archive.query.search import MOST_ROWS, find
from imr_archive.query.snippets import MARKS


class NewDecision(msgspec.Struct, frozen=True):
    """A decision that came in; `changed` where an earlier letter of its case had been seen."""

    hit: Hit
    changed: bool

    def to_dict(self) -> dict[str, Value]:
        """The row as JSON has it: that of a search, and `news`, which is `new` or `changed`."""
        return {"news": "changed" if self.changed else "new", **self.hit.to_dict()}


class News(msgspec.Struct, frozen=True):
    """What came in for a question since it was last asked, newest decision first.

    seen_letter: where the question's mark moves to once this has been seen.
    """

    question: Question
    plan: Plan
    rows: tuple[NewDecision, ...]
    seen_letter: int

    @property
    def reading(self) -> str:
        """How the question was understood."""
        return self.plan.reading

    @property
    def total(self) -> int:
        """How many decisions came in."""
        return len(self.rows)

    def to_dicts(self) -> list[dict[str, Value]]:
        """The rows as JSON has them."""
        return [row.to_dict() for row in self.rows]

    def to_dict(self) -> dict[str, object]:
        """The news as JSON has them."""
        return {
            "name": self.question.name,
            "query": self.question.query,
            "reading": self.reading,
            "since": _in_utc(self.question.since),
            "rows": self.to_dicts(),
            "total": self.total,
        }


class Saved(msgspec.Struct, frozen=True):
    """A question that is kept, and how it reads.

    total: how many decisions it finds. new: how many of them came in since it was last asked.
    """

    question: Question
    reading: str
    total: int
    new: int

    def to_dict(self) -> dict[str, str | int | datetime.datetime | None]:
        """The row as JSON has it."""
        return {
            "name": self.question.name,
            "query": self.question.query,
            "reading": self.reading,
            "saved_at": _in_utc(self.question.saved_at),
            "asked_at": self.question.asked_at and _in_utc(self.question.asked_at),
            "total": self.total,
            "new": self.new,
        }


def _in_utc(moment: datetime.datetime) -> datetime.datetime:
    """A time of the archive, named as what it is: in JSON it then ends in Z."""
    return moment.replace(tzinfo=datetime.UTC)


def keep(database: ArchiveDatabase, name: str, query: str, *, replace: bool = False) -> Saved:
    """Keep a question, as `save_question` does and with its errors; says what it finds now."""
    question = save_question(database, name, query, replace=replace)
    with database.read() as connection:
        return status(connection, question)


def kept(database: ArchiveDatabase) -> list[Saved]:
    """The questions that are kept, by name."""
    with database.read() as connection:
        return [status(connection, question) for question in saved_questions(connection)]


def names(database: ArchiveDatabase) -> dict[str, str]:
    """The names of the questions that are kept, with their words; nothing is looked for."""
    with database.read() as connection:
        return {question.name: question.query for question in saved_questions(connection)}


def ask_again(
    database: ArchiveDatabase,
    name: str | None = None,
    *,
    peek: bool = False,
    marks: tuple[str, str] = MARKS,
) -> list[News]:
    """The news of a saved question, or of each of them; unless `peek` says so, their marks move.

    Raises UnknownNameError where there is no question of that name, ArchiveReadOnlyError where a mark would
    move in an archive that was opened for reading.
    """
    if not (peek or database.can_write):
        raise ArchiveReadOnlyError(f"{database.path} was opened for reading only: ask with peek")
    with database.read() as connection:
        asked = saved_questions(connection) if name is None else [saved_question(connection, name)]
        found = [news(connection, question, marks=marks) for question in asked]
    if not peek:
        mark_seen(database, found)
    return found


def mark_seen(database: ArchiveDatabase, seen: Iterable[News]) -> None:
    """Move the marks of the questions behind all that is in these news."""
    for one in seen:
        move_mark(database, one.question, one.seen_letter)


def news(
    connection: Connection,
    question: Question,
    *,
    marks: tuple[str, str] = MARKS,
    thesaurus: Thesaurus | None = None,
) -> News:
    """The decisions that `question` finds and that a letter beyond its mark decides.

    The connection's transaction has to be one: what is shown, and where the mark moves to, are of one moment.
    """
    plan = _plan(question, thesaurus)
    changed = changed_cases(connection, question)
    hits = _hits(connection, _since(plan, question), marks)
    rows = tuple(NewDecision(hit, hit.case_number in changed) for hit in hits)
    return News(question, plan, rows, max(question.seen_letter, last_letter(connection)))


def status(connection: Connection, question: Question, *, thesaurus: Thesaurus | None = None) -> Saved:
    """A question with its reading and the numbers of decisions that it finds, and that are new to it."""
    plan = _plan(question, thesaurus)
    total, new = (find(connection, one, limit=1).total for one in (plan, _since(plan, question)))
    return Saved(question, plan.reading, total, new)


def _plan(question: Question, thesaurus: Thesaurus | None) -> Plan:
    """What the question finds as a list of decisions; what would group them is noted as ignored."""
    return read(question.query, thesaurus).as_hits()


def _since(plan: Plan, question: Question) -> Plan:
    return plan.narrowed((Applied("letter_number", low=question.seen_letter + 1),))


def _hits(connection: Connection, plan: Plan, marks: tuple[str, str]) -> Iterator[Hit]:
    """All decisions that the plan asks for, page by page."""
    offset, total = 0, 1
    while offset < total:
        page = find(
            connection, plan, limit=MOST_ROWS, offset=offset, sort="newest", marks=marks, collapse=False
        )
        yield from page.rows
        offset, total = offset + MOST_ROWS, page.total
