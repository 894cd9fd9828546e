"""Sixth stage, other layouts: items whose outcome is a sentence.

A (2013): "... has determined the request for X is not medically necessary and appropriate", printed twice;
later "1) Regarding the request for X:" with citations and rationale. B: numbered sentences with the same
verdict. C: the issues at dispute, and a heading that says why they were (not) medically necessary.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec
from rapidfuzz import fuzz

from imr_archive.parsing.clean import LetterText
from imr_archive.parsing.damaged_labels import Part
from imr_archive.parsing.items import MOST_ITEMS, FoundItem, find_labels, found_item, labelled_parts
from imr_archive.parsing.layouts import Outline, Section
from imr_archive.parsing.record import Outcome, Side

VERDICT = re.compile(
    r"\b(?:is|was|are|were)\s*(?:(?:considered|deemed|determined\s+to\s+be)\s*)?(?P<not>not\s*)?"
    r"(?:to\s+be\s+)?medically\s*necessary(?:\s*(?:and|&)\s*appropriate)?"
)
"""The verdict; extraction may glue its words ("notmedically"), so `not` needs no blank after it."""

DETERMINED = re.compile(r"has\s+determined\s+(?:that\s+)?the\s+requests?\s+for\s+")
NUMBER_BEFORE = re.compile(r"(?:^|\s)(?P<number>\d{1,2})\s?[.)]\s+(?:maximus\s[^\n]{0,60})?\Z")
NUMBERED = re.compile(
    r"^[ ]*(?P<number>\d{1,2})\s?[.)]\s+(?:the\s+)?(?:(?:decision|request)s?\s+for\s+)?", re.MULTILINE
)
REGARDING = re.compile(
    r"^[ ]*(?:(?P<number>\d{1,2})\s?[.)]\s*)?regarding\s+the\s+requests?\s+for\s+", re.MULTILINE
)
REGARDING_ENDS = re.compile(r":[ ]*(?:\n|\Z)")
SUBJECT = re.compile(
    r"the\s+(?:(?P<claims_administrator>claims?\s+administrator)"
    r"|(?P<reviewer>(?:expert|physician|medical|professional)\s+reviewer)|(?P<other>provider|employee|applicant))\b"
)
SUBJECT_BEGINS = re.compile(r"(?:(?<=[.:)”\"])\s{0,4}|^[ ]{0,40})\Z", re.MULTILINE)
"""What stands before a subject: the end of a sentence, or the beginning of a line."""

SUBJECT_REACH = 40
RATIONALE = re.compile(
    r"\brationale\s+for\s+(?:the|his/her)\s+decision\s*[:\n]"
    r"|\b(?:the\s+(?:expert|physician)\s+reviewer['’]s\s+)?decision\s+rationale\s*:"
)
CLOSING = re.compile(
    r"^[ ]*(?:sincerely\s*,|effect\s+of\s+the\s+(?:decision|determination)|disclaimer\s*:)", re.MULTILINE
)
QUESTION_BEGINS = re.compile(
    r"(?:(?:whether|is|are|was|were)\s+)?(?:the\s+)?(?:requests?\s+for\s+)?", re.IGNORECASE
)
QUESTION_ENDS = re.compile(
    r"\b(?:(?:is|are|was|were)\s{1,9})?medically\s{1,9}necessary(?:\s{1,9}and\s{1,9}appropriate)?\s{0,9}\??\Z|\?\Z",
    re.IGNORECASE,
)
REASON_VERDICT = re.compile(
    r"\s*(?:is|was|are|were)(?:/(?:is|was|are|were))?\s+(?P<not>not\s+)?medically\s+necessary"
)
LINE = re.compile(r"[^\n]+")
MOST_LINES = 60
LONGEST_REQUEST = 1500
LONGEST_NUMBERED = 400
MOST_VERDICTS = 200


class Verdict(NamedTuple):
    """A request and what was decided: where the request's words stand, and where the verdict's.

    start: where the sentence with its number begins.
    """

    number: str | None
    start: int
    request: tuple[int, int]
    outcome: Outcome
    span: tuple[int, int]


def find_verdicts(letter: LetterText, outline: Outline) -> list[FoundItem]:
    """The items whose outcome is a sentence, each once, in printed order."""
    verdicts = _determined(letter) or _numbered(letter, outline)
    if not verdicts:
        return _issues(letter, outline)
    verdicts, contradictions = _once(letter, verdicts)
    segments = _regarding(letter, verdicts)
    items = []
    for index, verdict in enumerate(verdicts):
        segment = segments.get(index)
        parts = sentence_parts(letter, *segment) if segment else {}
        items.append(
            msgspec.structs.replace(
                found_item(verdict.request, verdict.outcome, verdict.span, parts, "outcome sentence"),
                contradiction=contradictions.get(verdict),
            )
        )
    return items


def with_sentences(letter: LetterText, outline: Outline, items: list[FoundItem]) -> list[FoundItem]:
    """Items under headings, whose citations and rationale stand in sentences where they have no labels."""
    section = outline.section("decisions")
    last = section.end if section else len(letter.text)
    ends = [item.heading[0] for item in items[1:]] + [last]
    return [
        item
        if item.claims_administrator or item.reviewer
        else _with_parts(item, sentence_parts(letter, item.outcome_span[1], max(item.outcome_span[1], end)))
        for item, end in zip(items, ends, strict=True)
    ]


def _with_parts(item: FoundItem, parts: dict[Part, tuple[int, int]]) -> FoundItem:
    return msgspec.structs.replace(
        item,
        claims_administrator=parts.get("claims_administrator"),
        reviewer=parts.get("reviewer"),
        rationale=parts.get("rationale", item.rationale),
    )


def _outcome(verdict: re.Match[str]) -> Outcome:
    return "upheld" if verdict["not"] else "overturned"


def _determined(letter: LetterText) -> list[Verdict]:
    """Sentences that say what was determined about a request."""
    if "determined" not in letter.lower:
        return []
    openings = list(DETERMINED.finditer(letter.lower))
    verdicts = []
    for opening, end in zip(openings, _ends(openings, len(letter.text)), strict=True):
        before = letter.lower[max(0, opening.start() - 90) : opening.start()]
        number = NUMBER_BEFORE.search(before)
        verdict = _verdict(letter, number["number"] if number else None, opening, end)
        verdicts += [verdict] if verdict else []
    return verdicts


def _numbered(letter: LetterText, outline: Outline) -> list[Verdict]:
    """Numbered sentences of the decision section that end in a verdict."""
    section = outline.section("decisions") or outline.section("notice")
    if section is None:
        return []
    openings = list(NUMBERED.finditer(letter.lower, section.body, section.end))
    return [
        verdict
        for opening, end in zip(openings, _ends(openings, section.end), strict=True)
        if (
            verdict := _verdict(
                letter, opening["number"], opening, min(end, opening.end() + LONGEST_NUMBERED)
            )
        )
        and "appropriate" in letter.lower[slice(*verdict.span)]
    ]


def _ends(openings: list[re.Match[str]], end: int) -> list[int]:
    return [opening.start() for opening in openings[1:]] + [end] * bool(openings)


def _verdict(letter: LetterText, number: str | None, opening: re.Match[str], end: int) -> Verdict | None:
    said = VERDICT.search(letter.lower, opening.end(), min(end, opening.end() + LONGEST_REQUEST))
    if said is None:
        return None
    request = letter.trimmed(opening.end(), said.start())
    span = letter.trimmed(*said.span())
    return (
        Verdict(number, opening.start(), request, _outcome(said), span) if request[0] < request[1] else None
    )


def _once(
    letter: LetterText, verdicts: list[Verdict]
) -> tuple[list[Verdict], dict[Verdict, tuple[int, int]]]:
    """Each verdict once: the notice prints them on its first page and again in its decision section.

    Also where the letter decides otherwise on a verdict's request further on.
    """
    kept: dict[tuple[str | None, str], Verdict] = {}
    contradictions: dict[Verdict, tuple[int, int]] = {}
    for verdict in verdicts:
        first = kept.setdefault((verdict.number, letter.joined(*verdict.request).lower()), verdict)
        if first.outcome != verdict.outcome:
            contradictions.setdefault(first, verdict.span)
    unnumbered = {request for number, request in kept if number is not None}
    once = [
        verdict
        for (number, request), verdict in kept.items()
        if number is not None or request not in unnumbered
    ]
    return once[: MOST_ITEMS + 1], contradictions


def _regarding(letter: LetterText, verdicts: list[Verdict]) -> dict[int, tuple[int, int]]:
    """For each verdict the passage that gives its citations and rationale."""
    openings = list(REGARDING.finditer(letter.lower))
    # Where passages are numbered, the same words without a number are the rationale's own.
    openings = ([opening for opening in openings if opening["number"]] or openings)[:MOST_VERDICTS]
    last_opening = openings[-1].start() if openings else verdicts[-1].span[1]
    close = CLOSING.search(letter.lower, last_opening)
    end = close.start() if close else len(letter.text)
    if not openings:
        ends = [verdict.start for verdict in verdicts[1:]] + [end]
        return {index: (verdict.span[1], ends[index]) for index, verdict in enumerate(verdicts)}
    segments: dict[int, tuple[int, int]] = {}
    for place, (opening, last) in enumerate(zip(openings, _ends(openings, end), strict=True)):
        named = REGARDING_ENDS.search(letter.lower, opening.end(), min(last, opening.end() + LONGEST_REQUEST))
        first = named.end() if named else opening.end()
        request = letter.joined(opening.end(), named.start() if named else opening.end())
        index = _which(letter, verdicts, opening["number"], request, place)
        if index is not None and index not in segments:
            segments[index] = (first, last)
    return segments


def _which(
    letter: LetterText, verdicts: list[Verdict], number: str | None, request: str, place: int
) -> int | None:
    """Which verdict a passage is about: by its words, else its number, else its place."""
    likeness = [fuzz.ratio(request.lower(), letter.joined(*verdict.request).lower()) for verdict in verdicts]
    best = max(range(len(verdicts)), key=likeness.__getitem__)
    if likeness[best] >= 90 and likeness.count(likeness[best]) == 1:
        return best
    numbers = [verdict.number for verdict in verdicts]
    if number is not None and number in numbers:
        return numbers.index(number)
    return place if place < len(verdicts) else None


def sentence_parts(letter: LetterText, start: int, end: int) -> dict[Part, tuple[int, int]]:
    """Citations of both sides and the rationale, from labels or else from sentences."""
    parts = labelled_parts(letter, find_labels(letter, start, end), end)
    rationale = RATIONALE.search(letter.lower, start, end)
    if rationale:
        parts.setdefault("rationale", letter.trimmed(rationale.end(), end))
    limit = rationale.start() if rationale else end
    subjects = [
        subject
        for subject in SUBJECT.finditer(letter.lower, start, limit)
        if SUBJECT_BEGINS.search(letter.lower, max(start, subject.start() - SUBJECT_REACH), subject.start())
    ]
    told: set[Side] = set()
    for subject, last in zip(subjects, _ends(subjects, limit), strict=True):
        side = _side(subject)
        if side is not None:
            begin = parts[side][0] if side in parts and side in told else subject.start()
            if side in told or side not in parts:
                parts[side] = letter.trimmed(begin, limit if side == "reviewer" else last)
                told.add(side)
    return parts


def _side(subject: re.Match[str]) -> Side | None:
    """Whose guidelines a sentence tells of, by its subject."""
    if subject["claims_administrator"]:
        return "claims_administrator"
    return "reviewer" if subject["reviewer"] else None


def _issues(letter: LetterText, outline: Outline) -> list[FoundItem]:
    """Layout C: the issues at dispute; their outcome stands over the reviewer's rationale, or in it."""
    reasons = outline.of_kind("reason")
    section = outline.section("issue")
    if section is None or not reasons:
        return []
    guidelines = outline.of_kind("guidelines")
    requests = _requests(letter, section, reasons)
    cited_for = _shared_out(letter, guidelines, len(requests))
    reasoned_for = _shared_out(letter, reasons, len(requests))
    items = []
    for index, request in enumerate(requests):
        cited = cited_for[index] if cited_for else next(iter(guidelines), None)
        reason = reasoned_for[index] if reasoned_for else _naming(letter, reasons, request)
        said = _reason_verdict(letter, reason, request)
        if said is None:
            continue
        items.append(
            FoundItem(
                request,
                _outcome(said),
                letter.trimmed(*said.span()),
                "issue at dispute",
                reviewer=letter.trimmed(cited.body, cited.end) if cited else None,
                rationale=letter.trimmed(reason.body, reason.end),
            )
        )
    return items


def _shared_out(letter: LetterText, sections: list[Section], issues: int) -> list[Section]:
    """One section for each issue: as many sections, or one that numbers its entries; else none."""
    if len(sections) == issues:
        return sections
    if len(sections) != 1:
        return []
    entries = _entries(letter, sections[0])
    return [
        msgspec.structs.replace(sections[0], body=start, end=end)
        for start, end in entries
        if len(entries) == issues
    ]


def _naming(letter: LetterText, reasons: list[Section], request: tuple[int, int]) -> Section:
    """The reason that names an issue, else the first one."""
    named = letter.joined(*request).lower()
    return next(
        (reason for reason in reasons if named in letter.joined(reason.body, reason.end).lower()), reasons[0]
    )


def _entries(letter: LetterText, section: Section) -> list[tuple[int, int]]:
    """The numbered entries of a section."""
    openings = list(NUMBERED.finditer(letter.lower, section.body, section.end))[:MOST_VERDICTS]
    return [(opening.end(), end) for opening, end in zip(openings, _ends(openings, section.end), strict=True)]


def _lines(letter: LetterText, section: Section, reasons: list[Section]) -> list[tuple[int, int]]:
    """The lines of a section as issues of their own, where a reason names each of them; else none."""
    lines = [
        letter.trimmed(*match.span())
        for match in LINE.finditer(letter.text, section.body, section.end)
        if match[0].strip()
    ][:MOST_LINES]
    told = [letter.joined(reason.body, reason.end).lower() for reason in reasons]
    named = all(any(letter.joined(*line).lower() in text for text in told) for line in lines)
    return lines if named and len(lines) > 1 else []


def _requests(letter: LetterText, section: Section, reasons: list[Section]) -> list[tuple[int, int]]:
    """The issues, by number or by line, or the section's one issue, without the question around them."""
    ranges = _entries(letter, section) or _lines(letter, section, reasons)
    requests = []
    for start, end in ranges or [(section.body, section.end)]:
        first, last = letter.trimmed(start, min(end, start + LONGEST_REQUEST))
        begins = QUESTION_BEGINS.match(letter.text, first, last)
        ends = QUESTION_ENDS.search(letter.text, max(first, last - 60), last)
        requests.append(letter.trimmed(begins.end() if begins else first, ends.start() if ends else last))
    return [request for request in requests if request[0] < request[1]]


def _reason_verdict(letter: LetterText, reason: Section, request: tuple[int, int]) -> re.Match[str] | None:
    """The verdict in the heading, unless it prints the form's choice "is/was (not)"; else in its text."""
    heading = letter.lower.find("service", reason.start, reason.body)
    if heading >= 0:
        said = REASON_VERDICT.match(letter.lower, heading + len("service"), reason.body)
        if said:
            return said
    verdicts = list(VERDICT.finditer(letter.lower, reason.body, reason.end))
    named = letter.joined(*request).lower()
    for said in verdicts:
        if named in letter.joined(max(reason.body, said.start() - len(named) - 80), said.start()).lower():
            return said
    return verdicts[-1] if len({bool(said["not"]) for said in verdicts}) == 1 else None
