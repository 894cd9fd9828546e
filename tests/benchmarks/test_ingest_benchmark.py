"""The benchmark of ingest measures what it says: all letters stored, and each ratio the right way round."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from generated_work import generated_name
from ingest import Row
from ingest_million import run_million

from imr_archive.archive.connection import open_for_reading

HERE = Path(__file__).parent


def numbers(database, sql):
    with open_for_reading(database) as archive, archive.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


@pytest.mark.parametrize(
    ("ratio", "bar", "at_most", "holds"),
    [(0.5, 0.4, False, True), (0.3, 0.4, False, False), (1.8, 2.0, True, True), (2.1, 2.0, True, False)],
)
def test_a_ratio_holds_on_its_own_side_of_the_bar(ratio, bar, at_most, holds):
    assert Row("text", "ours", "theirs", 1.0, ratio, ratio, bar, at_most).holds is holds


def test_letters_come_straight_from_the_generator_and_a_run_goes_on_behind_them(tmp_path, capsys):
    archive = tmp_path / "kept.db"
    run_million(40, archive, 5, 1)
    (last,) = run_million(60, archive, 5, 1)

    assert last["letters"] == 20
    assert numbers(archive, "SELECT count(*), count(DISTINCT sha256) FROM letters") == [(60, 60)]
    assert numbers(archive, "SELECT min(path), max(path) FROM source_files") == [
        (generated_name(5, 0), generated_name(5, 59))
    ]
    assert "| letters | seconds |" in capsys.readouterr().out


def test_the_command_writes_a_table_and_its_figures(tmp_path):
    figures = tmp_path / "figures.json"
    options = ["--count", "30", "--pdf-count", "6", "--copies", "1", "--known", "40", "--rounds", "1"]
    ran = subprocess.run(
        [sys.executable, HERE / "ingest.py", *options, "--real", tmp_path / "none", "--json", figures],
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip

    rows = json.loads(figures.read_text(encoding="utf-8"))
    assert [(row["name"], row["bar"], row["at_most"]) for row in rows] == [
        ("pdf", 0.8, False),
        ("text", 0.4, False),
        ("ready", None, False),
        ("size", 2.0, True),
        ("resume", 10.0, True),
    ]
    assert [row["ratio"] > 0 for row in rows] == [True] * 5
    assert [line.split("|")[1].strip() for line in ran.stdout.splitlines()[2:]] == [
        row["what"] for row in rows
    ]
