"""Misprinted words: the one word of the vocabulary that was meant, where there is only one."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from imr_archive.vocabulary.services import catalogue, vocabulary_words

# Words shorter than this have too many neighbours to be told apart.
SHORTEST = 6
LONG_WORD = 9
# A heading has few words; a text of thousands is no heading, and its misprints are not worth the time.
MOST_WORDS = 60


def corrected(normal: str) -> str:
    """A text in normal form with misprinted words put right.

    A word is put right where just one word of the vocabulary with the same first letter lies one letter away
    (inserted, dropped, changed, or two swapped), or two letters for words of nine letters or more; of several
    equally near, only where they name the same thing, as naproxen and Naprosyn do.
    """
    words = normal.split(" ")
    if len(words) > MOST_WORDS:
        return normal
    known = vocabulary_words()
    return " ".join(_nearest(word) if len(word) >= SHORTEST and word not in known else word for word in words)


def _nearest(word: str) -> str:
    if not word.isalpha():
        return word
    allowed = 2 if len(word) >= LONG_WORD else 1
    near = process.extract(
        word, _by_initial().get(word[0], []), scorer=OSA.distance, score_cutoff=allowed, limit=3
    )
    best = [known for known, distance, _ in near if distance == near[0][1]]
    one_thing = len({_named_alone().get(known, known) for known in best}) == 1
    return str(best[0]) if best and one_thing else word


@cache
def _named_alone() -> dict[str, str]:
    """The service that each single word names by itself."""
    return {term: entry.name for entry in catalogue().values() for term in entry.patterns if " " not in term}


@cache
def _by_initial() -> dict[str, list[str]]:
    words: dict[str, list[str]] = defaultdict(list)
    for word in sorted(vocabulary_words()):
        if len(word) >= SHORTEST - 1 and word.isalpha():
            words[word[0]].append(word)
    return words
