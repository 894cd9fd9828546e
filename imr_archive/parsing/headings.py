"""What a heading says: which service is asked for, how much of it, how strong, how often, for what part."""

from __future__ import annotations

from typing import Any

import msgspec

from imr_archive.parsing.attributes import Attributes, attributes_of
from imr_archive.parsing.clean import LetterText
from imr_archive.parsing.findings import Notes
from imr_archive.parsing.heading_text import HeadingText
from imr_archive.parsing.passages import Passage
from imr_archive.parsing.record import Finding
from imr_archive.parsing.services import service_of
from imr_archive.vocabulary.remembered import remembered

ATTRIBUTES = frozenset(Attributes.__struct_fields__)


class Statement(msgspec.Struct, frozen=True, gc=False):
    """What some words of a heading say: fields of the record's item with their values.

    The words are `raw`, which is `description[start:end]`, and `rule` says how they were read.
    """

    values: dict[str, Any]
    start: int
    end: int
    rule: str
    raw: str


def describe_heading(letter: LetterText, heading: Passage, path: str, notes: Notes) -> dict[str, Any]:
    """The service and the attributes that a heading states, as fields of the item at `path`, each noted."""
    statements = read_heading(heading.line)
    values: dict[str, Any] = {}
    for statement in statements:
        span = notes.span(*heading.place(letter, statement.start, statement.end))
        for name in statement.values:
            notes.findings.append(Finding(f"{path}.{name}", span, statement.rule, statement.raw))
        values |= statement.values
    if "service" not in values:
        span = notes.span(heading.start, heading.end)
        notes.met("unknown_service", f"{path}.service", span, raw=heading.line)
    return values


@remembered(8192)
def read_heading(description: str) -> tuple[Statement, ...]:
    """What a heading states, its service first, if the vocabulary knows it.

    Many letters have the same heading, so headings are remembered.
    """
    heading = HeadingText(description)
    statements = []
    service = service_of(heading)
    if service is not None:
        category, subcategory, name, rule, start, end = service
        values = {"category": category, "subcategory": subcategory, "service": name}
        statements.append(Statement(values, start, end, rule, description[start:end]))
    for name, value, start, end in attributes_of(heading):
        if name in ATTRIBUTES:
            statements.append(Statement({name: value}, start, end, "heading words", description[start:end]))
    return tuple(statements)
