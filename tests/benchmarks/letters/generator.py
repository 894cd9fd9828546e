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

LEVEL = -0.22
"""Added to every log-odds of overturning, so that about nine of ten denials stand."""

FIRST_NUMBER, NUMBERS, STRIDE = 1_000_000, 8_999_993, 7_919_801
"""Case numbers: seven figures without a leading zero, which none that was given out has; each index has its own."""


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
            from letter_forms.pages import quick_pdf  # noqa: PLC0415 - only who writes PDFs needs reportlab

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
    decided = [_decide(item, items, claim, reviewer, voice, form, seed) for item in items]
    decided = list({item.heading.lower(): (item, known) for item, known in decided}.values())
    printed = [item for item, _ in decided]
    words = summary(claim, [item.heading for item in printed], voice)
    letter = _set(claim, reviewer, printed, words, form, suffix or FORMATS.drawn(draw), index, draw, expedited)
    return Generated(letter, index, reviewer.number, [known for _, known in decided])


def _decide(
    item: Asked, items: list[Asked], claim: Claim, reviewer: Reviewer, voice: Voice, form: str, seed: int
) -> tuple[Item, dict[str, Any]]:
    """An item with its outcome, citations and rationale; and what is known of it beyond the record."""
    draw = voice.draw
    outcome = _outcome(item, items, claim, reviewer, voice)
    attends = item.around_surgery and draw() < 0.85
    if attends:
        reason = "primary_not_necessary" if outcome == "upheld" else "primary_necessary"
    else:
        reason = outcome_shares(item.service.form, outcome).drawn(draw)
    said = amount(item, claim, reason, draw)
    if form == "D" and draw() < PORTIONS:
        said = _portion(item, said, draw)
    claims, cited = both_sides(item, claim.dates.decided, form, draw)
    argued = rationale(item, said, outcome, reason, voice, seed=seed, reviewer=reviewer.number)
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


def _outcome(item: Asked, items: list[Asked], claim: Claim, reviewer: Reviewer, voice: Voice) -> Outcome:
    """Drawn by the service, the year and the reviewer; what attends surgery mostly shares its outcome."""
    if item is not items[0] and item.around_surgery and "first_outcome" in voice.facts and voice.draw() < 0.9:
        return "upheld" if voice.facts["first_outcome"] == "upheld" else "overturned"
    share = item.service.upheld / 100
    odds = math.log((1 - share) / share) + LEVEL + reviewer.inclination
    odds += decisions().years[claim.dates.decided.year].overturning
    outcome: Outcome = "overturned" if voice.draw() < 1 / (1 + math.exp(-odds)) else "upheld"
    voice.facts.setdefault("first_outcome", outcome)
    return outcome


def _portion(item: Asked, said: Amount, draw: Draw) -> Amount:
    """The heading of a request that was granted in part: what was asked, what was granted, what remains."""
    if item.service.form not in ("visits", "drug") or not said.quantity or said.quantity < 4 or "Retro" in said.heading:
        return said
    whole, granted = int(said.quantity), max(1, int(said.quantity * (0.25 + 0.5 * draw())))
    rest = whole - granted
    name = f"{said.drug} {said.dose}" if said.dose else item.service.headings[0]
    ask, unit = ((lambda n: f"{name} #{n}"), "units") if said.dose else ((lambda n: f"{name}, {n} visits"), "visits")
    heading = (
        f"{ask(whole)} was the original request. The Claims Administrator authorized {ask(granted)}. "
        f"The remaining IMR eligible portion, {ask(rest)} is"
    )
    return said._replace(
        heading=heading, quantity=rest, unit=unit, body_part=None, laterality=None, requested=str(rest)
    )


def _set(
    claim: Claim, reviewer: Reviewer, items: list[Item], words: str, form: str, suffix: str, index: int,
    draw: Draw, expedited: bool,
) -> Letter:  # fmt: skip
    """The letter with everything that its layout prints, and nothing that it does not."""
    dates = claim.dates
    header = HEADERS.drawn(draw)
    if suffix == "md":
        header = "table" if draw() < 0.6 else "rows"
    bare = form == "C" or (form == "D" and header == "none")
    numbered = not bare or (form == "C" and draw() < 0.6)
    case = _case_number(index, dates.received.year, draw) if numbered else None
    name = (case or f"letter-{index:08d}").replace("IMR ", "IMR")
    early = dates.decided.year < 2015
    return Letter(
        file=f"{name}.{suffix}", layout=form, summary=words, items=items,
        specialties=list(reviewer.specialties), states=list(reviewer.states), case=case,
        injury=None if bare else dates.injury, denied=None if bare else dates.denied,
        received=None if bare else dates.received, assigned=None if bare else dates.assigned,
        decided=None if bare else dates.decided,
        priority=None if bare or form == "A" else "expedited" if expedited else "standard",
        age=claim.age if claim.says_age else None,
        sex=("female" if claim.female else "male") if claim.says_sex else None,
        documents=list(DOCUMENTS[: 2 + int(3 * draw())]),
        label="MAXIMUS" if dates.decided.year < 2018 else "Maximus" if dates.decided.year < 2021 else "IMR",
        wording="full", credentials="inline" if draw() < (0.8 if early else 0.08) else "block",
        header=header, outcome_line="next" if draw() < 0.08 else "same",
        glued=form == "A" and draw() < 0.2, double_spaced=suffix == "txt" and draw() < 0.04,
        furniture=case is not None and draw() < 0.15, newline="crlf" if draw() < 0.15 else "lf",
    )  # fmt: skip


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
