"""Sixth stage: the disputed items of a letter whose headings end in their outcome.

`<heading>: Upheld`, then the guidelines that each side cites and the rationale, each under its label.
"""

from __future__ import annotations

import re
from operator import attrgetter

import msgspec
from rapidfuzz.distance import Levenshtein

from imr_archive.parsing.boundaries import heading_start
from imr_archive.parsing.clean import LetterText, occurrences
from imr_archive.parsing.damaged_labels import Label, Part, damaged_labels
from imr_archive.parsing.layouts import Outline
from imr_archive.parsing.misreadings import misread
from imr_archive.parsing.record import Outcome
from imr_archive.vocabulary.values import Value

GUIDELINE, RATIONALE = "guideline", "rationale"
LABEL_ENDS = re.compile(
    r"guidelines?(?:\s?\(s\))?(?:\s{0,3}[:;]|\s{0,3}[.,]?(?=\s+(?:decision\s+(?:is\s+|was\s+)?based|the\s+claims|the\s+expert)))"
)
LABEL_BEGINS = re.compile(
    r"(?:(?P<claims_administrator>claims?\s+administrator(?:['’]?s)?)"
    r"|(?P<reviewer>\bmaximus|\bimr|(?:expert|physician)\s+reviewer(?:['’]?s)?))\s+(?:medical\s+treatment\s+)?\Z"
)
ENDS_BEFORE_GUIDELINE = frozenset("rst'’")
"""The last characters of what LABEL_BEGINS finds, the blanks behind it aside."""

FORM_LABELS: tuple[tuple[Part, str], ...] = (
    ("claims_administrator", "claims administrator "),
    ("reviewer", "maximus "),
    ("reviewer", "imr "),
)
"""How nearly every letter begins its labels of guidelines; LABEL_BEGINS tells the other ways."""

RATIONALE_ENDS = re.compile(
    r"rationale(?:\s{0,3}[:;]|(?P<for>\s+for\s+(?:the|his/her|its)\s+decision)\s{0,3}[:;])"
)
RATIONALE_BEGINS = re.compile(r"(?:\b(?:the\s+)?(?:expert|physician)\s+reviewer['’]?s?\s+)?\bdecision\s+\Z")
DECISION = "decision "
REVIEWER_REACH = 31
"""How far before the word "decision" RATIONALE_BEGINS can find whose decision it is."""

MISREAD_LABEL = re.compile(
    rf"[^a-z](?:(?P<claims_administrator>{misread('claims administrator guideline')})"
    rf"|(?P<reviewer>(?:{misread('maximus')}|{misread('imr')}){misread(' guideline')})"
    rf"|(?P<rationale>{misread('decision rationale')}))s?\s{{0,3}}(?=[:;.,])"
)
""""Claims Administrator guideline:", "MAXIMUS guideline:", "IMR guideline:", "Decision rationale:", from the
character before it, which can be searched for, to the one before its colon, which may be before a label."""

START = attrgetter("start")
OUTCOMES: dict[str, Outcome] = {"upheld": "upheld", "overturned": "overturned"}
AFTER_OUTCOME = re.compile(
    r"[ .*_]*(?:\n|\Z|claims?\s+administrator|maximus\s+guideline|decision\s+rationale)"
)
LABEL_FOLLOWS = re.compile(r"[\s.*_]*claims?\s+administrator['’]?s?\s+guideline")
WORD_BEFORE = re.compile(r"(?P<word>[a-z0-9]{4,12})[\s.*_:;]*\Z")
COUNT = re.compile(r"(?P<number>\d{1,3})\s?[.)]\s+(?=\S)")
MOST_ITEMS = 200
"""Ten times what the longest letters have; a text with more outcomes is no letter."""

MOST_MENTIONS = 4000
FARTHEST_MISREADING = {"upheld": 2, "overturned": 3}
"""How many letters OCR may have misread in an outcome that stands right before its label."""


class Decision(Value):
    """An outcome word of a heading: where the heading's text ends, and where the word stands."""

    outcome: Outcome
    heading_end: int
    start: int
    end: int


class FoundItem(Value):
    """One disputed item, by where its parts stand; a part that the letter lacks is None.

    contradiction: where the letter decides the same item otherwise.
    """

    heading: tuple[int, int]
    outcome: Outcome
    outcome_span: tuple[int, int]
    rule: str
    claims_administrator: tuple[int, int] | None = None
    reviewer: tuple[int, int] | None = None
    rationale: tuple[int, int] | None = None
    contradiction: tuple[int, int] | None = None


def found_item(
    heading: tuple[int, int],
    outcome: Outcome,
    outcome_span: tuple[int, int],
    parts: dict[Part, tuple[int, int]],
    rule: str,
) -> FoundItem:
    """An item with its labelled parts, as far as it has them."""
    return FoundItem(
        heading,
        outcome,
        outcome_span,
        rule,
        parts.get("claims_administrator"),
        parts.get("reviewer"),
        parts.get("rationale"),
    )


def find_items(letter: LetterText, outline: Outline) -> tuple[list[FoundItem], int]:
    """The items in printed order, and how many of them the form's labels stand for."""
    start, end = _region(letter, outline)
    labels = find_labels(letter, start, end)
    decisions = _decisions(letter, labels, start, end)
    if 3 * len(decisions) > len(labels) > 0 and _complete(labels):
        labels += _misread_labels(letter.lower, labels, start, end)
        labels.sort(key=START)
    starts = [
        heading_start(letter, before, decision.heading_end)
        for before, decision in zip(_certain(labels, decisions, start), decisions, strict=True)
    ]
    items = []
    at = 0
    for index, decision in enumerate(decisions):
        item_end = starts[index + 1] if index + 1 < len(decisions) else end
        heading = letter.trimmed(starts[index], decision.heading_end)
        if heading[0] < heading[1]:
            parts, at = _parts(letter, labels, at, decision.end, item_end)
            items.append(
                found_item(heading, decision.outcome, (decision.start, decision.end), parts, "heading")
            )
    return _unnumbered(letter, items), [label.part for label in labels].count("claims_administrator")


def _unnumbered(letter: LetterText, items: list[FoundItem]) -> list[FoundItem]:
    """The items without the numbers that only count them: `1) ...`, `2) ...`, if all have theirs in order."""
    if len(items) < 2 or COUNT.match(letter.text, *items[0].heading) is None:
        return items
    numbers = [COUNT.match(letter.text, *item.heading) for item in items]
    if any(match is None or int(match["number"]) != place for place, match in enumerate(numbers, 1)):
        return items
    return [
        msgspec.structs.replace(item, heading=(match.end(), item.heading[1]))
        for item, match in zip(items, numbers, strict=True)
        if match is not None
    ]


def find_labels(letter: LetterText, start: int, end: int) -> list[Label]:
    """The form's labels in `text[start:end]`, in printed order."""
    lower = letter.lower
    labels = []
    for at in occurrences(lower, GUIDELINE, start, end)[:MOST_MENTIONS]:
        label = _guideline_label(lower, start, at, end)
        if label is not None:
            labels.append(label)
    for at in occurrences(lower, RATIONALE, start, end)[:MOST_MENTIONS]:
        label = _rationale_label(lower, start, at, end)
        if label is not None:
            labels.append(label)
    if not _complete(labels):
        labels += _misread_labels(lower, labels, start, end)
    labels.sort(key=START)
    return labels[: 3 * (MOST_ITEMS + 1)]


def _guideline_label(lower: str, start: int, at: int, end: int) -> Label | None:
    """The label whose word "guideline" stands at `at`, nearly always with a colon behind it."""
    # One letter tells most prose that mentions a guideline from a label, before any pattern is tried.
    before = lower[at - 2]
    if before not in ENDS_BEFORE_GUIDELINE and not before.isspace():
        return None
    after = at + len(GUIDELINE)
    if after < end and lower[after] == ":":
        after += 1
    elif ends := LABEL_ENDS.match(lower, at, end):
        after = ends.end()
    else:
        return None
    for part, words in FORM_LABELS:
        begin = at - len(words)
        if begin > start and lower.startswith(words, begin) and lower[begin - 1].isspace():
            return Label(part, begin, after)
    begins = LABEL_BEGINS.search(lower, max(start, at - 50), at)
    if begins is None:
        return None
    return Label("reviewer" if begins["reviewer"] else "claims_administrator", begins.start(), after)


def _rationale_label(lower: str, start: int, at: int, end: int) -> Label | None:
    """The label whose word "rationale" stands at `at`, nearly always with a colon behind it."""
    after = at + len(RATIONALE)
    for_decision = False
    if after < end and lower[after] == ":":
        after += 1
    elif ends := RATIONALE_ENDS.match(lower, at, end):
        after = ends.end()
        for_decision = ends["for"] is not None
    else:
        return None
    begin = _rationale_begins(lower, start, at)
    if begin is None and not for_decision:
        return None
    return Label("rationale", at if begin is None else begin, after)


def _rationale_begins(lower: str, start: int, at: int) -> int | None:
    """Where the label begins whose word "rationale" stands at `at`."""
    begin = at - len(DECISION)
    reach = begin - REVIEWER_REACH
    alone = lower.startswith(DECISION, begin) and lower.find("reviewer", max(0, reach), begin) < 0
    if alone and reach > start and lower[begin - 1].isspace():
        return begin
    begins = RATIONALE_BEGINS.search(lower, max(start, at - 40), at)
    return begins.start() if begins else None


def _complete(labels: list[Label]) -> bool:
    """Whether each kind of label occurs as often as the others, as the form wants it."""
    kinds = [label.part for label in labels]
    return kinds.count("claims_administrator") == kinds.count("reviewer") == kinds.count("rationale")


def _misread_labels(lower: str, known: list[Label], start: int, end: int) -> list[Label]:
    """Labels that OCR misread; looked for only where some are missing."""
    ends = {label.end for label in known}
    found = []
    # One character is put before the text, so that a match counts from its label to behind the colon.
    for match in MISREAD_LABEL.finditer(f"\n{lower}", start, end + 1):
        if match.end() not in ends:
            part: Part = (
                "rationale"
                if match["rationale"]
                else "reviewer"
                if match["reviewer"]
                else "claims_administrator"
            )
            found.append(Label(part, match.start(), match.end()))
    labels = sorted([*known, *found], key=lambda label: label.start)
    return found + damaged_labels(lower, labels, start, end)


def _region(letter: LetterText, outline: Outline) -> tuple[int, int]:
    """Where items can stand: the section of decisions, else all that follows the summary's heading."""
    section = outline.section("decisions")
    if section:
        return section.body, section.end
    summary = outline.section("summary")
    return (summary.body, len(letter.text)) if summary else (0, len(letter.text))


def _decisions(letter: LetterText, labels: list[Label], start: int, end: int) -> list[Decision]:
    """The outcomes that end a heading, in printed order."""
    found = []
    for word, outcome in OUTCOMES.items():
        for at in occurrences(letter.lower, word, start, end):
            heading_end = _heading_end(letter.lower, start, at, at + len(word))
            if heading_end is not None:
                found.append(Decision(outcome, heading_end, at, at + len(word)))
    found.sort(key=START)
    del found[MOST_ITEMS + 1 :]
    misread = _misread(letter, labels, found, start)
    return sorted(found + misread, key=START) if misread else found


def _heading_end(lower: str, start: int, at: int, after: int) -> int | None:
    """Where the heading before an outcome word ends; None where the word is running prose."""
    before = lower[max(start, at - 60) : at].rstrip(" \n*_")
    colon = before.endswith((":", ";"))
    if not (colon and AFTER_OUTCOME.match(lower, after)) and not LABEL_FOLLOWS.match(lower, after):
        return None
    if lower[at - 1 : at].isalnum():
        return None
    end = max(start, at - 60) + len(before)
    return end - 1 if colon else end


def _misread(letter: LetterText, labels: list[Label], found: list[Decision], start: int) -> list[Decision]:
    """Outcomes misread by OCR, known by their place right before the claims administrator's label."""
    misread = []
    lower = letter.lower
    known = {decision.end for decision in found}
    for label in labels:
        if label.part != "claims_administrator":
            continue
        before = lower[max(start, label.start - 40) : label.start]
        if label.start - len(before) + len(before.rstrip(" \n.*_:;")) in known:
            continue
        word = WORD_BEFORE.search(lower, max(start, label.start - 40), label.start)
        if word is None or word.end("word") in known:
            continue
        for outcome, farthest in FARTHEST_MISREADING.items():
            if Levenshtein.distance(word["word"], outcome, score_cutoff=farthest) <= farthest:
                at, after = word.span("word")
                heading_end = len(lower[:at].rstrip(" \n*_:;"))
                misread.append(Decision(OUTCOMES[outcome], max(start, heading_end), at, after))
                break
    return misread


def _certain(labels: list[Label], decisions: list[Decision], start: int) -> list[int]:
    """For each decision the end of what certainly stands before its heading: a label or another decision."""
    ends = []
    latest, next_label = start, 0
    for decision in decisions:
        while next_label < len(labels) and labels[next_label].end <= decision.start:
            latest = max(latest, labels[next_label].end)
            next_label += 1
        ends.append(latest)
        latest = max(latest, decision.end)
    return ends


def _parts(
    letter: LetterText, labels: list[Label], first: int, start: int, end: int
) -> tuple[dict[Part, tuple[int, int]], int]:
    """The item's labelled parts, each from its label to the next; and which label comes after them.

    first: the place in `labels` from which to look.
    """
    while first < len(labels) and labels[first].start < start:
        first += 1
    after = first
    while after < len(labels) and labels[after].start < end:
        after += 1
    return labelled_parts(letter, labels[first:after], end), after


def labelled_parts(letter: LetterText, labels: list[Label], end: int) -> dict[Part, tuple[int, int]]:
    """The text under each label, to the next label or to `end`; of two labels of a kind the first counts."""
    parts: dict[Part, tuple[int, int]] = {}
    for label in reversed(labels):
        parts[label.part] = letter.trimmed(label.end, end)
        end = label.start
    return parts
