"""The text of a letter as the archive keeps it: compressed, and known again in another container."""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Callable

import zstandard

LARGEST_TEXT = 64 * 1024 * 1024
"""Bytes of text that one compressed letter may expand to. The longest letters known have under 200 kB."""

_LEVEL = 3
"""Of Zstandard. With a dictionary it makes of generated letters 0.175 of their size, in 17 microseconds each;
level 9 makes 0.143 in ten times as long, zlib with the 32 kB of dictionary that it can use 0.20 in fifteen
times as long."""

_of_thread = threading.local()

FindDictionary = Callable[[int], zstandard.ZstdCompressionDict]
"""Gives the dictionary of a number; raises ValueError where there is none."""


def no_dictionary(number: int) -> zstandard.ZstdCompressionDict:
    """Finds no dictionary: for texts that were compressed without one."""
    raise ValueError(f"the text of a letter needs dictionary {number}, which is not there")


_NOT_COMPARED = b" \t\r\n\f\v\x00\x02-"
_NOT_COMPARED_MULTIBYTE = "\u00a0\u00ad\u2010\u2011\u2028\u2029\ufeff\ufffe"


def storable(text: str) -> str:
    """`text` as UTF-8 can hold it: lone surrogates and NUL become spaces of the same length."""
    if "\x00" in text:
        text = text.replace("\x00", " ")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(" " if "\ud800" <= character <= "\udfff" else character for character in text)
    return text


def compress(text: str, dictionary: bytes = b"") -> bytes:
    """The text as `letters.packed_text` keeps it: a Zstandard frame (RFC 8878).

    dictionary: what many letters have in common, as `train_dictionary` of Zstandard made it. The frame names
    it by its number, and nobody without it can read the text.
    """
    return _compressor(dictionary).compress(text.encode())


def decompress(packed: bytes, find_dictionary: FindDictionary = no_dictionary) -> str:
    """The text that `compress` packed, or zlib.

    find_dictionary: gives the dictionary of a number that a frame may name. Raises ValueError where the bytes
    are no such text, one of more than `LARGEST_TEXT` bytes, or one whose dictionary is missing.
    """
    if packed[: len(zstandard.FRAME_HEADER)] != zstandard.FRAME_HEADER:
        return _inflate(packed)
    try:
        frame = zstandard.get_frame_parameters(packed)
        if frame.content_size > LARGEST_TEXT:
            raise ValueError("the text of a letter that is too large, or does not say how large it is")
        dictionary = find_dictionary(frame.dict_id) if frame.dict_id else None
        return _decompressor(dictionary).decompress(packed, allow_extra_data=False).decode()
    except zstandard.ZstdError as error:
        raise ValueError(f"not the whole text of a letter: {error}") from error


def _inflate(packed: bytes) -> str:
    reader = zlib.decompressobj()
    try:
        raw = reader.decompress(packed, LARGEST_TEXT)
    except zlib.error as error:
        raise ValueError(f"not the text of a letter: {error}") from error
    if not reader.eof:
        raise ValueError("not the whole text of a letter, or one that is too large")
    return raw.decode()


def _compressor(dictionary: bytes) -> zstandard.ZstdCompressor:
    """This thread's compressor with the dictionary: kept, for making it takes longer than a letter does."""
    if getattr(_of_thread, "dictionary", None) != dictionary:
        shared = None
        if dictionary:
            shared = zstandard.ZstdCompressionDict(dictionary)
            shared.precompute_compress(level=_LEVEL)
        _of_thread.compressor = zstandard.ZstdCompressor(level=_LEVEL, dict_data=shared)
        _of_thread.dictionary = dictionary
    compressor: zstandard.ZstdCompressor = _of_thread.compressor
    return compressor


def _decompressor(dictionary: zstandard.ZstdCompressionDict | None) -> zstandard.ZstdDecompressor:
    """This thread's decompressor with the dictionary: kept, for making it takes longer than a letter does."""
    kept: tuple[object, zstandard.ZstdDecompressor] | None = getattr(_of_thread, "decompressor", None)
    if kept is None or kept[0] is not dictionary:
        kept = dictionary, zstandard.ZstdDecompressor(dict_data=dictionary)
        _of_thread.decompressor = kept
    return kept[1]


def fingerprint(text: str) -> str:
    """A hash that is the same for one letter in every container: white space and hyphens do not count.

    They are what differs between a letter's PDF and its text: lines break elsewhere, a hyphen at a line's
    end may be U+0002, U+00AD or gone. Every other character counts: a corrected letter is another letter.
    """
    raw = text.encode().translate(None, _NOT_COMPARED)
    if not text.isascii():
        for character in _NOT_COMPARED_MULTIBYTE:
            if character in text:  # many times as fast as to look for its bytes
                raw = raw.replace(character.encode(), b"")
    return hashlib.sha256(raw).hexdigest()
