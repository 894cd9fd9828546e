"""Labels of the form as OCR may misread them."""

from __future__ import annotations

import re

CONFUSED = {
    "c": "[ce]",
    "e": "[ec]",
    "i": "[il1|!]",
    "l": "[li1|!]",
    "o": "[o0]",
    "s": "[s5]",
    "m": "(?:m|rn)",
    "g": "[gq9]",
    "(": r"\s?\(",
    "/": r"\s?/\s?",
    " ": r"\s*",
}
"""Character → a pattern of what OCR makes of it; a blank may be lost."""


def misread(label: str) -> str:
    """A pattern, for text in lower case or with IGNORECASE, of a label in lower case and its misreadings."""
    return "".join(CONFUSED.get(char) or re.escape(char) for char in label)
