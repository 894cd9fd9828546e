"""Fixtures that every part of the suite shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from imr_archive.errors import UsageError
from imr_archive.sources import require_ocr

ROOT = Path(__file__).resolve().parents[1]
REAL_LETTERS = ROOT.parent / "shared" / "letters"
HAVE_LETTERS = (REAL_LETTERS / "gold.jsonl").is_file()


def what_ocr_lacks() -> str | None:
    """What must be installed before pages can be read by OCR; None where all is there."""
    try:
        require_ocr()
    except UsageError as error:
        return str(error)
    return None


LACKING = {
    "letters": None if HAVE_LETTERS else "no ../shared/letters, from where the real letters are read",
    "ocr": what_ocr_lacks(),
}
"""For each marker of tests that need something from outside: what is not there."""


def pytest_report_header() -> list[str]:
    return [
        f"tests marked '{marker}' {f'DO NOT RUN: {lacking}' if lacking else 'run'}"
        for marker, lacking in LACKING.items()
    ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for marker, lacking in LACKING.items():
        if lacking:
            absent = pytest.mark.skip(reason=lacking)
            for item in items:
                if item.get_closest_marker(marker):
                    item.add_marker(absent)


@pytest.fixture(scope="session")
def real_letters() -> Path:
    """The folder of real letters; they are public records, but never part of this repository."""
    return REAL_LETTERS


@pytest.fixture(scope="session")
def sample_letters() -> Path:
    """The fictional letters of the demo."""
    return ROOT / "data" / "letters"
