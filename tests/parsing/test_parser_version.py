"""The version of rules and vocabulary together."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from imr_archive.parsing import PARSER_VERSION, parser_version
from imr_archive.vocabulary import loader, vocabulary_version


@pytest.fixture
def vocabulary(tmp_path, monkeypatch):
    """A copy of the vocabulary's data files, in use for the test."""
    folder = tmp_path / "data"
    shutil.copytree(Path(str(loader.DATA)), folder)
    monkeypatch.setattr(loader, "DATA", folder)
    loader.vocabulary_version.cache_clear()
    yield folder
    loader.vocabulary_version.cache_clear()


def version() -> str:
    loader.vocabulary_version.cache_clear()
    return parser_version()


def test_the_same_files_elsewhere_are_the_same_version(vocabulary, monkeypatch):
    before = version()
    monkeypatch.undo()
    assert version() == before
    assert before.endswith(vocabulary_version())


@pytest.mark.parametrize("name", ["specialties.toml", "services/rehabilitation.toml"])
def test_a_change_of_a_vocabulary_file_is_another_version(vocabulary, name):
    before = version()
    file = vocabulary / name
    file.write_text(file.read_text() + "\n# one more word\n")
    changed = version()
    assert changed != before

    file.rename(file.with_name("renamed.toml"))
    assert version() not in {before, changed}


def test_a_new_vocabulary_file_is_another_version(vocabulary):
    before = version()
    (vocabulary / "services" / "more.toml").write_text("")
    assert version() != before


def test_other_files_are_no_vocabulary(vocabulary):
    before = version()
    (vocabulary / "notes.md").write_text("nothing")
    assert version() == before


def test_what_each_version_of_the_rules_reads_differently_is_told():
    page = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
    section = page.read_text(encoding="utf-8").partition("## Reading again with a newer parser")[2]
    told = re.findall(r"^\| (\d+) \| \w", section.partition("\n## ")[0], re.MULTILINE)
    assert told == [str(number) for number in range(1, int(PARSER_VERSION) + 1)]
