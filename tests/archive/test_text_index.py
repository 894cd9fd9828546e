"""What full-text search finds comes out as numbers, from the archive's index or one in memory."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.archive.kept.text_index import TextIndex, matching_rows, rising_numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (b"", []),
        (b"0", [0]),
        (b"65536", [65536]),
        (b"0,9", [0, 9]),
        (b"9,10", [9, 10]),
        (b"10,11,99", [10, 11, 99]),
        (b"1,22,333", [1, 22, 333]),
        (b"131072,131080,999999", [131072, 131080, 999999]),
    ],
)
def test_numbers_are_read_whether_or_not_all_have_as_many_digits(text, numbers):
    read = rising_numbers(text)
    assert (read.dtype, read.tolist()) == (np.dtype(np.int64), numbers)


@given(st.sets(st.integers(0, 2**40)))
def test_any_rising_numbers_are_read(numbers):
    listed = sorted(numbers)
    assert rising_numbers(",".join(map(str, listed)).encode()).tolist() == listed


def test_texts_are_found_by_words_of_one_stem_and_by_phrases():
    index = TextIndex([(7, "Massage of the neck"), (12, "The neck was massaged"), (100, "")])
    assert index.matching('"massaging"').tolist() == [7, 12]
    assert index.matching('"the neck"').tolist() == [7, 12]
    assert index.matching('"neck massage"').tolist() == []
    assert index.matching('"shoulder"').tolist() == []
    index.close()
    with pytest.raises(sqlite3.ProgrammingError):
        index.matching('"neck"')


def test_rows_are_found_between_two():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5(text)")
    connection.executemany("INSERT INTO texts (rowid, text) VALUES (?, 'neck')", [(3,), (9,), (11,)])
    cursor = connection.cursor()
    assert matching_rows(cursor, "texts", "neck", (4, 11)).tolist() == [9, 11]
    assert matching_rows(cursor, "texts", "neck", None).tolist() == [3, 9, 11]
    connection.close()
