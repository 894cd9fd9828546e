"""An export is whole or not there, and never takes what is not its own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from imr_archive.errors import (
    ArchiveError,
    ArchiveNotFoundError,
    NotAnArchiveError,
    UnknownNameError,
    UsageError,
)
from imr_archive.export import FORMATS, export, exporting
from imr_archive.export.registry import Format


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_formats_are_those_of_the_command() -> None:
    assert list(FORMATS) == ["csv", "json", "datasette"]


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_summary_names_what_was_written(format_name: str, archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    summary = export(archive, folder, format_name)
    assert (summary.folder, summary.format) == (folder, format_name)
    assert summary.rows["decisions"] == 9
    assert summary.rows["letters"] == 8
    on_disk = {path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")}
    assert set(summary.files) == on_disk
    assert entries(tmp_path / "deep") == ["out"]


def test_an_empty_folder_is_filled(archive: Path, tmp_path: Path) -> None:
    export(archive, tmp_path, "csv")
    assert (tmp_path / "decisions.csv").is_file()


def test_an_unknown_format_is_answered_with_those_there_are(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no format 'xml'; there are: csv, json, datasette"):
        export(archive, tmp_path / "out", "xml")
    assert entries(tmp_path) == []


def test_a_folder_that_holds_anything_is_refused(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("years of work")
    with pytest.raises(UsageError, match="is not empty: name another folder, or"):
        export(archive, tmp_path, "csv")
    assert entries(tmp_path) == ["thesis.odt"]


def test_force_replaces_an_earlier_export_of_any_format(archive: Path, tmp_path: Path) -> None:
    export(archive, tmp_path / "out", "csv")
    export(archive, tmp_path / "out", "datasette", force=True)
    assert entries(tmp_path / "out") == [
        ".imr-archive-export",
        "imr.db",
        "inspect-data.json",
        "metadata.json",
        "plugins",
        "settings.json",
        "static",
        "templates",
    ]
    assert entries(tmp_path) == ["out"]


def test_force_spares_what_no_export_wrote(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    export(archive, folder, "csv")
    (folder / "thesis.odt").write_text("years of work")
    with pytest.raises(UsageError, match=r"holds thesis\.odt, which no export wrote"):
        export(archive, folder, "json", force=True)
    assert (folder / "thesis.odt").read_text() == "years of work"
    assert (folder / "decisions.csv").is_file()


def test_force_spares_the_archive_itself(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    export(archive, folder, "datasette")
    with pytest.raises(UsageError, match=r"holds the archive .* itself"):
        export(folder / "imr.db", folder, "datasette", force=True)
    assert (folder / "imr.db").is_file()


def test_an_exported_database_is_an_archive_again(archive: Path, tmp_path: Path) -> None:
    export(archive, tmp_path / "site", "datasette")
    first = export(archive, tmp_path / "first", "csv")
    again = export(tmp_path / "site" / "imr.db", tmp_path / "again", "csv")
    assert [path.read_bytes() for path in again.files] == [path.read_bytes() for path in first.files]


def test_a_file_in_the_place_of_the_folder_is_refused(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    for folder in (tmp_path / "out", tmp_path / "out" / "below"):
        with pytest.raises(UsageError, match=r"is a file, not a folder|cannot write"):
            export(archive, folder, "csv", force=True)
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), ZeroDivisionError(), KeyboardInterrupt()]
)
def test_a_failure_leaves_what_was_there_before(
    error: BaseException, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    export(archive, folder, "json")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def fails(database, fresh):
        (fresh / "half.csv").write_text("half")
        raise error

    monkeypatch.setattr(exporting, "format_named", lambda name: Format(name, "", fails))
    expected = UsageError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected) as raised:
        export(archive, folder, "csv", force=True)
    if isinstance(error, OSError):
        assert str(raised.value) == f"cannot write {folder}: No space left on device"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert entries(tmp_path) == ["out"]


def test_a_missing_or_foreign_database_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database")
    with pytest.raises(ArchiveNotFoundError):
        export(tmp_path / "none.db", tmp_path / "out", "csv")
    with pytest.raises(NotAnArchiveError):
        export(tmp_path / "notes.txt", tmp_path / "out", "csv")
    assert entries(tmp_path) == ["notes.txt"]


def test_a_damaged_archive_is_said_and_nothing_is_written(archive: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(archive.read_bytes())
    connection = sqlite3.connect(damaged)
    connection.execute("DROP TABLE citation_pages")
    connection.commit()
    connection.close()
    with pytest.raises(
        ArchiveError, match=r"damaged\.db cannot be exported: no such table: citation_pages; .*audit"
    ):
        export(damaged, tmp_path / "out", "csv")
    assert not (tmp_path / "out").exists()


def test_a_link_to_a_folder_stays_a_link(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to("disk")
    export(archive, tmp_path / "out", "csv")
    assert (tmp_path / "out").is_symlink()
    assert (tmp_path / "disk" / "decisions.csv").is_file()
