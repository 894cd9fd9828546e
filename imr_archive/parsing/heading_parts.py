"""Of what part of the body a heading speaks: parts, side, levels of the spine."""

from __future__ import annotations

import re

from imr_archive.parsing.heading_text import HeadingText
from imr_archive.parsing.numbers import Figures
from imr_archive.vocabulary.services import body_part_lexicon

Stated = tuple[str, str | float, int, int]
"""An attribute's name and value, and where the heading states it."""

SIDE = re.compile(r"\b(?:bilateral(?:ly)?|both|b/l|bil|left|right|lt|rt)\b")
SIDE_WORDS = frozenset(["bilateral", "bilaterally", "both", "bil", "left", "right", "lt", "rt"])
"""The words of SIDE; a heading without them (HeadingText.words) and without "b/l" tells no side."""

SIDES = {
    "le": "left",
    "lt": "left",
    "ri": "right",
    "rt": "right",
    "bi": "bilateral",
    "bo": "bilateral",
    "b/": "bilateral",
}
BOTH_NAMED = re.compile(r"\b(?:left\s?(?:and|&|/|,)\s?right|right\s?(?:and|&|/|,)\s?left)\b")
_NUMBER = r"(?:1[0-2]|[1-9])"
# A vertebra, a disc or a run of them: L4, L4-5, L4-L5, C5-6 and C6-7.
LEVEL = re.compile(
    rf"\b[CTLS]{_NUMBER}(?:(?:\s?[-/,]\s?|\s(?:and|to|through)\s)[CTLS]?{_NUMBER}(?![\w.%])(?!\s?mg))*(?!\w)",
    re.IGNORECASE,
)
LEVEL_LETTERS = "CTLSctls\u017f"
"""With which LEVEL begins, where letter case is ignored also the long s."""

REGION_OF_LEVEL = {"C": "cervical spine", "T": "thoracic spine", "L": "lumbar spine"}
# A general word adds nothing beside one of its own parts.
CONTAINED = {
    "spine": {"cervical spine", "thoracic spine", "lumbar spine"},
    "back": {"thoracic spine", "lumbar spine"},
}
NOTHING: frozenset[str] = frozenset()
# "LE" is the lower extremity, "le" is no English.
CODES = {"le", "ble", "rle", "lle", "bles", "les", "ue", "bue", "rue", "lue", "bues", "ues"}


def find_parts(heading: HeadingText, figures: Figures) -> list[Stated]:
    """body_part, laterality and spinal_level, each with its value and its place in the heading."""
    stated: list[Stated] = []
    level = _level(heading.text, figures.starts)
    if level is not None:
        stated.append(("spinal_level", " ".join(level.group().split()), *level.span()))
    parts = _parts(heading)
    if parts:
        names = [name for name in parts if CONTAINED.get(name, NOTHING).isdisjoint(parts)]
        start = min([start for start, _ in parts.values()])
        end = max([end for _, end in parts.values()])
        stated.append(("body_part", ", ".join(names), start, end))
    elif level is not None and level.group()[0].upper() in REGION_OF_LEVEL:
        stated.append(("body_part", REGION_OF_LEVEL[level.group()[0].upper()], *level.span()))
    if "b/l" in heading.lower or not SIDE_WORDS.isdisjoint(heading.words):
        stated += _side(heading.lower)
    return stated


def _level(text: str, numbers: list[int]) -> re.Match[str] | None:
    """The first level of the spine, looked for where a number follows a region's letter."""
    for at in numbers:
        if text[at - 1] in LEVEL_LETTERS:
            return LEVEL.search(text)
    return None


def _parts(heading: HeadingText) -> dict[str, tuple[int, int]]:
    """The parts named, in printed order, each with the place of its first naming."""
    found: dict[str, tuple[int, int]] = {}
    for hit in body_part_lexicon().find(heading.normal):
        start, end = heading.spans[hit.first][0], heading.spans[hit.after - 1][1]
        if hit.term in CODES and not heading.text[start:end].isupper():
            continue
        found.setdefault(hit.value.name, (start, end))
    return found


def _side(lower: str) -> list[Stated]:
    """The side, if the words that name one agree."""
    sides = list(SIDE.finditer(lower))
    if not sides:
        return []
    named = {SIDES[match.group()[:2]] for match in sides}
    if len(named) == 1:
        return [("laterality", named.pop(), *sides[0].span())]
    both = BOTH_NAMED.search(lower)
    if both is not None and len(sides) == 2:
        return [("laterality", "bilateral", *both.span())]
    return []
