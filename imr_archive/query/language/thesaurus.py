"""What a query needs to know of the vocabulary: which words mean a service, and by what other words.

The vocabulary says what every wording of a heading is filed under; `synonyms.toml` says which of these
wordings mean the service as a whole, so that they may stand for one another in a search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files

import msgspec

from imr_archive.query.language.scan import pieces
from imr_archive.vocabulary.services import Entry, catalogue

Key = tuple[str, ...]


class Meaning(msgspec.Struct, frozen=True):
    """What some words mean: services by their names, a subcategory of them, or a part of the body.

    `phrases` are the words by which letters say the same, fit to be looked for in any text. `wordings` counts
    all by which the vocabulary knows it, narrower ones in headings among them: those find it by what the item
    is filed under. `of_body_part` is how many words at the beginning name the part of the body that a service
    is asked for (`lumbar fusion`): both are meant.
    """

    phrases: tuple[str, ...]
    services: tuple[str, ...] = ()
    subcategory: str = ""
    body_part: str = ""
    wordings: int = 0
    of_body_part: int = 0


class Synonyms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data file: which wordings mean a service, a subcategory or a part of the body as a whole."""

    generic: tuple[str, ...]
    ambiguous: tuple[str, ...]
    services: dict[str, tuple[str, ...]]
    subcategories: dict[str, tuple[str, ...]]
    body_parts: dict[str, tuple[str, ...]]


class Thesaurus:
    """Phrases with their meanings, found at a place in a row of words; singular and plural are one."""

    def __init__(self, meanings: Iterable[tuple[str, Meaning]] = (), ambiguous: Iterable[str] = ()) -> None:
        """Of two meanings of one phrase the first counts."""
        self._meanings: dict[Key, Meaning] = {}
        for phrase, meaning in meanings:
            self._meanings.setdefault(_key_of(phrase), meaning)
        self._meanings.pop((), None)
        self.longest = max(map(len, self._meanings), default=0)
        self.ambiguous = frozenset(map(pieces, ambiguous))

    def __len__(self) -> int:
        return len(self._meanings)

    @property
    def words(self) -> tuple[str, ...]:
        """All phrases, in lower case and in the singular."""
        return tuple(map(" ".join, self._meanings))

    def at(self, words: Sequence[str], start: int, ends: Sequence[int]) -> tuple[Meaning, int] | None:
        """The meaning of the longest phrase from `words[start]` to one of `ends`, and where it ends."""
        for end in sorted(ends, reverse=True):
            meaning = self._meanings.get(_key(words[start:end]))
            if meaning is not None:
                return meaning, end
        return None


def _key(words: Sequence[str]) -> Key:
    return tuple(map(_singular, words))


@cache
def _key_of(phrase: str) -> Key:
    """The key of one of the vocabulary's wordings: each is met again and again while meanings are made."""
    return _key(pieces(phrase))


def _singular(word: str) -> str:
    """A word without its plural: only alike on both sides of a comparison, not good English."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def load_synonyms() -> Synonyms:
    """The data file; it ships with the package, and tests hold it to its schema and to the vocabulary."""
    content = files("imr_archive.query.language").joinpath("synonyms.toml").read_bytes()
    return msgspec.toml.decode(content, type=Synonyms)


@cache
def vocabulary_thesaurus() -> Thesaurus:
    """The thesaurus of the project's vocabulary, made once."""
    synonyms = load_synonyms()
    return Thesaurus(
        [
            *_subcategories(synonyms),
            *_services(synonyms),
            *_body_parts(synonyms),
            *_services_of_body_parts(synonyms),
        ],
        synonyms.ambiguous,
    )


def _services(synonyms: Synonyms) -> Iterator[tuple[str, Meaning]]:
    """What `synonyms.toml` names first, then each service by its own name, then drugs by all of theirs."""
    entries = sorted(catalogue().values(), key=lambda entry: (entry.drug, entry.role != "specific"))
    listed = [name for name in synonyms.services if name in catalogue()]
    for name in listed:
        meaning = _meaning(catalogue()[name], synonyms)
        for phrase in synonyms.services[name]:
            yield phrase, meaning
    for entry in entries:
        meaning = _meaning(entry, synonyms)
        for phrase in _names(entry, synonyms):
            yield phrase, meaning


def _meaning(entry: Entry, synonyms: Synonyms) -> Meaning:
    hidden = set(map(pieces, synonyms.ambiguous))
    names = _names(entry, synonyms)
    searched = [phrase for phrase in names if pieces(phrase) not in hidden]
    known = {_key_of(wording) for wording in (entry.name, *entry.patterns, *names)}
    return Meaning(phrases=_shortest(searched), services=(entry.name,), wordings=len(known))


def _names(entry: Entry, synonyms: Synonyms) -> tuple[str, ...]:
    """The wordings that mean the service as a whole."""
    if entry.drug:
        return entry.patterns
    listed = synonyms.services.get(entry.name, ())
    if entry.role != "specific":
        return listed
    name = _key_of(entry.name)
    generic = set(synonyms.generic)
    initials = "".join(word[0] for word in name)
    own = [
        pattern
        for pattern in entry.patterns
        if _is_name(_key_of(pattern), name, generic) or (len(initials) > 2 and pattern == initials)
    ]
    return tuple(dict.fromkeys((*own, *listed)))


def _is_name(pattern: Key, name: Key, generic: set[str]) -> bool:
    """Whether a wording has just the words of the service's name, but for generic ones."""
    return set(pattern) - generic == set(name) - generic and set(pattern) - generic != set()


def _shortest(phrases: Iterable[str]) -> tuple[str, ...]:
    """The phrases without plurals, which the stemmer finds, and without those that hold another one."""
    singular: dict[Key, Key] = {}
    for words in filter(None, map(pieces, phrases)):
        singular.setdefault(_key(words), words)
    distinct = list(singular.values())
    kept = [one for one in distinct if not any(other != one and _holds(one, other) for other in distinct)]
    return tuple(" ".join(one) for one in kept)


def _holds(words: Key, part: Key) -> bool:
    return any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1))


def _subcategories(synonyms: Synonyms) -> Iterator[tuple[str, Meaning]]:
    for name, phrases in synonyms.subcategories.items():
        meaning = Meaning(phrases=_shortest(phrases), subcategory=name)
        for phrase in (name, *phrases):
            yield phrase, meaning


def _body_parts(synonyms: Synonyms) -> Iterator[tuple[str, Meaning]]:
    for name, phrases in synonyms.body_parts.items():
        meaning = Meaning(phrases=_shortest((name, *phrases)), body_part=name)
        for phrase in (name, *phrases):
            yield phrase, meaning


def _services_of_body_parts(synonyms: Synonyms) -> Iterator[tuple[str, Meaning]]:
    """Wordings of a service that begin with a part of the body: `lumbar fusion`, `knee sleeve`.

    The part of the body is looked for by all of its names and the service by what items are filed under, so
    that it finds a fusion at L5-S1 as well. Where a service is only a remainder (surgery of whatever kind)
    the words stand for themselves.
    """
    parts = {_key_of(phrase) for phrase, _ in _body_parts(synonyms)}
    for entry in catalogue().values():
        if entry.drug or entry.role != "specific":
            continue
        begun = {}
        for pattern in entry.patterns:
            words = _key_of(pattern)
            begins = [length for length in range(1, len(words)) if words[:length] in parts]
            if begins:
                begun[pattern] = begins[-1]
        if begun:
            meaning = _meaning(entry, synonyms)
            for pattern, length in begun.items():
                yield pattern, msgspec.structs.replace(meaning, of_body_part=length)
