"""The text of a letter as the archive keeps it: compressed, and known again in another container."""

from __future__ import annotations

import hashlib
import zlib

LARGEST_TEXT = 64 * 1024 * 1024
"""Bytes of text that one compressed letter may expand to. The longest letters known have under 200 kB."""

_NOT_COMPARED = b" \t\r\n\f\v\x00\x02-"
_NOT_COMPARED_MULTIBYTE = tuple(
    character.encode()
    for character in ("\u00a0", "\u00ad", "\u2010", "\u2011", "\u2028", "\u2029", "\ufeff", "\ufffe")
)


def storable(text: str) -> str:
    """`text` as UTF-8 can hold it: lone surrogates and NUL become spaces of the same length."""
    if "\x00" in text:
        text = text.replace("\x00", " ")
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(" " if "\ud800" <= character <= "\udfff" else character for character in text)
    return text


def compress(text: str) -> bytes:
    """The text as `letters.text_zlib` keeps it."""
    return zlib.compress(text.encode(), level=6)


def decompress(packed: bytes) -> str:
    """The text that `compress` packed.

    Raises ValueError where the bytes are no such text, or one of more than `LARGEST_TEXT` bytes.
    """
    reader = zlib.decompressobj()
    try:
        raw = reader.decompress(packed, LARGEST_TEXT)
    except zlib.error as error:
        raise ValueError(f"not the text of a letter: {error}") from error
    if not reader.eof:
        raise ValueError("not the whole text of a letter, or one that is too large")
    return raw.decode()


def letter_text(packed: bytes | None) -> str | None:
    """The SQL function `letter_text(text_zlib)`; NULL gives NULL."""
    return None if packed is None else decompress(packed)


def fingerprint(text: str) -> str:
    """A hash that is the same for one letter in every container: white space and hyphens do not count.

    They are what differs between a letter's PDF and its text: lines break elsewhere, a hyphen at a line's
    end may be U+0002, U+00AD or gone. Every other character counts: a corrected letter is another letter.
    """
    raw = text.encode().translate(None, _NOT_COMPARED)
    for character in _NOT_COMPARED_MULTIBYTE:
        raw = raw.replace(character, b"")
    return hashlib.sha256(raw).hexdigest()
