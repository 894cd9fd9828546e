"""What the rows of a case say, and what a letter's record would make them say: one shape, to be compared.

A `Told` is a row with what hangs on it. Its values are the columns that `rows.COLUMNS` lists, under the names
of the letter record; numbers of rows are replaced by what they name. So a column that is added there is
compared, reported and rebuilt without another word here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from imr_archive.archive.lookups import guideline_recognised, service_key
from imr_archive.archive.prepared import PreparedLetter
from imr_archive.archive.rows import COLUMNS, Value, case_row, citation_row, item_row, problem_rows
from imr_archive.parsing.record import Citation, Item

Said = Value | tuple[str, ...]

UNKNOWN = " (not in the vocabulary)"
"""Stands behind a name that the vocabulary does not know, for that is a fact about it too."""

_NUMBERS = {"id", "case_id", "item_id", "letter_id", "citation_id"}
_REPLACED = {"known_by", "reviewer_id", "service_type_id", "guideline_id"}
_OF_OTHER_LETTERS = {"rationale_cluster"}


@dataclass
class Told:
    """A row as data.

    key: what it is known by among its likes; one without a like may still be known by its `position`, where
    it has one. values: by field; nothing is None or (). parts: what hangs on it, by name.
    """

    key: tuple[Value, ...]
    title: str
    values: dict[str, Said]
    parts: dict[str, list[Told]] = field(default_factory=dict)


@dataclass(frozen=True)
class Placed:
    """A letter in its place among the versions of its case."""

    letter_id: int
    version: int
    is_current: bool
    source: str
    letter: PreparedLetter


def told_by_letters(letters: Sequence[Placed]) -> Told:
    """What the rows of a case are to say by its letters, of which one is current."""
    current = next(placed.letter for placed in letters if placed.is_current)
    record, unrecognised = current.record, current.unrecognised
    values = values_of("cases", case_row(0, "", record, None))
    values["reviewer.specialties"] = _names(record.reviewer.specialties, unrecognised)
    values["reviewer.licensure_states"] = _names(record.reviewer.licensure_states, ())
    values["diagnoses"] = _names(record.diagnoses, unrecognised)
    return Told(
        key=(),
        title=current.known_by,
        values=values,
        parts={
            "items": [_told_item(position, item) for position, item in enumerate(record.items, 1)],
            "letter": [_told_letter(placed) for placed in letters],
        },
    )


def _told_item(position: int, item: Item) -> Told:
    values = values_of("disputed_items", item_row(0, 0, position, item, None))
    values["service"] = service_key(item)
    citations = [_told_citation(place, citation) for place, citation in enumerate(item.citations, 1)]
    return Told((item.description,), item.description, values, {"citations": citations})


def _told_citation(position: int, citation: Citation) -> Told:
    values = values_of("guideline_citations", citation_row(0, 0, position, citation, 0))
    known = citation.source == "other" or guideline_recognised(citation)
    values |= told_guideline(citation.source, citation.guideline, citation.year, known=known)
    unrecognised = citation.unrecognised
    values["sections"] = tuple(named(name, name not in unrecognised) for name in citation.sections)
    values["pages"] = citation.pages
    return Told((citation.cited_by, citation.raw), citation.raw, values)


def _told_letter(placed: Placed) -> Told:
    record = placed.letter.record
    return Told(
        key=(placed.letter_id,),
        title=placed.source,
        values={"version": placed.version, "is_current": placed.is_current, "layout": record.layout},
        parts={"problems": [told_problem(row[1:]) for row in problem_rows(0, record)]},
    )


def told_problem(row: Sequence[Value]) -> Told:
    """A problem; row: position, code, field, message. One of another code is another problem at any place."""
    place, code, about, message = row
    title = ": ".join(str(part) for part in (code, message))
    return Told((code, about), title, {"place": place, "message": message})


def told_guideline(source: str, title: str | None, year: int | None, *, known: bool) -> dict[str, Said]:
    """The values that name a guideline."""
    return {"source": source, "guideline": None if title is None else named(title, known), "year": year}


def values_of(table: str, row: Sequence[Value]) -> dict[str, Said]:
    """The columns of a row that are facts of the letter, by name."""
    return {
        column: value
        for column, value in zip(COLUMNS[table], row, strict=True)
        if column not in _NUMBERS | _REPLACED | _OF_OTHER_LETTERS
    }


def named(name: str, known: bool) -> str:
    """A name, marked where the vocabulary does not know it."""
    return name if known else name + UNKNOWN


def _names(names: Iterable[str], unrecognised: Iterable[str]) -> tuple[str, ...]:
    return tuple(named(name, name not in unrecognised) for name in dict.fromkeys(names))
