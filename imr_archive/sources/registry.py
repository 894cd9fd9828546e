"""The formats that are read: which suffix asks for which reader, and where that reader is."""

from __future__ import annotations

import functools
import importlib

from imr_archive.sources.documents import Reader

READERS = {
    "pdf": "imr_archive.sources.pdf:read_pdf",
    "ocr": "imr_archive.sources.ocr:read_pdf_by_ocr",
    "text": "imr_archive.sources.plain:read_plain",
    "markup": "imr_archive.sources.markup:read_markup",
    "word": "imr_archive.sources.word:read_word",
}
"""Every reader by name. They are imported when first used, so that a search starts no PDF library."""

PDF = "pdf"
OCR = "ocr"
"""Reads PDFs too, those pages that are pictures by OCR: only where it is asked for."""
ZIP = "zip"

KIND_BY_SUFFIX = {
    ".pdf": "pdf",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".markdown": "text",
    ".html": "markup",
    ".htm": "markup",
    ".xhtml": "markup",
    ".docx": "word",
    ".zip": ZIP,
}
"""The kind that a suffix (in lower case) stands for; a zip is entered, all others are readers' names."""


@functools.cache
def reader(name: str) -> Reader:
    """The reader of that name in `READERS`; KeyError where there is none."""
    module, _, function = READERS[name].partition(":")
    found: Reader = getattr(importlib.import_module(module), function)
    return found
