"""What each side cites for an item, as letters of its time print it, and what that says.

Until the middle of 2015 letters name a topic and its pages, until 2017 sections with the guideline's year,
from 2018 the titles and editions that the schedule has had since December 2017.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from letter_forms.letter import Citation

from .asking import Asked
from .grammar import Draw
from .tables import Weighted

SECTIONS_FROM = datetime.date(2015, 7, 1)
CHRONIC_PAIN_2016_FROM = datetime.date(2016, 9, 1)
DISORDERS_FROM = datetime.date(2018, 2, 1)
CHRONIC_PAIN = "Chronic Pain Medical Treatment"
CHAPTERS = {
    "Knee and Leg": ("Knee & Leg", "Knee and Leg", "Knee & Leg (Acute & Chronic)"),
    "Low Back": ("Low Back", "Low Back - Lumbar & Thoracic (Acute & Chronic)", "Low Back"),
    "Neck and Upper Back": (
        "Neck & Upper Back",
        "Neck and Upper Back",
        "Neck and Upper Back (Acute & Chronic)",
    ),
    "Pain": ("Pain", "Pain (Chronic)", "Chronic Pain"),
    "Shoulder": ("Shoulder", "Shoulder (Acute & Chronic)"),
    "Forearm, Wrist and Hand": ("Forearm, Wrist, & Hand", "Forearm, Wrist, & Hand (Acute & Chronic)"),
    "Ankle and Foot": ("Ankle & Foot", "Ankle and Foot"),
    "Mental Illness and Stress": ("Mental Illness & Stress", "Mental Illness and Stress"),
    "Hip and Pelvis": ("Hip & Pelvis", "Hip and Pelvis"),
}
"""How letters print the chapters of the ODG; those not listed as they are called."""

ODG_NAMES = (
    "ODG,", "Official Disability Guidelines (ODG),", "Official Disability Guidelines (ODG)",
    "Official Disability Guidelines,",
)  # fmt: skip
SAME = "the guidelines, as used by the Claims Administrator, relevant and appropriate"

OTHER = (
    "Centers for Disease Control, prescribing of opioids", "FDA, prescribing information", "Drugs.com",
    "MedlinePlus, drug information", "National Library of Medicine, PubMed",
    "Mayo Clinic, diseases and conditions", "American Academy of Neurology, practice parameter",
)  # fmt: skip


class Cited(NamedTuple):
    """What one side cites: its words after the label, and the citations that these are."""

    printed: str
    citations: list[Citation]


SHAPES: dict[str, Weighted[str]] = {
    "claims": Weighted(
        [("nothing", 18.0), ("mtus", 42.0), ("odg", 16.0), ("odg chapter", 9.0), ("mtus and odg", 10.0),
         ("acoem", 1.5), ("two mtus", 3.0), ("other", 0.5)]
    ),
    "reviewer": Weighted(
        [("nothing", 3.0), ("mtus", 54.0), ("odg", 19.0), ("odg chapter", 1.5), ("mtus and odg", 14.0),
         ("acoem", 0.5), ("two mtus", 6.0), ("other", 2.0)]
    ),
}  # fmt: skip
AGREEING = 0.5


def both_sides(item: Asked, decided: datetime.date, layout: str, draw: Draw) -> tuple[Cited, Cited]:
    """What the claims administrator and the reviewer cite for an item."""
    if layout in "AC":
        return _in_sentences(item, layout, draw)
    if layout == "B":
        return _of_early_form(item, draw)
    claims = _cited(item, decided, SHAPES["claims"].drawn(draw), draw)
    agree = claims.citations and draw() < AGREEING
    cited = claims if agree else _cited(item, decided, SHAPES["reviewer"].drawn(draw), draw)
    return _introduced(claims, "The Claims Administrator", draw), _introduced(
        cited, "The Expert Reviewer", draw
    )


def _introduced(side: Cited, who: str, draw: Draw) -> Cited:
    """The side's words with the form's own around them."""
    if not side.citations:
        nothing = (
            "It did not cite any medical evidence.",
            f"No medical evidence was cited by {who.replace('The', 'the')}.",
        )
        return side._replace(printed=nothing[int(2 * draw())])
    if draw() < 0.6 and all(cite.source != "MTUS" for cite in side.citations):
        return side._replace(printed=f"{who} relied on recommendation(s) outside the MTUS. {side.printed}")
    return side


def _cited(item: Asked, decided: datetime.date, shape: str, draw: Draw) -> Cited:
    """One side's words and citations in that shape, or in the nearest that the service allows."""
    based = "Decision was based on" if draw() < 0.5 else "Decision based on"
    mtus = _mtus(item, decided, draw) if "mtus" in shape else []
    printed, citations = [], []
    if shape == "two mtus" and len(mtus) > 1:
        printed = [f"{based} MTUS {mtus[0].printed}, and {mtus[1].printed}."]
        citations = mtus[0].citations + mtus[1].citations
    elif mtus:
        chosen = mtus[int(len(mtus) * draw())]
        printed, citations = [f"{based} MTUS {chosen.printed}."], list(chosen.citations)
    elif "mtus" in shape:
        shape = "odg"
    if shape in OUTSIDE:
        outside = OUTSIDE[shape](item, draw)
        printed.append(f"{based} Non-MTUS Citation {outside.printed}.")
        citations += outside.citations
    return Cited(" ".join(printed), citations)


def _mtus(item: Asked, decided: datetime.date, draw: Draw) -> list[Cited]:
    """The guidelines of the schedule that speak of the service, as letters of that day print them."""
    if decided < SECTIONS_FROM:
        return _by_pages(item, draw)
    if decided < DISORDERS_FROM:
        return _by_sections(item, decided, draw)
    return _of_disorders(item, decided, draw)


def _by_pages(item: Asked, draw: Draw) -> list[Cited]:
    """Until the middle of 2015: topics of the chronic pain guideline and chapters, with pages."""
    service, region = item.service, item.region
    found = [_topic(service.chronic, service.pages, draw)] if service.chronic else []
    if region.complaints and service.complaint:
        found.append(_old_chapter(item, draw))
    if service.title == "Acupuncture Treatment":
        found.append(_section(service.title, 2007, [], ""))
    return found


def _by_sections(item: Asked, decided: datetime.date, draw: Draw) -> list[Cited]:
    """Until the schedule of December 2017: titles with year and sections."""
    service, region = item.service, item.region
    guidelines = " Guidelines" if decided.year == 2017 and draw() < 0.4 else ""
    year = 2016 if decided >= CHRONIC_PAIN_2016_FROM else 2009
    found = [_section(CHRONIC_PAIN, year, [service.chronic], guidelines)] if service.chronic else []
    if service.title == "Acupuncture Treatment":
        found.append(_section(service.title, 2007, [], guidelines))
    if service.title == "General Approaches":
        found.append(_section(service.title, 2004, ["Initial Approaches to Treatment"], guidelines))
    if region.complaints and service.complaint:
        sections = [service.complaint, "Summary"][: 1 + (draw() < 0.2)]
        found.append(_section(region.complaints, region.complaints_year, sections, guidelines))
    return found


def _of_disorders(item: Asked, decided: datetime.date, draw: Draw) -> list[Cited]:
    """Since then: the chapters on disorders in an edition of the time, and those on pain and opioids."""
    service, region = item.service, item.region
    if not service.disorder:
        return []
    editions = [year for year in region.editions if year < decided.year] or [region.editions[0]]
    found = [_section(region.disorders, editions[-1 if draw() < 0.8 else 0], [service.disorder], "")]
    if service.title == "Opioids":
        return [_section("Opioids", 2017, [service.disorder], ""), *found]
    if region.group == "spine" or service.category == "Pharmaceuticals":
        found.append(_section("Chronic Pain", 2017, [service.disorder], ""))
    return found


@lru_cache(maxsize=4096)
def _cached_section(title: str, year: int, sections: tuple[str, ...], guidelines: str) -> Cited:
    said = f", Section(s): {', '.join(sections)}" if sections else ""
    cite = Citation("MTUS", title, year, list(sections))
    return Cited(f"{title} {year}{guidelines}{said}", [cite])


def _section(title: str, year: int, sections: list[str], guidelines: str) -> Cited:
    return _cached_section(title, year, tuple(sections), guidelines)


def _topic(topic: str, pages: str, draw: Draw) -> Cited:
    """A topic of the chronic pain guideline with its pages, as letters until 2015 print it."""
    medical = "Medical " if draw() < 0.5 else ""
    said = f" Page(s): {pages}" if pages and draw() < 0.85 else ""
    cite = Citation("MTUS", CHRONIC_PAIN, None, [topic], [pages] if said else [])
    return Cited(f"Chronic Pain {medical}Treatment Guidelines {topic}{said}", [cite])


def _old_chapter(item: Asked, draw: Draw) -> Cited:
    """A chapter of the older guidelines, by its pages or by its number in the ACOEM's book."""
    region = item.region
    page = region.pages[int(len(region.pages) * draw())]
    if draw() < 0.4 and region.complaints_year == 2004:
        cite = Citation("MTUS", region.complaints, None, [], [page])
        chapter = f"Chapter {region.number} {region.complaints}"
        return Cited(f"ACOEM Practice Guidelines, {chapter} Page(s): {page}", [cite])
    cite = Citation("MTUS", region.complaints, region.complaints_year, [], [page])
    return Cited(f"{region.complaints} {region.complaints_year} Page(s): {page}", [cite])


def _odg_name(draw: Draw) -> str:
    return ODG_NAMES[int(len(ODG_NAMES) * draw())]


def _chapter(item: Asked, draw: Draw) -> tuple[str, str]:
    """The chapter of the ODG that speaks of the service: its name, and how it is printed."""
    chapter = item.service.chapter or item.region.chapter
    printed = CHAPTERS.get(chapter, (chapter,))
    return chapter, printed[int(len(printed) * draw() ** 1.5)]


def _odg(item: Asked, draw: Draw) -> Cited:
    chapter, printed = _chapter(item, draw)
    topic = item.service.topic
    shape = int(4 * draw())
    if shape == 0 and "(" not in printed:
        words = f"{printed} Chapter: {topic}"
    elif shape == 1 and "(" not in topic + printed:
        words = f"{printed} ({topic})"
    elif shape == 2 and "(" not in printed:
        words = f"{printed} Chapter, {topic}"
    else:
        words = f"{printed}, {topic}"
    return Cited(f"{_odg_name(draw)} {words}", [Citation("ODG", chapter, None, [topic])])


def _odg_chapter(item: Asked, draw: Draw) -> Cited:
    chapter, printed = _chapter(item, draw)
    words = f"{printed} Chapter" if "(" not in printed and draw() < 0.4 else printed
    return Cited(f"{_odg_name(draw)} {words}", [Citation("ODG", chapter)])


def _acoem(item: Asked, draw: Draw) -> Cited:
    title = item.region.disorders if item.region.group != "mind" else "Chronic Pain"
    return Cited(f"ACOEM Guidelines, {title}", [Citation("ACOEM", title)])


def _other(item: Asked, draw: Draw) -> Cited:
    words = OTHER[int(len(OTHER) * draw())]
    return Cited(f"Other Medical Treatment Guidelines: {words}", [Citation("other", words)])


OUTSIDE: dict[str, Callable[[Asked, Draw], Cited]] = {
    "odg": _odg,
    "mtus and odg": _odg,
    "odg chapter": _odg_chapter,
    "acoem": _acoem,
    "other": _other,
}
"""Who writes what a shape cites outside the schedule."""


def _in_sentences(item: Asked, layout: str, draw: Draw) -> tuple[Cited, Cited]:
    """What layouts A and C print, where guidelines are part of running text."""
    claims, cited = _book(item, draw), _book(item, draw)
    if layout == "C":
        names = f"{cited.printed}. This source speaks to the care in question."
        return Cited("", []), Cited(names, cited.citations)
    first = Cited(f"The Claims Administrator based its decision on {claims.printed}.", claims.citations)
    if draw() < 0.6:
        return first, Cited(f"The Expert Reviewer found {SAME}.", claims.citations)
    return first, Cited(f"The Expert Reviewer based his/her decision on {cited.printed}.", cited.citations)


def _of_early_form(item: Asked, draw: Draw) -> tuple[Cited, Cited]:
    """What layout B prints: a sentence for each side, with the guideline by topic and page."""
    claims = _topic_and_page(item, draw) if draw() < 0.85 else None
    cited = claims if claims and draw() < AGREEING else _topic_and_page(item, draw)
    first = Cited("The Claims Administrator did not cite any medical evidence.", [])
    if claims:
        first = Cited(
            f"The Claims Administrator based its decision on the {claims.printed}.", claims.citations
        )
    return first, Cited(
        f"The Physician Reviewer based his/her decision on the {cited.printed}.", cited.citations
    )


def _topic_and_page(item: Asked, draw: Draw) -> Cited:
    region, service = item.region, item.service
    if service.chronic and service.pages and draw() < 0.7:
        words = f"page{'s' if '-' in service.pages else ''} {service.pages}"
        cite = Citation("MTUS", CHRONIC_PAIN, None, [service.chronic], [service.pages])
        return Cited(f"MTUS Chronic Pain Guidelines, {service.chronic}, {words}", [cite])
    if region.complaints and draw() < 0.7:
        page = region.pages[int(len(region.pages) * draw())]
        cite = Citation("MTUS", region.complaints, region.complaints_year, [], [page])
        return Cited(f"MTUS {region.complaints} ({region.complaints_year}), page {page}", [cite])
    chapter, printed = _chapter(item, draw)
    words = f"Official Disability Guidelines (ODG), {printed}, {service.topic}"
    return Cited(words, [Citation("ODG", chapter, None, [service.topic])])


def _book(item: Asked, draw: Draw) -> Cited:
    """A guideline of the schedule by title, year in brackets and page."""
    region, service = item.region, item.service
    if service.chronic and service.pages and (draw() < 0.6 or not region.complaints):
        cite = Citation("MTUS", CHRONIC_PAIN, 2009, [], [service.pages])
        return Cited(f"MTUS, {CHRONIC_PAIN} Guidelines (2009), pg. {service.pages}", [cite])
    if region.complaints:
        page = region.pages[int(len(region.pages) * draw())]
        year = region.complaints_year
        return Cited(
            f"MTUS, {region.complaints} ({year}), pg. {page}",
            [Citation("MTUS", region.complaints, year, [], [page])],
        )
    return _odg(item, draw)
