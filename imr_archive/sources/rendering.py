"""Pages of a PDF as they stand: the text layer where there is one, else a picture of the page."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Generator

import msgspec
import pypdfium2
from PIL import Image
from pypdfium2 import raw as pdfium

from imr_archive.sources.limits import Limits
from imr_archive.sources.pdf import PDFIUM_LOCK, is_picture, opened, page_text
from imr_archive.sources.reasons import source_error

DPI = 225
"""Resolution for print of 10 to 12 points: at 150 and at 300 Tesseract's network misreads more of it.

Measured on letters scanned at 150 and 300 dpi; tests/benchmarks/ocr.py measures it again.
"""

_POINTS_PER_INCH = 72
_DEEPEST_FORM = 15


class Picture(msgspec.Struct, frozen=True):
    """A page as pixels in gray."""

    image: Image.Image
    dpi: int


def pages_or_pictures(data: bytes, limits: Limits) -> Generator[str | Picture]:
    """Each page of a PDF: its text, or its picture where a picture or a drawing holds what can be read.

    PDFium is free for others while the caller works on a page. Raises SourceError as `read_pdf` does, but
    for needs_ocr, and too_many_pixels where a picture or a page would fill the memory.
    """
    with opened(data, limits) as document:
        room = limits.text_characters
        with PDFIUM_LOCK:
            pages = len(document)
        for number in range(pages):
            with PDFIUM_LOCK, contextlib.closing(document[number]) as page:
                text = page_text(page, room, limits)
                drawn = _picture(page, limits) if is_picture(page, text) else None
            room -= len(text)
            yield text if drawn is None else drawn


def _picture(page: pypdfium2.PdfPage, limits: Limits) -> Picture:
    _check_embedded(page, limits)
    width, height = page.get_size()
    # Some scanners write one pixel as one point, which makes pages of a yard: these are drawn smaller.
    scale = min(DPI / _POINTS_PER_INCH, math.sqrt(limits.page_pixels / max(1.0, width * height)))
    if math.ceil(width * scale) * math.ceil(height * scale) > 2 * limits.page_pixels:
        raise source_error("too_many_pixels", f"a page of {width:.0f} by {height:.0f} points")
    with contextlib.closing(page.render(scale=scale, grayscale=True)) as bitmap:
        return Picture(bitmap.to_pil().copy(), max(1, round(scale * _POINTS_PER_INCH)))


def _check_embedded(page: pypdfium2.PdfPage, limits: Limits) -> None:
    """PDFium unpacks a picture whole before it scales it down, so what is large must be met before."""
    for picture in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=_DEEPEST_FORM):
        width, height = picture.get_px_size()
        if width * height > limits.picture_pixels:
            raise source_error("too_many_pixels", f"a picture of {width} by {height} pixels")
