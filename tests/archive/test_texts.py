"""Texts as the archive keeps them."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.archive import texts
from imr_archive.archive.texts import compress, decompress, fingerprint, letter_text, storable


@given(st.text(alphabet=st.characters()))
def test_a_text_comes_back_as_it_was(text):
    stored = storable(text)
    assert len(stored) == len(text)
    assert decompress(compress(stored)) == stored


def test_what_utf8_cannot_hold_becomes_a_space():
    assert storable("a\ud800b\x00c") == "a b c"


def test_an_empty_value_stays_empty_in_sql():
    assert letter_text(None) is None


@pytest.mark.parametrize("packed", [b"", b"no zlib", compress("whole")[:-6]])
def test_bytes_that_are_no_text_are_refused(packed):
    with pytest.raises(ValueError, match="not the"):
        decompress(packed)


def test_a_text_that_expands_beyond_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(texts, "LARGEST_TEXT", 1000)
    assert decompress(zlib.compress(b"x" * 999)) == "x" * 999
    with pytest.raises(ValueError, match="too large"):
        decompress(zlib.compress(b"x" * 1001))


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
