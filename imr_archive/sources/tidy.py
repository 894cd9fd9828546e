"""The few changes that every extracted text undergoes; all else is the parser's."""

from __future__ import annotations

# Latin ligatures of the Unicode block "Alphabetic Presentation Forms", as their letters.
_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
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
    if text.isascii():
        return text
    for ligature, letters in _LIGATURES.items():
        text = text.replace(ligature, letters)
    return _without_surrogates(text)


def _without_surrogates(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
