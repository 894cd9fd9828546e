"""Fixtures that every part of the suite shares."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REAL_LETTERS = ROOT.parent / "shared" / "letters"
HAVE_LETTERS = (REAL_LETTERS / "gold.jsonl").is_file()


def pytest_report_header() -> str:
    if HAVE_LETTERS:
        return "real letters: ../shared/letters"
    return "real letters: ABSENT (no ../shared/letters): the tests marked 'letters' do not run"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if HAVE_LETTERS:
        return
    absent = pytest.mark.skip(reason="the real letters are absent: they are read from ../shared/letters")
    for item in items:
        if item.get_closest_marker("letters"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def real_letters() -> Path:
    """The folder of real letters; they are public records, but never part of this repository."""
    return REAL_LETTERS


@pytest.fixture(scope="session")
def sample_letters() -> Path:
    """The fictional letters of the demo."""
    return ROOT / "data" / "letters"
