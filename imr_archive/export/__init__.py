"""An archive in other forms: CSV, JSON, a Datasette folder; decisions as a memo."""

from __future__ import annotations

from imr_archive.export.exporting import ExportSummary, export
from imr_archive.export.memo.citing import cite
from imr_archive.export.memo.formats import (
    MEMO_FORMATS,
    MemoFormat,
    format_of_file,
    memo_format,
    render_memo,
    save_memo,
)
from imr_archive.export.memo.record import CitedDecision, Memo
from imr_archive.export.registry import FORMATS, Format

__all__ = [
    "FORMATS",
    "MEMO_FORMATS",
    "CitedDecision",
    "ExportSummary",
    "Format",
    "Memo",
    "MemoFormat",
    "cite",
    "export",
    "format_of_file",
    "memo_format",
    "render_memo",
    "save_memo",
]
