"""What likes are looked for: one disputed item of a stored case, of a letter, or of a pasted text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, text

from imr_archive.archive.texts import fingerprint
from imr_archive.errors import UnknownNameError
from imr_archive.parsing import LetterRecord
from imr_archive.parsing.attributes import read_attributes
from imr_archive.parsing.diagnoses import read_diagnoses
from imr_archive.parsing.services import classify

_OF_CASE = text(
    "SELECT i.position, i.description AS heading, i.rationale, c.summary, s.category, s.subcategory,"
    " s.service, i.quantity, i.quantity_unit, i.dose, i.body_part, i.laterality, i.outcome, i.reason,"
    " i.reason_sentence, c.case_number FROM disputed_items AS i JOIN cases AS c ON c.id = i.case_id"
    " LEFT JOIN service_types AS s ON s.id = i.service_type_id WHERE i.case_id = :case ORDER BY i.position"
)
_DIAGNOSES_OF_CASE = text(
    "SELECT d.name FROM case_diagnoses AS c JOIN diagnoses AS d ON d.id = c.diagnosis_id"
    " WHERE c.case_id = :case ORDER BY c.position"
)
_CASE_OF_LETTER = text(
    "SELECT c.id FROM cases AS c WHERE c.case_number = :number UNION"
    " SELECT l.case_id FROM letters AS l WHERE l.text_sha256 = :text"
)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request, decided or not; what is not known of it is None or empty.

    rationale: why it was decided so, or what the pasted text says beside the request. Outcome and reason are
    those of a decided item.
    """

    heading: str
    position: int | None = None
    case_number: str | None = None
    rationale: str | None = None
    summary: str | None = None
    category: str | None = None
    subcategory: str | None = None
    service: str | None = None
    quantity: float | None = None
    quantity_unit: str | None = None
    dose: str | None = None
    body_part: str | None = None
    laterality: str | None = None
    diagnoses: tuple[str, ...] = ()
    outcome: str | None = None
    reason: str | None = None
    reason_sentence: str | None = None


def requests_of_case(connection: Connection, case: int) -> list[Request]:
    """The disputed items of the stored case of that id, in printed order."""
    diagnoses = tuple(connection.execute(_DIAGNOSES_OF_CASE, {"case": case}).scalars())
    rows = connection.execute(_OF_CASE, {"case": case}).mappings()
    return [Request(**row, diagnoses=diagnoses) for row in rows]


def requests_of_records(records: Iterable[LetterRecord]) -> list[Request]:
    """The disputed items of letters that the parser has read."""
    return [
        Request(
            position=position,
            heading=item.description,
            case_number=record.case_number,
            rationale=item.rationale,
            summary=record.summary,
            category=item.category,
            subcategory=item.subcategory,
            service=item.service,
            quantity=item.quantity,
            quantity_unit=item.quantity_unit,
            dose=item.dose,
            body_part=item.body_part,
            laterality=item.laterality,
            diagnoses=record.diagnoses,
            outcome=item.outcome,
            reason=item.reason,
            reason_sentence=item.reason_sentence,
        )
        for record in records
        for position, item in enumerate(record.items, 1)
    ]


def undecided(heading: str, about: str | None, *, position: int | None = None) -> Request:
    """A request in words, with what is said about it; read as an item's heading and a case's summary are."""
    match = classify(heading)
    attributes = read_attributes(heading)
    return Request(
        position=position,
        heading=heading,
        rationale=about,
        category=match.category if match else None,
        subcategory=match.subcategory if match else None,
        service=match.service if match else None,
        quantity=attributes.quantity,
        quantity_unit=attributes.quantity_unit,
        dose=attributes.dose,
        body_part=attributes.body_part,
        laterality=attributes.laterality,
        diagnoses=tuple(one.name for one in read_diagnoses(about)) if about else (),
    )


def stored_cases(connection: Connection, records: Iterable[LetterRecord], letter: str) -> frozenset[int]:
    """The cases of the archive that a letter of these records and this text is of."""
    hashed = fingerprint(letter)
    found: set[int] = set()
    for record in records:
        wanted = {"number": record.case_number, "text": hashed}
        found.update(connection.execute(_CASE_OF_LETTER, wanted).scalars())
    return frozenset(found)


def chosen(requests: Sequence[Request], item: int | None, of: str) -> list[Request]:
    """All requests, or the one at that place; UnknownNameError where there is none."""
    if item is None:
        return list(requests)
    found = [one for one in requests if one.position == item]
    if not found:
        raise UnknownNameError(f"{of} has no item {item}: it has {len(requests)}")
    return found
