"""Specialties and states of licensure: from the letters' words to canonical names.

What the vocabulary does not know keeps its own words and is marked unrecognised; it is never guessed.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from imr_archive.vocabulary.lexicon import Lexicon, normal_form, word_spans
from imr_archive.vocabulary.loader import load_toml

# Two names of the vocabulary never come this near to each other (tested), so a misprint has one reading.
SPECIALTY_LIKENESS = 90.0
STATE_LIKENESS = 84.0
TOO_CLOSE = 1.0

# Where a sentence about specialties turns to states.
LICENSURE = re.compile(
    r"\b(?:is|are|and)\s+(?:also\s+)?licensed\b|\blicensed\s+(?:to|in)\b|\bstates?\b[^,;]{0,6}of licensure",
    re.IGNORECASE,
)
COMMA = re.compile(r"[,;/|•]")
LONGEST_NAME = 60
SEPARATOR = re.compile(r"[,;/|•]+|\b(?:and|or)\b|&")
# Words around a name in the sentences that state it; they are no part of it.
PADDING = re.compile(
    r"(?:board|certified|certification|certifications|diplomate|sub-?specialty|specialty|specialties|fellowship|"
    r"trained|licensed|license|licensure|holds|has|is|are|was|also|both|in|of|with|to|by|for|the|a|an|as|well|"
    r"practice|state|states|expert|physician|reviewer|doctor|he|she|who|certificate|added|qualifications?|"
    r"currently|following|actively|m\.?d\.?|d\.?o\.?|ph\.?d\.?)\b[\s:.-]*",
    re.IGNORECASE,
)


class Term(NamedTuple):
    """A name of the vocabulary, or, unrecognised, the words as printed."""

    name: str
    recognised: bool


class Located(NamedTuple):
    """A term found in a text, and where: `text[start:end]` are the words it was read from."""

    term: Term
    start: int
    end: int

    def touches(self, text: str, start: int) -> bool:
        """Whether only blanks part this term from `text[start:]`."""
        return not text[self.end : start].strip()


class Names:
    """A closed list of canonical names with the other forms in which each is printed."""

    def __init__(self, file: str, likeness: float) -> None:
        listed = load_toml(file, dict[str, list[str]])
        self.canonical = tuple(listed)
        self._by_form = {normal_form(form): name for name, forms in listed.items() for form in (name, *forms)}
        self._likeness = likeness
        # Codes and short abbreviations are English words too ("or", "in", "me"): in running text only longer
        # forms are looked for, codes count where they are a whole member of the list.
        self._lexicon = Lexicon(
            (form, name) for form, name in self._by_form.items() if len(form.replace(" ", "")) > 3
        )
        self._long_forms = [form for form in self._by_form if len(form) >= 5]

    def look_up(self, raw: str) -> Term:
        """The canonical name for `raw`: exactly, else the one name that it misprints or abbreviates."""
        printed = " ".join(raw.split()).strip(" .,:;")
        form = normal_form(printed)
        name = self._by_form.get(form) or self._misprint(form)
        return Term(printed, recognised=False) if name is None else Term(name, recognised=True)

    def split(self, text: str) -> tuple[Located, ...]:
        """The names of a list or sentence, in printed order, each once.

        Known names are found first, so that a name holding a comma or "and" stays whole; what lies between
        them is split at commas and conjunctions, freed of the sentence's own words, and looked up.
        """
        spans = word_spans(text)
        found: list[Located] = []
        covered = 0
        for hit in self._lexicon.find(normal_form(text)):
            start = spans[hit.first][0]
            if start < covered:
                continue
            name, end = self._uninverted(text, start, spans[hit.after - 1][1], hit.value)
            end = self._extended(text, start, end, name)
            before = self._members(text, covered, start)
            if before and before[-1].touches(text, start):
                # "Spinal Surgery" is not Surgery, and "Orthopedc Surgery" is a misprint of another name.
                whole = text[before[-1].start : end]
                before[-1] = Located(self.look_up(whole), before[-1].start, end)
            else:
                before.append(Located(Term(name, recognised=True), start, end))
            found += before
            covered = end
        found += self._members(text, covered, len(text))
        first_of_name = {located.term: located for located in reversed(found)}
        return tuple(sorted(first_of_name.values(), key=lambda located: located.start))

    def _uninverted(self, text: str, start: int, end: int, name: str) -> tuple[str, int]:
        """The name at `start` and its end: "Radiology, Diagnostic" are two names before "Radiology"."""
        comma = COMMA.search(text, start, end)
        if comma is None:
            return name, end
        following = COMMA.search(text, end)
        second = text[comma.end() : following.start() if following else len(text)]
        goes_on = len(second.rstrip()) > end - comma.end()
        first = self._by_form.get(normal_form(text[start : comma.start()]))
        if first and goes_on and normal_form(second.strip()) in self._by_form:
            return first, comma.start()
        return name, end

    def _extended(self, text: str, start: int, end: int, name: str) -> int:
        """Where the member that begins with a known form ends: "Physical Medicine & Rehabn" is one name."""
        comma = COMMA.search(text, end)
        whole = text[start : comma.start() if comma else len(text)].rstrip()
        if len(whole) <= end - start or len(whole) > LONGEST_NAME:
            return end
        return start + len(whole) if self.look_up(whole) == Term(name, recognised=True) else end

    def _members(self, text: str, start: int, end: int) -> list[Located]:
        """What `text[start:end]`, which holds no known name, lists all the same."""
        members = []
        edges = [start]
        for separator in SEPARATOR.finditer(text, start, end):
            edges += separator.span()
        edges.append(end)
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            at, raw = _unpadded(text, first, last)
            if raw and raw[0].isupper() and len(raw.split()) <= 6:
                members.append(Located(self.look_up(raw), at, at + len(raw)))
        return members

    def _misprint(self, form: str) -> str | None:
        if len(form) < 5:
            return None
        near = process.extract(
            form, self._long_forms, scorer=fuzz.ratio, score_cutoff=self._likeness, limit=3
        )
        # "Carolina" is as near to the North as to the South.
        equal = {self._by_form[known] for known, score, _ in near if score > near[0][1] - TOO_CLOSE}
        if near:
            return equal.pop() if len(equal) == 1 else None
        abbreviated = {self._by_form[known] for known in self._long_forms if _abbreviates(form, known)}
        return abbreviated.pop() if len(abbreviated) == 1 else None


def specialty(raw: str) -> Term:
    """The canonical specialty for the words of a letter."""
    return _specialties().look_up(raw)


def state(raw: str) -> Term:
    """The full name of a state or territory, from its name, code, abbreviation or misprint."""
    return _states().look_up(raw)


def split_specialties(text: str) -> tuple[Located, ...]:
    """The specialties of a list ("Preventive Medicine, Occupational Medicine") or of a sentence's part."""
    licensed = LICENSURE.search(text)
    return _specialties().split(text[: licensed.start()] if licensed else text)


def split_states(text: str) -> tuple[Located, ...]:
    """The states of a list ("California,Texas") or of a sentence's part ("licensed in Ohio and Utah")."""
    return _states().split(text)


def specialty_names() -> tuple[str, ...]:
    """All canonical specialties, sorted."""
    return _specialties().canonical


def state_names() -> tuple[str, ...]:
    """All states and territories by full name, sorted."""
    return _states().canonical


@cache
def _specialties() -> Names:
    return Names("specialties.toml", SPECIALTY_LIKENESS)


@cache
def _states() -> Names:
    return Names("states.toml", STATE_LIKENESS)


def _unpadded(text: str, first: int, last: int) -> tuple[int, str]:
    """`text[first:last]` without the sentence's own words before it, and where it then begins."""
    while first < last and not text[first].isalnum():
        first += 1
    while padding := PADDING.match(text, first, last):
        first = padding.end()
    raw = text[first:last]
    return first, raw.rstrip(" .,:;()-\t\r")


def _abbreviates(form: str, known: str) -> bool:
    """Whether `form` is `known` with words cut short, as in "Rehab" or "Rehabn" for "Rehabilitation"."""
    short, full = form.split(), known.split()
    if len(short) != len(full) or short == full or len(full) < 2:
        return False
    return all(
        one == other or (len(one) >= 5 and len(one) < len(other) and other.startswith(one[:-1]))
        for one, other in zip(short, full, strict=True)
    )
