"""The Datasette plugin reads letters' texts as the archive does, however they are compressed."""

from __future__ import annotations

import importlib.util
import sqlite3
import zlib

import pytest
import zstandard

from imr_archive.archive.texts import compress
from imr_archive.export.datasette_folder import SITE_FOLDER

TEXT = "Letter 3 of 21 bakers, “quoted”"
SAMPLES = [
    f"Letter {number} of {number * 7} bakers, {number % 9} ovens. ".encode() * 9 for number in range(999)
]
DICTIONARY = zstandard.train_dictionary(4096, SAMPLES, k=64, d=8, dict_id=7).as_bytes()


@pytest.fixture
def connection():
    """A database with a dictionary, prepared by the plugin."""
    file = SITE_FOLDER.joinpath("plugins", "imr_letters.py")
    spec = importlib.util.spec_from_file_location("imr_letters", str(file))
    plugin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plugin)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE text_dictionaries (id INTEGER PRIMARY KEY, dictionary BLOB)")
    connection.execute("INSERT INTO text_dictionaries VALUES (7, ?)", (DICTIONARY,))
    plugin.prepare_connection(connection)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "packed", [compress(TEXT), compress(TEXT, DICTIONARY), zlib.compress(TEXT.encode())], ids=range(3)
)
def test_texts_are_read_with_and_without_a_dictionary_and_from_zlib(connection, packed):
    assert connection.execute("SELECT letter_text(?)", (packed,)).fetchone() == (TEXT,)
    assert connection.execute("SELECT letter_text(NULL)").fetchone() == (None,)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # SQLite is to tell of it
@pytest.mark.parametrize("packed", [compress(TEXT)[:-3], zlib.compress(b"whole")[:-6], b"rubbish"])
def test_what_is_damaged_is_an_error_of_the_query(connection, packed):
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("SELECT letter_text(?)", (packed,))
