"""Files → text: `discover` what is there, then `read` each thing found.

    for item in discover([Path("letters")]):
        match item:
            case Found():
                document = read(item)  # or SourceError, with a reason of REASONS
            case Ignored(path, why): ...
            case Refused(path, reason, message): ...

`Found` travels between processes; what it stands for may be read in any of them.
"""

from __future__ import annotations

from imr_archive.sources.archives import close_zips
from imr_archive.sources.discovery import discover
from imr_archive.sources.documents import Discovered, Document, Extract, Found, Ignored, Reader, Refused
from imr_archive.sources.limits import DEFAULT_LIMITS, Limits
from imr_archive.sources.reading import read, read_bytes
from imr_archive.sources.reasons import REASONS, Reason
from imr_archive.sources.registry import KIND_BY_SUFFIX, READERS
from imr_archive.sources.tesseract import require_ocr

__all__ = [
    "DEFAULT_LIMITS",
    "KIND_BY_SUFFIX",
    "READERS",
    "REASONS",
    "Discovered",
    "Document",
    "Extract",
    "Found",
    "Ignored",
    "Limits",
    "Reader",
    "Reason",
    "Refused",
    "close_zips",
    "discover",
    "read",
    "read_bytes",
    "require_ocr",
]
