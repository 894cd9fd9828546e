"""Fixtures that every part of the suite shares."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REAL_LETTERS = ROOT.parent / "shared" / "letters"


@pytest.fixture(scope="session")
def real_letters() -> Path:
    """The folder of real letters; they are public records, but never part of this repository."""
    if not (REAL_LETTERS / "gold.jsonl").is_file():
        pytest.fail("the real letters are absent: this test reads them from ../shared/letters")
    return REAL_LETTERS


@pytest.fixture(scope="session")
def sample_letters() -> Path:
    """The fictional letters of the demo."""
    return ROOT / "data" / "letters"
