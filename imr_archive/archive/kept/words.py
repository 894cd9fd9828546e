"""The words and phrases of an archive that are common enough for sets of the items that have them.

Which words are common is decided once for the whole archive, and again when it has doubled: those that one
item in a hundred has, and the words and phrases of the vocabulary down to one in a thousand. FTS5 finds
rarer ones at once. A phrase of common words is kept however rare: FTS5 has to compare all their places. So
are the pairs of words that most often stand in a row.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from imr_archive.archive.kept.stems import Stems, stem_counts, stems_of
from imr_archive.archive.kept.word_pairs import choose_pairs

COMMON = 0.01
"""The share of items from which on a word has a set."""

COMMON_IN_VOCABULARY = 0.001
"""The same for words and phrases of the vocabulary, of which many are often asked for at once."""

_SAMPLE = 10_000
"""Texts of each part that are looked at to decide: a share of 0.01 comes out right to a tenth of it."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class PartOfText:
    """One part of a decision's text, and where the search index has it."""

    name: str
    table: str
    column: str
    content: str

    def match(self, expression: str) -> str:
        """The FTS5 expression that looks for `expression` in this part alone."""
        return expression if self is SUMMARY else f"{{{self.column}}} : {expression}"


HEADING = PartOfText("heading", "disputed_items_fts", "description", "disputed_items")
RATIONALE = PartOfText("rationale", "disputed_items_fts", "rationale", "disputed_items")
SUMMARY = PartOfText("summary", "cases_fts", "summary", "cases")
PARTS = {part.name: part for part in (HEADING, RATIONALE, SUMMARY)}
"""The parts of a decision's text that have sets of words."""


@dataclass(frozen=True)
class Chosen:
    """A word or phrase that is to have a set in a part."""

    part: str
    stems: str
    expression: str


def choose_words(
    cursor: sqlite3.Cursor, phrases: Sequence[str], small_words: Sequence[str] = ()
) -> list[Chosen]:
    """The words and phrases of the archive that are to have sets.

    phrases: the vocabulary's; small_words: those that no pair of words is asked for by.
    """
    small = {stem for stems in stems_of(small_words) for stem in stems}
    wordings = {stems: phrase for phrase, stems in zip(phrases, stems_of(phrases), strict=True) if stems}
    texts = {part: _sample(cursor, part) for part in PARTS.values()}
    words = _Wordings(texts.values())
    shares = {part: _shares(some) for part, some in texts.items()}
    # FTS5 reads the list of a word's rows whatever part it stands in: heading and rationale have one index.
    together = {
        stem: max(shares[HEADING].get(stem, 0), shares[RATIONALE].get(stem, 0))
        for stem in shares[HEADING].keys() | shares[RATIONALE].keys()
    }
    chosen: list[Chosen] = []
    for part, some in texts.items():
        usual = shares[part] if part is SUMMARY else together
        common = {stem for stem, share in usual.items() if share >= COMMON}
        known = {
            stems for stems in wordings if all(usual.get(stem, 0) >= COMMON_IN_VOCABULARY for stem in stems)
        }
        alone = words.of(common - {stems[0] for stems in known if len(stems) == 1})
        expressions: dict[Stems, str] = {(stem,): word for stem, word in alone.items()}
        expressions |= {stems: wordings[stems] for stems in known}
        singles = {stems[0]: words for stems, words in expressions.items() if len(stems) == 1}
        for one, other in choose_pairs(some, singles.keys() - small):
            expressions.setdefault((one, other), f"{singles[one]} {singles[other]}")
        chosen += [
            Chosen(part.name, " ".join(stems), f'"{words}"') for stems, words in sorted(expressions.items())
        ]
    return chosen


def _shares(texts: Sequence[str]) -> dict[str, float]:
    """The share of the texts that have each stem."""
    return {stem: count / len(texts) for stem, count in stem_counts(texts).items()}


def _sample(cursor: sqlite3.Cursor, part: PartOfText) -> list[str]:
    """Some thousand texts of a part, from all over the archive."""
    (last,) = cursor.execute(f"SELECT ifnull(max(id), 0) FROM {part.content}").fetchone()
    ids = list(range(1, last + 1, last // _SAMPLE + 1))
    rows = cursor.execute(
        f"SELECT ifnull({part.column}, '') FROM {part.content} WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )
    return [text for (text,) in rows]


class _Wordings:
    """Words by which stems are found, as some texts have them."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        self._texts = texts

    def of(self, wanted: set[str]) -> dict[str, str]:
        """A word for each stem: a stem that is looked for would be brought to its own stem, perhaps another.

        A stem that no word of letters and digits has is left out.
        """
        alone = sorted(wanted)
        again = dict(zip(alone, stems_of(alone), strict=True))
        found = {stem: stem for stem in alone if again[stem] == (stem,)}
        others = wanted - found.keys()
        return found | {stem: self._spelled[stem] for stem in others if stem in self._spelled}

    @cached_property
    def _spelled(self) -> dict[str, str]:
        """The first word, by the alphabet, of each stem."""
        words = sorted(
            {word for some in self._texts for text in some for word in _WORD.findall(text.lower())}
        )
        found: dict[str, str] = {}
        for word, stems in zip(words, stems_of(words), strict=True):
            if len(stems) == 1:
                found.setdefault(stems[0], word)
        return found
