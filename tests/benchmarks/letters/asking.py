"""The disputed items of a letter: which services are asked for, how much, and how their headings read."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .claims import Claim, concerns, region_for
from .grammar import Draw
from .tables import Outcome, Region, Service, Weighted, decisions, heading_words, services

COUNTS = Weighted((number, share) for number, share in enumerate(decisions().items, 1) if share)
SERVICES = Weighted((service, service.weight) for service in services())
BY_NAME = {service.name: service for service in services()}
BY_CATEGORY = {
    category: Weighted((service, service.weight) for service in services() if service.category == category)
    for category in {service.category for service in services()}
}
AROUND_SURGERY = Weighted(
    [
        (BY_NAME["assistant surgeon"], 16.0), (BY_NAME["pre-operative clearance"], 18.0),
        (BY_NAME["hospital stay"], 10.0), (BY_NAME["cold therapy unit"], 18.0),
        (BY_NAME["physical therapy"], 20.0), (BY_NAME["ECG"], 6.0), (BY_NAME["complete blood count"], 6.0),
        (BY_NAME["walking aid"], 6.0),
    ]
)  # fmt: skip
WORDS = dict(
    zip((2, 3, 4, 6, 8, 10, 12), ("Two", "Three", "Four", "Six", "Eight", "Ten", "Twelve"), strict=True)
)
SAME_KIND = 0.6
"""How often a further item is of the first one's category: drugs are asked for together."""


class Asked(NamedTuple):
    """A service asked for, before its outcome and amount are known."""

    service: Service
    region: Region
    around_surgery: bool = False


class Amount(NamedTuple):
    """What a heading says beside the service; what it does not say is None."""

    heading: str
    quantity: float | None = None
    unit: str | None = None
    dose: str | None = None
    drug: str | None = None
    body_part: str | None = None
    laterality: str | None = None
    requested: str = ""


def asked(first: Service, region: Region, draw: Draw) -> list[Asked]:
    """The items of a letter, the first of which is given."""
    items = [Asked(first, region)]
    for _ in range(COUNTS.drawn(draw) - 1):
        if first.form == "surgery" and draw() < 0.8:
            items.append(Asked(AROUND_SURGERY.drawn(draw), region, around_surgery=True))
            continue
        same = draw() < SAME_KIND
        service = (BY_CATEGORY[first.category] if same else SERVICES).drawn(draw)
        fits = concerns(region, service.regions)
        items.append(Asked(service, region if fits else region_for(service.regions, draw)))
    return items


def amount(item: Asked, claim: Claim, reason: str, draw: Draw) -> Amount:
    """The heading of an item and what it says, fit for the reason that decided it."""
    return FORMS.get(item.service.form, _plain)(item, claim, reason, draw)


class Part(NamedTuple):
    """A part of the body as a heading names it, by the vocabulary's name, and the side that it says."""

    printed: str
    name: str | None = None
    side: str | None = None


def part_of(region: Region, claim: Claim, draw: Draw) -> Part:
    """The part of the body of a heading; without words where the region has none."""
    if not region.parts:
        return Part("")
    printed = list(region.parts)[int(len(region.parts) * draw())]
    name = region.parts[printed]
    if "{side}" in printed:
        return Part(printed.replace("{side}", claim.side), name, claim.side)
    return Part(printed, name, "bilateral" if "bilateral" in printed else None)


def _visits(item: Asked, claim: Claim, reason: str, draw: Draw) -> Amount:
    service = item.service
    head = service.headings[int(len(service.headings) * draw())]
    if item.around_surgery:
        head = "Post-operative physical therapy"
    times, weeks = 1 + int(3 * draw()), 2 + int(5 * draw())
    if reason == "exceeds_guideline_number":
        while times * weeks <= service.allowed:
            times, weeks = 2 + int(2 * draw()), weeks + 2
    elif reason == "within_guideline_number":
        while times * weeks > service.allowed:
            times, weeks = (1, service.allowed) if weeks > service.allowed else (1, weeks)
    number = times * weeks
    part = part_of(item.region, claim, draw)
    heading = _VISITS[int(len(_VISITS) * draw())](head, part.printed, number, times, weeks)
    return Amount(heading, number, "visits", body_part=part.name, laterality=part.side, requested=str(number))


def _of(part: str, words: str) -> str:
    """Words that name a part of the body, nothing where there is none."""
    return f"{words}{part}" if part else ""


_VISITS: tuple[Callable[[str, str, int, int, int], str], ...] = (
    lambda head, part, number, *_: f"{_upper(head)}, {number} visits{_of(part, ', ')}",
    lambda head, part, number, *_: f"{number} {_lower(head)} sessions{_of(part, ' for the ')}",
    lambda head, part, number, times, weeks: (
        f"{_upper(head)} {times} times a week for {weeks} weeks{_of(part, ', ')}"
    ),
    lambda head, part, number, times, weeks: f"{_upper(head)} {times}x{weeks}{_of(part, ', ')}",
    lambda head, part, number, *_: f"{_upper(head)}{_of(part, ' for the ')}, {number} sessions",
    lambda head, part, number, *_: f"Additional {_lower(head)}{_of(part, ' for the ')}, {number} visits",
    lambda head, part, number, *_: f"{_upper(head)} sessions{_of(part, ' to the ')}, QTY: {number}",
    lambda head, part, number, *_: f"{_counted(number)} visits of {_lower(head)}{_of(part, ' for the ')}",
    lambda head, part, number, times, weeks: (
        f"{_upper(head)}{_of(part, ' to the ')} {times} times per week for {weeks} weeks"
    ),
)


def _counted(number: int) -> str:
    """A number in words and figures, in figures alone where it is an odd one."""
    return f"{WORDS[number]} ({number})" if number in WORDS else str(number)


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _lower(words: str) -> str:
    """Words in the middle of a heading: their first letter small, but for abbreviations."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _drug(item: Asked, claim: Claim, reason: str, draw: Draw) -> Amount:
    service = item.service
    name = service.names[int(len(service.names) * draw() ** 1.4)]
    dose = service.doses[int(len(service.doses) * draw() ** 1.4)]
    number = service.quantities[int(len(service.quantities) * draw() ** 1.4)]
    served = claim.dates.denied.strftime("%m/%d/%Y")
    heading, unit = _DRUGS[int(len(_DRUGS) * draw() ** 1.5)](
        f"{name} {dose}", number, served, 1 + int(4 * draw())
    )
    if unit == "tablets" and ("patch" in name or "spray" in name):
        heading, unit = f"{name} {dose} #{number}", "units"
    if "patch" in name:
        unit = "patches"
    return Amount(heading, number, unit, dose, name, requested=f"{number} units")


_DRUGS: tuple[Callable[[str, int, str, int], tuple[str, str]], ...] = (
    lambda drug, number, served, refills: (f"{drug} #{number}", "units"),
    lambda drug, number, served, refills: (f"{drug}, #{number}", "units"),
    lambda drug, number, served, refills: (f"{drug} #{number} with {refills} refills", "units"),
    lambda drug, number, served, refills: (f"{drug} QTY: {number}", "units"),
    lambda drug, number, served, refills: (f"Prescription of {drug} #{number}", "units"),
    lambda drug, number, served, refills: (f"{drug}, quantity {number}", "units"),
    lambda drug, number, served, refills: (
        f"Retrospective request for {drug} #{number} (DOS: {served})",
        "units",
    ),
    lambda drug, number, served, refills: (f"{number} tablets of {drug}", "tablets"),
)


def _topical(item: Asked, claim: Claim, reason: str, draw: Draw) -> Amount:
    service = item.service
    name = service.names[int(len(service.names) * draw())]
    dose = service.doses[int(len(service.doses) * draw() ** 1.4)]
    if "patch" in name:
        number = service.quantities[int(len(service.quantities) * draw())]
        return Amount(
            f"{name} {dose} #{number}", number, "patches", dose, name, requested=f"{number} patches"
        )
    grams = (100, 120, 60, 240, 200)[int(5 * draw() ** 1.4)]
    size = (f"{grams}gm", f"{grams} grams", f"{grams} gm")[int(3 * draw())]
    return Amount(f"{name} {dose}, {size}", grams, "grams", dose, name, requested=f"{grams} grams")


def _compound(item: Asked, claim: Claim, reason: str, draw: Draw) -> Amount:
    mixture = item.service.names[int(len(item.service.names) * draw())]
    grams = (120, 180, 240, 210)[int(4 * draw())]
    heading = (
        f"Compound cream: {mixture}, {grams}gm", f"Topical compound ({mixture}) {grams} grams",
        f"Compounded topical cream: {mixture} {grams}gm",
    )[int(3 * draw())]  # fmt: skip
    return Amount(heading, grams, "grams", drug=mixture, requested=f"{grams} grams")


def _home(item: Asked, claim: Claim, reason: str, draw: Draw) -> Amount:
    hours, days, weeks = 2 + int(7 * draw()), 3 + int(5 * draw()), 2 + int(10 * draw())
    head = item.service.headings[int(len(item.service.headings) * draw())]
    heading = f"{head}, {hours} hours a day, {days} days a week, for {weeks} weeks"
    return Amount(heading, requested=f"{hours * days} hours a week")


def _plain(item: Asked, claim: Claim, reason: str, draw: Draw) -> Amount:
    """A heading of fixed words, into which the part of the body, its level and its side are set."""
    head = item.service.headings[int(len(item.service.headings) * draw())]
    if item.around_surgery and not head.startswith("Associated") and draw() < 0.5:
        head = f"Associated surgical service: {head}"
    part = part_of(item.region, claim, draw) if "{part}" in head else Part("")
    levels = item.region.levels
    level = levels[int(len(levels) * draw())] if levels and "{level}" in head else ""
    side = claim.side if "{side}" in head else "bilateral" if "bilateral" in head else None
    facts = {
        "{part}": part.printed,
        "{level}": level,
        "{side}": claim.side,
        "{extremities}": item.region.extremities,
    }
    for name, words in facts.items():
        head = head.replace(name, words)
    counted = next((said for words, said in heading_words().counts.items() if words in head), (None, None))
    named = part.name or (next(iter(item.region.parts.values())) if level else _part_in(head))
    return Amount(
        _upper(head.strip()), *counted, body_part=named, laterality=side or part.side, requested="1 unit"
    )


def _part_in(head: str) -> str | None:
    """The part of the body that the words of a fixed heading name."""
    lower = head.lower()
    return next((name for words, name in heading_words().parts.items() if words in lower), None)


FORMS: dict[str, Callable[[Asked, Claim, str, Draw], Amount]] = {
    "visits": _visits,
    "drug": _drug,
    "topical": _topical,
    "compound": _compound,
    "home": _home,
}


def outcome_shares(form: str, outcome: Outcome) -> Weighted[str]:
    """The reasons for an outcome of a request of that form."""
    return _REASONS[outcome, form]


_REASONS: dict[tuple[str, str], Weighted[str]] = {
    (outcome, form): Weighted(reasons.items())
    for outcome, forms in (("upheld", decisions().upheld), ("overturned", decisions().overturned))
    for form, reasons in forms.items()
}
