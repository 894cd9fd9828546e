"""Plain text and Markdown, as they stand but for character references."""

from __future__ import annotations

import html
import re

from imr_archive.sources.documents import Extract
from imr_archive.sources.encoding import decode
from imr_archive.sources.limits import Limits
from imr_archive.sources.reasons import source_error

# No encoding spends more on a character (UTF-32, and UTF-8 at its longest).
_BYTES_A_CHARACTER = 4

# A character reference of HTML, `&amp;` or `&#x27;`; without its semicolon it is none, as in "AT&T".
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def read_plain(data: bytes, limits: Limits) -> Extract:
    """The characters of a text file in whatever encoding; raises SourceError: not_text, too_much_text.

    Markdown may write any character as HTML does (CommonMark, section "Entity and numeric character
    references"), and so does text that was copied from a page's source; no letter prints such a thing.
    """
    if len(data) > limits.text_characters * _BYTES_A_CHARACTER:
        raise source_error("too_much_text", f"{len(data)} bytes, limit {limits.text_characters} characters")
    return Extract(_without_references(decode(data)))


def _without_references(text: str) -> str:
    """The text with each character reference as the character that it stands for, once."""
    if "&" not in text or ";" not in text:
        return text
    return _REFERENCE.sub(lambda reference: html.unescape(reference[0]), text)
