"""Throws bytes at the parser until something breaks: coverage-guided fuzzing with atheris.

    pip install atheris
    python tests/benchmarks/fuzz_parsing.py [CORPUS_FOLDER ...] -max_total_time=3600 -max_len=20000

Any bytes, read as text, must give records within two seconds; an exception or a hang ends the run and leaves
the input in a `crash-*` or `timeout-*` file. What is found belongs into tests/parsing/finds/, where the suite
reads it again. The options are libFuzzer's; the corpus may be a folder of letters.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["imr_archive.parsing", "imr_archive.vocabulary"]):
    from imr_archive.parsing import parse_letters
    from imr_archive.parsing.record import LetterRecord


def one_input(data: bytes) -> None:
    text = data.decode("utf-8", errors="replace")
    records = parse_letters(text, "fuzz.txt")
    assert records
    for record in records:
        check(record, len(text))


def check(record: LetterRecord, size: int) -> None:
    """What must hold of every record, whatever was read."""
    record.to_dict()
    for finding in record.findings:
        assert 0 <= finding.span.start <= finding.span.end <= size, finding
    for item in record.items:
        assert item.outcome in {"upheld", "overturned"}
        assert item.description == " ".join(item.description.split())


def main() -> None:
    options = sys.argv if any("-timeout" in option for option in sys.argv) else [*sys.argv, "-timeout=2"]
    atheris.Setup(options, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
