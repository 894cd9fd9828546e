"""Rules for the plain words of a query: grouping, rates, outcomes, sides, people, formats.

Each rule takes the draft and a place in it, and gives the number of tokens that it has read there (0: it does
not apply).
"""

from __future__ import annotations

from functools import cache, lru_cache

from imr_archive.query.dimensions import LONGEST_NAME, find_dimension
from imr_archive.query.language.draft import Draft
from imr_archive.query.language.scan import pieces
from imr_archive.vocabulary.terms import specialty, specialty_names

MOST_WORDS_OF_A_SPECIALTY = 5
SOURCES = {"mtus": "MTUS", "odg": "ODG", "acoem": "ACOEM"}


def read_side(draft: Draft, at: int) -> int:
    """`UR denied ODG`, `IMR used MTUS`, `MTUS`: who cites which source.

    A source alone is one that the reviewer cites. That utilization review denied is so of every item, so
    these words say nothing of the outcome.
    """
    if draft.words[at] in SOURCES:
        draft.add_filter("source", SOURCES[draft.words[at]], draft.typed(at, 1))
        return 1
    side = draft.language.sides.at(draft.words, at)
    if not side:
        return 0
    end = at + side[1]
    for _ in range(4):
        between = draft.language.between_side_and_source.at(draft.words, end)
        end += between[1] if between else 0
    if draft.word(end) in SOURCES:
        draft.add_filter(side[0], SOURCES[draft.word(end)], draft.typed(at, end + 1 - at))
        return end + 1 - at
    denied = draft.language.outcomes.at(draft.words, at + side[1])
    if side[0] == "ur_source" and denied and denied[0] == "upheld":
        draft.ignore(at, side[1] + denied[1])
        return side[1] + denied[1]
    return 0


def read_grouping(draft: Draft, at: int) -> int:
    """`by specialty`, `by year and category`, `per year`, `what section`, `over time`."""
    alone = draft.language.grouping.at(draft.words, at)
    if alone:
        draft.add_dimension(alone[0])
        return alone[1]
    before = draft.language.before_dimension.at(draft.words, at) or draft.language.question.at(
        draft.words, at
    )
    if not before:
        return 0
    end = at + before[1]
    named = _read_dimension(draft, end)
    if not named:
        return 0
    end += named
    while joined := draft.language.between_dimensions.at(draft.words, end):
        named = _read_dimension(draft, end + joined[1])
        if not named:
            break
        end += joined[1] + named
    return end - at


def _read_dimension(draft: Draft, at: int) -> int:
    for length in range(min(LONGEST_NAME, len(draft.words) - at), 0, -1):
        words = draft.words[at : at + length]
        dimension = find_dimension(" ".join(words)) if all(words) else None
        if dimension is not None:
            draft.add_dimension(dimension.name)
            return length
    return 0


def read_rate(draft: Draft, at: int) -> int:
    """`how often`, `overturn rate`, `percentage`."""
    found = draft.language.rates.at(draft.words, at)
    if not found:
        return 0
    draft.rates = True
    if found[0]:
        draft.outcomes[found[0]] = None
    return found[1]


def read_outcome(draft: Draft, at: int) -> int:
    """`upheld`, `denied`, `not medically necessary`, `approved`, `medically necessary`."""
    found = draft.language.outcomes.at(draft.words, at)
    if not found:
        return 0
    draft.outcomes[found[0]] = None
    return found[1]


def read_people(draft: Draft, at: int) -> int:
    """`orthopedic reviewer`, `by a pain management specialist`, `female patients`, `expedited review`."""
    patient = draft.language.patients.at(draft.words, at)
    if patient:
        name, value = patient[0].split(":")
        draft.add_filter(name, value, draft.typed(at, patient[1]))
        return patient[1]
    return _specialty_then_reviewer(draft, at) or _by_specialty(draft, at)


def _specialty_then_reviewer(draft: Draft, at: int) -> int:
    for length in range(MOST_WORDS_OF_A_SPECIALTY, 0, -1):
        reviewer = draft.language.reviewer.at(draft.words, at + length)
        if reviewer and (name := _specialty(draft, at, length)):
            draft.add_filter("specialty", name, draft.typed(at, length))
            return length + reviewer[1]
    return 0


def _by_specialty(draft: Draft, at: int) -> int:
    """`by an orthopedic surgeon`: one who decided."""
    if draft.words[at] != "by":
        return 0
    start = at + (2 if draft.word(at + 1) in {"a", "an", "the"} else 1)
    for length in range(MOST_WORDS_OF_A_SPECIALTY, 0, -1):
        name = _specialty(draft, start, length)
        if name:
            draft.add_filter("specialty", name, draft.typed(start, length))
            reviewer = draft.language.reviewer.at(draft.words, start + length)
            return start + length + (reviewer[1] if reviewer else 0) - at
    return 0


def _specialty(draft: Draft, at: int, length: int) -> str:
    """The specialty that those words name, also in the plural or by the adjective alone; "" for none."""
    words = draft.words[at : at + length]
    if len(words) < length or not all(words) or words[0][:4] not in _beginnings():
        return ""
    return _specialty_named(" ".join(words))


@cache
def _beginnings() -> frozenset[str]:
    """How the words of all specialties begin: most words of a query need no look at the vocabulary."""
    return frozenset(word[:4] for name in specialty_names() for word in pieces(name) if len(word) > 3)


@lru_cache(maxsize=256)
def _specialty_named(typed: str) -> str:
    for form in (typed, typed.removesuffix("s"), f"{typed} surgery", f"{typed} medicine"):
        found = specialty(form)
        if found.recognised:
            return found.name
    return ""


def read_format(draft: Draft, at: int) -> int:
    """`as csv`: how the answer is to be written."""
    found = draft.language.output.at(draft.words, at)
    if not found:
        return 0
    draft.output = found[0]
    return found[1]


def read_comparison(draft: Draft, at: int) -> int:
    """`norco vs gabapentin`; between outcomes (`approved vs denied`) it has no meaning of its own."""
    found = draft.language.comparing.at(draft.words, at)
    if found:
        draft.compare(draft.typed(at, found[1]))
        return found[1]
    common = draft.language.for_all.at(draft.words, at)
    if common and draft.add_for_all():
        return common[1]
    return 0


def read_why(draft: Draft, at: int) -> int:
    """`why lumbar MRI overturned`: which sections and reasons go with the outcome."""
    found = draft.language.why.at(draft.words, at)
    if not found:
        return 0
    draft.why = True
    return found[1]


def read_like(draft: Draft, at: int) -> int:
    """`decisions like this one`: words cannot say which, another command takes the letter itself."""
    found = draft.language.like.at(draft.words, at)
    if not found:
        return 0
    draft.notes["for decisions like a letter or a denial: imr-archive similar"] = None
    return found[1]
