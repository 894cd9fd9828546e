"""Reading and parsing one input, without a database: everything heavy happens here, in any process."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from imr_archive.archive.prepared import (
    NOT_A_LETTER,
    PARSER_ERROR,
    REASONS,
    Prepared,
    PreparedLetter,
    reason_in_words,
)
from imr_archive.archive.texts import compress, fingerprint, storable
from imr_archive.errors import SourceError
from imr_archive.parsing import parse_letters, parser_version
from imr_archive.parsing.record import LetterRecord
from imr_archive.parsing.several import letter_ranges
from imr_archive.sources.documents import Document, Found, Refused
from imr_archive.sources.limits import DEFAULT_LIMITS, Limits
from imr_archive.sources.reading import read

OUT_OF_MEMORY = "out_of_memory"


class PrepareOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How inputs are read; it travels to the processes that read them.

    ocr: read pages of PDFs that are pictures by OCR. dictionary: what texts are compressed with.
    """

    limits: Limits = DEFAULT_LIMITS
    ocr: bool = False
    dictionary: bytes = b""

    @property
    def seconds(self) -> float:
        """The time that one file may take."""
        return self.limits.ocr_seconds if self.ocr else self.limits.seconds


DEFAULT_OPTIONS = PrepareOptions()


def prepare(found: Found, options: PrepareOptions = DEFAULT_OPTIONS) -> Prepared:
    """Read and parse one input; what goes wrong with it is its `reason`, never an exception."""
    try:
        document = read(found, options.limits, ocr=options.ocr)
    except SourceError as error:
        return unread(found, error.reason, str(error), error.sha256)
    except MemoryError:
        return unread(found, OUT_OF_MEMORY, reason_in_words(OUT_OF_MEMORY))
    return prepare_document(document, found, options.dictionary)


def prepare_document(document: Document, found: Found, dictionary: bytes = b"") -> Prepared:
    """Parse a document that was read from `found`; its texts are compressed with the dictionary."""
    text = storable(document.text)
    try:
        letters = tuple(
            prepared_letter(record, fingerprint(piece), compress(piece, dictionary))
            for record, piece in _read_letters(text, document.name)
        )
    except MemoryError:
        return unread(found, OUT_OF_MEMORY, reason_in_words(OUT_OF_MEMORY), document.sha256)
    except Exception as error:  # noqa: BLE001 - a defect of the parser costs one file, not the run
        message = f"{REASONS[PARSER_ERROR]} ({type(error).__name__}: {error})"
        return unread(found, PARSER_ERROR, message, document.sha256)
    if all(says_nothing(letter.record) for letter in letters):
        return unread(found, NOT_A_LETTER, REASONS[NOT_A_LETTER], document.sha256)
    return Prepared(
        path=document.path,
        source=document.name,
        size=document.size,
        modified_ns=found.modified_ns,
        parser_version=parser_version(),
        sha256=document.sha256,
        letters=letters,
        ocr_confidence=document.ocr_confidence,
        page_confidences=document.page_confidences,
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


def unread(found: Found, reason: str, message: str, sha256: str | None = None) -> Prepared:
    """An input that is set aside, for a reason that `reason_in_words` knows."""
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


def prepared_letter(record: LetterRecord, text_sha256: str, packed_text: bytes) -> PreparedLetter:
    """A record ready to store, with its text as `fingerprint` and `compress` give it."""
    unknown_fields = {finding.field for finding in record.findings if not finding.recognised}
    unrecognised = [
        name
        for field, names in (
            ("reviewer.specialties", record.reviewer.specialties),
            ("diagnoses", record.diagnoses),
        )
        for index, name in enumerate(names)
        if f"{field}[{index}]" in unknown_fields
    ]
    return PreparedLetter(
        record=msgspec.structs.replace(record, findings=()),
        text_sha256=text_sha256,
        packed_text=packed_text,
        unrecognised=frozenset(unrecognised),
    )


def _read_letters(text: str, source: str) -> Iterator[tuple[LetterRecord, str]]:
    """The letters of a text, each with its own part of it."""
    records = parse_letters(text, source)
    if len(records) == 1:
        return iter([(records[0], text)])
    pieces = (text[start:end] for start, end in letter_ranges(text))
    return zip(records, pieces, strict=True)
