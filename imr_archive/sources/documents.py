"""What discovery finds, and what reading makes of it."""

from __future__ import annotations

import re
from typing import Protocol, Self

import msgspec

from imr_archive.errors import SourceError
from imr_archive.sources.limits import Limits

MEMBER_MARK = "!/"
"""Stands between a zip's path and a member's name, as in `letters.zip!/2016/a.pdf`."""


_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def printable(name: str) -> str:
    r"""The name as text that can always be stored and shown.

    Bytes of a file name that are no UTF-8 become `\xff`, control characters (which a terminal
    would obey) `\x1b`; all other names are as they are.
    """
    if name.isprintable():
        return name
    return _UNPRINTABLE.sub(_escaped, name)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    byte = code - 0xDC00 if 0xDC80 <= code <= 0xDCFF else code
    return f"\\x{byte:02x}" if byte <= 0xFF else f"\\u{byte:04x}"


class Found(msgspec.Struct, frozen=True):
    """One input that can be read: a file, or a member of a zip."""

    file: str
    """Absolute path of the file on the disk, as the operating system gives it."""
    size: int
    """Bytes, of a zip member unpacked."""
    modified_ns: int
    """Time of last change of the file on the disk, in nanoseconds since 1970."""
    kind: str
    """The reader that the name's suffix asks for: a key of `READERS`."""
    members: tuple[str, ...] = ()
    """Names from the outermost zip inwards: (), ("a.pdf",) or ("inner.zip", "a.pdf")."""

    @property
    def path(self) -> str:
        """Where it is, for people and tables: `/letters.zip!/inner.zip!/a.pdf`."""
        return printable(MEMBER_MARK.join((self.file, *self.members)) if self.members else self.file)

    @property
    def name(self) -> str:
        """The file's or member's own name, without folders."""
        return self.path.rpartition("/")[2]


class Ignored(msgspec.Struct, frozen=True):
    """Something that is no input: of a type that is not read, hidden, or the system's own."""

    path: str
    why: str
    """A phrase, the same for all of its sort, such as `type .jpg is not read`."""


class Refused(msgspec.Struct, frozen=True):
    """Something that might be an input but cannot be entered or read: it is set aside."""

    path: str
    reason: str
    """A key of `REASONS`."""
    message: str
    size: int = 0
    modified_ns: int = 0

    @classmethod
    def because(cls, error: SourceError, path: str, size: int = 0, modified_ns: int = 0) -> Self:
        """The refusal of `path` for the reason that `error` carries."""
        return cls(printable(path), error.reason, str(error), size, modified_ns)


Discovered = Found | Ignored | Refused


class Passed(msgspec.Struct, frozen=True):
    """Files that were found unchanged since they were read, one after the other; none of them is given."""

    path: str
    """The last of them."""
    files: int


class Extract(msgspec.Struct, frozen=True):
    """What a reader draws from the bytes of one document."""

    text: str
    pages: int | None = None
    """Number of pages where the format has them."""
    ocr_confidence: float | None = None
    """Mean confidence of the words that OCR read, from 0 to 100; None where it read none."""
    page_confidences: tuple[float | None, ...] = ()
    """The same for each page, None for one with a text layer or without words; () where OCR read no page."""


class Document(msgspec.Struct, frozen=True):
    """One input as text."""

    name: str
    """The file's or member's own name: the letter's `source`."""
    path: str
    """Where it was found, members of zips after `!/`."""
    sha256: str
    """SHA-256 of the bytes, in hexadecimal."""
    size: int
    """Bytes."""
    text: str
    """The text: lines end in LF, pages are parted by form feeds; always encodable as UTF-8."""
    reader: str
    """The reader that gave the text: a key of `READERS`."""
    pages: int | None = None
    """Number of pages where the format has them."""
    ocr_confidence: float | None = None
    """Mean confidence of the words that OCR read, from 0 to 100; None where it read none."""
    page_confidences: tuple[float | None, ...] = ()
    """The same for each page, None for one with a text layer or without words; () where OCR read no page."""


class Reader(Protocol):
    """Draws text from the bytes of one format."""

    def __call__(self, data: bytes, limits: Limits) -> Extract:
        """The text of `data`; raises SourceError where there is none to be had."""
        ...
