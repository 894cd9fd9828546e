"""What every worker needs, for the server that forks them: imported there once, each of them has it at once.

Vocabulary and patterns are loaded by parsing a text, and the text readers by their modules' import.
"""

from __future__ import annotations

import imr_archive.archive.worker
import imr_archive.sources.pdf
import imr_archive.sources.plain
from imr_archive.archive.prepare import prepare_document
from imr_archive.sources.documents import Document, Found

__all__ = ["imr_archive"]

_TEXT = "Case Number: CM16-0000000\nSeat cushion: Upheld\nDecision rationale: None was described.\n"

prepare_document(
    Document("warm.txt", "warm.txt", "", len(_TEXT), _TEXT, "text"), Found("warm.txt", len(_TEXT), 0, "text")
)
