"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import re

# Readers are allowed up to 1,024 bytes of junk before a PDF's header (ISO 32000-1, annex H, note 13).
_PDF_HEADER_WITHIN = 1024
HEAD_BYTES = 4096
"""So many bytes are enough to `sniff`."""

_PDF = b"%PDF-"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_HTML = re.compile(
    rb"\s*(?:<!--.{0,500}?-->\s*|<\?xml[^>]{0,200}>\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)

_FOREIGN = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word file or an encrypted document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"\x1f\x8b\x08", "a gzip file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"%!PS", "a PostScript file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
)
"""Signatures of formats that are not read, with their names."""
_FOREIGN_SIGNATURES = tuple(signature for signature, _ in _FOREIGN)


def sniff(data: bytes) -> str | None:
    """The reader that the first bytes ask for, or `zip`; None where they give no sign.

    A Word document is a zip: only its members tell it apart.
    """
    if data.startswith(_PDF):
        return "pdf"
    if data.startswith(_ZIP):
        return "zip"
    if _HTML.match(data[:HEAD_BYTES].removeprefix(b"\xef\xbb\xbf")):
        return "markup"
    return None


def has_pdf_header(data: bytes) -> bool:
    """Whether a PDF begins in `data`, junk before it allowed."""
    return _PDF in data[:_PDF_HEADER_WITHIN]


def foreign_format(data: bytes) -> str | None:
    """The name of a format that is known but not read; None for any other."""
    if not data.startswith(_FOREIGN_SIGNATURES):
        return None
    return next((name for signature, name in _FOREIGN if data.startswith(signature)), None)


def is_encrypted_office(data: bytes) -> bool:
    """Whether this is an Office document under a password (MS-OFFCRYPTO: a stream of that name)."""
    return data.startswith(_FOREIGN[0][0]) and "EncryptedPackage".encode("utf-16-le") in data
