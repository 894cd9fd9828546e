"""Of what part of the body a heading speaks: parts, side, levels of the spine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imr_archive.vocabulary.lexicon import normal_form, word_spans
from imr_archive.vocabulary.services import body_part_lexicon

SIDE = re.compile(r"\b(?:bilateral(?:ly)?|both|b/l|bil|left|right|lt|rt)\b", re.IGNORECASE)
SIDE_WORDS = ("bil", "both", "b/l", "left", "right", "lt", "rt")
"""Looked for first, which is quicker."""

SIDES = {
    "le": "left",
    "lt": "left",
    "ri": "right",
    "rt": "right",
    "bi": "bilateral",
    "bo": "bilateral",
    "b/": "bilateral",
}
BOTH_NAMED = re.compile(r"\b(?:left\s?(?:and|&|/|,)\s?right|right\s?(?:and|&|/|,)\s?left)\b", re.IGNORECASE)
DIGIT = re.compile(r"\d")
_NUMBER = r"(?:1[0-2]|[1-9])"
# A vertebra, a disc or a run of them: L4, L4-5, L4-L5, C5-6 and C6-7.
LEVEL = re.compile(
    rf"\b[CTLS]{_NUMBER}(?:(?:\s?[-/,]\s?|\s(?:and|to|through)\s)[CTLS]?{_NUMBER}(?![\w.%])(?!\s?mg))*(?!\w)",
    re.IGNORECASE,
)
REGION_OF_LEVEL = {"C": "cervical spine", "T": "thoracic spine", "L": "lumbar spine"}
# A general word adds nothing beside one of its own parts.
CONTAINED = {
    "spine": {"cervical spine", "thoracic spine", "lumbar spine"},
    "back": {"thoracic spine", "lumbar spine"},
}
# "LE" is the lower extremity, "le" is no English.
CODES = {"le", "ble", "rle", "lle", "bles", "les", "ue", "bue", "rue", "lue", "bues", "ues"}


def find_parts(text: str) -> Iterator[tuple[str, str, int, int]]:
    """body_part, laterality and spinal_level, each with its value and its place in the text."""
    level = LEVEL.search(text) if DIGIT.search(text) else None
    if level is not None:
        yield "spinal_level", " ".join(level.group().split()), level.start(), level.end()
    parts = _parts(text)
    names = [name for name in parts if not CONTAINED.get(name, set()).intersection(parts)]
    if names:
        yield (
            "body_part",
            ", ".join(names),
            min(start for start, _ in parts.values()),
            max(end for _, end in parts.values()),
        )
    elif level is not None and level.group()[0].upper() in REGION_OF_LEVEL:
        yield "body_part", REGION_OF_LEVEL[level.group()[0].upper()], level.start(), level.end()
    yield from _side(text)


def _parts(text: str) -> dict[str, tuple[int, int]]:
    """The parts named, in printed order, each with the place of its first naming."""
    hits = body_part_lexicon().find(normal_form(text))
    if not hits:
        return {}
    spans = word_spans(text)
    found: dict[str, tuple[int, int]] = {}
    for hit in hits:
        start, end = spans[hit.first][0], spans[hit.after - 1][1]
        if hit.term in CODES and not text[start:end].isupper():
            continue
        found.setdefault(hit.value.name, (start, end))
    return found


def _side(text: str) -> Iterator[tuple[str, str, int, int]]:
    lower = text.lower()
    sides = list(SIDE.finditer(text)) if any(map(lower.__contains__, SIDE_WORDS)) else []
    if not sides:
        return
    named = {SIDES[match.group()[:2].lower()] for match in sides}
    both = BOTH_NAMED.search(text)
    if len(named) == 1:
        yield "laterality", named.pop(), sides[0].start(), sides[0].end()
    elif both is not None and len(sides) == 2:
        yield "laterality", "bilateral", both.start(), both.end()
