"""The guidelines that letters cite: titles with their years, chapters, names of sections and topics.

Everything here is read from `data/guidelines.toml`, whose head says what its entries mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import msgspec
from rapidfuzz import fuzz, process

from imr_archive.vocabulary.loader import load_toml
from imr_archive.vocabulary.phrases import PhraseTable, name_key
from imr_archive.vocabulary.remembered import remembered
from imr_archive.vocabulary.schema import GuidelineData, MtusGuideline

# `Chronic Pain Medcial Treatment` scores 93 against its title, `Low Bakc Complaints` 95; the nearest two
# different titles of the vocabulary ("Eye Complaints", "Knee Complaints": 89.7) stay below (tested).
TITLE_LIKENESS = 90.0
SECTION_LIKENESS = 92.0
CHAPTER_LIKENESS = 85.0
WORD_LIKENESS = 82.0
LONGEST_NAME = 120
LOOKALIKES = str.maketrans("01345|", "oleasl")


class ChapterName(NamedTuple):
    """A chapter of the ODG as one of its names tells it."""

    chapter: str
    needs_boundary: bool
    word_count: int


class NearestName:
    """Finds the one of some known names that a printed name is most like."""

    def __init__(self, known: Iterable[str], likeness: float) -> None:
        """`likeness`: how like it must be at least, of 100, as rapidfuzz's ratio counts."""
        self._known = tuple(known)
        self._likeness = likeness
        self.find = remembered(4096)(self._find)

    def _find(self, key: str) -> str | None:
        if not key or len(key) > LONGEST_NAME:
            return None
        found = process.extractOne(key, self._known, scorer=fuzz.ratio, score_cutoff=self._likeness)
        return None if found is None else found[0]


class Vocabulary:
    """The data with the tables that the grammar of citations looks names up in."""

    def __init__(self, data: GuidelineData) -> None:
        self.data = data
        self._by_title: dict[str, list[MtusGuideline]] = {}
        for guideline in data.mtus:
            for name in (guideline.title, *guideline.aliases):
                self._by_title.setdefault(name_key(name), []).append(guideline)
        self.titles = PhraseTable((key, tuple(found)) for key, found in self._by_title.items())
        self.by_acoem_chapter = {
            **{int(number): title for number, title in data.acoem_chapters.items()},
            **{entry.acoem_chapter: entry.title for entry in data.mtus if entry.acoem_chapter is not None},
        }
        self.acoem_titles = PhraseTable((title, title) for title in self.by_acoem_chapter.values())
        sections = {name: _with_short_forms(names) for name, names in data.sections.items()}
        self._section_lists = {name: frozenset(map(name_key, names)) for name, names in sections.items()}
        self._section_keys = frozenset().union(*self._section_lists.values())
        self.sections = PhraseTable((name, name) for names in sections.values() for name in names)
        self._list_of_title = {entry.title: entry.sections for entry in data.mtus}
        self.chapters = PhraseTable(
            (name, ChapterName(entry.chapter, entry.needs_boundary, len(name_key(name).split())))
            for entry in data.odg
            for name in (entry.chapter, *entry.aliases)
        )
        self._chapter_by_key = {
            name_key(name): entry.chapter for entry in data.odg for name in (entry.chapter, *entry.aliases)
        }
        self.body_parts = PhraseTable(
            (part, entry.chapter) for entry in data.odg for part in entry.body_parts
        )
        self.topics = PhraseTable((name, name) for name in data.odg_topics.names)
        self.source_names = PhraseTable(
            (name, kind) for kind, names in msgspec.structs.asdict(data.names).items() for name in names
        )
        self.edition = PhraseTable((phrase, phrase) for phrase in data.edition_words.phrases)
        self.coverage = frozenset(data.edition_words.coverage)
        self.other_documents = PhraseTable((name, name) for name in data.other_documents.names)
        tables = (
            *(self.titles, self.sections, self.chapters, self.body_parts, self.topics),
            *(self.source_names, self.edition, self.other_documents),
        )
        form_words = frozenset(data.form_words.names)
        self._known_words = frozenset().union(form_words, *(table.words() for table in tables))
        self._near_title = NearestName(self._by_title, TITLE_LIKENESS)
        self._near_chapter = NearestName(self._chapter_by_key, CHAPTER_LIKENESS)
        self._near_section = NearestName(sorted(self._section_keys), SECTION_LIKENESS)
        self._near_word = NearestName(
            sorted(word for word in form_words | self.titles.words() if len(word) >= 6), WORD_LIKENESS
        )

    def title(self, printed: str, year: int | None = None) -> MtusGuideline | None:
        """The MTUS guideline that goes by exactly this name."""
        found = self._by_title.get(name_key(printed))
        return None if found is None else pick_edition(tuple(found), year)

    def near_title(self, printed: str, year: int | None = None) -> MtusGuideline | None:
        """The MTUS guideline whose name this misprints, if there is one near enough."""
        key = self._near_title.find(name_key(printed))
        return None if key is None else pick_edition(tuple(self._by_title[key]), year)

    def near_chapter(self, printed: str) -> str | None:
        """The ODG chapter whose name this is or misprints."""
        key = self._near_chapter.find(name_key(printed))
        return None if key is None else self._chapter_by_key[key]

    def knows_section(self, printed: str, title: str | None) -> bool:
        """Whether a guideline has a section of that name; where its title is unknown, any guideline."""
        key = name_key(printed)
        lists = self._list_of_title.get(title) if title is not None else None
        if lists is None:
            return key in self._section_keys
        return any(key in self._section_lists[name] for name in lists)

    def near_section(self, printed: str) -> str | None:
        """The key of the known section whose name this is or misprints."""
        return self._near_section.find(name_key(printed))

    def knows_word(self, key: str) -> bool:
        """Whether any name of the vocabulary has this word."""
        return key in self._known_words

    def mend_word(self, key: str) -> str:
        """A damaged word as the word of the form, or of a title, that it stands for; any other as it is.

        `mtu5` is `mtus`, `sectlon` is `section`, `forewarm` is `forearm`. Words that the vocabulary knows
        are never touched.
        """
        if key in self._known_words or len(key) < 3:
            return key
        if not key.isalpha():
            plain = key.translate(LOOKALIKES)
            return plain if plain in self._known_words else key
        if len(key) < 6:
            return key
        return self._near_word.find(key) or key


def _with_short_forms(names: Iterable[str]) -> list[str]:
    """The names, and those that end in a bracket without it too: letters print either."""
    listed = list(names)
    return listed + [name[: name.rindex(" (")] for name in listed if name.endswith(")") and " (" in name]


def pick_edition(entries: tuple[MtusGuideline, ...], year: int | None) -> MtusGuideline:
    """Of the guidelines that share a name, the one that has an edition of that year, else the first."""
    return next((entry for entry in entries if year in entry.years), entries[0])


@cache
def guideline_vocabulary() -> Vocabulary:
    """The vocabulary of guidelines, read once."""
    return Vocabulary(load_toml("guidelines.toml", GuidelineData))
