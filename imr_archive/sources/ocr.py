"""PDFs whose pages are pictures, read by OCR: render, straighten, hand to Tesseract, join."""

from __future__ import annotations

import contextlib
from collections.abc import Collection

from PIL import Image

from imr_archive.sources.documents import Extract
from imr_archive.sources.layout import PAGE_BREAK
from imr_archive.sources.limits import Limits
from imr_archive.sources.reasons import source_error
from imr_archive.sources.rendering import Picture, pages_or_pictures
from imr_archive.sources.straightening import straightened
from imr_archive.sources.tesseract import PageReading, read_picture

_DOUBTFUL = 60.0
"""Confidence below which a page may lie upside down or on its side; print that is upright has 90 or more."""
_TURNS = (Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270)


def read_pdf_by_ocr(data: bytes, limits: Limits) -> Extract:
    """The text of every page, parted by form feeds: its text layer, and where it is a picture, by OCR.

    A PDF that has its text gives it as `read_pdf` does, and no OCR is done. Raises SourceError: encrypted,
    damaged_pdf, too_many_pages, too_many_pixels, too_much_text, timeout, ocr_failed.
    """
    texts: list[str] = []
    readings: dict[int, PageReading] = {}
    with contextlib.closing(pages_or_pictures(data, limits)) as pages:
        for number, page in enumerate(pages):
            if isinstance(page, Picture):
                if len(readings) == limits.ocr_pages:
                    raise source_error("too_many_pages", f"more than {limits.ocr_pages} to be read by OCR")
                readings[number] = _read(page, limits)
                texts.append(readings[number].text)
            else:
                texts.append(page)
    if not readings:
        return Extract(PAGE_BREAK.join(texts), len(texts))
    confidences = (readings[page].confidence if page in readings else None for page in range(len(texts)))
    return Extract(PAGE_BREAK.join(texts), len(texts), _overall(readings.values()), tuple(confidences))


def _read(picture: Picture, limits: Limits) -> PageReading:
    """The page as it lies or, where that gives hardly a word, turned as it gives the surest ones."""
    best = _read_upright(picture.image, picture.dpi, limits)
    for turn in _TURNS:
        if _sureness(best) >= _DOUBTFUL:
            break
        best = max(best, _read_upright(picture.image.transpose(turn), picture.dpi, limits), key=_sureness)
    return best


def _read_upright(image: Image.Image, dpi: int, limits: Limits) -> PageReading:
    page = straightened(image, dpi)
    return read_picture(page.width, page.height, page.tobytes(), dpi, limits)


def _sureness(reading: PageReading) -> float:
    return reading.confidence or 0.0


def _overall(readings: Collection[PageReading]) -> float | None:
    """The mean confidence of all words; None where there is none."""
    words = sum(reading.words for reading in readings)
    if not words:
        return None
    return round(sum(reading.words * _sureness(reading) for reading in readings) / words, 2)
