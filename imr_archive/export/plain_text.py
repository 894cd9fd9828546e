"""Text of letters on its way into a document: on one line, without what could change what is around it."""

from __future__ import annotations

import re

# Control characters, halves of surrogate pairs and non-characters, which XML cannot hold; zero-width and
# direction marks, with which a text can look other than it reads (Unicode Technical Report 36, section 2).
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def one_line(text: str) -> str:
    """The words of `text`, unaltered, each parted from the next by one blank."""
    return " ".join(_UNSEEN.sub("", " ".join(text.split())).split())


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters, cut at the end of a word where one ends in its second half."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    words, blank, _ = kept.rpartition(" ")
    return f"{words if blank and len(words) >= most // 2 else kept}…"
