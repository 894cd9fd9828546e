"""One input ready to store: plain values that can be pickled and sent from one process to another."""

from __future__ import annotations

import msgspec

from imr_archive.parsing.record import LetterRecord
from imr_archive.sources.reasons import REASONS as SOURCE_REASONS

NOT_A_LETTER = "not_a_letter"
PARSER_ERROR = "parser_error"
NOT_STORABLE = "not_storable"

REASONS: dict[str, str] = {
    NOT_A_LETTER: "nothing in the text is a determination letter's: no case, no decision, no heading of one",
    PARSER_ERROR: "the parser failed on this text; please report it with the file",
    NOT_STORABLE: "what was read from the letter contradicts the archive's rules; please report it",
}
"""Why a file that could be read is set aside all the same, beside the reasons of `sources.reasons`."""


def all_reasons() -> frozenset[str]:
    """Every code that `source_files.reason` may hold."""
    return frozenset((*REASONS, *SOURCE_REASONS))


def reason_in_words(code: str) -> str:
    """The sentence that explains why a file was set aside, for every code in `source_files.reason`."""
    for reason, sentence in (*REASONS.items(), *SOURCE_REASONS.items()):
        if reason == code:
            return sentence
    return code


class PreparedLetter(msgspec.Struct, frozen=True):
    """A letter ready to store. The record comes without its findings, which a reparse gives back.

    unrecognised: specialties and diagnoses that the vocabulary does not know.
    """

    record: LetterRecord
    text_sha256: str
    packed_text: bytes
    unrecognised: frozenset[str] = frozenset()

    @property
    def known_by(self) -> str:
        """What makes two letters one case: the number in capitals, else the hash of the text."""
        return known_by(self.record.case_number, self.text_sha256)


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """One input, read or set aside: it holds letters, or a reason and a message.

    sha256: of the bytes, None where they could not be read. ocr_confidence: how sure text recognition was of
    the pages, 0 to 100; None where the file held its text. page_confidences: the same for each page.
    """

    path: str
    source: str
    size: int
    modified_ns: int
    parser_version: str
    sha256: str | None = None
    letters: tuple[PreparedLetter, ...] = ()
    ocr_confidence: float | None = None
    page_confidences: tuple[float | None, ...] = ()
    reason: str | None = None
    message: str | None = None


def known_by(case_number: str | None, text_sha256: str) -> str:
    """The case's identity, as `cases.known_by` holds it."""
    return " ".join(case_number.upper().split()) if case_number else text_sha256


def set_aside(prepared: Prepared, reason: str) -> Prepared:
    """The same input without its letters, set aside for one of `REASONS`."""
    return msgspec.structs.replace(prepared, letters=(), reason=reason, message=REASONS[reason])
