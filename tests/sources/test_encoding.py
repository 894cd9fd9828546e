"""Text files in whatever encoding, and the tidying of every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.errors import SourceError
from imr_archive.sources import Limits, read_bytes
from imr_archive.sources.encoding import decode, is_plain_text
from imr_archive.sources.tidy import tidy

TEXT = (
    "Case Number: CM20-0000001\n"
    "The worker\u2019s doctor saw \u201cno relief\u201d \u2013 caf\u00e9 visits aside.\n"
)


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"],
)
def test_the_encoding_is_found_out(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


def test_one_damaged_byte_does_not_spoil_a_utf_8_text() -> None:
    data = TEXT.encode() + b"\xff" + TEXT.encode()

    assert decode(data) == TEXT + "\ufffd" + TEXT


def test_bytes_that_no_encoding_has_become_replacement_characters() -> None:
    assert decode(b"the worker\x92s \x81 knee") == "the worker\u2019s \ufffd knee"


@pytest.mark.parametrize("data", [bytes(range(256)) * 4, b"\0\1\2\3" * 100, b"\xff\xfe" + b"\1\0\2\0" * 50])
def test_binary_data_is_not_text(data: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        decode(data)
    assert caught.value.reason == "not_text"


def test_a_stray_control_character_is_no_binary_data() -> None:
    assert decode(b"Upheld\0 with a \x07 bell") == "Upheld\0 with a \x07 bell"


def test_what_is_beyond_doubt_text() -> None:
    assert is_plain_text("caf\u00e9\n".encode())
    assert not is_plain_text("caf\u00e9\n".encode("cp1252"))
    assert not is_plain_text(b"a\0b")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_every_utf_8_text_is_read_back(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")


@given(st.binary())
def test_any_bytes_give_characters_or_not_text(data: bytes) -> None:
    try:
        text = decode(data)
    except SourceError as error:
        assert error.reason == "not_text"  # noqa: PT017 (either end is right)
    else:
        assert tidy(text).encode().decode() == tidy(text)


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("a\0b", "ab"),
        ("\ufb01rst \ufb02ow e\ufb00ort o\ufb03ce ba\ufb04e", "first flow effort office baffle"),
        ("half \ud83d, whole \ud83d\ude00", "half \ufffd, whole \U0001f600"),
        ("electro\x02\ndiag\ufffe\nnostic\f\u00ad\u00a0", "electro\x02\ndiag\ufffe\nnostic\f\u00ad\u00a0"),
    ],
)
def test_text_is_tidied_and_otherwise_left_as_it_is(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


@given(st.text(st.characters(codec=None)))
def test_tidied_text_can_always_be_stored_and_stays_tidy(text: str) -> None:
    tidied = tidy(text)

    assert tidied.encode("utf-8").decode("utf-8") == tidied
    assert tidy(tidied) == tidied
    assert "\r" not in tidied
    assert "\0" not in tidied


def test_text_in_memory_is_read_like_a_file() -> None:
    assert read_bytes(b"Upheld\r\n", "a.txt").text == "Upheld\n"
    assert read_bytes(b"Upheld", "no type").reader == "text"
    assert read_bytes(b"Upheld", "-", Limits(file_bytes=6)).size == 6
    with pytest.raises(SourceError, match="larger than the limit"):
        read_bytes(b"Upheld!", "-", Limits(file_bytes=6))
