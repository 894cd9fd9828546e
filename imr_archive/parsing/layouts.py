"""Second stage: which layout a letter has, and where its sections begin and end.

The layouts are those of the state's letters: A, the notice of 2013; B and C, forms of 2013 and 2014; D, the
form of 2014 to now. Where no section heading is known the layout is `unknown`, and every stage searches
the whole text.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from imr_archive.parsing.clean import LetterText
from imr_archive.parsing.record import Layout
from imr_archive.vocabulary.values import Value

Kind = Literal[
    "method", "qualifications", "summary", "documents", "decisions", "notice", "issue", "guidelines", "reason"
]


class Heading(NamedTuple):
    """A section heading of the form: what it opens, as the form prints it, and how it may be misprinted.

    printed: looked for as it stands first, which is quick. pattern: what is looked for otherwise, at the
    beginning of a line or behind its specks. layouts: those that have it.
    """

    kind: Kind
    printed: str
    pattern: re.Pattern[str]
    layouts: str


SPECKS = r"[ ]*+[_|\[\]~.'*]{0,4}+[ ]*+"
"""What may stand before a heading on its line: blanks, and the marks that OCR makes of specks and rules."""

HEADING_BEGINS = re.compile(rf"\n{SPECKS}(?=[cdehimr])")
"""A line that begins with a letter with which a heading begins: the patterns are tried at no other."""


def _heading(kind: Kind, printed: str, pattern: str, layouts: str) -> Heading:
    return Heading(kind, printed, re.compile(pattern, re.MULTILINE), layouts)


HEADINGS = (
    _heading("method", "HOW THE IMR FINAL DETERMINATION WAS MADE", r"how\s+the\s+imr\s+final\s+deter", "BD"),
    _heading("summary", "CLINICAL CASE SUMMARY", r"clinical\s+case\s+summary\s*:?[ ]*$", "BD"),
    _heading(
        "decisions",
        "IMR ISSUES, DECISIONS AND RATIONALES",
        r"imr\s+issues?\s*[,.]?\s+decisions?\s+(?:and|&)\s+rationales?(?:\s?\(s\))?",
        "D",
    ),
    _heading(
        "decisions",
        "IMR DECISION(S) AND RATIONALE(S)",
        r"imr\s+decisions?(?:\s?\(s\))?\s+(?:and|&)\s+rationales?(?:\s?\(s\))?",
        "B",
    ),
    _heading(
        "documents", "DOCUMENTS REVIEWED", r"documents\s+reviewed(?:\s+for\s+determination)?\s*:?", "ABC"
    ),
    _heading(
        "notice",
        "INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE",
        r"independent\s+medical\s+review\s+decision\s+(?:and|&)\s+rationale",
        "A",
    ),
    _heading(
        "qualifications",
        "Medical Qualifications of the Expert Reviewer",
        r"medical\s+qualifications?\s+of\s+the\s+(?:expert\s+)?(?:physician\s+)?reviewer",
        "A",
    ),
    _heading(
        "qualifications", "MEDICAL REVIEWER QUALIFICATIONS", r"medical\s+reviewer'?s?\s+qualifications?", "C"
    ),
    _heading(
        "summary",
        "CASE SUMMARY:",
        r"(?<!clinical\n)(?<!clinical \n)(?<!clinical  \n)"
        r"(?:(?:expert\s+reviewer\s+)?case\s+summary\s*:?[ ]*$|case\s+summary\s*:)",
        "AC",
    ),
    _heading("issue", "ISSUE AT DISPUTE", r"issues?(?:\(s\))?\s+(?:at|in)\s+dispute", "C"),
    _heading(
        "guidelines",
        "MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL REVIEWER AND WHY",
        r"medical\s+treatment\s+guidelines?(?:\s?\(s\))?\s+relied\s+upon\s+by\s+(?:the\s+)?professional",
        "C",
    ),
    _heading(
        "reason",
        "RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE",
        r"rationale\s+for\s+why\s+the\s+requested\s+treatment",
        "C",
    ),
)

TITLE_A = re.compile(r"notice\s+of\s+independent\s+medical\s+review\s+determination")
TITLE_C = re.compile(r"medical\s+professional\s+review")
LEAD_SUMMARY = re.compile(r"clinical\s+case\s+summary\s+based\s+on\s[^:.]{0,120}(?::|\brecords\b|\bfile\b)")
LEAD_DECISIONS = re.compile(
    r"(?:final\s*determination\s*was\s*based|set\s*forth)[^:.]{0,120}?(?:below\s*:?|:)"
)


class Lead(NamedTuple):
    """The form's sentence that opens a section, and how it begins, which is looked for first."""

    sentence: re.Pattern[str]
    begins: re.Pattern[str]


LEADS: dict[Kind, Lead] = {
    "summary": Lead(LEAD_SUMMARY, re.compile(r"clinical")),
    "decisions": Lead(LEAD_DECISIONS, re.compile(r"final|set")),
}

OPENING_SENTENCE, OPENING_REACH, FIRST_WORD = 200, 100, len("clinical")
"""How long the sentence may be, how far from the heading it may begin, and its longest first word."""

MOST_HEADINGS = 200
BLANKS = re.compile(r"[\s:*]*")


class Section(Value):
    """A section: its heading begins at `start`, its own text at `body`, the next heading at `end`."""

    kind: Kind
    start: int
    body: int
    end: int


class Outline(NamedTuple):
    """The letter's layout and its sections in printed order."""

    layout: Layout
    sections: tuple[Section, ...]

    def section(self, kind: Kind) -> Section | None:
        """The first section of that kind."""
        for section in self.sections:
            if section.kind == kind:
                return section
        return None

    def of_kind(self, kind: Kind) -> list[Section]:
        """All sections of that kind."""
        return [section for section in self.sections if section.kind == kind]

    @property
    def header_end(self) -> int | None:
        """Where the first section begins, which is where the header table is over."""
        return self.sections[0].start if self.sections else None


def outline(letter: LetterText) -> Outline:
    """Finds the section headings and tells from them which layout the letter has."""
    marks = _common_form(letter) or _any_form(letter)
    marks += _lead_ins(letter, {kind for kind, _, _, _ in marks})
    marks.sort(key=lambda mark: mark[1])
    ends = [start for _, start, _, _ in marks[1:]] + [len(letter.text)]
    sections = [
        Section(kind, start, _body(letter, kind, after, end), end)
        for (kind, start, after, _), end in zip(marks, ends, strict=False)
    ]
    return Outline(_layout(letter, marks), tuple(sections))


Mark = tuple[Kind, int, int, str]


def _common_form(letter: LetterText) -> list[Mark]:
    """The three headings of layout D, where all stand as printed: nearly every letter since 2014."""
    marks: list[Mark] = []
    at = 0
    for heading in HEADINGS[:3]:
        start = letter.text.find(heading.printed, at)
        if start < 0:
            return []
        at = start + len(heading.printed)
        marks.append((heading.kind, start, at, heading.layouts))
    return marks


def _any_form(letter: LetterText) -> list[Mark]:
    """Every heading at the beginning of a line, in whatever letter case, wrapped or not."""
    lines = [(match.start(), match.end() - 1) for match in HEADING_BEGINS.finditer(f"\n{letter.lower}")]
    marks: dict[int, Mark] = {}
    for heading in HEADINGS:
        after = 0
        for line, words in lines:
            match = heading.pattern.match(letter.lower, words) if line >= after else None
            if match:
                after = match.end()
                start = words - len(letter.lower[line:words].lstrip())
                marks.setdefault(start, (heading.kind, start, after, heading.layouts))
    return list(marks.values())[:MOST_HEADINGS]


def _lead_ins(letter: LetterText, found: set[Kind]) -> list[Mark]:
    """Sections whose heading is lost, known by the form's sentence that opens them."""
    marks: list[Mark] = []
    for kind, lead in LEADS.items():
        if kind not in found:
            match = lead.sentence.search(letter.lower)
            if match:
                start = letter.lower.rfind("\n", 0, match.start()) + 1
                marks.append((kind, start, match.end(), "D"))
    return marks


def _body(letter: LetterText, kind: Kind, body: int, end: int) -> int:
    """Where a section's own text begins: after its heading's line and the form's opening sentence.

    body, end: where its heading ends, and the section.
    """
    if kind in ("documents", "issue", "guidelines", "reason", "qualifications"):
        colon = letter.text.find(":", body, min(end, body + 90))
        body = colon + 1 if colon >= 0 else body
    blanks = BLANKS.match(letter.text, body, end)
    after = blanks.end() if blanks else body
    lead = LEADS.get(kind)
    while lead and lead.begins.search(letter.lower, after, after + OPENING_REACH + FIRST_WORD):
        opening = lead.sentence.search(letter.lower, after, min(end, after + 2 * OPENING_SENTENCE))
        if opening is None or opening.start() > after + OPENING_REACH:
            break
        after = opening.end()
    return after


def _layout(letter: LetterText, marks: list[Mark]) -> Layout:
    """The layout: by the headings that only one layout has, then by titles."""
    only = {layouts for _, _, _, layouts in marks if len(layouts) == 1}
    kinds = {kind for kind, _, _, _ in marks}
    if "D" in only:
        return "D"
    if "B" in only or ("method" in kinds and "documents" in kinds):
        return "B"
    if "A" in only or TITLE_A.search(letter.lower):
        return "A"
    if "C" in only or ("summary" in kinds and TITLE_C.search(letter.lower)):
        return "C"
    return "D" if "method" in kinds else "unknown"
