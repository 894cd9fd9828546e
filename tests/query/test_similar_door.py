"""Likes through the library's door, and on the letters of the demo."""

from __future__ import annotations

from pathlib import Path

import pytest

from imr_archive import Similar, UsageError, open_archive


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sample_letters: Path) -> Path:
    path = tmp_path_factory.mktemp("similar") / "sample.db"
    with open_archive(path, write=True) as archive:
        archive.ingest(sample_letters)
    return path


def test_a_case_a_file_and_its_text_are_answered_alike(sample: Path, sample_letters: Path) -> None:
    letter = next(path for path in sorted(sample_letters.rglob("*.txt")) if path.stem.startswith("CM"))
    with open_archive(sample) as archive:
        by_case = archive.similar(letter.stem, limit=5)
        by_file = archive.similar(file=letter, limit=5)
        by_text = archive.similar(text=letter.read_text(), limit=5)
    assert isinstance(by_case, Similar)
    assert by_file == by_text
    assert [group["rows"] for group in by_file.to_dicts()] == [group["rows"] for group in by_case.to_dicts()]


def test_one_of_case_file_and_text_is_named(sample: Path, tmp_path: Path) -> None:
    with open_archive(sample) as archive:
        for given in ({}, {"case": "CM16-0907266", "text": "norco"}):
            with pytest.raises(UsageError, match="name one of the three"):
                archive.similar(**given)
        with pytest.raises(UsageError, match="holds no file that can be read"):
            archive.similar(file=tmp_path)
        broken = tmp_path / "broken.pdf"
        broken.write_bytes(b"%PDF-1.4 broken")
        with pytest.raises(UsageError, match=r"broken\.pdf cannot be read"):
            archive.similar(file=broken)


def test_every_item_of_every_sample_letter_finds_its_service(sample: Path) -> None:
    with open_archive(sample) as archive:
        massage = [row for row in archive.query("massage", limit=40).to_dict()["rows"] if row["case_number"]]
        for row in massage:
            (group,) = archive.similar(row["case_number"], row["position"], limit=10).groups
            on_service = sum(one.service == "massage therapy" for one in group.rows)
            assert (row["service"] != "massage therapy") or on_service >= 8, row["case_number"]
