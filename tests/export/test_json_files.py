"""JSON: one array of objects a table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imr_archive.archive.migrate import create_archive
from imr_archive.export import export
from imr_archive.export.tables import exported_tables


@pytest.fixture(scope="session")
def folder(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("json") / "out"
    export(archive, folder, "json")
    return folder


def read(path: Path) -> list[dict[str, object]]:
    return json.loads(path.read_text(encoding="utf-8"))


def test_there_is_one_file_a_table(folder: Path) -> None:
    assert sorted(path.name for path in folder.glob("*.json")) == sorted(
        f"{table.name}.json" for table in exported_tables()
    )


def test_booleans_numbers_and_null_are_those_of_json(folder: Path) -> None:
    assert read(folder / "guidelines.json")[1:] == [
        {
            "id": 2,
            "label": "MTUS Low Back Complaints 2004",
            "source": "MTUS",
            "title": "Low Back Complaints",
            "year": 2004,
            "recognised": True,
        },
        {"id": 3, "label": "ODG Pain", "source": "ODG", "title": "Pain", "year": None, "recognised": True},
    ]


def test_a_letter_has_its_text(folder: Path) -> None:
    last = read(folder / "letters.json")[-1]
    assert last["text"] == "Case Number:\r\nnone, “quoted”, a < b & c\nand a last line"
    assert last["is_current"] is True
    assert last["ingested_at"] == "2026-01-02T03:04:05.000000"
    assert "packed_text" not in last


def test_a_decision_has_every_column_of_the_view(folder: Path) -> None:
    decision = read(folder / "decisions.json")[4]
    assert list(decision) == list(exported_tables()[0].column_names)
    expected = {
        "case_number": "CM16-0900004",
        "decision_date": "2016-12-30",
        "year": 2016,
        "description": "Norco 10/325mg #60",
        "outcome": "overturned",
        "category": "Pharmaceuticals",
        "service": "hydrocodone/acetaminophen",
        "specialties": "Pain Management; Physical Medicine & Rehabilitation",
        "guidelines": "MTUS Chronic Pain Medical Treatment 2016; ODG Pain",
        "ur_guidelines": "MTUS Chronic Pain Medical Treatment 2016",
        "letter_outcome": "partially_overturned",
        "patient_age": None,
    }
    assert {name: decision[name] for name in expected} == expected


def test_a_table_without_rows_is_an_empty_array(tmp_path: Path) -> None:
    create_archive(tmp_path / "imr.db")
    summary = export(tmp_path / "imr.db", tmp_path / "out", "json")
    assert set(summary.rows.values()) == {0}
    assert [read(path) for path in summary.files] == [[]] * len(summary.files)
