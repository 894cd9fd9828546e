"""The dictionaries that compress letters' texts: when they are made, and that all stays readable."""

from __future__ import annotations

import sqlite3
import zlib
from random import Random

import msgspec
import pytest

from imr_archive.archive import text_dictionaries
from imr_archive.archive.connection import open_for_reading, open_for_writing
from imr_archive.archive.ingest import IngestOptions, ingest
from imr_archive.archive.store import Store, sqlite_cursor
from imr_archive.archive.texts import compress

WORDS = ("oven", "flour", "baker", "shelf", "apron", "morning", "sold", "yeast", "tray", "window", "cellar")


def text_of(number):
    """Sentences that letters share, in an order of their own."""
    draw = Random(number)
    sentences = [
        f"The {first} was {second} before the {third} of the {fourth}, as the records say."
        for first, second, third, fourth in zip(*[iter(draw.choices(WORDS, k=400))] * 4, strict=True)
    ]
    return f"Letter {number}. " + " ".join(sentences)


@pytest.fixture
def letter(cushion, file_of):
    """A function that makes the file of a letter, its text compressed with a dictionary."""

    def make(number, dictionary=b"", packed=None):
        record = msgspec.structs.replace(cushion, case_number=f"CM16-{number:07}", source=f"{number}.txt")
        made = file_of(record, path=f"/letters/{number}.txt", text=text_of(number))
        packed_text = packed or compress(text_of(number), dictionary)
        letters = (msgspec.structs.replace(made.letters[0], packed_text=packed_text),)
        return msgspec.structs.replace(made, letters=letters)

    return make


def sizes(rows):
    return [size for (size,) in rows("SELECT length(packed_text) FROM letters ORDER BY id")]


def texts(rows):
    return [text for (text,) in rows("SELECT letter_text(packed_text) FROM letters ORDER BY id")]


def test_the_first_letters_are_compressed_anew_once_there_are_enough_for_a_dictionary(store, letter, rows):
    store.add([letter(number) for number in range(299)])
    assert store.dictionary == b""
    before = sizes(rows)

    store.add([letter(299)])

    assert rows("SELECT id, letters, length(dictionary) FROM text_dictionaries") == [
        (1, 300, len(store.dictionary))
    ]
    assert sum(sizes(rows)[:299]) < 0.9 * sum(before)
    assert texts(rows) == [text_of(number) for number in range(300)]


def test_what_is_stored_after_it_is_read_by_it_and_another_is_made_for_twenty_times_the_letters(
    store, letter, rows, monkeypatch
):
    store.add([letter(number) for number in range(300)])
    first = store.dictionary
    monkeypatch.setattr(text_dictionaries, "AGAIN", 2)
    store.add([letter(number, first) for number in range(300, 599)])
    assert store.dictionary == first

    store.add([letter(599, first)])

    assert store.dictionary != first
    store.add([letter(600, store.dictionary)])
    assert rows("SELECT id, letters FROM text_dictionaries") == [(1, 300), (2, 600)]
    assert texts(rows) == [text_of(number) for number in range(601)]


def test_a_dictionary_is_there_with_the_letters_of_its_batch_or_not_at_all(store, letter, rows, monkeypatch):
    def fails(*_):
        raise sqlite3.OperationalError("the disk is gone")

    monkeypatch.setattr(text_dictionaries, "_pack_again", fails)
    with pytest.raises(sqlite3.OperationalError):
        store.add([letter(number) for number in range(300)])

    assert rows("SELECT count(*) FROM text_dictionaries") == [(0,)]
    assert rows("SELECT count(*) FROM letters") == [(0,)]
    assert store.dictionary == b""


def test_letters_that_have_nothing_in_common_or_are_short_get_none(store, cushion, file_of, rows):
    store.add(
        [
            file_of(
                msgspec.structs.replace(cushion, case_number=f"CM16-{number:07}"),
                path=f"/{number}",
                text=f"{number}",
            )
            for number in range(300)
        ]
    )
    assert rows("SELECT count(*) FROM text_dictionaries") == [(0,)]
    assert texts(rows) == [str(number) for number in range(300)]


def test_a_damaged_text_hinders_nothing_and_texts_of_zlib_are_compressed_anew(store, letter, rows):
    store.add([letter(0, packed=b"damaged"), letter(1, packed=zlib.compress(text_of(1).encode()))])
    store.add([letter(number) for number in range(2, 300)])

    assert rows("SELECT packed_text FROM letters WHERE id = 1") == [(b"damaged",)]
    (one,) = rows("SELECT letter_text(packed_text), hex(substr(packed_text, 1, 4)) FROM letters WHERE id = 2")
    assert one == (text_of(1), "28B52FFD")


def test_an_open_reader_reads_texts_whose_dictionary_came_after_it(archive, store, letter):
    with open_for_reading(archive.path) as reader, reader.engine.connect() as connection:
        read = "SELECT letter_text(packed_text) FROM letters WHERE id = 300"
        assert connection.exec_driver_sql(read).scalar() is None
        connection.rollback()
        store.add([letter(number) for number in range(300)])
        assert connection.exec_driver_sql(read).scalar() == text_of(299)


def test_a_new_run_goes_on_with_the_newest_dictionary(archive, store, letter):
    store.add([letter(number) for number in range(300)])
    with open_for_writing(archive.path) as again:
        assert Store(again).dictionary == store.dictionary
    with archive.read() as connection:
        assert text_dictionaries.newest_dictionary(sqlite_cursor(connection)) == store.dictionary


def test_an_empty_value_stays_empty_in_sql(rows):
    assert rows("SELECT letter_text(NULL)") == [(None,)]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_run_compresses_with_the_dictionary_as_soon_as_it_is_there(archive, tmp_path, rows, workers):
    folder = tmp_path / "letters"
    folder.mkdir()
    for number in range(900):
        head = f"Case Number: CM16-{number:07}\nSeat cushion: Upheld\nDecision rationale: "
        (folder / f"{number:04}.txt").write_text(head + text_of(number))

    summary = ingest([folder], archive, options=IngestOptions(workers=workers, batch=300))

    assert summary.stored == 900
    assert rows("SELECT id, letters BETWEEN 300 AND 700 FROM text_dictionaries") == [(1, True)]
    sizes_by_place = sizes(rows)
    assert max(sizes_by_place[-100:]) < 1.1 * max(sizes_by_place[:200])
    assert [text[-40:] for text in texts(rows)] == [text_of(number)[-40:] for number in range(900)]
