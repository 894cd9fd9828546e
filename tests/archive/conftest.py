"""An empty archive for each test, and letters to put into it."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from imr_archive.archive.connection import ArchiveDatabase, open_for_writing
from imr_archive.archive.prepared import Prepared, PreparedLetter
from imr_archive.archive.store import Store
from imr_archive.archive.texts import compress, fingerprint
from imr_archive.parsing.record import Citation, Item, LetterRecord, Problem, Reviewer, Span

NOBODY = 65534


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database made by the migrations, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    open_for_writing(path, create=True).close()
    return path


@pytest.fixture
def archive_file(empty_archive: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(empty_archive, tmp_path / "imr.db"))


@pytest.fixture
def archive(archive_file: Path) -> Iterator[ArchiveDatabase]:
    with open_for_writing(archive_file) as database:
        yield database


@pytest.fixture
def clock() -> Callable[[], datetime.datetime]:
    """A clock that goes on by an hour each time it is asked."""
    hours = iter(range(1000))
    midnight = datetime.datetime.fromisoformat("2026-01-01")

    def tell() -> datetime.datetime:
        return midnight + datetime.timedelta(hours=next(hours))

    return tell


@pytest.fixture
def store(archive: ArchiveDatabase, clock: Callable[[], datetime.datetime]) -> Store:
    return Store(archive, clock=clock)


@pytest.fixture
def cushion() -> LetterRecord:
    """A letter about a seat cushion and a massage, with both sides' citations."""
    chronic_pain = "Chronic Pain Medical Treatment"
    return LetterRecord(
        source="cushion.txt",
        case_number="CM16-0000001",
        date_assigned=datetime.date(2016, 11, 2),
        date_of_injury=datetime.date(2014, 3, 4),
        decision_date=datetime.date(2016, 12, 5),
        ur_denial_date=datetime.date(2016, 9, 6),
        application_received=datetime.date(2016, 10, 7),
        priority="standard",
        outcome="partially_overturned",
        reviewer=Reviewer(
            specialties=("Pain Management", "Anesthesiology"), licensure_states=("Texas", "California")
        ),
        patient_age=44,
        patient_sex="female",
        layout="D",
        summary="A baker of 44 years whose back hurts after lifting flour.",
        diagnoses=("Lumbar sprain", "Dusty lungs"),
        problems=(Problem("unknown_section", "the section Dough is not known", "items[0]"),),
        items=(
            Item(
                description="Massage therapy 6 visits",
                outcome="upheld",
                category="Rehabilitation",
                subcategory="Other Therapies",
                service="massage therapy",
                rationale="Kneading was tried before and changed nothing.",
                quantity=6.0,
                quantity_unit="visits",
                reason="exceeds_guideline_number",
                reason_sentence="Kneading was tried before and changed nothing.",
                reason_certain=True,
                ur_action="modified",
                ur_authorized="2 visits of massage",
                ur_authorized_quantity=2.0,
                citations=(
                    Citation(
                        cited_by="claims_administrator",
                        source="MTUS",
                        guideline=chronic_pain,
                        year=2009,
                        sections=("Massage therapy", "Dough"),
                        pages=("60", "98-99"),
                        raw="Chronic Pain 2009, Sections: Massage therapy, Dough. Pages 60, 98-99",
                        span=Span(0, 1),
                        unrecognised=("Dough",),
                    ),
                    Citation(
                        cited_by="reviewer",
                        source="MTUS",
                        guideline=chronic_pain,
                        year=2009,
                        sections=("Massage therapy",),
                        raw="Chronic Pain 2009, Section: Massage therapy",
                        span=Span(0, 1),
                    ),
                    Citation(cited_by="reviewer", source="ODG", raw="ODG", span=Span(0, 1)),
                ),
            ),
            Item(description="Seat cushion", outcome="overturned", dose=None, laterality="left"),
        ),
    )


@pytest.fixture
def file_of() -> Callable[..., Prepared]:
    """A function that makes an input of letters; each letter's text is its record, or `text`."""

    def make(*records: LetterRecord, path: str = "", text: str = "", **changes: object) -> Prepared:
        letters = tuple(
            PreparedLetter(
                record=record,
                text_sha256=fingerprint(text or repr(record)),
                packed_text=compress(text or repr(record)),
                unrecognised=frozenset({"Dusty lungs"}),
            )
            for record in records
        )
        source = records[0].source if records else Path(path).name
        content = path + text + repr(records)
        plain = Prepared(
            path=path or f"/letters/{source}",
            source=source,
            size=len(content),
            modified_ns=1_000,
            parser_version="test",
            sha256=hashlib.sha256(content.encode()).hexdigest(),
            letters=letters,
        )
        return msgspec.structs.replace(plain, **changes)

    return make


@pytest.fixture
def rows(archive: ArchiveDatabase) -> Callable[[str], list[tuple[object, ...]]]:
    """A function that gives the rows of a query on the archive."""

    def query(sql: str) -> list[tuple[object, ...]]:
        with archive.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    return query


@pytest.fixture
def dump() -> Callable[[Path], str]:
    """A function that writes a database out as SQL: its schema and all of its rows."""
    import sqlite3

    def write(path: Path) -> str:
        connection = sqlite3.connect(path)
        try:
            return "\n".join(connection.iterdump())
        finally:
            connection.close()

    return write


@pytest.fixture
def ordinary_user(tmp_path: Path) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """Within it, permissions hold even where the suite runs as root."""

    @contextlib.contextmanager
    def become() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        for folder in (tmp_path, *tmp_path.parents):
            if folder.stat().st_uid == 0 and folder.name.startswith(("pytest-", "popen-", tmp_path.name)):
                folder.chmod(folder.stat().st_mode | 0o055)
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)

    return become
