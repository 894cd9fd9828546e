"""The data dictionary."""

from __future__ import annotations

from pathlib import Path

from imr_archive.archive.dictionary import data_dictionary
from imr_archive.archive.models import Base

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data-dictionary.md"


def test_the_page_is_what_the_models_say():
    assert PAGE.read_text(encoding="utf-8") == data_dictionary(), (
        "stale: python -m imr_archive.archive.dictionary > docs/data-dictionary.md"
    )


def test_every_table_and_column_has_a_comment():
    silent = [table.name for table in Base.metadata.tables.values() if not table.comment]
    silent += [
        str(column)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if not column.comment
    ]

    assert silent == []
