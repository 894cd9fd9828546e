"""The bounds within which an input is read."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

Positive = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(gt=0)]


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How large an input may be; beyond a bound it is set aside with the reason named.

    A letter is about 100 kB as PDF, four pages and 5.5 kB of text: every default lies two
    orders of magnitude above that. Settings become limits by `msgspec.convert(settings, Limits)`.
    """

    file_bytes: Positive = 200 * MIB
    """Size in bytes of a file, or of a zip member unpacked, that is read: `too_large`."""
    text_characters: Positive = 5_000_000
    """Characters of text in one document: `too_much_text`."""
    markup_bytes: Positive = 10 * MIB
    """Size in bytes of an HTML file, and of a Word document's XML unpacked: `too_large`."""
    pages: Positive = 500
    """Pages of one PDF: `too_many_pages`."""
    ocr_pages: Positive = 100
    """Pages of one PDF that are read by OCR, each of which takes seconds: `too_many_pages`."""
    page_pixels: Positive = 12_000_000
    """Pixels of a page drawn for OCR; one that needs more (A4 needs 5) is drawn smaller."""
    picture_pixels: Positive = 100_000_000
    """Pixels of one picture on a page to be read by OCR (A4 at 600 dpi has 35): `too_many_pixels`."""
    page_seconds: Seconds = 60.0
    """Time for OCR of one page, which takes one to three seconds: `timeout`."""
    ocr_seconds: Seconds = 900.0
    """Time to read and parse one file where OCR is asked for, in place of `seconds`: `timeout`."""
    zip_ratio: Positive = 200
    """Unpacked size over packed size, of a zip as a whole and of each member: `zip_bomb`."""
    zip_ratio_from_bytes: Positive = MIB
    """Unpacked size in bytes from which on the ratio counts: small blank files pack very well."""
    zip_total_bytes: Positive = 64 * GIB
    """Unpacked size in bytes of all members of one zip: `zip_bomb`."""
    zip_members: Positive = 200_000
    """Members of one zip (each takes about 0.5 kB of memory): `too_many_members`."""
    zip_depth: Positive = 2
    """Zips inside one another that are opened, the outermost counted: `nested_too_deep`."""
    inner_zip_bytes: Positive = GIB
    """Size in bytes of a zip inside a zip, which is unpacked to a temporary file: `too_large`."""
    memory_bytes: Annotated[int, Meta(ge=128 * MIB)] = GIB
    """Memory of a process that reads files, its own program included: `out_of_memory`, or `crashed`."""
    seconds: Seconds = 60.0
    """Time to read and parse one file, in a process of its own: `timeout`."""


DEFAULT_LIMITS = Limits()
