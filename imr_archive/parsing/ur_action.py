"""What utilization review did with a request before the independent review: denied or modified it.

The heading of an item tells a modification in the form's own words ("... was the original request. ... was
authorized by the Claims Administrator"). All else is prose of the summary, which often speaks of several
requests in several ways: an item is told by the words that it shares with a statement, or by a statement on
everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Literal, NamedTuple

from imr_archive.parsing.attributes import read_attributes
from imr_archive.vocabulary.loader import load_toml
from imr_archive.vocabulary.remembered import remembered
from imr_archive.vocabulary.schema import ReviewWords
from imr_archive.vocabulary.services import body_parts

Action = Literal["denied", "modified", "approved"]

# The form's words: "<what> was authorized by the Claims Administrator", or "The Claims Administrator
# authorized <what>, leaving the original request IMR eligible".
BY_ADMINISTRATOR = "by the claims administrator"
ADMINISTRATOR = "the claims administrator "
ADMINISTRATOR_WORDS = "claims administrator"
GRANTED = re.compile(
    r" (?:was|were|is|are|ha(?:s|ve) been) (?:authorized|certified|approved) \Z", re.IGNORECASE
)
GRANTING = re.compile(r"(?:authorized|certified|approved) (?:an? |the )?", re.IGNORECASE)
LONGEST_VERB = 30
# How a summary goes on after "modified": "... to #60", "... allowing 6 visits", "... as 6 sessions of it".
MODIFIED_TO = re.compile(
    r"\b(?:to allow (?:for )?|allow(?:ing|ed)? (?:for )?|certif(?:ying|ied) |"
    r"approv(?:ing|ed) (?!an? request)|authoriz(?:ing|ed) |"
    r"to (?:an? )?(?=#|\d|one|two|three|four|five|six|seven|eight|nine|ten|twelve|initial|evaluation|trial)|"
    r" as (?=#?\d|one|two|three|four|five|six))(?P<given>[^.;]{2,120})",
    re.IGNORECASE,
)
GIVEN_END = re.compile(
    r",? (?:and (?:denied|denying|non-?certif)|denying|as (?:is |recommended|the|independence)|in accordance|"
    r"because|due to|with the remaining|citing|was certified|were certified)\b|, (?:and|citing)\b",
    re.IGNORECASE,
)
# What such a clause says of what was left of the request: looked for first, for its pattern is slow.
WAS_CERTIFIED = tuple(
    f" {was} {verb}" for was in ("was", "were") for verb in ("certified", "approved", "authorized")
)
CERTIFIED_BEFORE = re.compile(rf"(?P<given>[^.:;]{{3,100}})(?:{'|'.join(WAS_CERTIFIED)})\b", re.IGNORECASE)
MONTHS = re.compile(r"\b(?P<count>\d{1,2}|one|two|three|six)[ -]months?\b", re.IGNORECASE)
MONTH_NUMBERS = {"one": 1, "two": 2, "three": 3, "six": 6}

# A denial of symptoms, not of a request.
SYMPTOMS = re.compile(
    r"(?:p(?<!\wp)atient|w(?<!\ww)orker|a(?<!\wa)pplicant|c(?<!\wc)laimant|e(?<!\we)mployee"
    r"|h(?<!\wh)e|s(?<!\ws)he|i(?<!\wi)w)\b(?:\s\w+){0,2}\s(?:also )?den(?:ied|ies|ying)\b"
)
DECISION_NEXT = r"(?=(?:non-?certification|modification|denial|certification|approval) )"
# Every branch of these two patterns begins with a plain character, so that the search skips all others.
CLAUSE_END = re.compile(
    rf"\. |; |, {DECISION_NEXT}| and {DECISION_NEXT}|, and {DECISION_NEXT}"
    r"|, (?=(?:and )?(?:non-?certified|modified|denied|certified|approved))|a(?<!\wa)nd requested\b"
)
WORD = re.compile(r"[a-z]{3,}|\d+(?:\.\d+)?")
LONGEST_SUMMARY = 40_000
# What is looked for instead of the hints that hold it: one look serves several of them, and a rare letter is
# found ten times as quickly as a word.
PIECES = ("den", "z")


class UrAction(NamedTuple):
    """What utilization review did with one item.

    authorized: what it granted, as printed, and quantity of unit, where it modified the request. source:
    which text says so; start and end count in it. certain: whether the statement is plainly about this item.
    """

    action: Literal["denied", "modified"]
    authorized: str | None
    quantity: float | None
    unit: str | None
    source: Literal["description", "rationale", "summary"]
    start: int
    end: int
    certain: bool


class Statement(NamedTuple):
    """One clause of a summary that says what utilization review did, and the words of the service in it."""

    action: Action
    words: frozenset[str]
    on_everything: bool
    authorized: str | None
    start: int
    end: int


def read_ur_action(
    description: str, rationale: str | None = None, summary: str | None = None
) -> UrAction | None:
    """What utilization review did with the item of that heading, or None where the letter does not say.

    All three texts on one line. The heading counts before the summary, and the summary before the rationale.
    """
    granted = _granted(description)
    if granted is not None:
        return _modified(description, granted, "description")
    if summary:
        found = _in_summary(description, _statements(summary[:LONGEST_SUMMARY]))
        if found is not None:
            return found
    granted = _granted(rationale) if rationale else None
    return _modified(rationale, granted, "rationale") if rationale and granted else None


def _granted(text: str) -> tuple[int, int] | None:
    """Where the form's words tell what the claims administrator authorized."""
    lower = text.lower()
    if ADMINISTRATOR_WORDS not in lower:
        return None
    at = lower.find(BY_ADMINISTRATOR)
    if at >= 0 and (verb := GRANTED.search(text, max(0, at - LONGEST_VERB), at)):
        sentence = lower.rfind(". ", 0, verb.start())
        return (sentence + 2 if sentence >= 0 else 0), verb.start()
    at = lower.find(ADMINISTRATOR)
    verb = GRANTING.match(text, at + len(ADMINISTRATOR)) if at >= 0 else None
    if verb is None:
        return None
    ends = [place for mark in (", leaving", ". ") if (place := lower.find(mark, verb.end())) >= 0]
    return verb.end(), min(ends, default=len(text.rstrip(". ")))


def _modified(text: str, granted: tuple[int, int], source: Literal["description", "rationale"]) -> UrAction:
    """A modification told in the form's words."""
    start, end = granted
    quantity, unit = _how_much(text[start:end])
    return UrAction("modified", text[start:end], quantity, unit, source, start, end, True)


@remembered(8192)
def _how_much(authorized: str) -> tuple[float | None, str | None]:
    """The quantity that was granted and what it counts; months of a rental where nothing else is counted."""
    attributes = read_attributes(authorized)
    if attributes.quantity is not None:
        return attributes.quantity, attributes.quantity_unit
    months = MONTHS.search(authorized)
    if months is None:
        return None, None
    count = months["count"].lower()
    return float(MONTH_NUMBERS.get(count) or count), "months"


def _in_summary(description: str, statements: tuple[Statement, ...]) -> UrAction | None:
    """The statement of the summary that is about this item: of most words in common, else on everything."""
    if not statements:
        return None
    words = _heading_words(description)
    near = max(statements, key=lambda statement: _nearness(words, statement.words))
    if _nearness(words, near.words) > 0:
        return _told(near, True)
    everything = [statement for statement in statements if statement.on_everything]
    if everything:
        return _told(everything[0], len({statement.action for statement in statements}) == 1)
    # What is under review was denied or modified, and the form tells a modification in the heading.
    denied = next((statement for statement in statements if statement.action == "denied"), None)
    return _told(denied, False) if denied else None


@remembered(8192)
def _heading_words(description: str) -> frozenset[str]:
    """The words of a heading that tell services apart; many letters have the same heading."""
    return _words(description.lower())


def _nearness(words: frozenset[str], other: frozenset[str]) -> int:
    """How many words a heading and a statement share; 0 where they speak of different parts of the body."""
    shared = words & other
    parts = _part_words()
    if shared and shared.isdisjoint(parts) and not words.isdisjoint(parts) and not other.isdisjoint(parts):
        return 0
    return len(shared)


def _told(statement: Statement, certain: bool) -> UrAction | None:
    if statement.action == "approved":
        return None
    if statement.action == "denied":
        return UrAction("denied", None, None, None, "summary", statement.start, statement.end, certain)
    quantity, unit = _how_much(statement.authorized) if statement.authorized else (None, None)
    return UrAction(
        "modified", statement.authorized, quantity, unit, "summary", statement.start, statement.end, certain
    )


@remembered(16)
def _statements(summary: str) -> tuple[Statement, ...]:
    """What a summary says of utilization review; the items of a letter share it."""
    lower = summary.lower()
    return tuple(_find_statements(summary, lower))


def _find_statements(summary: str, lower: str) -> Iterator[Statement]:
    """The statements of a summary, clause by clause."""
    for start, end in _sentences(lower):
        sentence = lower[start:end]
        if not any(map(sentence.__contains__, review_words().speaks_of_review)):
            continue
        clauses = [start, *(match.end() + start for match in CLAUSE_END.finditer(sentence)), end]
        for first, last in pairwise(clauses):
            clause = lower[first:last]
            action = _action(clause)
            if action is None:
                continue
            given = _given(summary[first:end]) if action == "modified" else None
            yield Statement(action, _words(clause), _on_everything(clause), given, first, last)


def _action(clause: str) -> Action | None:
    """The decision that a clause tells."""
    words = review_words()
    if any(map(clause.__contains__, words.modified)):
        return "modified"
    if any(map(clause.__contains__, words.denied)) and not SYMPTOMS.search(clause):
        return "denied"
    return "approved" if any(map(clause.__contains__, words.approved)) else None


def _on_everything(clause: str) -> bool:
    """Whether a clause speaks of the request or requests at large ("the request for an MRI" is of one)."""
    at_large = clause.replace("request for ", "").replace("requests for ", "").replace("request of ", "")
    return any(map(at_large.__contains__, review_words().everything))


def _sentences(lower: str) -> Iterator[tuple[int, int]]:
    """The sentences in which one of the verbs stands."""
    done = 0
    for at in sorted(_verbs(lower)):
        if at < done:
            continue
        stop = lower.rfind(". ", max(0, done - 1), at)
        start = stop + 2 if stop >= 0 else done
        end = lower.find(". ", at)
        done = len(lower) if end < 0 else end + 1
        yield start, done


def _verbs(lower: str) -> list[int]:
    """Where one of the hints stands."""
    places = []
    for piece, hints in _hints().items():
        at = lower.find(piece)
        while at >= 0:
            for hint, place in hints:
                if lower.startswith(hint, at - place):
                    places.append(at - place)
            at = lower.find(piece, at + 1)
    return places


def _given(text: str) -> str | None:
    """What a modification left, from the words after the verb or before "was certified"."""
    match = MODIFIED_TO.search(text)
    if match is None and any(map(text.lower().__contains__, WAS_CERTIFIED)):
        match = CERTIFIED_BEFORE.search(text)
    if match is None:
        return None
    given = match["given"]
    stop = GIVEN_END.search(given)
    return (given[: stop.start()] if stop else given).strip(" ,.") or None


def _words(text: str) -> frozenset[str]:
    """The words that tell services apart, in one form."""
    words = frozenset(WORD.findall(text))
    same = _same_words()
    if not same.keys().isdisjoint(words):
        words = frozenset([same.get(word, word) for word in words])
    return words - _common_words()


@cache
def review_words() -> ReviewWords:
    """The data file, read once."""
    return load_toml("utilization_review.toml", ReviewWords)


@cache
def _hints() -> Mapping[str, tuple[tuple[str, int], ...]]:
    """The hints by the piece that is looked for, each with the place of the piece in it."""
    hints: dict[str, tuple[tuple[str, int], ...]] = {}
    for hint in review_words().hints:
        piece = next((piece for piece in PIECES if piece in hint), hint)
        hints[piece] = (*hints.get(piece, ()), (hint, hint.index(piece)))
    return hints


@cache
def _same_words() -> Mapping[str, str]:
    return {word: name for name, words in review_words().same.items() for word in words}


@cache
def _common_words() -> frozenset[str]:
    return frozenset(review_words().common)


@cache
def _part_words() -> frozenset[str]:
    """The single words that name a part of the body."""
    return frozenset(term for part in body_parts() for term in part.terms if " " not in term)
