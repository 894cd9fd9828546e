"""One fictional letter with its truth, by the seed of a run and the letter's number alone."""

from __future__ import annotations

import math
from random import Random
from typing import Any, Literal, NamedTuple

from letter_forms import markup
from letter_forms.letter import Item, Letter, truth
from letter_forms.text import text

from .asking import SERVICES, Amount, Asked, amount, asked, outcome_shares
from .citing import both_sides
from .claims import Claim, claimed, dates_until, decided_in, layout_of, region_for
from .grammar import Draw
from .reviewing import Reviewer, assigned
from .speaking import Voice, rationale, summary, voice_of
from .tables import Outcome, Weighted, decisions

Layout = Literal["A", "B", "C", "D"]
Suffix = Literal["txt", "md", "html", "pdf"]

FORMATS: Weighted[Suffix] = Weighted([("txt", 84.0), ("md", 8.0), ("html", 8.0)])
HEADERS = Weighted([("rows", 46.0), ("split", 26.0), ("columns", 12.0), ("padded", 12.0), ("none", 4.0)])
PORTIONS = 0.05
"""How many items are what remains of a request that was granted in part."""

NUMBERED = ("exceeds_guideline_number", "within_guideline_number")
"""Reasons that speak of the whole number asked for."""

LEVEL = -0.22
"""Added to every log-odds of overturning, so that about nine of ten denials stand."""

FIRST_NUMBER, NUMBERS, STRIDE = 1_000_000, 8_999_993, 7_919_801
"""Case numbers: of seven figures without a leading zero, as none was given out; each index has its own."""


class Generated(NamedTuple):
    """A letter and what is known of it beyond what it prints."""

    letter: Letter
    index: int
    reviewer: int
    known: list[dict[str, Any]]

    @property
    def source(self) -> str:
        """The name of its file."""
        return self.letter.source

    @property
    def text(self) -> str:
        """The letter as text, as Markdown or as a page of HTML, as its suffix says."""
        if self.source.endswith(".md"):
            return markup.markdown(self.letter)
        if self.source.endswith(".html"):
            return markup.page(self.letter)
        return text(self.letter)

    @property
    def data(self) -> bytes:
        """The bytes of its file."""
        if self.source.endswith(".pdf"):
            from letter_forms.pages import quick_pdf

            return quick_pdf(self.letter)
        newline = "\r\n" if self.letter.newline == "crlf" and self.source.endswith(".txt") else "\n"
        return self.text.replace("\n", newline).encode()

    @property
    def truth(self) -> dict[str, Any]:
        """The letter record, and of each item the service, its attributes and the reason that decided it."""
        record = truth(self.letter)
        for item, known in zip(record["items"], self.known, strict=True):
            item.update(known)
        decided = self.letter.decided
        return record | {
            "layout": self.letter.layout, "reviewer_number": self.reviewer, "index": self.index,
            "year": decided.year if decided else None,
        }  # fmt: skip


def generate(
    seed: int, index: int, *, layout: Layout | None = None, suffix: Suffix | None = None
) -> Generated:
    """Letter number `index` of the run with that seed; the same letter each time, whatever else is made.

    layout, suffix: where all letters are to have the same; otherwise both vary as the years have it.
    """
    random = Random(f"{seed}:{index}")
    draw = random.random
    year = decided_in(draw, layout)
    form = layout or layout_of(year, draw)
    first = SERVICES.drawn(draw)
    region = region_for(first.regions, draw)
    expedited = draw() < 0.012
    claim = claimed(region, dates_until(year, draw, expedited=expedited), draw)
    reviewer = assigned(seed, first, draw)
    items = asked(first, region, draw)[: 1 if form == "C" else None]
    voice = voice_of(claim, draw)
    case = Case(seed, index, form, claim, reviewer, voice)
    decided: dict[str, tuple[Item, dict[str, Any]]] = {}
    first_outcome = None
    for item in items:
        outcome = _outcome(item, first_outcome, case)
        first_outcome = first_outcome or outcome
        printed, known = _decide(item, outcome, case)
        decided.setdefault(printed.heading.lower(), (printed, known))
    letter = _set(case, [item for item, _ in decided.values()], suffix or FORMATS.drawn(draw), expedited)
    return Generated(letter, index, reviewer.number, [known for _, known in decided.values()])


class Case(NamedTuple):
    """What the parts of one letter have in common."""

    seed: int
    index: int
    layout: Layout
    claim: Claim
    reviewer: Reviewer
    voice: Voice


def _outcome(item: Asked, first: Outcome | None, case: Case) -> Outcome:
    """Drawn by the service, the year and the reviewer; what attends surgery mostly shares its outcome."""
    draw = case.voice.draw
    if first and item.around_surgery and draw() < 0.9:
        return first
    share = item.service.upheld / 100
    odds = math.log((1 - share) / share) + LEVEL + case.reviewer.inclination
    odds += decisions().years[case.claim.dates.decided.year].overturning
    return "overturned" if draw() < 1 / (1 + math.exp(-odds)) else "upheld"


def _decide(item: Asked, outcome: Outcome, case: Case) -> tuple[Item, dict[str, Any]]:
    """An item with its citations and rationale; and what is known of it beyond the record."""
    claim, draw = case.claim, case.voice.draw
    if item.around_surgery and draw() < 0.85:
        reason = "primary_not_necessary" if outcome == "upheld" else "primary_necessary"
    else:
        reason = outcome_shares(item.service.form, outcome).drawn(draw)
    said = amount(item, claim, reason, draw)
    if case.layout == "D" and reason not in NUMBERED and draw() < PORTIONS:
        said = _portion(item, said, draw)
    claims, cited = both_sides(item, claim.dates.decided, case.layout, draw)
    argued = rationale(item, said, outcome, reason, case.voice, seed=case.seed, reviewer=case.reviewer.number)
    printed = Item(
        heading=said.heading, outcome=outcome, service=(item.service.category, item.service.subcategory),
        rationale=argued.words, claims=claims.printed, reviewer=cited.printed,
        claims_cites=claims.citations, reviewer_cites=cited.citations,
    )  # fmt: skip
    known = {
        "service": item.service.name, "body_part": said.body_part, "laterality": said.laterality,
        "quantity": said.quantity, "quantity_unit": said.unit, "dose": said.dose, "drug": said.drug,
        "region": item.region.name, "reason": reason, "rationale": argued.words, "stock": argued.stock,
    }  # fmt: skip
    return printed, known


def _portion(item: Asked, said: Amount, draw: Draw) -> Amount:
    """The heading of a request that was granted in part: what was asked, what was granted, what remains."""
    if (
        item.service.form not in ("visits", "drug")
        or not said.quantity
        or said.quantity < 4
        or "Retro" in said.heading
    ):
        return said
    whole = int(said.quantity or 0)
    granted = max(1, int(whole * (0.25 + 0.5 * draw())))
    rest = whole - granted
    name = f"{said.drug} {said.dose}" if said.dose else item.service.headings[0]
    ask, unit = (
        ((lambda n: f"{name} #{n}"), "units") if said.dose else ((lambda n: f"{name}, {n} visits"), "visits")
    )
    heading = (
        f"{ask(whole)} was the original request. The Claims Administrator authorized {ask(granted)}. "
        f"The remaining IMR eligible portion, {ask(rest)} is"
    )
    return said._replace(
        heading=heading, quantity=rest, unit=unit, body_part=None, laterality=None, requested=str(rest)
    )


def _set(case: Case, items: list[Item], suffix: Suffix, expedited: bool) -> Letter:
    """The letter with everything that its layout prints, and nothing that it does not."""
    form, claim, draw = case.layout, case.claim, case.voice.draw
    header = HEADERS.drawn(draw)
    if suffix == "md":
        header = "table" if draw() < 0.6 else "rows"
    bare = form == "C" or (form == "D" and header == "none")
    numbered = not bare or (form == "C" and draw() < 0.6)
    number = _case_number(case.index, claim.dates.received.year, draw) if numbered else None
    name = (number or f"letter-{case.index:08d}").replace("IMR ", "IMR")
    year = claim.dates.decided.year
    letter = Letter(
        file=f"{name}.{suffix}", layout=form, case=number, items=items,
        summary=summary(claim, [item.heading for item in items], case.voice),
        specialties=list(case.reviewer.specialties), states=list(case.reviewer.states),
        priority=None if bare or form == "A" else "expedited" if expedited else "standard",
        age=claim.age if claim.says_age else None,
        sex=("female" if claim.female else "male") if claim.says_sex else None,
        documents=list(DOCUMENTS[: 2 + int(3 * draw())]), wording="full",
        label="MAXIMUS" if year < 2018 else "Maximus" if year < 2021 else "IMR",
        credentials="inline" if draw() < (0.8 if year < 2015 else 0.08) else "block",
        header=header, outcome_line="next" if draw() < 0.08 else "same",
        glued=form == "A" and draw() < 0.2, double_spaced=suffix == "txt" and draw() < 0.04,
        furniture=number is not None and draw() < 0.15, newline="crlf" if draw() < 0.15 else "lf",
    )  # fmt: skip
    if not bare:
        letter.injury, letter.denied, letter.received, letter.assigned, letter.decided = claim.dates
    return letter


DOCUMENTS = (
    "Application form with the denial letter attached", "Clinic notes of the past half year",
    "Reports of imaging", "Records of therapy", "Pharmacy records",
)  # fmt: skip


def _case_number(index: int, year: int, draw: Draw) -> str:
    """A case number that no other index of the run has, in one of the forms that letters print."""
    number = FIRST_NUMBER + index * STRIDE % NUMBERS
    if year <= 2013 and index < 1_000_000 and draw() < 0.15:
        return f"IMR {year % 100:02d}-{index * 7_919 % 1_000_000:06d}"
    if draw() < 0.01:
        return f"9{number}"
    return f"CM{year % 100:02d}-{number}"
