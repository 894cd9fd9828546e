"""Composes fictional letters from facts: every layout, as each kind of extractor prints it.

The form's labels and headings are the state's; every other word is invented here.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field, replace

ROW_WISE = """\
Case Number: {case}
Date Assigned: {assigned} Date of Injury: {injury}
Decision Date: {decision} UR Denial Date: {denial}
Priority: {priority} Application
Received:
{received}
"""
PADDED = """\
Case Number:      {case}
Date Assigned:    {assigned}          Date of Injury:     {injury}
Decision Date:    {decision}          UR Denial Date:     {denial}
Priority:         {priority}            Application         {received}
                                      Received:
"""
ONE_CELL_A_LINE = """\

Case Number:
{case}

Date Assigned:
{assigned}
Date of Injury:
{injury}
Decision Date:
{decision}
UR Denial Date:
{denial}
Priority:
{priority}
Application
Received:
{received}

"""
LABELS_THEN_VALUES = """\
Case Number:
Date Assigned:
Decision Date:
Priority:

{case}
{assigned}
{decision}
{priority}

{injury}
Date of Injury:
UR Denial Date:   {denial}
{received}
Application
Received:

"""
VALUES_THEN_LABELS = """\
{case}
{assigned}
{decision}
{priority}

Case Number:
Date Assigned:
Decision Date:
Priority:

{injury}
{denial}
{received}

Date of Injury:
UR Denial Date:
Application Received:
"""
TABBED = """\
Case Number:\t{case}\t\t
Date Assigned:\t{assigned}\tDate of Injury:\t{injury}
Decision Date:\t{decision}\tUR Denial Date:\t{denial}
Priority:\t{priority}\tApplication Received:\t{received}
"""
MARKDOWN = """\
| **Case Number:** | {case} | | |
|---|---|---|---|
| **Date Assigned:** | {assigned} | **Date of Injury:** | {injury} |
| **Decision Date:** | {decision} | **UR Denial Date:** | {denial} |
| **Priority:** | {priority} | **Application Received:** | {received} |
"""
HTML_MARKS = """\
<b>Case Number:</b> {case}
<b>Date Assigned:</b> {assigned} <b>Date of Injury:</b> {injury}
<b>Decision Date:</b> {decision} <b>UR Denial Date:</b> {denial}
<b>Priority:</b> {priority} <b>Application Received:</b> {received}
"""
HEADERS = {
    "row by row": ROW_WISE,
    "padded": PADDED,
    "one cell a line": ONE_CELL_A_LINE,
    "labels, then values": LABELS_THEN_VALUES,
    "values, then labels": VALUES_THEN_LABELS,
    "tabs": TABBED,
    "markdown": MARKDOWN,
    "html marks": HTML_MARKS,
    "no header": "",
}


@dataclass(frozen=True)
class ItemFacts:
    """One disputed item of a fictional letter."""

    description: str
    outcome: str = "Upheld"
    claims_administrator: str = "The Claims Administrator did not cite any medical evidence."
    reviewer: str = "Decision based on MTUS Acupuncture Treatment 2007."
    rationale: str = "Nothing on file shows that the worker gained from it. The request fails."


@dataclass(frozen=True)
class LetterFacts:
    """What a fictional letter states."""

    case: str = "CM16-0900001"
    assigned: str = "12/06/2016"
    injury: str = "03/14/2015"
    decision: str = "01/04/2017"
    denial: str = "11/21/2016"
    received: str = "12/01/2016"
    priority: str = "Standard"
    specialties: tuple[str, ...] = ("Internal Medicine",)
    states: tuple[str, ...] = ("California",)
    summary: str = "The worker, a 41 year old female gardener, fell off a ladder while picking plums."
    items: tuple[ItemFacts, ...] = field(default=(ItemFacts("Six visits of water aerobics"),))


def iso(printed: str) -> str:
    """12/06/2016 → 2016-12-06."""
    month, day, year = printed.split("/")
    return f"{year}-{month}-{day}"


@dataclass(frozen=True)
class Shape:
    """How a letter is printed.

    width: where lines wrap (0: never). spacing: line breaks between lines. newline: the line end. page: how
    many lines a page has (0: no pages). footer: what every page ends with. reviewer: the label before
    "guideline:". credentials: "block" or "sentence". outcome_line: the outcome stands on a line of its own.
    """

    header: str = "row by row"
    width: int = 95
    spacing: int = 1
    newline: str = "\n"
    page: int = 0
    footer: str = ""
    reviewer: str = "MAXIMUS"
    credentials: str = "block"
    outcome_line: bool = False


def letter_d(facts: LetterFacts, shape: Shape | None = None) -> str:
    """A letter of layout D."""
    shape = shape or Shape()
    header = HEADERS[shape.header].format(**{name: getattr(facts, name) for name in HEADER_FIELDS})
    body = [
        "HOW THE IMR FINAL DETERMINATION WAS MADE",
        _credentials_sentence(facts) if shape.credentials == "sentence" else "A reviewer was chosen by lot.",
    ]
    if shape.credentials == "block":
        body += [
            "The Expert Reviewer has the following credentials:",
            f"State(s) of Licensure: {', '.join(facts.states)}",
            f"Certification(s)/Specialty: {', '.join(facts.specialties)}",
        ]
    body += [
        "CLINICAL CASE SUMMARY",
        "Here is the clinical case summary based on the file, with all medical records:",
        facts.summary,
        "IMR ISSUES, DECISIONS AND RATIONALES",
        "The Final Determination was based on the decisions below:",
    ]
    for item in facts.items:
        parting = "\n" if shape.outcome_line else " "
        body += [
            f"{item.description}:{parting}{item.outcome}",
            f"Claims Administrator guideline: {item.claims_administrator}",
            f"{shape.reviewer} guideline: {item.reviewer}",
            f"Decision rationale: {item.rationale}",
        ]
    return _printed(header, body, shape)


HEADER_FIELDS = ("case", "assigned", "injury", "decision", "denial", "received", "priority")


def _credentials_sentence(facts: LetterFacts) -> str:
    return (
        f"The expert reviewer is Board Certified in {' and '.join(facts.specialties)} and is licensed to "
        f"practice in {' and '.join(facts.states)}. He/she has seen many patients."
    )


def _printed(header: str, paragraphs: list[str], shape: Shape) -> str:
    """The letter's lines, wrapped, spaced and cut into pages."""
    lines = header.split("\n")[:-1]
    for paragraph in paragraphs:
        for part in paragraph.split("\n"):
            lines += textwrap.wrap(part, shape.width) if shape.width else [part]
    if shape.page:
        pages = [lines[start : start + shape.page] for start in range(0, len(lines), shape.page)]
        texts = []
        for number, page in enumerate(pages, 1):
            footer = (
                [shape.footer.format(page=number, pages=len(pages), case="CM16-0900001")]
                if shape.footer
                else []
            )
            texts.append(("\n" * shape.spacing).join(page + footer))
        text = "\n\f".join(texts)
    else:
        text = ("\n" * shape.spacing).join(lines)
    return text.replace("\n", shape.newline)


def letter_a(facts: LetterFacts, glued: bool = False, footer: bool = True) -> str:
    """A notice of 2013: outcomes as sentences, printed twice."""
    verdicts = []
    for number, item in enumerate(facts.items, 1):
        negation = "" if item.outcome == "Overturned" else "not" if glued else "not "
        verdicts.append(
            f"{number}) MAXIMUS Federal Services, Inc. has determined the request for {item.description} is "
            f"{negation}medically necessary and appropriate."
        )
    foot = ["Final Letter of Determination Form Effective 5.16.13 Page 1 of 3"] if footer else []
    paragraphs = [
        "MAXIMUS FEDERAL SERVICES, INC.",
        "Notice of Independent Medical Review Determination",
        f"Dated: {facts.decision}",
        *verdicts,
        *foot,
        "INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE",
        f"An application for Independent Medical Review was filed on {facts.received}, all of it.",
        f"It fights the Utilization Review Denial dated {facts.denial}.",
        f"A Notice of Assignment went to everybody on {facts.assigned}.",
        *verdicts,
        "Medical Qualifications of the Expert Reviewer:",
        _credentials_sentence(facts).replace("expert", "physician"),
        "Case Summary:",
        f"“{facts.summary} The case has a date of injury of {facts.injury}.”",
        "Documents Reviewed for Determination:",
        "Two faxes and a postcard",
    ]
    for number, item in enumerate(facts.items, 1):
        paragraphs += [
            f"{number}) Regarding the request for {item.description}:",
            "Medical Treatment Guideline(s) Relied Upon by the Expert Reviewer to Make His/Her Decision:",
            item.claims_administrator,
            item.reviewer,
            "Rationale for the Decision:",
            item.rationale,
        ]
    return _printed("", [*paragraphs, "Sincerely,", "Nobody in Particular"], Shape())


def letter_b(facts: LetterFacts, numbered: bool = True) -> str:
    """A letter of layout B; numbered: the decisions are numbered sentences, not headings."""
    paragraphs = [
        "MAXIMUS FEDERAL SERVICES, INC.",
        "Independent Medical Review",
        f"Case Number: {facts.case}",
        f"UR Denial Date: {facts.denial}",
        f"Date of Injury: {facts.injury}",
        "HOW THE IMR FINAL DETERMINATION WAS MADE",
        _credentials_sentence(facts),
        "DOCUMENTS REVIEWED",
        "A shoe box of receipts",
        "CLINICAL CASE SUMMARY",
        facts.summary,
        "IMR DECISION(S) AND RATIONALE(S)",
    ]
    for number, item in enumerate(facts.items, 1):
        if numbered:
            negation = "" if item.outcome == "Overturned" else "not "
            paragraphs += [
                f"{number}. {item.description} is {negation}medically necessary and appropriate.",
                item.claims_administrator,
                item.reviewer,
                f"The Physician Reviewer's decision rationale: {item.rationale}",
            ]
        else:
            paragraphs += [
                f"{item.description}: {item.outcome}",
                f"Claims Administrator guideline: {item.claims_administrator}",
                f"MAXIMUS guideline: {item.reviewer}",
                f"Decision rationale: {item.rationale}",
            ]
    return _printed("", paragraphs, Shape())


def letter_c(facts: LetterFacts) -> str:
    """A letter of layout C, with one issue at dispute."""
    item = facts.items[0]
    verdict = "IS" if item.outcome == "Overturned" else "IS NOT"
    paragraphs = [
        "MEDICAL PROFESSIONAL REVIEW",
        f"Case Number: {facts.case}",
        "ISSUE AT DISPUTE:",
        f"Is the request for {item.description} medically necessary?",
        "CASE SUMMARY:",
        facts.summary,
        "DOCUMENTS REVIEWED FOR DETERMINATION:",
        "Ten faxes",
        "MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL REVIEWER AND WHY:",
        item.reviewer,
        f"RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE {verdict} MEDICALLY NECESSARY:",
        item.rationale,
        "MEDICAL REVIEWER QUALIFICATIONS:",
        _credentials_sentence(facts),
    ]
    return _printed("", paragraphs, Shape(width=80))


def with_items(*items: ItemFacts) -> LetterFacts:
    """The usual facts with other items."""
    return replace(LetterFacts(), items=items)
