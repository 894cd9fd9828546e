"""Bytes of a text file → characters."""

from __future__ import annotations

import codecs

from imr_archive.sources.reasons import source_error

# The longer marks first: UTF-32's begins with UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# The eight-bit encodings of North American machines: Windows, old Macintosh, DOS.
_EIGHT_BIT = ("cp1252", "mac_roman", "cp437")

# Bytes without a character in cp1252: a stray one must not give a text with curly quotes to another.
_UNDEFINED_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"

# C0 controls that no text holds: all but white space, and U+0002 and ESC, which extractors leave behind.
_CONTROLS = bytes(code for code in range(32) if code not in b"\x02\t\n\v\f\r\x1b\x1c\x1d\x1e\x1f")
_CONTROL_SHARE = 0.02
_FEW_CONTROLS = 3

_SAMPLE = 64 * 1024


def decode(data: bytes) -> str:
    """The characters of `data`, whose encoding is found out: marked, UTF-8, UTF-16, else eight bits.

    Bytes that stand for nothing become U+FFFD. Raises SourceError(not_text) for binary data.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _without_controls(data[len(mark) :].decode(encoding, "replace"))
    sixteen = _unmarked_utf16(data)
    if sixteen is not None:
        return _without_controls(data.decode(sixteen, "replace"))
    if _is_binary(data):
        raise source_error("not_text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _damaged_utf8(data) or data.decode(_eight_bit_encoding(data), "replace")


def is_plain_text(data: bytes) -> bool:
    """Whether `data` is beyond doubt text: valid UTF-8 without control characters."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(data) == len(data.translate(None, _CONTROLS))


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without its mark: of Latin text nearly every second byte is NUL, of the others none."""
    sample = data[:_SAMPLE]
    pairs = len(sample) // 2
    if pairs < 2 or b"\0" not in sample:
        return None
    even, odd = sample[::2].count(0) / pairs, sample[1::2].count(0) / pairs
    if odd > 0.7 and even < 0.1:
        return "utf-16-le"
    if even > 0.7 and odd < 0.1:
        return "utf-16-be"
    return None


def _is_binary(data: bytes) -> bool:
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return controls > _CONTROL_SHARE * len(data) + _FEW_CONTROLS


def _without_controls(text: str) -> str:
    if _is_binary(text.encode("utf-8", "replace")):
        raise source_error("not_text")
    return text


def _damaged_utf8(data: bytes) -> str | None:
    """The text where it is UTF-8 but for a few bytes, as when a file was cut or pasted together."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    whole = sum(1 for character in text if character > "\x7f") - damaged
    return text if whole > 4 * damaged else None


def _eight_bit_encoding(data: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 (slow to import, rarely needed)

    sample = data[:_SAMPLE].translate(None, _UNDEFINED_IN_CP1252)
    best = from_bytes(sample, cp_isolation=list(_EIGHT_BIT)).best()
    return best.encoding if best is not None else "cp1252"
