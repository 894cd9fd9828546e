"""Why an input is set aside: stable codes, each with the sentence that a user reads."""

from __future__ import annotations

from typing import Literal

from imr_archive.errors import SourceError

Reason = Literal[
    "missing",
    "unreadable",
    "not_a_file",
    "symlink_loop",
    "broken_link",
    "empty",
    "too_large",
    "too_much_text",
    "too_many_pages",
    "too_many_members",
    "zip_bomb",
    "unsafe_name",
    "nested_too_deep",
    "encrypted",
    "mislabelled",
    "not_text",
    "no_text",
    "needs_ocr",
    "too_many_pixels",
    "ocr_failed",
    "damaged_pdf",
    "damaged_markup",
    "damaged_docx",
    "damaged_zip",
    "out_of_memory",
    "timeout",
    "crashed",
]

REASONS: dict[Reason, str] = {
    "missing": "the file is no longer there; put it back and run again",
    "unreadable": "the file or folder cannot be opened; check its permissions",
    "not_a_file": "not a regular file (a device, a socket or a pipe)",
    "symlink_loop": "a symbolic link that leads back to itself or to a folder that it is in",
    "broken_link": "a symbolic link to something that does not exist",
    "empty": "the file is empty (zero bytes, or a zip without members)",
    "too_large": "the file is larger than the limit for its kind",
    "too_much_text": "the file holds more text than the limit",
    "too_many_pages": "the document has more pages than the limit",
    "too_many_members": "the zip has more members than the limit; unpack it and name the folder",
    "zip_bomb": "the zip expands beyond the limits, as no zip of letters does",
    "unsafe_name": "a member's name is absolute, climbs out of its folder or holds control characters",
    "nested_too_deep": "a zip in a zip in a zip; unpack the outermost",
    "encrypted": "a password is needed; save a copy without one",
    "mislabelled": "the contents are not what the file's name says, and of no kind that is read",
    "not_text": "the file is called text but holds binary data",
    "no_text": "the document holds no text",
    "needs_ocr": "the pages are pictures without text; read it again with --ocr, or make it searchable first",
    "too_many_pixels": "a page is a picture too large to be read by OCR; scan it at 300 dpi",
    "ocr_failed": "the OCR program failed on a page; see whether `tesseract --list-langs` names eng",
    "damaged_pdf": "the PDF is damaged or cut short",
    "damaged_markup": "the HTML cannot be read",
    "damaged_docx": "the Word document is damaged or cut short",
    "damaged_zip": "the zip is damaged, cut short or packed by an unusual method; pack it again",
    "out_of_memory": "reading the file took more memory than is allowed",
    "timeout": "reading the file took longer than is allowed",
    "crashed": "reading the file brought down the process that read it",
}
"""Every reason code and the sentence that explains it (the same for every file set aside with it)."""


def source_error(reason: Reason, detail: str = "") -> SourceError:
    """The error for `reason`: its sentence, and in brackets what was met in this very file."""
    sentence = REASONS[reason]
    return SourceError(reason, f"{sentence} ({detail})" if detail else sentence)
