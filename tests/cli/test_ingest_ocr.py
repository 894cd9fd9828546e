"""Scanned letters: set aside with advice, or read by OCR where that is asked for."""

from __future__ import annotations

import io
import json
import sqlite3
from pathlib import Path

import pypdfium2
import pytest

pytestmark = pytest.mark.ocr


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory, sample_letters: Path) -> Path:
    """A fictional letter as a scanner gives it: pages that are pictures."""
    with pypdfium2.PdfDocument(next(sample_letters.rglob("CM16-0902214.pdf")), password="") as document:
        sheets = [page.render(scale=150 / 72, grayscale=True).to_pil() for page in document]
    written = io.BytesIO()
    sheets[0].save(written, "PDF", save_all=True, append_images=sheets[1:], resolution=150)
    path = tmp_path_factory.mktemp("scans") / "scan.pdf"
    path.write_bytes(written.getvalue())
    return path


def row(archive: Path, query: str) -> tuple:
    connection = sqlite3.connect(archive)
    try:
        return connection.execute(query).fetchone()
    finally:
        connection.close()


def test_a_scan_is_set_aside_with_advice_then_read_by_ocr_and_never_lost_again(run, tmp_path, scan):
    ran = run("ingest", scan)
    assert ran.status == 3
    assert "needs_ocr" in ran.err
    assert "--ocr" in ran.err

    assert run("ingest", scan, "--ocr", "--json").json["stored"] == 1
    case, confidence, pages = row(
        tmp_path / "imr.db",
        "SELECT case_number, ocr_confidence, ocr_page_confidences FROM letters JOIN cases",
    )
    assert case == "CM16-0902214"
    assert 85 < confidence <= 100
    assert all(85 < page <= 100 for page in json.loads(pages))

    again = run("ingest", scan, "--rehash", "--json")
    assert (again.status, again.json["known"]) == (0, 1)
    assert row(tmp_path / "imr.db", "SELECT state FROM source_files") == ("stored",)


def test_parse_reads_a_scan_by_ocr(run, scan):
    ran = run("parse", scan, "--ocr", "--json")
    assert json.loads(ran.out)["case_number"] == "CM16-0902214"


def test_without_tesseract_one_line_says_what_to_install(run, scan, monkeypatch):
    monkeypatch.setenv("PATH", "")
    ran = run("ingest", scan, "--ocr")
    assert ran.status == 2
    assert "tesseract" in ran.err
    assert len(ran.err.strip().splitlines()) == 1
