"""The prose of a letter: the clinical case summary and the rationales."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import NamedTuple

from .asking import Amount, Asked
from .claims import Claim
from .grammar import Draw, Facts, Phrases, one_of, phrases
from .tables import Outcome, lists, rationales, regions

STOCK = 0.1
"""How often a reviewer takes a paragraph that he has written before and changes little in it."""

QUOTED = 0.4
"""How many of a rationale's sentences on the case are the summary's own."""

MISPRINTED = 0.45
"""How many summaries and rationales have a misprinted word."""

DATE_STYLES = ("%m/%d/%Y", "%m-%d-%Y", "%B %d, %Y", "%m/%d/%y", "%m/%d/%Y", "%m.%d.%Y")
PATIENTS = ("injured worker", "patient", "claimant", "applicant", "employee")
GUIDELINES = (
    "the guideline", "the MTUS", "the ODG", "the ACOEM guideline", "the schedule", "the chapter cited",
    "the Official Disability Guidelines", "the chronic pain guideline", "the treatment schedule",
    "the evidence cited",
)  # fmt: skip
GUIDELINE_FORMS = {"topical": "drug", "compound": "drug"}
"""Forms of request of which guidelines speak as of another one."""


@cache
def _numbers(first: int, last: int, step: int = 1) -> Phrases:
    return phrases([str(number) for number in range(first, last + 1, step)], even=True)


@cache
def _common() -> dict[str, str | Phrases]:
    """The lists and numbers that sentences of every letter draw from."""
    facts: dict[str, str | Phrases] = {name: phrases(words) for name, words in lists("people").items()}
    facts |= {
        name: phrases(words, even=True) for name, words in lists("summary").items() if name == "lacking"
    }
    facts |= {
        "small": _numbers(2, 24), "angle": _numbers(15, 85, 5), "wide": _numbers(70, 170, 5),
        "millimetre": phrases([f"{at / 2:g}" for at in range(3, 22)], even=True), "score10": _numbers(1, 10),
        "score": _numbers(11, 62), "pounds": _numbers(10, 140, 5), "percent": _numbers(5, 95, 5),
        "systolic": _numbers(104, 172), "diastolic": _numbers(60, 104), "weight": _numbers(112, 320),
        "grip": _numbers(8, 96, 2), "people": _numbers(24, 980),
        "bmi": phrases([f"{at / 10:.1f}" for at in range(192, 470)], even=True),
        "icd": phrases([f"{letter}{number}" for letter in "MSGF" for number in ICD], even=True),
        "cpt": phrases([str(number) for number in CPT], even=True),
        "document_a": phrases(rationales().comments["document_a"]),
        "care": phrases(rationales().shared["care"]), "guideline": phrases(GUIDELINES),
    }  # fmt: skip
    return facts


ICD = tuple(f"{major}.{minor}" for major in range(10, 90, 3) for minor in (1, 2, 5, 12, 16, 40, 62, 81))
CPT = tuple(range(20550, 99499, 13))


@cache
def _regional() -> dict[str, dict[str, Phrases]]:
    return {name: region.spoken for name, region in regions().items()}


@cache
def _openings() -> dict[str, Phrases]:
    """The kinds of sentences of a summary."""
    return {name: phrases(words) for name, words in lists("summary").items() if name != "lacking"}


@cache
def _sentences() -> dict[str, dict[str, Phrases]]:
    """The kinds of sentences of a rationale, by the tables of their file."""
    listed = rationales()
    tables = {
        "shared": listed.shared, "guideline": listed.guideline,
        "reasons": listed.reasons, "comments": listed.comments,
    }  # fmt: skip
    return {
        table: {name: phrases(words, even=table == "reasons") for name, words in kinds.items()}
        for table, kinds in tables.items()
    }


class Voice(NamedTuple):
    """The facts of a letter as its sentences name them, its random numbers, and what visits brought out."""

    facts: dict[str, str | Phrases]
    draw: Draw
    noted: list[str]


def voice_of(claim: Claim, draw: Draw) -> Voice:
    """How a letter about this claim speaks."""
    patient = PATIENTS[int(len(PATIENTS) * draw() ** 1.6)]
    style = DATE_STYLES[int(len(DATE_STYLES) * draw() ** 1.5)]
    the = f"the {patient}"
    if claim.says_sex:
        he, his, him = ("she", "her", "her") if claim.female else ("he", "his", "him")
    else:
        he, his, him = the, f"{the}'s", the
    seen = claim.dates.denied - datetime.timedelta(days=int(6 + 40 * draw()))
    earlier = seen - datetime.timedelta(days=int(28 + 90 * draw()))
    span = max(30, (seen - claim.dates.injury).days)
    imaged = seen - datetime.timedelta(days=int(10 + min(span - 20, 900) * draw()))
    nouns = ("female", "female", "woman") if claim.female else ("male", "male", "man")
    facts = {
        **_common(), **_regional()[claim.region.name],
        "year": _numbers(claim.dates.injury.year - 2, seen.year),
        "age": str(claim.age), "noun": nouns[int(3 * draw())], "patient": patient, "patient_the": the,
        "this_worker": (the, "this worker", "the worker")[int(3 * draw())],
        "he": he, "his": his, "him": him, "years": str(max(1, span // 365)),
        "injured_on": claim.dates.injury.strftime(style), "exam_on": seen.strftime(style),
        "earlier_on": earlier.strftime(style), "imaging_on": imaged.strftime(style),
        "requested_on": (seen + datetime.timedelta(days=int(5 * draw()))).strftime(style),
        "denied_on": claim.dates.denied.strftime(style),
    }  # fmt: skip
    length = 2.2 ** (draw() + draw() + draw() - 1.5)
    noted = []
    for _ in range(1 + (draw() < 0.6 * length)):
        noted.append(one_of(_openings()["visit"], facts, draw))
        noted += _some(_openings()["visit"], facts, draw, 9.5 * length)
    return Voice(facts, draw, noted)


def summary(claim: Claim, headings: Sequence[str], voice: Voice) -> str:
    """The clinical case summary."""
    facts, draw, noted = voice
    kinds = _openings()
    named = " and ".join((", ".join(headings[:-1]), headings[-1])) if len(headings) > 1 else headings[0]
    facts = {**facts, "requests": named}
    length = 2.2 ** (draw() + draw() + draw() - 1.5)
    said = [
        one_of(kinds[claim.opening], facts, draw),
        *_some(kinds["history"], facts, draw, 11 * length),
        *noted,
    ]
    said.append(one_of(kinds["request"], facts, draw))
    if draw() < 0.7:
        said.append(one_of(kinds["denial"], facts, draw))
    return _misprinted(said, draw)


class Rationale(NamedTuple):
    """A rationale and, where it is a reviewer's stock paragraph, that paragraph's name."""

    words: str
    stock: str | None


def rationale(
    item: Asked, said: Amount, outcome: Outcome, reason: str, voice: Voice, *, seed: int, reviewer: int
) -> Rationale:
    """Why an item was decided as it was; the sentence of its reason stands in it."""
    facts = {**voice.facts, **_regional()[item.region.name], **_facts_of(item, said)}
    if item.around_surgery and reason.startswith("primary"):
        facts["condition"] = "an operation that is itself approved"
    draw = voice.draw
    if draw() >= STOCK:
        argued = _argued(item, outcome, reason, facts, draw, voice.noted)
        return Rationale(_misprinted(argued, draw), None)
    stock = f"{reviewer}:{item.service.name}:{reason}"
    paragraph = _argued(item, outcome, reason, facts, Random(f"{seed}:{stock}").random, ())
    case = one_of(_sentences()["shared"]["case"], facts, draw)
    at = int(len(paragraph) * draw())
    return Rationale(" ".join([*paragraph[:at], case, *paragraph[at:]]), stock)


def _argued(
    item: Asked, outcome: Outcome, reason: str, facts: Facts, draw: Draw, noted: Sequence[str]
) -> list[str]:
    """The sentences of a rationale, in order; some repeat what the summary says of the visits."""
    kinds = _sentences()
    length = 2.2 ** (draw() + draw() + draw() - 1.5)
    said = [one_of(kinds["shared"]["opening"], facts, draw)] if draw() < 0.5 else []
    said += _some(
        kinds["guideline"][GUIDELINE_FORMS.get(item.service.form, item.service.form)],
        facts,
        draw,
        2.4 * length,
    )
    case = _some(kinds["shared"]["case"], facts, draw, 7 * length)
    if noted:
        case = [noted[int(len(noted) * draw())] if draw() < QUOTED else sentence for sentence in case]
    said += dict.fromkeys(case)
    said.append(one_of(kinds["reasons"][reason], facts, draw))
    said += _some(kinds["comments"][outcome], facts, draw, 4 * length)
    if draw() < 0.5:
        said.append(one_of(kinds["comments"]["asides"], facts, draw))
    said.append(one_of(kinds["shared"][f"{outcome}_close"], facts, draw))
    return said


def _facts_of(item: Asked, said: Amount) -> dict[str, str]:
    """What sentences say of a request."""
    service = item.service
    called = said.drug if said.drug and service.form != "compound" else service.called
    return {
        "treatment": called or "this compound",
        "condition": service.condition,
        "first": service.first,
        "allowed": str(service.allowed),
        "requested": said.requested,
        "topic": service.topic,
        "weeks": "two to three",
    }


def _some(kind: Phrases, facts: Facts, draw: Draw, mean: float) -> list[str]:
    """About `mean` different sentences of a kind."""
    wanted = int(mean * (0.5 + draw()) + 0.5)
    chosen: dict[int, None] = {}
    size = len(kind.options)
    for _ in range(min(wanted, size)):
        chosen[int(size * draw() ** 1.25)] = None
    return [one_of(Phrases((kind.options[at],), even=True), facts, draw) for at in chosen]


def _misprinted(said: list[str], draw: Draw) -> str:
    """The sentences as one paragraph, now and then with a misprint in one that is not the first."""
    if draw() < MISPRINTED and len(said) > 2:
        at = 1 + int((len(said) - 2) * draw())
        words = said[at].split(" ")
        place = int(len(words) * draw())
        word = words[place]
        if len(word) > 5 and word.isalpha() and word.islower():
            letter = 1 + int((len(word) - 3) * draw())
            words[place] = f"{word[:letter]}{word[letter + 1]}{word[letter]}{word[letter + 2 :]}"
            said = [*said[:at], " ".join(words), *said[at + 1 :]]
    return " ".join(said)
