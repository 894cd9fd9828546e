"""Labels of an item that OCR damaged beyond its usual misreadings, known by their place and what is left.

The form prints three labels for each item, in one order: the claims administrator's guideline, the
reviewer's, the rationale. Where one of them is missing between the others, a line that begins with words like
it, up to a colon, is that label.
"""

from __future__ import annotations

import re
from typing import Literal

from imr_archive.parsing.misreadings import resembles
from imr_archive.vocabulary.values import Value

Part = Literal["claims_administrator", "reviewer", "rationale"]


class Label(Value):
    """A label of the form: `text[start:end]`."""

    part: Part
    start: int
    end: int


LINE_LABEL = re.compile(r"\n[^\w\n]{0,8}(?P<words>[^\n:;]{6,40})[:;]")
"""A line that begins with a few words and a colon, which OCR may read as a semicolon; the line break first,
for a pattern that begins with `^` is tried everywhere."""

WORDINGS: tuple[tuple[Part, str], ...] = (
    ("claims_administrator", "claims administrator guideline"),
    ("reviewer", "maximus guideline"),
    ("reviewer", "imr guideline"),
    ("rationale", "decision rationale"),
)
NEXT: dict[Part, Part] = {
    "claims_administrator": "reviewer",
    "reviewer": "rationale",
    "rationale": "claims_administrator",
}
"""Part → the part whose label comes next in the form."""

FIRST: Part = "claims_administrator"
"""The part that an item begins with: all labels of the item before it may be damaged."""

ALIKE = 0.75
"""The share of letters that a damaged label still has; "MTUS guideline" is kept away by its place alone."""

MOST_LINES = 2000


def damaged_labels(lower: str, labels: list[Label], start: int, end: int) -> list[Label]:
    """The labels in `lower[start:end]` that are like one of the form's and stand where it is missing.

    labels: those that were read, in printed order.
    """
    found: list[Label] = []
    following = 0
    # One character is put before the text, so that its first line too begins with a line break.
    lines = LINE_LABEL.finditer(f"\n{lower}", start, end + 1)
    for _, line in zip(range(MOST_LINES), lines, strict=False):
        first, after = line.start("words") - 1, line.end() - 1
        while following < len(labels) and labels[following].start < after:
            following += 1
        before = labels[following - 1] if following else None
        if found and (before is None or found[-1].start > before.start):
            before = found[-1]
        if before is not None and before.end > first:
            continue
        part = FIRST if before is None else NEXT[before.part]
        next_part = labels[following].part if following < len(labels) else None
        if (part == FIRST or part != next_part) and _is_like(line["words"], part):
            found.append(Label(part, first, after))
    return found


def _is_like(words: str, part: Part) -> bool:
    """Whether the words are a damaged label of that part."""
    return any(kind == part and resembles(words.strip(), label, ALIKE) for kind, label in WORDINGS)
