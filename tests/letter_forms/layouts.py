"""The form of each layout as a list of blocks, before any file format sets them."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from .letter import Item, Letter


class Title(NamedTuple):
    """A line of the letterhead."""

    text: str


HeaderRows = tuple[tuple[tuple[str, str], ...], ...]
"""Rows of one or two pairs of label and value."""


class Header(NamedTuple):
    """The table of labels and values, and how they are set."""

    rows: HeaderRows
    setting: str


class Heading(NamedTuple):
    """A section's heading."""

    text: str


class ItemHeading(NamedTuple):
    """A disputed item's heading and its outcome."""

    text: str
    outcome: str
    outcome_line: str


class Paragraph(NamedTuple):
    """Running text, with a label in bold before it or none."""

    text: str
    label: str = ""


Block = Title | Header | Heading | ItemHeading | Paragraph

INDEPENDENCE = {
    "short": "The complete file went from {contractor} to a clinician without ties to anyone in the dispute.",
    "full": (
        "Every record that the parties had sent went from {contractor} to one clinician, who works neither "
        "for the employer nor for its insurer, has not treated the worker and shares no office with those "
        "who did."
    ),
}
PRACTICE = {
    "short": (
        "Training and weekly practice fit the care in question, and so does knowledge of the evidence rules."
    ),
    "full": (
        "The clinician has seen patients for many years and still spends more than half of each week with "
        "them. Schooling, daily work and special knowledge are those of a field that meets the complaint and "
        "the care in dispute as a matter of course. The statutes of this program are known to the clinician, "
        "as is the order in which kinds of evidence outrank one another when the need for a treatment is "
        "weighed."
    ),
}
"""The form's standing sentences, in words of our own: as few as will do, and as long as the form's are."""

FOOTER_A = "Final Letter of Determination Form Effective 5.16.13 Page {page} of {pages}"
FOOTER = "{case} Page {page} of {pages}"


def blocks(letter: Letter) -> list[Block]:
    """The whole letter in its layout."""
    return LAYOUTS[letter.layout](letter)


def footer(letter: Letter) -> str | None:
    """What the form prints at the foot of each page, a format of `page` and `pages`; None where nothing."""
    if letter.layout == "A":
        return FOOTER_A
    return FOOTER.replace("{case}", letter.case or "") if letter.furniture else None


def _layout_a(letter: Letter) -> list[Block]:
    decisions = [Paragraph(_sentence(letter, item, n)) for n, item in enumerate(letter.items, 1)]
    out: list[Block] = [
        Title("MAXIMUS FEDERAL SERVICES, INC."),
        Title("Notice of Independent Medical Review Determination"),
        Paragraph(_date(letter.decided), "Dated:"),
        Paragraph("Withheld", "Employee:"),
        Paragraph("Withheld", "Claim Number:"),
        Paragraph(_date(letter.denied), "Date of UR Decision:"),
        Paragraph(_date(letter.injury), "Date of Injury:"),
        Paragraph(_date(letter.received), "IMR Application Received:"),
        Paragraph(letter.case or "", "MAXIMUS Case Number:"),
        *decisions,
        Heading("INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE"),
        Paragraph(
            f"An application for Independent Medical Review was filed on {_date(letter.received)} disputing "
            f"the Utilization Review Denial dated {_date(letter.denied)}. A Notice of Assignment went to "
            f"both sides on {_date(letter.assigned)}. The decisions are these:"
        ),
        *decisions,
        Heading("Medical Qualifications of the Expert Reviewer:"),
        Paragraph(
            "The doctor who decided has no stake in the claim and still sees patients every week. "
            f"He/she is {_board(letter)}."
        ),
        Heading("Case Summary:"),
        Paragraph(letter.summary),
        Heading("Documents Reviewed:"),
        *(Paragraph(f"- {document}") for document in letter.documents),
    ]
    for n, item in enumerate(letter.items, 1):
        out += [
            Heading(f"{n}) Regarding the request for {item.heading}:"),
            Paragraph(
                f"{item.claims} {item.reviewer}",
                "Medical Treatment Guideline(s) Relied Upon by the Expert Reviewer to Make His/Her Decision:",
            ),
            Paragraph(item.rationale, "Rationale for the Decision:"),
        ]
    return out


def _layout_b(letter: Letter) -> list[Block]:
    out: list[Block] = [
        Title("MAXIMUS FEDERAL SERVICES, INC."),
        Title("Independent Medical Review"),
        _header(letter),
        Heading("HOW THE IMR FINAL DETERMINATION WAS MADE"),
        Paragraph(
            "A physician with no interest in the outcome had the file from MAXIMUS Federal Services. "
            f"The physician reviewer is {_board(letter)}."
        ),
        Heading("DOCUMENTS REVIEWED"),
        *(Paragraph(f"- {document}") for document in letter.documents),
        Heading("CLINICAL CASE SUMMARY"),
        Paragraph(letter.summary),
        Heading("IMR DECISION(S) AND RATIONALE(S)"),
        Paragraph("Accordingly, the Final Determination was based on the decisions set forth below:"),
    ]
    for n, item in enumerate(letter.items, 1):
        out += [
            Paragraph(f"{n}. The request for {item.heading} {_verdict(item)}."),
            Paragraph(item.claims),
            Paragraph(item.reviewer),
            Paragraph(item.rationale, "The Physician Reviewer's decision rationale:"),
        ]
    return out


def _layout_c(letter: Letter) -> list[Block]:
    (item,) = letter.items
    verdict = "IS" if item.outcome == "overturned" else "IS/WAS NOT"
    return [
        Title("MEDICAL PROFESSIONAL REVIEW"),
        *([Paragraph(letter.case, "Case Number:")] if letter.case else []),
        Heading("ISSUE AT DISPUTE:"),
        Paragraph(item.heading),
        Heading("CASE SUMMARY:"),
        Paragraph(letter.summary),
        Heading("DOCUMENTS REVIEWED FOR DETERMINATION:"),
        *(Paragraph(f"- {document}") for document in letter.documents),
        Heading("MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL REVIEWER AND WHY:"),
        Paragraph(item.reviewer),
        Heading(f"RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE {verdict} MEDICALLY NECESSARY:"),
        Paragraph(item.rationale),
        Heading("MEDICAL REVIEWER QUALIFICATIONS:"),
        Paragraph(f"This reviewer is {_board(letter)}. Several days a week go to patients."),
    ]


def _layout_d(letter: Letter) -> list[Block]:
    out: list[Block] = [] if letter.header == "none" else [_header(letter)]
    contractor = "MAXIMUS Federal Services" if letter.label == "MAXIMUS" else "Maximus Federal Services"
    independence = INDEPENDENCE[letter.wording].format(contractor=contractor)
    practice = PRACTICE[letter.wording]
    out.append(Heading("HOW THE IMR FINAL DETERMINATION WAS MADE"))
    if letter.credentials == "inline":
        out.append(Paragraph(f"{independence} The expert reviewer is {_board(letter)}. {practice}"))
    else:
        out += [
            Paragraph(f"{independence} {practice}"),
            Paragraph("The Expert Reviewer has these credentials:"),
            Paragraph(", ".join(letter.states), "State(s) of Licensure:"),
            Paragraph(", ".join(letter.specialties), "Certification(s)/Specialty:"),
        ]
    out += [
        Heading("CLINICAL CASE SUMMARY"),
        Paragraph("A clinical case summary based on the file follows:"),
        Paragraph(letter.summary),
        Heading("IMR ISSUES, DECISIONS AND RATIONALES"),
        Paragraph("Accordingly, the Final Determination was based on the decisions set forth below:"),
    ]
    for item in letter.items:
        out += [
            ItemHeading(item.heading, item.outcome.capitalize(), letter.outcome_line),
            Paragraph(item.claims, "Claims Administrator guideline:"),
            Paragraph(item.reviewer, f"{letter.label} guideline:"),
            Paragraph(item.rationale, "Decision rationale:"),
        ]
    return out


def _header(letter: Letter) -> Header:
    rows = (
        (("Case Number:", letter.case or ""),),
        (("Date Assigned:", _long_date(letter.assigned)), ("Date of Injury:", _long_date(letter.injury))),
        (("Decision Date:", _long_date(letter.decided)), ("UR Denial Date:", _long_date(letter.denied))),
        (
            ("Priority:", (letter.priority or "").capitalize()),
            ("Application Received:", _long_date(letter.received)),
        ),
    )
    return Header(rows, letter.header)


def _board(letter: Letter) -> str:
    first, *others = letter.specialties
    further = "".join(f", has a subspecialty in {name}" for name in others)
    return f"Board Certified in {first}{further} and is licensed to practice in {' and '.join(letter.states)}"


def _sentence(letter: Letter, item: Item, n: int) -> str:
    verdict = _verdict(item)
    if letter.glued:
        verdict = verdict.replace("not medically", "notmedically")
    return f"{n}) MAXIMUS Federal Services, Inc. has determined the request for {item.heading} {verdict}."


def _verdict(item: Item) -> str:
    return f"is {'' if item.outcome == 'overturned' else 'not '}medically necessary and appropriate"


def _date(day: datetime.date | None) -> str:
    return f"{day.month}/{day.day}/{day.year}" if day else ""


def _long_date(day: datetime.date | None) -> str:
    return f"{day:%m/%d/%Y}" if day else ""


LAYOUTS = {"A": _layout_a, "B": _layout_b, "C": _layout_c, "D": _layout_d}
