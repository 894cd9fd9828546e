"""What a query needs to know of the vocabulary: which words name a service, and by what other words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import msgspec

from imr_archive.query.scan import pieces


class Meaning(msgspec.Struct, frozen=True):
    """What some words mean: services by their names in the archive, or a part of the body.

    `phrases` are the words by which letters say the same, those that were looked up among them.
    """

    phrases: tuple[str, ...]
    services: tuple[str, ...] = ()
    body_part: str = ""


class Thesaurus:
    """Phrases with their meanings, found at a place in a row of words, the longest first."""

    def __init__(self, meanings: Iterable[tuple[str, Meaning]] = ()) -> None:
        self._meanings = {pieces(phrase): meaning for phrase, meaning in meanings}
        self._meanings.pop((), None)
        self.longest = max(map(len, self._meanings), default=0)

    def at(self, words: Sequence[str], start: int, ends: Sequence[int]) -> tuple[Meaning, int] | None:
        """The meaning of the longest phrase from `words[start]` to one of `ends`, and where it ends."""
        for end in sorted(ends, reverse=True):
            meaning = self._meanings.get(tuple(words[start:end]))
            if meaning is not None:
                return meaning, end
        return None


@cache
def vocabulary_thesaurus() -> Thesaurus:
    """The thesaurus of the project's vocabulary, made once."""
    return Thesaurus()
