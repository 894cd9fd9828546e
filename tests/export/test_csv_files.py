"""CSV: what is read back is what the archive holds."""

from __future__ import annotations

import csv
import io
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imr_archive.archive.connection import open_for_reading
from imr_archive.archive.migrate import create_archive
from imr_archive.export import csv_files, export
from imr_archive.export.csv_files import write_csv
from imr_archive.export.tables import exported_tables


@pytest.fixture(scope="session")
def folder(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("csv") / "out"
    export(archive, folder, "csv")
    return folder


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_there_is_one_file_a_table(folder: Path) -> None:
    assert sorted(path.name for path in folder.glob("*.csv")) == sorted(
        f"{table.name}.csv" for table in exported_tables()
    )


def test_booleans_are_0_and_1_and_null_is_empty(folder: Path) -> None:
    assert read(folder / "guidelines.csv") == [
        ["id", "label", "source", "title", "year", "recognised"],
        [
            "1",
            "MTUS Chronic Pain Medical Treatment 2016",
            "MTUS",
            "Chronic Pain Medical Treatment",
            "2016",
            "1",
        ],
        ["2", "MTUS Low Back Complaints 2004", "MTUS", "Low Back Complaints", "2004", "1"],
        ["3", "ODG Pain", "ODG", "Pain", "", "1"],
    ]


def test_dates_and_times_are_iso_8601(folder: Path) -> None:
    header, row = read(folder / "source_files.csv")
    assert dict(zip(header, row, strict=True))["last_tried"] == "2026-01-02T03:04:05.678901"
    assert [row[5] for row in read(folder / "cases.csv")[:3]] == ["decision_date", "2016-03-01", "2016-05-09"]


def test_a_letter_has_its_text_and_not_its_bytes(folder: Path) -> None:
    header, first, *_ = read(folder / "letters.csv")
    told = dict(zip(header, first, strict=True))
    assert "packed_text" not in told
    assert told["text"] == "Case Number:\r\nCM16-0900001, “quoted”, a < b & c\nand a last line"


def test_values_are_exact_also_where_a_spreadsheet_would_take_them_for_a_formula(folder: Path) -> None:
    header, *rows = read(folder / "decisions.csv")
    row = dict(zip(header, rows[7], strict=True))
    assert row["description"] == "=SUM(A1) hand cream"
    assert row["rationale"] == 'Said "no" twice,\nthen once more.'
    assert row["specialties"] == ""
    assert row["guidelines"] == "ODG Pain"


def test_all_tables_are_of_one_moment(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody adds a specialty after the first table is read: the export does not have it."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(archive.read_bytes())
    written: list[str] = []
    table_rows = csv_files.table_rows

    def with_a_writer(connection, table):
        yield from table_rows(connection, table)
        if not written:
            other = sqlite3.connect(copy)
            other.execute("INSERT INTO specialties (name, recognised) VALUES ('Urology', 1)")
            other.commit()
            other.close()
        written.append(table.name)

    monkeypatch.setattr(csv_files, "table_rows", with_a_writer)
    assert export(copy, tmp_path / "during", "csv").rows["specialties"] == 4
    assert export(copy, tmp_path / "after", "csv").rows["specialties"] == 5


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "imr.db"
    create_archive(path)
    return path


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
def test_any_text_is_read_back_as_it_was(name: str, empty: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(empty)
    connection.execute(
        "INSERT INTO specialties (id, name, recognised) VALUES (1, ?, 0)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        (name,),
    )
    connection.commit()
    connection.close()
    for old in tmp_path.glob("*.csv"):
        old.unlink()
    with open_for_reading(empty) as database:
        write_csv(database, tmp_path)
    content = (tmp_path / "specialties.csv").read_bytes().decode()
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert rows == [["id", "name", "recognised"], ["1", name, "0"]]
