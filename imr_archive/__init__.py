"""imr-archive: the searchable archive of California's Independent Medical Review decisions.

    from imr_archive import open_archive, parse_letter

What `__all__` names is the public door; everything else may change.

Names are imported when they are first asked for: a worker process that only parses letters, or a command that
only prints its help, does not wait for the database's libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imr_archive.api import Archive, open_archive, read_letters
    from imr_archive.archive.audit import AuditOverview
    from imr_archive.archive.ingest import IngestSummary
    from imr_archive.archive.reading import CaseView, CitationView, ItemView, SetAside, StoredCounts
    from imr_archive.archive.saved_questions import Question
    from imr_archive.errors import (
        ArchiveError,
        ArchiveLockedError,
        ArchiveNotFoundError,
        ArchiveReadOnlyError,
        ImrArchiveError,
        MissingExtraError,
        NotAnArchiveError,
        NothingToReadError,
        PathNotFoundError,
        SchemaTooNewError,
        SchemaTooOldError,
        SourceError,
        UnknownNameError,
        UsageError,
    )
    from imr_archive.export import (
        FORMATS,
        MEMO_FORMATS,
        CitedDecision,
        ExportSummary,
        Memo,
        render_memo,
    )
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
    from imr_archive.query import (
        DIMENSIONS,
        FACETS,
        FILTERS,
        Answer,
        Comparison,
        Difference,
        Facet,
        Hit,
        Hits,
        LetterHits,
        Lift,
        RateRow,
        Rates,
    )
    from imr_archive.query.saved import NewDecision, News, Saved
    from imr_archive.query.similar.results import Alike, Similar, SimilarTo
    from imr_archive.sources import Ignored, Refused

_HOMES = {
    "imr_archive.api": ("Archive", "open_archive", "read_letters"),
    "imr_archive.archive.audit": ("AuditOverview",),
    "imr_archive.archive.ingest": ("IngestSummary",),
    "imr_archive.archive.reading": ("CaseView", "CitationView", "ItemView", "SetAside", "StoredCounts"),
    "imr_archive.archive.saved_questions": ("Question",),
    "imr_archive.errors": (
        "ArchiveError",
        "ArchiveLockedError",
        "ArchiveNotFoundError",
        "ArchiveReadOnlyError",
        "ImrArchiveError",
        "MissingExtraError",
        "NotAnArchiveError",
        "NothingToReadError",
        "PathNotFoundError",
        "SchemaTooNewError",
        "SchemaTooOldError",
        "SourceError",
        "UnknownNameError",
        "UsageError",
    ),
    "imr_archive.export": (
        "FORMATS",
        "MEMO_FORMATS",
        "CitedDecision",
        "ExportSummary",
        "Memo",
        "render_memo",
    ),
    "imr_archive.parsing": (
        "Citation",
        "Finding",
        "Item",
        "LetterRecord",
        "Problem",
        "Reviewer",
        "Span",
        "parse_letter",
        "parse_letters",
    ),
    "imr_archive.query": (
        "DIMENSIONS",
        "FACETS",
        "FILTERS",
        "Answer",
        "Comparison",
        "Difference",
        "Facet",
        "Hit",
        "Hits",
        "LetterHits",
        "Lift",
        "RateRow",
        "Rates",
    ),
    "imr_archive.query.saved": ("NewDecision", "News", "Saved"),
    "imr_archive.query.similar.results": ("Alike", "Similar", "SimilarTo"),
    "imr_archive.sources": ("Ignored", "Refused"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "DIMENSIONS",
    "FACETS",
    "FILTERS",
    "FORMATS",
    "MEMO_FORMATS",
    "Alike",
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
    "CitedDecision",
    "Comparison",
    "Difference",
    "ExportSummary",
    "Facet",
    "Finding",
    "Hit",
    "Hits",
    "Ignored",
    "ImrArchiveError",
    "IngestSummary",
    "Item",
    "ItemView",
    "LetterHits",
    "LetterRecord",
    "Lift",
    "Memo",
    "MissingExtraError",
    "NewDecision",
    "News",
    "NotAnArchiveError",
    "NothingToReadError",
    "PathNotFoundError",
    "Problem",
    "Question",
    "RateRow",
    "Rates",
    "Refused",
    "Reviewer",
    "Saved",
    "SchemaTooNewError",
    "SchemaTooOldError",
    "SetAside",
    "Similar",
    "SimilarTo",
    "SourceError",
    "Span",
    "StoredCounts",
    "UnknownNameError",
    "UsageError",
    "open_archive",
    "parse_letter",
    "parse_letters",
    "read_letters",
    "render_memo",
]


def __getattr__(name: str) -> object:
    """Import a public name from its home; AttributeError for any other, as of every module."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return __all__
