"""OCR that fails: no tesseract, one that is killed, hangs or talks nonsense; pages too large, many, blank."""

from __future__ import annotations

import io
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from imr_archive.errors import SourceError, UsageError
from imr_archive.sources import REASONS, Limits, require_ocr
from imr_archive.sources.reading import read_bytes
from imr_archive.sources.rendering import Picture, pages_or_pictures
from imr_archive.sources.tesseract import read_table

Program = Callable[[str], Path]

WORD = r"5\t1\t1\t1\t1\t1\t10\t10\t50\t20\t96.0\tUpheld\n"


@pytest.fixture
def tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Puts a shell script in the place of the program, and nothing else that could be called by its name."""

    def put(script: str) -> Path:
        program = tmp_path / "bin" / "tesseract"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", os.pathsep.join([str(program.parent), "/usr/bin", "/bin"]))
        return program

    return put


def scan(*sizes: tuple[int, int], shade: int = 255) -> bytes:
    """A PDF whose pages are one-coloured pictures of so many pixels, on paper of one inch for 100 of them."""
    sheets = [Image.new("L", size, shade) for size in sizes or ((400, 300),)]
    written = io.BytesIO()
    sheets[0].save(written, "PDF", save_all=True, append_images=sheets[1:], resolution=100)
    return written.getvalue()


def failure(data: bytes, limits: Limits | None = None) -> tuple[str, str]:
    """The reason for which a scan is set aside, and what is said beside the reason's sentence."""
    with pytest.raises(SourceError) as caught:
        read_bytes(data, "scan.pdf", limits or Limits(), ocr=True)
    error = caught.value
    assert error.sha256
    sentence = {**REASONS}[error.reason]
    assert str(error).startswith(sentence)
    return error.reason, str(error).removeprefix(sentence).strip(" ()")


def test_a_missing_program_is_said_beforehand_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(UsageError) as caught:
        require_ocr()

    assert str(caught.value) == (
        "OCR needs the program tesseract: on Debian and Ubuntu `apt-get install tesseract-ocr`, "
        "on macOS `brew install tesseract`"
    )


def test_a_missing_language_is_said_beforehand(tesseract: Program) -> None:
    tesseract("echo 'List of available languages (1):'; echo osd")

    with pytest.raises(UsageError, match="tesseract lacks its English data: install tesseract-ocr-eng"):
        require_ocr()


def test_a_program_that_does_not_run_is_said_beforehand(tesseract: Program) -> None:
    program = tesseract("")
    program.write_bytes(b"\x7fELF nothing that runs")

    with pytest.raises(UsageError, match="does not run"):
        require_ocr()
    assert failure(scan())[0] == "ocr_failed"


def test_without_pillow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(UsageError, match=r"^OCR needs Pillow: install `imr-archive\[ocr\]`$"):
        require_ocr()


def test_a_program_that_went_away_costs_the_files_and_not_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert failure(scan()) == ("ocr_failed", "tesseract is not installed")


def test_a_killed_program_is_an_error_of_the_file(tesseract: Program) -> None:
    tesseract("kill -9 $$")

    assert failure(scan()) == ("ocr_failed", "tesseract was killed by signal 9")


def test_a_failing_program_is_quoted(tesseract: Program) -> None:
    tesseract(r"printf 'Estimating\nError, \033[1mno such data\n' >&2; exit 1")

    assert failure(scan()) == ("ocr_failed", "Error, [1mno such data")


def test_a_program_that_fails_in_silence_is_an_error_too(tesseract: Program) -> None:
    tesseract("exit 3")

    assert failure(scan()) == ("ocr_failed", "exit status 3")


@pytest.mark.parametrize("hanging", ["exec sleep 60", "sleep 60", "cat >/dev/null; sleep 60"])
def test_a_hanging_program_is_stopped(tesseract: Program, hanging: str) -> None:
    tesseract(hanging)
    started = time.monotonic()

    assert failure(scan(), Limits(page_seconds=0.5)) == ("timeout", "OCR of a page, 0.5 seconds")
    assert time.monotonic() - started < 10


def test_a_program_that_does_not_listen_is_believed(tesseract: Program) -> None:
    tesseract(f"printf '{WORD}'")

    assert read_bytes(scan((2000, 2000)), "scan.pdf", ocr=True).text == "Upheld"


@pytest.mark.parametrize(
    "printed", ["", "nonsense", r"5\t1\t1", r"\377\376\000", r"5\t1\t1\t1\t1\t1\t0\t0\t0\t0\tnan\t---\n"]
)
def test_nonsense_gives_no_text(tesseract: Program, printed: str) -> None:
    tesseract(f"printf '{printed}'")

    assert failure(scan()) == ("no_text", "")


@given(st.text(alphabet="5\t\n\r-. 1aé", max_size=200))
def test_any_table_gives_a_reading(table: str) -> None:
    reading = read_table(table)

    assert (reading.confidence is None) == (reading.words == 0)
    assert reading.confidence is None or 0 <= reading.confidence <= 100


@pytest.mark.ocr
@pytest.mark.parametrize("shade", [255, 128, 0])
def test_a_blank_or_black_page_holds_no_text(shade: int) -> None:
    assert failure(scan((850, 1100), shade=shade)) == ("no_text", "")


def test_a_page_of_a_yard_is_drawn_smaller() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(2550, 3300))
    canvas.line(0, 0, 2550, 3300)
    canvas.save()

    (page,) = pages_or_pictures(buffer.getvalue(), Limits())

    assert isinstance(page, Picture)
    assert (page.image.size, page.dpi) == ((3046, 3941), 86)


def test_a_picture_too_large_is_refused_before_it_is_unpacked(tesseract: Program) -> None:
    tesseract(f"printf '{WORD}'")
    data = scan((4000, 3000))

    assert failure(data, Limits(picture_pixels=11_999_999)) == (
        "too_many_pixels",
        "a picture of 4000 by 3000 pixels",
    )
    assert read_bytes(data, "scan.pdf", Limits(picture_pixels=12_000_000), ocr=True).text == "Upheld"


def test_the_pages_for_ocr_are_limited(tesseract: Program) -> None:
    tesseract(f"printf '{WORD}'")
    data = scan((200, 100), (200, 100), (200, 100))

    assert read_bytes(data, "scan.pdf", Limits(ocr_pages=3), ocr=True).text == "Upheld\fUpheld\fUpheld"
    assert failure(data, Limits(ocr_pages=2)) == ("too_many_pages", "more than 2 to be read by OCR")
    assert failure(data, Limits(pages=2)) == ("too_many_pages", "3 pages, limit 2")


def test_a_damaged_pdf_is_damaged_with_ocr_too() -> None:
    assert failure(scan()[:60])[0] == "damaged_pdf"


def test_the_program_runs_on_one_core(tesseract: Program, tmp_path: Path) -> None:
    tesseract(f"echo \"$OMP_THREAD_LIMIT\" > {tmp_path}/threads; printf '{WORD}'")

    read_bytes(scan(), "scan.pdf", ocr=True)

    assert (tmp_path / "threads").read_text() == "1\n"
    assert shutil.which("tesseract") == str(tmp_path / "bin" / "tesseract")
