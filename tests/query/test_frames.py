"""Results as data frames."""

from __future__ import annotations

import sys

import pytest
from sqlalchemy import Connection

from imr_archive.errors import MissingExtraError
from imr_archive.query import ask, search, search_letters
from imr_archive.query.language.thesaurus import Thesaurus


@pytest.mark.parametrize(
    ("phrase", "columns", "rows"),
    [
        ("cane", ["case_number", "source", "position"], 4),
        ("zebra", ["case_number", "source", "position"], 0),
        ("massage by specialty", ["specialty", "items", "upheld"], 3),
        ("zebra by specialty", ["specialty", "items", "upheld"], 0),
        ("norco vs massage by year", ["group", "year", "items"], 4),
    ],
)
def test_the_rows_of_any_answer(
    archive: Connection, thesaurus: Thesaurus, phrase: str, columns: list[str], rows: int
) -> None:
    frame = ask(archive, phrase, thesaurus=thesaurus).to_pandas()
    assert list(frame.columns[:3]) == columns
    assert len(frame) == rows


def test_letters_give_a_row_for_each_item(archive: Connection) -> None:
    assert len(search_letters(archive, "cane").to_pandas()) == 4


def test_without_pandas_the_message_says_what_to_install(
    archive: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'imr-archive\[pandas\]'"):
        search(archive, "cane").to_pandas()
