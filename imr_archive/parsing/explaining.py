"""A record beside its text: the words and the rule that gave each value, and the letter with them marked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from operator import attrgetter

import msgspec

from imr_archive.parsing.record import Citation, Finding, LetterRecord, Span

_STEP = re.compile(r"(?P<name>\w+)(?:\[(?P<index>\d+)\])?(?:\.|$)")
_CITATION = re.compile(r"items\[(?P<item>\d+)\]\.citations\[(?P<citation>\d+)\]")
_LINE_END = r"(?:[\s\x02\xad\ufffe]|-\s)+"
"""What may stand in the text where a value that was joined to one line has a space."""


class Explained(msgspec.Struct, frozen=True):
    """One value of a record, the words of the letter that it was read from, and the rule that read them.

    recognised: False where a vocabulary exists for the field and does not know the value. certain: False
    where wordings of that kind do not reliably mean the value.
    """

    field: str
    value: object
    words: str
    rule: str
    span: Span
    recognised: bool = True
    certain: bool = True


class Piece(msgspec.Struct, frozen=True):
    """A stretch of the letter and the fields that it belongs to, the widest first; none for form text."""

    text: str
    fields: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()


def explain(record: LetterRecord, text: str) -> list[Explained]:
    """Every value of `record` with its words, rule and place in `text`, in the order of the record.

    text: what the record was parsed from. The parts of a citation (guideline, year, sections, pages) are
    placed within it; a part that the letter prints otherwise, such as a misprint, has the whole citation's
    place.
    """
    rows: list[Explained] = []
    for finding in record.findings:
        rows.append(_explained(record, finding, text))
        place = _CITATION.fullmatch(finding.field)
        if place:
            citation = record.items[int(place["item"])].citations[int(place["citation"])]
            rows += _citation_parts(citation, finding, text)
    return rows


def value_at(record: LetterRecord, field: str) -> object:
    """The value at a path such as `items[0].citations[1].guideline`; None where the path leads nowhere."""
    value: object = record
    for step in _STEP.finditer(field):
        value = getattr(value, step["name"], None)
        if step["index"] is not None:
            index = int(step["index"])
            value = value[index] if isinstance(value, Sequence) and index < len(value) else None
    return value


def _explained(record: LetterRecord, finding: Finding, text: str) -> Explained:
    value = value_at(record, finding.field)
    if isinstance(value, Citation):
        value = value.raw
    words = " ".join(text[finding.span.start : finding.span.end].split())
    return Explained(
        finding.field, value, words, finding.rule, finding.span, finding.recognised, finding.certain
    )


def _citation_parts(citation: Citation, whole: Finding, text: str) -> Iterator[Explained]:
    values: list[tuple[str, str | int | None]] = [
        ("source", citation.source),
        ("guideline", citation.guideline),
    ]
    values.append(("year", citation.year))
    values += [(f"sections[{index}]", section) for index, section in enumerate(citation.sections)]
    values += [(f"pages[{index}]", page) for index, page in enumerate(citation.pages)]
    for name, value in values:
        if value is None:
            continue
        span = _within(str(value), whole.span, text) or whole.span
        words = " ".join(text[span.start : span.end].split())
        known = value not in citation.unrecognised
        yield Explained(f"{whole.field}.{name}", value, words, whole.rule, span, known)


def _within(value: str, span: Span, text: str) -> Span | None:
    """Where `value` stands in the span, whatever the line breaks; None where it is printed otherwise."""
    pattern = _LINE_END.join(map(re.escape, value.split()))
    match = re.compile(pattern, re.IGNORECASE).search(text, span.start, span.end)
    return Span(match.start(), match.end()) if match else None


def marked(text: str, explained: Sequence[Explained]) -> list[Piece]:
    """The whole text in pieces: at each, the fields whose words begin, go on and end there.

    Fields that were read from the very same words (category, subcategory and service of one word) are named
    together, the parts of a citation are not marked apart from it.
    """
    spans = _named_spans(explained)
    edges = sorted({0, len(text), *(edge for span in spans for edge in (span.start, span.end))})
    pieces = []
    for start, end in itertools.pairwise(edges):
        inside = [span for span in spans if span.start <= start and end <= span.end]
        inside.sort(key=lambda span: span.start - span.end)
        pieces.append(
            Piece(
                text[start:end],
                tuple(spans[span] for span in inside),
                tuple(spans[span] for span in inside if span.start == start),
                tuple(spans[span] for span in reversed(inside) if span.end == end),
            )
        )
    return pieces


def _named_spans(explained: Sequence[Explained]) -> dict[Span, str]:
    """The names of the fields by their place in the text; a place has each field's last name once."""
    names: dict[tuple[int, int], list[str]] = {}
    whole = [one for one in explained if one.span.start < one.span.end and not _is_citation_part(one.field)]
    for one in sorted(whole, key=attrgetter("span.start")):
        found = names.setdefault((one.span.start, one.span.end), [])
        if one.field not in found:
            found.append(one.field)
    return {Span(*place): ", ".join(_short(fields)) for place, fields in names.items()}


def _is_citation_part(field: str) -> bool:
    return ".citations[" in field and not _CITATION.fullmatch(field)


def _short(fields: Sequence[str]) -> Iterator[str]:
    """Field names, those after the first without the item that they share with it."""
    yield fields[0]
    for field in fields[1:]:
        yield field.rpartition(".")[2]
