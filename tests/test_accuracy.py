"""The figure that the archive is worth: F1 on the annotated real letters, by the published scorer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from imr_archive import LetterRecord, read_letters

OVERALL = 0.995
FLOORS = {"item.service": 0.96}
FLOOR = 0.98
FIELDS = (
    "application_received", "case_number", "citation", "citation.page", "citation.section", "date_assigned",
    "date_of_injury", "decision_date", "item.description", "item.outcome", "item.service", "outcome",
    "patient_age", "patient_sex", "priority", "reviewer.licensure_states", "reviewer.specialties",
    "ur_denial_date",
)  # fmt: skip


@pytest.mark.letters
def test_the_real_letters_are_read_right(real_letters: Path, tmp_path: Path):
    records = list(read_letters([real_letters / "pdf", real_letters / "text"]))
    assert all(isinstance(record, LetterRecord) for record in records)
    assert len(records) == 69
    parsed = tmp_path / "parsed.jsonl"
    parsed.write_bytes(b"\n".join(msgspec.json.encode(record) for record in records))
    bars = [f"{field}={FLOORS.get(field, FLOOR)}" for field in FIELDS]
    command = [
        sys.executable, real_letters.parent / "score.py", "--gold", real_letters / "gold.jsonl",
        "--pred", parsed, "--errors", "10", "--min", f"overall={OVERALL}", *bars,
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
