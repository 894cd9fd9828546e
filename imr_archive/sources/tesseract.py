"""Tesseract, the OCR program: pictures of pages → lines of words, each word with its confidence."""

from __future__ import annotations

import importlib.util
import math
import os
import shutil
import subprocess

import msgspec

from imr_archive.errors import UsageError
from imr_archive.sources.limits import Limits
from imr_archive.sources.reasons import source_error

PROGRAM = "tesseract"
LANGUAGE = "eng"

_ONE_BLOCK = "6"
"""Page segmentation: one block of text. Letters have one column, and a header table read row by row."""

_LOWEST_DPI = 70
"""Tesseract guesses the resolution itself where it is told less."""

_ADVICE = "on Debian and Ubuntu `apt-get install tesseract-ocr`, on macOS `brew install tesseract`"

_WORD_ROW = "5"
_COLUMNS = 12


class PageReading(msgspec.Struct, frozen=True):
    """What OCR made of one page."""

    text: str
    """Lines as printed; an empty line between paragraphs."""
    words: int
    confidence: float | None
    """Mean over the words, from 0 to 100, as Tesseract judges itself; None for a page without words."""


def require_ocr() -> None:
    """Raises UsageError, with what to install, where pages cannot be read by OCR on this machine."""
    if importlib.util.find_spec("PIL") is None:
        raise UsageError("OCR needs Pillow: install `imr-archive[ocr]`")
    program = shutil.which(PROGRAM)
    if program is None:
        raise UsageError(f"OCR needs the program tesseract: {_ADVICE}")
    try:
        listed = subprocess.run(  # noqa: S603 - a fixed command
            [program, "--list-langs"], capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"OCR needs the program tesseract, and {program} does not run: {error}") from error
    if LANGUAGE not in (listed.stdout + listed.stderr).decode(errors="replace").split():
        raise UsageError(
            "tesseract lacks its English data: install tesseract-ocr-eng, or set TESSDATA_PREFIX"
        )


def read_picture(width: int, height: int, pixels: bytes, dpi: int, limits: Limits) -> PageReading:
    """The words of a page's picture, which is given as rows of gray pixels.

    One process on one core, so that several pages can be read side by side. Raises SourceError: timeout,
    ocr_failed.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise source_error("ocr_failed", "tesseract is not installed")
    graymap = b"P5 %d %d 255\n" % (width, height) + pixels
    options = ["-l", LANGUAGE, "--psm", _ONE_BLOCK, "--dpi", str(max(_LOWEST_DPI, dpi))]
    return read_table(_output([program, "-", "-", *options, "tsv"], graymap, limits.page_seconds))


def _output(command: list[str], given: bytes, seconds: float) -> str:
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    try:
        with subprocess.Popen(  # noqa: S603 - a fixed command; the letter's data goes to its standard input
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        ) as process:
            try:
                printed, complaints = process.communicate(given, timeout=seconds)
            finally:
                process.kill()
    except subprocess.TimeoutExpired as error:
        raise source_error("timeout", f"OCR of a page, {seconds:g} seconds") from error
    except OSError as error:
        raise source_error("ocr_failed", f"tesseract does not run: {error.strerror}") from error
    if process.returncode < 0:
        raise source_error("ocr_failed", f"tesseract was killed by signal {-process.returncode}")
    if process.returncode > 0:
        raise source_error("ocr_failed", _last_line(complaints) or f"exit status {process.returncode}")
    return printed.decode("utf-8", "replace")


def _last_line(complaints: bytes) -> str:
    lines = complaints.decode("utf-8", "replace").split("\n")
    said = [line for line in lines if line.strip()]
    return "".join(c for c in said[-1][:200] if c.isprintable()) if said else ""


def read_table(table: str) -> PageReading:
    """Tesseract's TSV as lines of text: a row for each word with its block, paragraph, line, confidence.

    Rows that are no words' are passed over: pages, blocks, paragraphs and lines have rows of their own.
    """
    lines: list[str] = []
    confidences: list[float] = []
    paragraph, line = ("", ""), ""
    for row in table.split("\n"):
        cells = row.rstrip("\r").split("\t")
        if len(cells) != _COLUMNS or cells[0] != _WORD_ROW or not cells[11].strip():
            continue
        confidences.append(_confidence(cells[10]))
        if (cells[2], cells[3]) != paragraph:
            lines += ["", cells[11]] if lines else [cells[11]]
        elif cells[4] != line:
            lines.append(cells[11])
        else:
            lines[-1] += f" {cells[11]}"
        paragraph, line = (cells[2], cells[3]), cells[4]
    words = len(confidences)
    return PageReading("\n".join(lines), words, round(sum(confidences) / words, 2) if words else None)


def _confidence(cell: str) -> float:
    try:
        percent = float(cell)
    except ValueError:
        return 0.0
    return min(max(percent, 0.0), 100.0) if math.isfinite(percent) else 0.0
