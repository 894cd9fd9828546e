"""Fourth stage: the anonymous reviewer's specialties and states of licensure.

Both forms are read: the block ("State(s) of Licensure: ..." and "Certification(s)/Specialty: ...") and the
sentence ("is Board Certified in ... and is licensed to practice in ...").
"""

from __future__ import annotations

import re

from imr_archive.parsing.clean import LetterText, occurrences
from imr_archive.parsing.findings import Notes
from imr_archive.parsing.layouts import Outline
from imr_archive.parsing.misreadings import misread
from imr_archive.parsing.record import Reviewer
from imr_archive.vocabulary import Located, split_specialties, split_states
from imr_archive.vocabulary.remembered import remembered

STATES_LABEL = re.compile(
    rf"{misread('state')}s?\s?(?:\({misread('s')}\))?\s*{misread('of licensure')}\s*[:;.]?\s*"
)
SPECIALTY_LABEL = re.compile(
    rf"{misread('certification')}s?\s?(?:\({misread('s')}\))?\s*/\s*{misread('special')}(?:ty|t{misread('ies')})"
    r"(?:\s?\((?:s|ies)\))?\s*[:;.]?\s*"
    r"|board\s+certifications?\s?(?:\(s\))?\s*[:;]\s*|specialt(?:y|ies)(?:\s?\((?:s|ies)\))?\s*[:;]\s*"
)
PARAGRAPH_END = re.compile(r"\n[ ]*\n[ ]*\n|\n[ ]*[A-Z][A-Z ]{11,}|\n(?=[^\n]{86})|\.\s")
"""What ends a list of credentials that runs over lines: blank lines, a heading in capitals, running prose."""

LICENSED = "licensed to practice"
SENTENCE_BEGINS = re.compile(r"\b(?:reviewer|doctor|physician|he/she)\s+(?:is|holds|has)\b")
SENTENCE_STATES = re.compile(
    r"licensed\s+(?:to\s+practice(?:\s+medicine)?(?:\s+in)?|in)(?:\s+the\s+states?\s+of)?\s+"
)
STATES_END = re.compile(r"(?<!\bd\.c)(?<!\bd)\.(?:\s|\Z)|\n[ ]*\n[ ]*\n|\bhe/she\b", re.IGNORECASE)
LIST_MARK = re.compile(r"[,;\n]")
SHORT_LIST, LONGEST_LIST = 120, 600
"""How long a list of credentials is in nearly every letter, and at most."""

MOST_SENTENCES = 20


def read_reviewer(letter: LetterText, outline: Outline, notes: Notes) -> Reviewer:
    """The reviewer's credentials; names that the vocabulary does not know are kept as printed and noted."""
    places = _block(letter, outline)
    rule = "credentials block"
    if places == (None, None):
        places = _sentence(letter, outline)
        rule = "credentials sentence"
    specialties, states = places
    return Reviewer(
        specialties=_names(letter, specialties, "specialties", rule, notes),
        licensure_states=_names(letter, states, "licensure_states", rule, notes),
    )


Place = tuple[int, int] | None


def _block(letter: LetterText, outline: Outline) -> tuple[Place, Place]:
    """Where the block's lists of specialties and of states stand."""
    anchor = _anchor(letter)
    if anchor is None:
        return None, None
    limit = anchor + LONGEST_LIST
    for section in outline.sections:
        if anchor < section.start < limit:
            limit = section.start
            break
    begin = max(0, anchor - LONGEST_LIST)
    states = STATES_LABEL.search(letter.lower, max(0, anchor - 40), limit)
    specialty = SPECIALTY_LABEL.search(letter.lower, begin if states is None else states.start(), limit)
    if specialty is None and states is not None:
        specialty = SPECIALTY_LABEL.search(letter.lower, begin, limit)
    return _value(letter, specialty, states, limit), _value(letter, states, specialty, limit)


def _anchor(letter: LetterText) -> int | None:
    """Where a label of the block stands."""
    for words in ("licensure", "/specialty"):
        at = letter.lower.find(words)
        if at >= 0:
            return at
    if LICENSED in letter.lower:
        return None
    label = STATES_LABEL.search(letter.lower) or SPECIALTY_LABEL.search(letter.lower)
    return label.start() if label else None


def _value(
    letter: LetterText, label: re.Match[str] | None, other: re.Match[str] | None, limit: int
) -> tuple[int, int] | None:
    """The text under a label: to the other label, the next section or the end of the paragraph."""
    if label is None:
        return None
    start = label.end()
    end = other.start() if other is not None and other.start() >= start else limit
    if label.re is STATES_LABEL:
        return start, _states_end(letter.text, PARAGRAPH_END, start, end)
    stop = PARAGRAPH_END.search(letter.text, start, end)
    return start, stop.start() if stop else end


def _states_end(text: str, pattern: re.Pattern[str], start: int, end: int) -> int:
    """Where the list of states in `text[start:end]` ends: at the first match of `pattern`, else at `end`.

    A page's foot within the list, which cleaning has left blank, does not end it.
    """
    at = start
    while stop := pattern.search(text, at, end):
        rest = text[stop.end() : end].lstrip()
        if not stop[0].isspace() or not _goes_on(text[start : stop.start()], rest.partition("\n")[0]):
            return stop.start()
        at = end - len(rest)
    return end


def _goes_on(listed: str, line: str) -> bool:
    """Whether a list of states goes on with this line: with the rest of a name, or with states alone.

    After a comma the first name on the line is enough.
    """
    last = LIST_MARK.split(listed.rstrip())[-1].strip()
    states = _split_states(f"{last} {line}" if last else line)
    if not states or not states[0].term.recognised:
        return False
    return not last or all(state.term.recognised for state in states)


def _sentence(letter: LetterText, outline: Outline) -> tuple[Place, Place]:
    """Where the sentence names specialties and states.

    In a section of its own, as in layout C, the sentence needs no subject.
    """
    section = outline.section("qualifications")
    for at in (occurrences(letter.lower, LICENSED) or _wrapped(letter.lower))[:MOST_SENTENCES]:
        states = SENTENCE_STATES.match(letter.lower, at)
        first = _sentence_begins(letter.lower, at)
        if first is None and section is not None and section.body <= at < section.end:
            first = section.body
        if states is None or first is None:
            continue
        farthest = min(len(letter.text), states.end() + LONGEST_LIST)
        end = _states_end(letter.text, STATES_END, states.end(), farthest)
        if end == farthest:
            end = min(len(letter.text), states.end() + 80)
        return (first, at), (states.end(), end)
    return None, None


def _sentence_begins(lower: str, licensed: int) -> int | None:
    """Where the words behind the subject begin whose licence stands at `licensed`: the subject next to it."""
    for reach in (SHORT_LIST, LONGEST_LIST):
        begins = list(SENTENCE_BEGINS.finditer(lower, max(0, licensed - reach), licensed))
        if begins:
            return begins[-1].end()
    return None


def _wrapped(lower: str) -> list[int]:
    return [match.start() for match in SENTENCE_STATES.finditer(lower)]


def _names(letter: LetterText, place: Place, kind: str, rule: str, notes: Notes) -> tuple[str, ...]:
    """The canonical names of a list that stands at `place`."""
    if place is None:
        return ()
    start, end = place
    split = _split_specialties if kind == "specialties" else _split_states
    names: list[str] = []
    for (name, recognised), first, last in split(letter.text[start:end]):
        field = f"reviewer.{kind}[{len(names)}]"
        raw = letter.joined(start + first, start + last)
        notes.found(field, start + first, start + last, rule, raw, recognised)
        if not recognised:
            code = "unknown_specialty" if kind == "specialties" else "unknown_state"
            notes.met(code, field, notes.span(start + first, start + last), raw=raw)
        names.append(name)
    return tuple(names)


@remembered(4096)
def _split_specialties(text: str) -> tuple[Located, ...]:
    """Reviewers are few and their credentials return in thousands of letters."""
    return split_specialties(text)


@remembered(4096)
def _split_states(text: str) -> tuple[Located, ...]:
    return split_states(text)
