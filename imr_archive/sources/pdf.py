"""PDF through PDFium."""

from __future__ import annotations

import contextlib
import ctypes
import threading
from collections.abc import Iterator
from typing import Any

import pypdfium2
from pypdfium2 import raw as pdfium

from imr_archive.sources.documents import Extract
from imr_archive.sources.layout import PAGE_BREAK
from imr_archive.sources.limits import Limits
from imr_archive.sources.reasons import source_error

PDFIUM_LOCK = threading.Lock()
"""Held around every call of PDFium: it keeps global state; work in parallel means processes."""

_NEEDS_PASSWORD = {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}

Handle = Any
"""A handle of PDFium's own interface, or the object of pypdfium2 around one.

Text is drawn through the former: the objects with their finalizers cost a twentieth of all the reading.
"""

# A printed page holds 1,500 characters or more; a fax's stamp or a scanner's footer under a hundred.
_SPARSE_PAGE = 150
_PICTURE_COVERS = 0.5

_BYTES_A_UNIT = ctypes.sizeof(ctypes.c_ushort)


def read_pdf(data: bytes, limits: Limits) -> Extract:
    """The text of every page, parted by form feeds.

    A PDF encrypted with an empty user password opens without one, as the state publishes some.
    Raises SourceError: encrypted, damaged_pdf, too_many_pages, too_much_text, needs_ocr.
    """
    with PDFIUM_LOCK:
        document = _loaded(data, limits)
        try:
            texts = _page_texts(document, limits)
        finally:
            pdfium.FPDF_CloseDocument(document)
    count = len(texts)
    if not any(len(text) > _SPARSE_PAGE for text in texts) and _are_pictures(data, texts, limits):
        raise source_error("needs_ocr", "1 page" if count == 1 else f"{count} pages")
    return Extract(PAGE_BREAK.join(texts), count)


@contextlib.contextmanager
def opened(data: bytes, limits: Limits) -> Iterator[pypdfium2.PdfDocument]:
    """The document, which is closed with all its pages; what PDFium objects to becomes a SourceError.

    The lock is held while it is opened and closed; whoever works on it in between takes the lock. Raises
    SourceError: encrypted, damaged_pdf, too_many_pages.
    """
    with PDFIUM_LOCK:
        document = pypdfium2.PdfDocument(_loaded(data, limits))
    try:
        yield document
    except pypdfium2.PdfiumError as error:
        raise source_error("damaged_pdf") from error
    finally:
        with PDFIUM_LOCK:
            document.close()


def page_text(page: Handle, room: int, limits: Limits) -> str:
    """The page's text layer; raises SourceError: too_much_text where it exceeds the `room` that is left."""
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        raise source_error("damaged_pdf")
    try:
        count = pdfium.FPDFText_CountChars(text_page)
        if count < 0:
            raise source_error("damaged_pdf")
        if count > room:
            raise source_error("too_much_text", f"limit {limits.text_characters} characters")
        return _characters(text_page, count)
    finally:
        pdfium.FPDFText_ClosePage(text_page)


def _characters(text_page: Handle, count: int) -> str:
    """All `count` characters, which PDFium gives as UTF-16 in little-endian order, with a NUL at the end.

    The room for them is a bytearray: ctypes would make a type of its own for an array of each length.
    """
    room = bytearray(_BYTES_A_UNIT * (count + 1))
    units = ctypes.c_ushort.from_buffer(room)
    written: int = pdfium.FPDFText_GetText(text_page, 0, count, ctypes.byref(units))
    # Control characters at the page's beginning and end are counted, but not written.
    return str(memoryview(room)[: _BYTES_A_UNIT * max(0, written - 1)], "utf-16-le", "ignore")


def is_picture(page: pypdfium2.PdfPage, text: str) -> bool:
    """Whether the page holds no more text than a stamp, and pictures or drawings hold what can be read."""
    if len(text) > _SPARSE_PAGE:
        return False
    return _has_drawing(page) if _is_wordless(text) else _is_covered_by_pictures(page)


def _loaded(data: bytes, limits: Limits) -> Handle:
    """The document, which holds on to nothing: `data` must outlive it, and who asked for it closes it."""
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        needs_password = pdfium.FPDF_GetLastError() in _NEEDS_PASSWORD
        raise source_error("encrypted" if needs_password else "damaged_pdf")
    pages = pdfium.FPDF_GetPageCount(document)
    if 0 < pages <= limits.pages:
        return document
    pdfium.FPDF_CloseDocument(document)
    if pages < 1:
        raise source_error("damaged_pdf", "no pages")
    raise source_error("too_many_pages", f"{pages} pages, limit {limits.pages}")


def _page_texts(document: Handle, limits: Limits) -> list[str]:
    texts: list[str] = []
    room = limits.text_characters
    for number in range(pdfium.FPDF_GetPageCount(document)):
        page = pdfium.FPDF_LoadPage(document, number)
        if not page:
            raise source_error("damaged_pdf")
        try:
            texts.append(page_text(page, room, limits))
        finally:
            pdfium.FPDF_ClosePage(page)
        room -= len(texts[-1])
    return texts


def _are_pictures(data: bytes, texts: list[str], limits: Limits) -> bool:
    """Whether pictures hold what can be read on some page, of a document whose pages hold hardly a word."""
    wordless = all(map(_is_wordless, texts))
    with opened(data, limits) as document, PDFIUM_LOCK:
        for page in document:
            with contextlib.closing(page):
                if _has_drawing(page) if wordless else _is_covered_by_pictures(page):
                    return True
    return False


def _is_wordless(text: str) -> bool:
    return not any(character.isalnum() for character in text)


def _has_drawing(page: pypdfium2.PdfPage) -> bool:
    return next(page.get_objects(), None) is not None


def _is_covered_by_pictures(page: pypdfium2.PdfPage) -> bool:
    width, height = page.get_size()
    covered = 0.0
    for picture in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,)):
        left, bottom, right, top = picture.get_bounds()
        covered += (min(right, width) - max(left, 0)) * (min(top, height) - max(bottom, 0))
    return bool(covered >= _PICTURE_COVERS * width * height)
