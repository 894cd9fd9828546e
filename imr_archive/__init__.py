"""imr-archive: the searchable archive of California's Independent Medical Review decisions.

    from imr_archive import open_archive, parse_letter

What `__all__` names is the public door; everything else may change.
"""

from __future__ import annotations

from imr_archive.api import Archive, open_archive, read_letters
from imr_archive.archive.audit import AuditOverview
from imr_archive.archive.ingest import IngestSummary
from imr_archive.archive.reading import CaseView, CitationView, ItemView, SetAside, StoredCounts
from imr_archive.errors import (
    ArchiveError,
    ArchiveLockedError,
    ArchiveNotFoundError,
    ArchiveReadOnlyError,
    ImrArchiveError,
    NotAnArchiveError,
    NothingToReadError,
    PathNotFoundError,
    SchemaTooNewError,
    SchemaTooOldError,
    SourceError,
    UnknownNameError,
    UsageError,
)
from imr_archive.export import FORMATS, ExportSummary
from imr_archive.parsing import (
    Citation,
    Finding,
    Item,
    LetterRecord,
    Problem,
    Reviewer,
    Span,
    parse_letter,
    parse_letters,
)
from imr_archive.query import DIMENSIONS, FILTERS, Answer, Hit, Hits, RateRow, Rates
from imr_archive.sources import Ignored, Refused

__all__ = [
    "DIMENSIONS",
    "FILTERS",
    "FORMATS",
    "Answer",
    "Archive",
    "ArchiveError",
    "ArchiveLockedError",
    "ArchiveNotFoundError",
    "ArchiveReadOnlyError",
    "AuditOverview",
    "CaseView",
    "Citation",
    "CitationView",
    "ExportSummary",
    "Finding",
    "Hit",
    "Hits",
    "Ignored",
    "ImrArchiveError",
    "IngestSummary",
    "Item",
    "ItemView",
    "LetterRecord",
    "NotAnArchiveError",
    "NothingToReadError",
    "PathNotFoundError",
    "Problem",
    "RateRow",
    "Rates",
    "Refused",
    "Reviewer",
    "SchemaTooNewError",
    "SchemaTooOldError",
    "SetAside",
    "SourceError",
    "Span",
    "StoredCounts",
    "UnknownNameError",
    "UsageError",
    "open_archive",
    "parse_letter",
    "parse_letters",
    "read_letters",
]
