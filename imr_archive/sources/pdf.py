"""PDF through PDFium."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw as pdfium

from imr_archive.sources.documents import Extract
from imr_archive.sources.layout import PAGE_BREAK
from imr_archive.sources.limits import Limits
from imr_archive.sources.reasons import source_error

# PDFium keeps global state and is not thread-safe; work in parallel means processes.
_PDFIUM_LOCK = threading.Lock()

_NEEDS_PASSWORD = {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}

# A printed page holds 1,500 characters or more; a fax's stamp or a scanner's footer under a hundred.
_SPARSE_PAGE = 150
_PICTURE_COVERS = 0.5


def read_pdf(data: bytes, limits: Limits) -> Extract:
    """The text of every page, parted by form feeds.

    A PDF encrypted with an empty user password opens without one, as the state publishes some.
    Raises SourceError: encrypted, damaged_pdf, too_many_pages, too_much_text, needs_ocr.
    """
    with _PDFIUM_LOCK, _opened(data) as document:
        count = len(document)
        if count > limits.pages:
            raise source_error("too_many_pages", f"{count} pages, limit {limits.pages}")
        texts = _page_texts(document, limits)
        if _are_pictures(document, texts):
            raise source_error("needs_ocr", "1 page" if count == 1 else f"{count} pages")
    return Extract(PAGE_BREAK.join(texts), count)


@contextlib.contextmanager
def _opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """The document, which is closed with all its pages; what PDFium objects to becomes a SourceError."""
    try:
        with contextlib.closing(pypdfium2.PdfDocument(data)) as document:
            yield document
    except pypdfium2.PdfiumError as error:
        raise source_error("encrypted" if error.err_code in _NEEDS_PASSWORD else "damaged_pdf") from error


def _page_texts(document: pypdfium2.PdfDocument, limits: Limits) -> list[str]:
    texts = []
    room = limits.text_characters
    for page in document:
        text_page = page.get_textpage()
        room -= text_page.count_chars()
        if room < 0:
            raise source_error("too_much_text", f"limit {limits.text_characters} characters")
        texts.append(text_page.get_text_range())
        text_page.close()
        page.close()
    return texts


def _are_pictures(document: pypdfium2.PdfDocument, texts: list[str]) -> bool:
    """Whether no page holds more text than a stamp, and pictures or drawings hold what can be read."""
    if any(len(text) > _SPARSE_PAGE for text in texts):
        return False
    wordless = not any(character.isalnum() for text in texts for character in text)
    for page in document:
        with contextlib.closing(page):
            if _has_drawing(page) if wordless else _is_covered_by_pictures(page):
                return True
    return False


def _has_drawing(page: pypdfium2.PdfPage) -> bool:
    return next(page.get_objects(), None) is not None


def _is_covered_by_pictures(page: pypdfium2.PdfPage) -> bool:
    width, height = page.get_size()
    covered = 0.0
    for picture in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,)):
        left, bottom, right, top = picture.get_bounds()
        covered += (min(right, width) - max(left, 0)) * (min(top, height) - max(bottom, 0))
    return bool(covered >= _PICTURE_COVERS * width * height)
