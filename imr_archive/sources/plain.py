"""Plain text and Markdown, as they stand."""

from __future__ import annotations

from imr_archive.sources.documents import Extract
from imr_archive.sources.encoding import decode
from imr_archive.sources.limits import Limits


def read_plain(data: bytes, limits: Limits) -> Extract:  # noqa: ARG001 (every reader takes limits)
    """The characters of a text file in whatever encoding; raises SourceError(not_text)."""
    return Extract(decode(data))
