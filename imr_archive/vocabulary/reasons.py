"""Typed access to the published list of reasons and to the wordings that say them (`data/reasons.toml`).

A rationale is read as a string of concepts: every wording of the data file that a sentence holds is replaced
by the one letter of its concept, and a pattern is a regular expression over those few letters. The text
itself is walked once, whatever the number of wordings (Aho-Corasick).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

import ahocorasick

from imr_archive.vocabulary.loader import load_toml
from imr_archive.vocabulary.schema import DecidedOutcome, ReasonEntry, ReasonFile, ReasonPattern

Voice = Literal["", "guideline", "contrast", "turn", "case"]

ABBREVIATIONS = frozenset(
    ("dr", "mr", "ms", "mrs", "vs", "no", "pg", "pgs", "pp", "st", "approx", "etc", "e.g", "i.e", "fig")
)  # fmt: skip
"""Words whose full stop ends no sentence, nor does that of a single letter."""

BLANK, STOP, JOINT, BREAK, OTHER = " ", ".", "-", ";", "?"
"""The marks of a text as it is searched. JOINT stands for any mark in a wording (first-line, isn't), OTHER
for any that is in none; BREAK is a wording itself.
"""

FIRST_LETTER = 0x100
FIRST_SYMBOL = 0x41


class Cue(NamedTuple):
    """What a wording stands for: the letter of its concept ("" for none), and who speaks in such words."""

    letter: str
    voice: Voice


class Saying(NamedTuple):
    """A pattern ready for use, with the reason that it says."""

    code: str
    reliable: bool
    guideline_decides: bool
    weight: float
    expression: re.Pattern[str]
    first_letters: frozenset[str]
    last_letters: frozenset[str]
    not_within: frozenset[str]
    not_before: frozenset[str]

    def said_in(self, letters: str, break_letter: str) -> bool:
        """Whether a sentence, as the letters of its concepts, says this."""
        for match in self.expression.finditer(letters):
            clause = letters[letters.rfind(break_letter, 0, match.start()) + 1 : match.start()]
            if self.not_before.isdisjoint(clause) and self.not_within.isdisjoint(match.group()):
                return True
        return False


class ReasonCues:
    """The wordings that can decide one outcome, and the patterns over them."""

    def __init__(self, data: ReasonFile, outcome: DecidedOutcome) -> None:
        concepts = {**data.shared, **(data.upheld if outcome == "upheld" else data.overturned)}
        self._letters = {name: chr(FIRST_LETTER + place) for place, name in enumerate(concepts)}
        self.break_letter = self._letters["break"]
        voices = {term: voice for voice, terms in data.stance.items() for term in terms}
        cue_of = {term: (False, Cue("", voice)) for term, voice in voices.items()}
        for name, terms in concepts.items():
            for term in terms:
                plain = term.removesuffix("*")
                cue_of[plain] = (plain != term, Cue(self._letters[name], _voice_of(plain, voices)))
        cues = sorted({cue for _, cue in cue_of.values()})
        symbols = {cue: chr(FIRST_SYMBOL + place) for place, cue in enumerate(cues)}
        self.cue = {symbol: cue for cue, symbol in symbols.items()}
        joints = {mark for term in cue_of for mark in term if not mark.isalnum()} - {BLANK, BREAK}
        self._kinds = bytes(_kind_of(chr(code), joints) for code in range(256))
        self._unlike_words = _last_two_unlike_words(set(map(chr, self._kinds)))
        self._automaton = self._find_wordings(
            {self._searched(term): (ending, symbols[cue]) for term, (ending, cue) in cue_of.items()}
        )
        self.sayings = tuple(
            self.saying(entry, pattern)
            for entry in data.reasons
            if entry.outcome == outcome
            for pattern in entry.patterns
        )
        self._beginning = _places_by_letter(saying.first_letters for saying in self.sayings)
        self._ending = _places_by_letter(saying.last_letters for saying in self.sayings)

    def said_in(self, letters: str) -> tuple[Saying, ...]:
        """What a sentence, as the letters of its concepts, says, in the order of the data file."""
        present = set(letters)
        begun = set().union(*(self._beginning.get(letter, ()) for letter in present))
        ended = set().union(*(self._ending.get(letter, ()) for letter in present))
        sayings = (self.sayings[place] for place in sorted(begun & ended))
        return tuple(saying for saying in sayings if saying.said_in(letters, self.break_letter))

    def by_sentence(self, lower_text: str) -> Iterator[tuple[int, int, str]]:
        """Each sentence with a wording: where it begins and ends, and the symbols of its cues (see `cue`).

        From the left. Of two wordings that overlap the first counts, of two that begin together the longer.
        """
        text = self._searched(f" {lower_text}  ")
        start, symbols = 0, ""
        for last, (any_ending, symbol) in self._automaton.iter_long(text):
            following = text[last + 1]
            if symbol == STOP:
                if following == BLANK and (
                    text[last - 2 : last] not in self._unlike_words or _ends_sentence(text, last)
                ):
                    if symbols:
                        yield start, last, symbols
                        symbols = ""
                    start = last + 1
            elif (
                following == BLANK
                or any_ending
                or not following.isalnum()
                or (following == "s" and not text[last + 2].isalnum())
            ):
                symbols += symbol
        if symbols:
            yield start, len(lower_text), symbols

    def _searched(self, lower_text: str) -> str:
        """A text of lower case with few kinds of marks, as long as before."""
        return lower_text.encode("latin-1", "replace").translate(self._kinds).decode("latin-1")

    @staticmethod
    def _find_wordings(wordings: Mapping[str, tuple[bool, str]]) -> ahocorasick.Automaton:
        """What finds the wordings, each with whether it takes any ending and its symbol, and the full stops.

        A wording counts only where a word begins, so each is looked for with the mark before it: inside
        words, where most of a text is, the search then rests.
        """
        automaton = ahocorasick.Automaton()
        for mark in (BLANK, STOP, JOINT, BREAK, OTHER):
            for wording, found in wordings.items():
                automaton.add_word(mark + wording, found)
        automaton.add_word(STOP, (True, STOP))
        automaton.make_automaton()
        return automaton

    def letters_of(self, lower_text: str) -> str:
        """The concepts of a text, a letter each."""
        symbols = "".join(found for _, _, found in self.by_sentence(lower_text))
        return "".join(self.cue[symbol].letter for symbol in symbols)

    def saying(self, entry: ReasonEntry, pattern: ReasonPattern) -> Saying:
        """One pattern of the data file, ready for use."""
        between = f"[^{self.break_letter}]{{0,{pattern.gap}}}?"
        steps = ["".join(self._letters[name] for name in step.split("|")) for step in pattern.when.split()]
        return Saying(
            entry.code,
            entry.reliable,
            entry.guideline_decides,
            pattern.weight,
            re.compile(between.join(f"[{letters}]" for letters in steps)),
            frozenset(steps[0]),
            frozenset(steps[-1]),
            frozenset(self._letters[name] for name in pattern.not_within),
            frozenset(self._letters[name] for name in pattern.not_before),
        )


@cache
def reason_data() -> ReasonFile:
    """The data file, read once."""
    return load_toml("reasons.toml", ReasonFile)


@cache
def reason_cues(outcome: DecidedOutcome) -> ReasonCues:
    """The wordings and patterns for one outcome, built once."""
    return ReasonCues(reason_data(), outcome)


@cache
def reason_sentences() -> Mapping[str, str]:
    """The published list: the sentence of each code, in the order of the data file."""
    return {entry.code: entry.sentence for entry in reason_data().reasons}


def _voice_of(term: str, voices: Mapping[str, Voice]) -> Voice:
    """Who speaks in a wording that begins with one of the wordings of [stance]."""
    return next((voice for words, voice in voices.items() if f"{term} ".startswith(f"{words} ")), "")


def _ends_sentence(text: str, stop: int) -> bool:
    """Whether the full stop at `stop`, before a blank, ends a sentence."""
    last_word = text[text.rfind(BLANK, 0, stop) + 1 : stop]
    return len(last_word) > 1 and last_word not in ABBREVIATIONS


def _last_two_unlike_words(characters: set[str]) -> frozenset[str]:
    """The last two characters before a full stop that may end no sentence; behind all others it does."""
    alone = {first + last for first in characters for last in characters if BLANK in (first, last)}
    return frozenset({"", *alone, *(word[-2:] for word in ABBREVIATIONS)})


def _kind_of(character: str, joints: set[str]) -> int:
    """The code of what stands for a character in a text as it is searched."""
    if character in joints:
        return ord(JOINT)
    kept = character.isalnum() or character in (BLANK, STOP, BREAK)
    return ord(character if kept else OTHER)


def _places_by_letter(letters: Iterable[frozenset[str]]) -> dict[str, set[int]]:
    """For each letter, the places of the sets that hold it."""
    places: dict[str, set[int]] = {}
    for place, those in enumerate(letters):
        for letter in those:
            places.setdefault(letter, set()).add(place)
    return places


def unknown_concepts(data: ReasonFile) -> Iterable[str]:
    """Names of concepts that a pattern uses and the file does not define; none in a sound file."""
    for entry in data.reasons:
        known = {*data.shared, *(data.upheld if entry.outcome == "upheld" else data.overturned)}
        for pattern in entry.patterns:
            used = {name for step in pattern.when.split() for name in step.split("|")} | {
                *pattern.not_within,
                *pattern.not_before,
            }
            yield from used - known
