"""Texts as the archive keeps them."""

from __future__ import annotations

import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.archive import texts
from imr_archive.archive.texts import compress, decompress, fingerprint, storable

MAGIC = zstandard.FRAME_HEADER


@given(st.text(alphabet=st.characters()))
def test_a_text_comes_back_as_it_was(text):
    stored = storable(text)
    assert len(stored) == len(text)
    assert decompress(compress(stored)) == stored


def test_what_utf8_cannot_hold_becomes_a_space():
    assert storable("a\ud800b\x00c") == "a b c"


@pytest.mark.parametrize(
    "packed",
    [b"", b"nothing", zlib.compress(b"whole")[:-6], compress("whole")[:-2], compress("whole") + b"x", MAGIC],
)
def test_bytes_that_are_no_text_are_refused(packed):
    with pytest.raises(ValueError, match="not the"):
        decompress(packed)


@pytest.mark.parametrize("pack", [lambda text: zlib.compress(text.encode()), compress])
def test_a_text_that_expands_beyond_the_limit_is_refused(monkeypatch, pack):
    monkeypatch.setattr(texts, "LARGEST_TEXT", 1000)
    assert decompress(pack("x" * 999)) == "x" * 999
    with pytest.raises(ValueError, match="too large"):
        decompress(pack("x" * 1001))


def test_a_frame_that_does_not_say_how_long_its_text_is_is_refused():
    with pytest.raises(ValueError, match="does not say how large it is"):
        decompress(zstandard.ZstdCompressor(write_content_size=False).compress(b"x" * 1000))


def test_a_text_without_its_dictionary_is_refused_by_the_number_of_what_is_missing():
    samples = [
        f"Letter {number} of {number * 7} bakers, {number % 9} ovens. ".encode() * 9 for number in range(999)
    ]
    dictionary = zstandard.train_dictionary(4096, samples, k=64, d=8, dict_id=7).as_bytes()
    packed = compress("Letter 3 of 21 bakers", dictionary)
    assert (
        decompress(packed, {7: zstandard.ZstdCompressionDict(dictionary)}.__getitem__)
        == "Letter 3 of 21 bakers"
    )
    with pytest.raises(ValueError, match="needs dictionary 7, which is not there"):
        decompress(packed)


def test_texts_of_several_dictionaries_and_damaged_ones_are_read_in_any_order():
    samples = [f"Oven {number} of {number * 7} bakers. ".encode() * 9 for number in range(999)]
    dictionaries = {
        number: zstandard.train_dictionary(4096, samples[number::2], k=64, d=8, dict_id=number)
        for number in (1, 2)
    }
    packed = {number: compress(f"Oven {number}", made.as_bytes()) for number, made in dictionaries.items()}
    packed[0] = compress("Oven 0")

    for number in (0, 1, 1, 2, 0, 2, 1):
        with pytest.raises(ValueError, match="not the whole text"):
            decompress(packed[number][:-2], dictionaries.__getitem__)
        assert decompress(packed[number], dictionaries.__getitem__) == f"Oven {number}"


@pytest.mark.parametrize(
    "other",
    [
        "A well known reason.\r\nIt stands",
        "A wellknown   reason.\fIt\u00a0stands",
        "A well-\nknown reason. It stands ",
        "\ufeffA well\u00adknown reason. It\x02 stands",
        "A well\ufffeknown\u2011 reason. It stands",
    ],
)
def test_line_ends_white_space_and_hyphens_do_not_make_another_letter(other):
    assert fingerprint("A well-known reason. It stands") == fingerprint(other)


@pytest.mark.parametrize(
    "other", ["A well-known reason. It stand", "a well-known reason. It stands", "1.0", ""]
)
def test_any_other_character_makes_another_letter(other):
    assert fingerprint("A well-known reason. It stands") != fingerprint(other)


def test_a_decimal_point_makes_another_letter():
    assert fingerprint("1.0 mg") != fingerprint("10 mg")
