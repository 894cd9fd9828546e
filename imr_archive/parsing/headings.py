"""What a heading says: which service is asked for, how much of it, how strong, how often, for what part."""

from __future__ import annotations

from typing import Any, NamedTuple

from imr_archive.parsing.attributes import attributes_of
from imr_archive.parsing.clean import LetterText
from imr_archive.parsing.findings import Notes
from imr_archive.parsing.heading_text import HeadingText
from imr_archive.parsing.passages import Passage
from imr_archive.parsing.record import Attributes, Finding
from imr_archive.parsing.services import service_of
from imr_archive.vocabulary.remembered import remembered
from imr_archive.vocabulary.values import Value

SERVICE = ("category", "subcategory", "service")
ATTRIBUTES = {name: (name,) for name in Attributes.__struct_fields__}
"""Attribute → the fields of the item that it fills, kept once for all headings remembered."""


class Statement(Value):
    """Which fields of the record's item some words of a heading state.

    The words are `raw`, which is `description[start:end]`, and `rule` says how they were read.
    """

    fields: tuple[str, ...]
    start: int
    end: int
    rule: str
    raw: str


class HeadingReading(NamedTuple):
    """What a heading states: fields of the record's item with their values, and the words that state them."""

    values: dict[str, Any]
    statements: tuple[Statement, ...]


def describe_heading(letter: LetterText, heading: Passage, path: str, notes: Notes) -> dict[str, Any]:
    """The service and the attributes that a heading states, as fields of the item at `path`, each noted."""
    values, statements = read_heading(heading.line)
    findings = notes.findings
    for statement in statements:
        span = notes.span(*heading.place(letter, statement.start, statement.end))
        for name in statement.fields:
            findings.append(Finding(f"{path}.{name}", span, statement.rule, statement.raw))
    if "service" not in values:
        span = notes.span(heading.start, heading.end)
        notes.met("unknown_service", f"{path}.service", span, raw=heading.line)
    return values.copy()


@remembered(8192)
def read_heading(description: str) -> HeadingReading:
    """What a heading states, its service first, if the vocabulary knows it.

    Many letters have the same heading, so headings are remembered.
    """
    heading = HeadingText(description)
    values: dict[str, Any] = {}
    statements = []
    service = service_of(heading)
    if service is not None:
        category, subcategory, name, rule, start, end = service
        values = {"category": category, "subcategory": subcategory, "service": name}
        statements.append(Statement(SERVICE, start, end, rule, description[start:end]))
    for name, value, start, end in attributes_of(heading):
        fields = ATTRIBUTES.get(name)
        if fields is not None:
            values[name] = value
            statements.append(Statement(fields, start, end, "heading words", description[start:end]))
    return HeadingReading(values, tuple(statements))
