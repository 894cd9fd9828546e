"""The few changes that every extracted text undergoes; all else is the parser's."""

from __future__ import annotations

import re

_RARE = re.compile("[\ufb00-\ufb06\ud800-\udfff]")

# Latin ligatures of the Unicode block "Alphabetic Presentation Forms", as their letters.
_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}


def tidy(text: str) -> str:
    """The text with LF line ends, without NUL, ligatures spelled out, and always encodable as UTF-8.

    Surrogate pairs are joined, lone surrogates become U+FFFD. Nothing else is touched: PDFium's
    U+0002 and U+FFFE at line ends carry meaning for the parser.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii() or not _RARE.search(text):
        return text
    text = text.translate(_LIGATURES)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
