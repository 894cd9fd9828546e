"""An archive in other forms: CSV, JSON, a Datasette folder."""

from __future__ import annotations

from imr_archive.export.exporting import ExportSummary, export
from imr_archive.export.registry import FORMATS, Format

__all__ = ["FORMATS", "ExportSummary", "Format", "export"]
