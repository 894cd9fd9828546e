"""The library as a program uses it: `open_archive`, and letters read without an archive."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from imr_archive.archive import reading
from imr_archive.archive.audit import AuditOverview, audit_overview
from imr_archive.archive.backup import BackupSummary, back_up
from imr_archive.archive.checking import CheckReport, check_archive
from imr_archive.archive.connection import ArchiveDatabase, open_for_reading, open_for_writing
from imr_archive.archive.ingest import (
    DEFAULT_INGEST,
    IngestOptions,
    IngestSummary,
    Inputs,
    Progress,
    ingest,
)
from imr_archive.archive.kept.runs import KeepSummary
from imr_archive.archive.optimize import OptimizeSummary, optimize
from imr_archive.archive.rationale_marks import await_comparison
from imr_archive.archive.reparse import reparse
from imr_archive.archive.reparse_report import ReparseReport
from imr_archive.archive.running import StepProgress, never, silent
from imr_archive.archive.selectors import Selected, read_selector, select_letters
from imr_archive.archive.store import sqlite_cursor
from imr_archive.errors import ArchiveLockedError, SourceError, UsageError
from imr_archive.export import ExportSummary, Memo, cite, export
from imr_archive.parsing import LetterRecord, parse_letters
from imr_archive.query import (
    MARKS,
    Answer,
    Hits,
    LetterHits,
    Lift,
    Rates,
    ask,
    lifts,
    rates,
    search,
    search_letters,
)
from imr_archive.query.filters.registry import Raw
from imr_archive.query.filters.unknown_values import UnknownValue, unknown_values
from imr_archive.query.kept.definitions import DEFINITIONS, keep_ready
from imr_archive.query.saved_in_archive import AsksAgain
from imr_archive.query.similar.asking import LIMIT, PAIRS, similar_to_case, similar_to_text
from imr_archive.query.similar.file import text_of_file
from imr_archive.query.similar.results import Similar
from imr_archive.query.sql import Sort
from imr_archive.sources import Document, Ignored, Refused, discover, read, require_ocr

if TYPE_CHECKING:
    from imr_archive.archive.migrate import UpgradeResult

AnyPath = str | os.PathLike[str]


def open_archive(path: AnyPath = "imr.db", *, write: bool = False) -> Archive:
    """Open the archive at `path`; with `write`, to read letters into it, making it where there is none.

    Use it in a `with` statement, or `close()` it. Raises an ArchiveError that says what is wrong with it:
    ArchiveNotFoundError, NotAnArchiveError, SchemaTooOldError, SchemaTooNewError, ArchiveReadOnlyError or
    ArchiveLockedError.
    """
    chosen = Path(path)
    return Archive(open_for_writing(chosen, create=True) if write else open_for_reading(chosen))


def read_letters(
    paths: Iterable[AnyPath], *, ocr: bool = False
) -> Iterator[LetterRecord | Refused | Ignored]:
    """Every letter at and under `paths` as a record, without an archive.

    ocr: read pages that are pictures by OCR. What could not be read comes as `Refused` with its reason, what
    is no input (another type, a hidden file) as `Ignored`. Raises PathNotFoundError before the first where a
    path does not exist.
    """
    for one in read_documents(paths, ocr=ocr):
        if isinstance(one, Document):
            yield from parse_letters(one.text, one.name)
        else:
            yield one


def read_documents(paths: Iterable[AnyPath], *, ocr: bool = False) -> Iterator[Document | Refused | Ignored]:
    """The text of every file at and under `paths`, before it is parsed; otherwise as `read_letters`.

    Raises UsageError where OCR is asked for and this machine has none.
    """
    if ocr:
        require_ocr()
    for found in discover([Path(path) for path in paths]):
        if isinstance(found, Refused | Ignored):
            yield found
            continue
        try:
            yield read(found, ocr=ocr)
        except SourceError as error:
            yield Refused.because(error, found.path, found.size, found.modified_ns)


def upgrade_archive(path: AnyPath, *, backup: bool = True) -> UpgradeResult:
    """Bring an archive that an older version made up to date, keeping a copy beside it unless told not to.

    Raises an ArchiveError where that is not possible; the archive is then as it was.
    """
    # Alembic takes longer to import than most commands take to run.
    from imr_archive.archive.migrate import upgrade  # noqa: PLC0415

    return upgrade(Path(path), backup=backup)


class Archive(AsksAgain):
    """An open archive of decisions.

    Filters are keyword arguments by the names of `imr_archive.FILTERS`: one value, several, or a range such
    as `year="2016..2018"`. Dimensions are the names of `imr_archive.DIMENSIONS`.
    """

    def __init__(self, database: ArchiveDatabase) -> None:
        super().__init__(database)

    @property
    def path(self) -> Path:
        """The database file."""
        return self._database.path

    def ingest(
        self,
        *paths: AnyPath,
        inputs: Inputs | None = None,
        options: IngestOptions = DEFAULT_INGEST,
        progress: Progress | None = None,
        kept: StepProgress | None = None,
        stop: Callable[[], bool] = never,
    ) -> IngestSummary:
        """Read all letters at and under `paths` into the archive; says what became of every file.

        inputs: what `find_inputs` made of the paths, in their stead. kept: is told how `keep_ready` goes,
        which ends the run where letters were stored. stop: is asked time and again; once it
        says yes, what has been read is stored and the run ends. Raises PathNotFoundError or
        NothingToReadError before anything is written, ArchiveLockedError where another process is reading
        letters into the archive.
        """
        chosen = inputs or [Path(path) for path in paths]
        summary = ingest(chosen, self._database, options=options, progress=progress, stop=stop)
        if summary.letters and not summary.stopped:
            started = time.monotonic()
            made = self.keep_ready(progress=kept, stop=stop)
            if made and made.chunks:
                summary.seconds_making_ready = time.monotonic() - started
        return summary

    def keep_ready(
        self, *, progress: StepProgress | None = None, stop: Callable[[], bool] = never
    ) -> KeepSummary | None:
        """Bring what makes queries quick in a large archive up to date, as `ingest` does at its end.

        Answers are the same without, only slower. None where another process is writing: it does the same.
        """
        try:
            return keep_ready(self._database, progress=progress or silent, stop=stop)
        except ArchiveLockedError:
            return None

    def search(
        self,
        words: str = "",
        *,
        limit: int = 20,
        offset: int = 0,
        sort: Sort = "best",
        marks: tuple[str, str] = MARKS,
        facets: Iterable[str] = (),
        collapse: bool = True,
        **filters: Raw | None,
    ) -> Hits:
        """The decisions that match `words` and `filters`: one page, best first, and the exact total.

        facets: dimensions to count them by, such as `imr_archive.FACETS`. collapse: list the first alone of
        those that have nearly the same rationale.
        """
        with self._database.read() as connection:
            return search(
                connection,
                words,
                filters=filters,
                limit=limit,
                offset=offset,
                sort=sort,
                marks=marks,
                facet=facets,
                collapse=collapse,
            )

    def search_letters(
        self,
        words: str = "",
        *,
        limit: int = 20,
        offset: int = 0,
        sort: Sort = "best",
        marks: tuple[str, str] = MARKS,
        **filters: Raw | None,
    ) -> LetterHits:
        """The letters with decisions that match, each with all of these; the total counts letters."""
        with self._database.read() as connection:
            return search_letters(
                connection, words, filters=filters, limit=limit, offset=offset, sort=sort, marks=marks
            )

    def query(
        self,
        phrase: str,
        *,
        limit: int = 20,
        offset: int = 0,
        sort: Sort = "best",
        marks: tuple[str, str] = MARKS,
        facets: Iterable[str] = (),
        letters: bool = False,
        collapse: bool = True,
        **filters: Raw | None,
    ) -> Answer:
        """The answer to a phrase: decisions, rates ("massage upheld by specialty") or a comparison.

        The answer has `.sql`, `.to_dicts()` and `.to_pandas()`, and so has its `result`. facets, collapse: as
        in `search`. letters: group decisions by letter.
        """
        with self._database.read() as connection:
            return ask(
                connection,
                phrase,
                filters=filters,
                limit=limit,
                offset=offset,
                sort=sort,
                marks=marks,
                facet=facets,
                letters=letters,
                collapse=collapse,
            )

    def rates(self, by: str | Sequence[str] = (), *, words: str = "", **filters: Raw | None) -> Rates:
        """Uphold rates by up to two dimensions, with Wilson 95% intervals."""
        dimensions = [by] if isinstance(by, str) else list(by)
        with self._database.read() as connection:
            return rates(connection, dimensions, words=words, filters=filters)

    def lifts(
        self, by: str | Sequence[str] = ("section", "reason"), *, words: str = "", **filters: Raw | None
    ) -> tuple[Lift, ...]:
        """Which sections, reasons or other values go with the outcome that `words` name (else overturned)."""
        dimensions = [by] if isinstance(by, str) else list(by)
        with self._database.read() as connection:
            return lifts(connection, dimensions, words=words, filters=filters)

    def similar(
        self,
        case: str | None = None,
        item: int | None = None,
        *,
        file: AnyPath | None = None,
        text: str | None = None,
        limit: int = LIMIT,
        pairs: int = PAIRS,
    ) -> Similar:
        """The decisions nearest to each item of a case, a file or a text, and both outcomes of the request.

        Name one of the three: a stored case by its number or its file's name, a letter's file, or a text such
        as a pasted denial. item: only the item at that place. limit: decisions for each item; pairs: upheld
        and overturned ones set side by side. Raises UnknownNameError for a case or item that is not there,
        UsageError for a file that cannot be read, or a number out of bounds.
        """
        if sum(one is not None for one in (case, file, text)) != 1:
            raise UsageError("name one of the three: a case, a file or a text")
        asked = text_of_file(Path(file)) if file is not None else text
        with self._database.read() as connection:
            if asked is not None:
                return similar_to_text(connection, asked, item, limit=limit, pairs=pairs)
            return similar_to_case(connection, case or "", item, limit=limit, pairs=pairs)

    def cite(
        self,
        phrase: str,
        *,
        limit: int = 20,
        sort: Sort = "best",
        anywhere: bool = False,
        **filters: Raw | None,
    ) -> Memo:
        """A memo of the decisions that match `phrase`: a table, a quotation from each, and the rate.

        `imr_archive.render_memo(memo, "docx")` gives its file, in a format of `imr_archive.MEMO_FORMATS`.
        Cited are decisions on items that match, as rates count them; `anywhere` cites those too that have the
        words in the rationale or the case summary alone. `limit`, `sort` and the filters choose as in
        `search`, and the same errors are raised.
        """
        with self._database.read() as connection:
            return cite(connection, phrase, limit=limit, sort=sort, anywhere=anywhere, filters=filters)

    def unknown_values(self, **filters: Raw | None) -> tuple[UnknownValue, ...]:
        """The values of these filters that no decision here has, each with the likeliest that are meant."""
        with self._database.read() as connection:
            return unknown_values(connection, filters)

    def case(self, number: str) -> reading.CaseView:
        """One case whole, by its number or its file's name; UnknownNameError suggests the nearest."""
        return reading.find_case(self._database, number)

    def letter(self, number: str, *, version: int | None = None) -> LetterRecord:
        """The record of a case's letter, read again from its stored text; of an older version if asked."""
        return reading.read_letter(self._database, number, version)

    def letter_text(self, number: str, *, version: int | None = None) -> str:
        """The text of a case's letter as it was read; of an older version if asked."""
        return reading.read_text(self._database, number, version)

    def counts(self) -> reading.StoredCounts:
        """How much the archive holds."""
        return reading.stored_counts(self._database)

    def set_aside(self, reason: str | None = None, *, limit: int | None = None) -> list[reading.SetAside]:
        """The files that could not be read, with their reasons: all, or those of one reason."""
        return reading.set_aside_files(self._database, reason, limit=limit)

    def audit(self) -> AuditOverview:
        """What was not parsed, by field; what was set aside and why; the archive's own integrity."""
        return audit_overview(self._database)

    def audit_letters(self, letters: str, *, limit: int | None = None) -> Selected:
        """The letters behind a row of the audit, by its selector such as `problem:no_case_number`."""
        return select_letters(self._database, read_selector(letters), limit)

    def reparse(self, letters: str = "all", *, dry_run: bool = False) -> ReparseReport:
        """Read stored letters again with the parser of today; says field by field what changed.

        letters: a selector, as of `audit_letters`. dry_run: change nothing and only report. An interrupted
        run goes on when it is called again. Raises ArchiveReadOnlyError where the archive was opened for
        reading, ArchiveLockedError where another process is reading letters into it.
        """
        report = reparse(self._database, read_selector(letters), dry_run=dry_run)
        if not dry_run:
            self.keep_ready()
        return report

    def check(self, *, quick: bool = False) -> CheckReport:
        """Whether the archive is sound: file, references, counts, texts, search index."""
        return check_archive(self._database, columns=DEFINITIONS.columns, quick=quick)

    def back_up(self, target: AnyPath, *, force: bool = False) -> BackupSummary:
        """Copy the archive as it is now to `target` and test the copy, even while letters are being read in.

        force: replace a file of that name. Raises UsageError where the name is taken, and an ArchiveError
        where no sound copy can be made; nothing is left of it then.
        """
        return back_up(self.path, Path(target), force=force)

    def awaits_optimize(self) -> bool:
        """Whether rationales were stored that `optimize` has not compared with others yet."""
        with self._database.read() as connection:
            return await_comparison(sqlite_cursor(connection))

    def optimize(self, *, vacuum: bool = False, stop: Callable[[], bool] = never) -> OptimizeSummary:
        """Compare new rationales, merge the search index, take statistics; with `vacuum` write the file anew.

        Raises ArchiveLockedError where another process is writing, ArchiveReadOnlyError where the archive was
        opened for reading.
        """
        return optimize(self._database, sets=DEFINITIONS, vacuum=vacuum, stop=stop)

    def export(self, folder: AnyPath, format_name: str, *, force: bool = False) -> ExportSummary:
        """All tables as files in `folder`, in a format of `imr_archive.FORMATS`."""
        return export(self._database.path, Path(folder), format_name, force=force)

    def close(self) -> None:
        """Close the archive."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
