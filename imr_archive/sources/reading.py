"""One input → its text."""

from __future__ import annotations

import hashlib
import io
import re

from imr_archive.errors import SourceError
from imr_archive.sources.archives import read_member
from imr_archive.sources.documents import Document, Extract, Found
from imr_archive.sources.encoding import is_plain_text
from imr_archive.sources.files import read_whole
from imr_archive.sources.limits import DEFAULT_LIMITS, Limits
from imr_archive.sources.naming import kind_of
from imr_archive.sources.reasons import Reason, source_error
from imr_archive.sources.registry import OCR, PDF, ZIP, reader
from imr_archive.sources.sniff import foreign_format, has_pdf_header, is_encrypted_office, sniff
from imr_archive.sources.tidy import tidy
from imr_archive.sources.zips import ZipArchive

_DAMAGED: dict[str, Reason] = {
    PDF: "damaged_pdf",
    OCR: "ocr_failed",
    "text": "not_text",
    "markup": "damaged_markup",
    "word": "damaged_docx",
}

_WORD_CHARACTER = re.compile(r"[^\W_]")


def read(found: Found, limits: Limits = DEFAULT_LIMITS, *, ocr: bool = False) -> Document:
    """The text of what was found, read once and hashed.

    With `ocr`, pages of PDFs that are pictures are read by OCR, and the document says how surely; call
    `require_ocr` once beforehand. Without it, a PDF of such pages alone is set aside as needs_ocr.

    A file is read by what it is: a PDF that is called `.txt` is read as PDF. Raises SourceError,
    and nothing else, whatever the bytes are; its `reason` is a key of `REASONS`, and its `sha256`
    is that of the bytes where these could be read.
    """
    data = read_member(found, limits) if found.members else read_whole(found.file, limits.file_bytes)
    return _document(data, found, limits, ocr)


def read_bytes(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS, *, ocr: bool = False) -> Document:
    """The text of bytes that are in memory already, as the file that they are under `name`.

    Raises SourceError as `read` does; a name of unknown type is taken for a text's.
    """
    if len(data) > limits.file_bytes:
        raise source_error("too_large", f"{len(data)} bytes, limit {limits.file_bytes}")
    kind = kind_of(name)
    return _document(data, Found(name, len(data), 0, "text" if kind in {None, ZIP} else kind), limits, ocr)


def _document(data: bytes, found: Found, limits: Limits, ocr: bool) -> Document:
    digest = hashlib.sha256(data).hexdigest()
    try:
        kind = actual_kind(data, found.kind, limits)
        if ocr and kind == PDF:
            kind = OCR
        extract = _extracted(data, kind, limits)
        text = tidy(extract.text)
        if len(text) > limits.text_characters:
            raise source_error("too_much_text", f"limit {limits.text_characters} characters")
        if not _WORD_CHARACTER.search(text):
            raise source_error("no_text")
    except SourceError as error:
        error.sha256 = digest
        raise
    return Document(
        name=found.name,
        path=found.path,
        sha256=digest,
        size=len(data),
        text=text,
        reader=PDF if kind == OCR and not extract.page_confidences else kind,
        pages=extract.pages,
        ocr_confidence=extract.ocr_confidence,
        page_confidences=extract.page_confidences,
    )


def actual_kind(data: bytes, kind: str, limits: Limits = DEFAULT_LIMITS) -> str:
    """The reader for `data` that is called to be of `kind`: by its first bytes, then by its name.

    Raises SourceError: empty, encrypted, mislabelled, damaged_pdf, damaged_docx.
    """
    if not data:
        raise source_error("empty")
    sniffed = sniff(data)
    if sniffed == ZIP:
        if kind == "word" or _is_word(data, limits):
            return "word"
        raise source_error("mislabelled", "a zip file")
    if sniffed:
        return sniffed
    foreign = foreign_format(data)
    if foreign:
        raise source_error("encrypted" if is_encrypted_office(data) else "mislabelled", foreign)
    if kind in {"text", "markup"} or (kind == "pdf" and has_pdf_header(data)):
        return kind
    if is_plain_text(data):
        return "text"
    raise source_error(_DAMAGED[kind])


def _is_word(data: bytes, limits: Limits) -> bool:
    try:
        with ZipArchive(io.BytesIO(data), limits) as package:
            return package.is_word
    except SourceError:
        return False


def _extracted(data: bytes, kind: str, limits: Limits) -> Extract:
    try:
        return reader(kind)(data, limits)
    except SourceError:
        raise
    except MemoryError as error:
        raise source_error("out_of_memory") from error
    except Exception as error:
        # The readers stand on libraries that may fail in any way on bytes made to break them.
        raise source_error(_DAMAGED[kind], type(error).__name__) from error
