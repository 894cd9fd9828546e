"""Makes the builder of fictional letters importable for the tests of this folder, and warms the parser up."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from imr_archive.parsing import parse_letter

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session", autouse=True)
def vocabulary_in_use() -> None:
    """Read the vocabulary once beforehand: hypothesis holds the time of the first letter against a test."""
    parse_letter(
        "CLINICAL CASE SUMMARY\nShe fell.\nIMR ISSUES, DECISIONS AND RATIONALES\n"
        "Kite: Upheld\nClaims Administrator guideline: ODG.\nDecision rationale: No kite.\n"
        "Plum: Overturned\nClaims Administrator guideline: ODG.\nDecision rationale: A plum.\n"
    )
