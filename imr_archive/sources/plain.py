"""Plain text and Markdown, as they stand."""

from __future__ import annotations

from imr_archive.sources.documents import Extract
from imr_archive.sources.encoding import decode
from imr_archive.sources.limits import Limits
from imr_archive.sources.reasons import source_error

# No encoding spends more on a character (UTF-32, and UTF-8 at its longest).
_BYTES_A_CHARACTER = 4


def read_plain(data: bytes, limits: Limits) -> Extract:
    """The characters of a text file in whatever encoding; raises SourceError: not_text, too_much_text."""
    if len(data) > limits.text_characters * _BYTES_A_CHARACTER:
        raise source_error("too_much_text", f"{len(data)} bytes, limit {limits.text_characters} characters")
    return Extract(decode(data))
