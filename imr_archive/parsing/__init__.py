"""Text → LetterRecord: pure functions, without files and without a database."""

from imr_archive.parsing.letter import (
    BUILD,
    PARSER_VERSION,
    letters_in_steps,
    parse_letter,
    parse_letters,
    parser_version,
)
from imr_archive.parsing.record import Citation, Finding, Item, LetterRecord, Problem, Reviewer, Span

__all__ = [
    "BUILD",
    "PARSER_VERSION",
    "Citation",
    "Finding",
    "Item",
    "LetterRecord",
    "Problem",
    "Reviewer",
    "Span",
    "letters_in_steps",
    "parse_letter",
    "parse_letters",
    "parser_version",
]
