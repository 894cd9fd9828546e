"""Reading and parsing one input, without a database: everything heavy happens here, in any process."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from imr_archive.archive.prepared import NOT_A_LETTER, PARSER_ERROR, REASONS, Prepared, PreparedLetter
from imr_archive.archive.texts import compress, fingerprint, storable
from imr_archive.errors import SourceError
from imr_archive.parsing import parse_letters, parser_version
from imr_archive.parsing.record import LetterRecord
from imr_archive.parsing.several import letter_ranges
from imr_archive.sources.documents import Document, Found, Refused
from imr_archive.sources.reading import read


def prepare(found: Found) -> Prepared:
    """Read and parse one input; what goes wrong with it is its `reason`, never an exception."""
    try:
        document = read(found)
    except SourceError as error:
        return _set_aside(found, error.reason, str(error), error.sha256)
    return prepare_document(document, found)


def prepare_document(document: Document, found: Found) -> Prepared:
    """Parse a document that was read from `found`."""
    text = storable(document.text)
    try:
        letters = tuple(_letter(record, piece) for record, piece in _read_letters(text, document.name))
    except Exception as error:  # noqa: BLE001 - a defect of the parser costs one file, not the run
        message = f"{REASONS[PARSER_ERROR]} ({type(error).__name__}: {error})"
        return _set_aside(found, PARSER_ERROR, message, document.sha256)
    if all(says_nothing(letter.record) for letter in letters):
        return _set_aside(found, NOT_A_LETTER, REASONS[NOT_A_LETTER], document.sha256)
    return Prepared(
        path=document.path,
        source=document.name,
        size=document.size,
        modified_ns=found.modified_ns,
        parser_version=parser_version(),
        sha256=document.sha256,
        letters=letters,
    )


def prepare_refusal(refused: Refused) -> Prepared:
    """What discovery refused, as an input that is set aside."""
    return Prepared(
        path=refused.path,
        source=refused.path.rpartition("/")[2],
        size=refused.size,
        modified_ns=refused.modified_ns,
        parser_version=parser_version(),
        reason=refused.reason,
        message=refused.message,
    )


def says_nothing(record: LetterRecord) -> bool:
    """Whether a text of no known layout holds nothing at all that a letter would say.

    Age and sex do not count: any clinical note has them.
    """
    return record.layout == "unknown" and not any(
        (
            record.case_number,
            record.items,
            record.decision_date,
            record.date_assigned,
            record.ur_denial_date,
            record.application_received,
            record.date_of_injury,
            record.priority,
            record.reviewer.specialties,
            record.reviewer.licensure_states,
            record.summary,
        )
    )


def _set_aside(found: Found, reason: str, message: str, sha256: str | None = None) -> Prepared:
    return Prepared(
        path=found.path,
        source=found.name,
        size=found.size,
        modified_ns=found.modified_ns,
        parser_version=parser_version(),
        sha256=sha256,
        reason=reason,
        message=message,
    )


def _letter(record: LetterRecord, text: str) -> PreparedLetter:
    unrecognised = frozenset(
        record.reviewer.specialties[index]
        for index in range(len(record.reviewer.specialties))
        if f"reviewer.specialties[{index}]" in _unrecognised_fields(record)
    )
    return PreparedLetter(
        record=msgspec.structs.replace(record, findings=()),
        text_sha256=fingerprint(text),
        text_zlib=compress(text),
        unrecognised_specialties=unrecognised,
    )


def _unrecognised_fields(record: LetterRecord) -> set[str]:
    return {finding.field for finding in record.findings if not finding.recognised}


def _read_letters(text: str, source: str) -> Iterator[tuple[LetterRecord, str]]:
    """The letters of a text, each with its own part of it."""
    records = parse_letters(text, source)
    if len(records) == 1:
        return iter([(records[0], text)])
    pieces = (text[start:end] for start, end in letter_ranges(text))
    return zip(records, pieces, strict=True)
