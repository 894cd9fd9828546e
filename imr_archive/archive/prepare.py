"""Reading and parsing one input, without a database: everything heavy happens here, in any process."""

from __future__ import annotations

from collections.abc import Callable

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
from imr_archive.parsing import letters_in_steps, parser_version
from imr_archive.parsing.record import LetterRecord
from imr_archive.parsing.several import letter_ranges
from imr_archive.parsing.steps import Steps, to_end
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

Work = Callable[[Found, PrepareOptions], Prepared | Steps[Prepared]]
"""What is done with each file: `begin`, or a stand-in. It is sent to workers by its module and name."""


def prepare(found: Found, options: PrepareOptions = DEFAULT_OPTIONS) -> Prepared:
    """Read and parse one input; what goes wrong with it is its `reason`, never an exception."""
    return finish(begin(found, options))


def begin(found: Found, options: PrepareOptions = DEFAULT_OPTIONS) -> Prepared | Steps[Prepared]:
    """Read one input, and give the steps in which it is parsed; or set it aside where it cannot be read.

    Who has many inputs reads them all before any is parsed, and parses them side by side: a reader's code and
    tables and the parser's would drive each other out of the processor's caches.
    """
    try:
        document = read(found, options.limits, ocr=options.ocr)
    except SourceError as error:
        return unread(found, error.reason, str(error), error.sha256)
    except MemoryError:
        return unread(found, OUT_OF_MEMORY, reason_in_words(OUT_OF_MEMORY))
    return document_in_steps(document, found, options.dictionary)


def finish(begun: Prepared | Steps[Prepared]) -> Prepared:
    """Do at once what is left to be done with an input."""
    return begun if isinstance(begun, Prepared) else to_end(begun)


def prepare_document(document: Document, found: Found, dictionary: bytes = b"") -> Prepared:
    """Parse a document that was read from `found`; its texts are compressed with the dictionary."""
    return to_end(document_in_steps(document, found, dictionary))


def document_in_steps(document: Document, found: Found, dictionary: bytes = b"") -> Steps[Prepared]:
    """As `prepare_document`, in steps."""
    text = storable(document.text)
    try:
        records = yield from letters_in_steps(text, document.name)
        yield
        letters = tuple(
            prepared_letter(record, fingerprint(piece), compress(piece, dictionary))
            for record, piece in zip(records, _pieces(text, len(records)), strict=True)
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


def _pieces(text: str, letters: int) -> list[str]:
    """The part of a text that each of its letters takes up."""
    return [text] if letters == 1 else [text[start:end] for start, end in letter_ranges(text)]
