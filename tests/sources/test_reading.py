"""One input → its text, whatever its format; or the reason why not."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from imr_archive.errors import SourceError
from imr_archive.sources import DEFAULT_LIMITS, Document, Found, Ignored, Limits, discover, read
from imr_archive.sources.reading import actual_kind
from imr_archive.sources.reasons import REASONS, Reason

LINES = ("Case Number: CM20-0000001", "Knee brace: Overturned")
TEXT = "\n".join(LINES)

Read = Callable[..., Document]
ReasonFor = Callable[..., str]
Make = Callable[..., bytes]


def test_a_text_file_is_read_whole(read_as: Read, tmp_path: Path) -> None:
    data = TEXT.encode()

    assert read_as("a.txt", data) == Document(
        name="a.txt",
        path=str(tmp_path / "a.txt"),
        sha256=hashlib.sha256(data).hexdigest(),
        size=48,
        text="Case Number: CM20-0000001\nKnee brace: Overturned",
        reader="text",
        pages=None,
    )


def test_every_format_gives_the_same_text(read_as: Read, make_pdf: Make, make_docx: Make) -> None:
    html = "<html><body><p>Case Number: CM20-0000001</p><p>Knee brace: Overturned</p></body></html>"

    documents = [
        read_as("a.pdf", make_pdf()),
        read_as("a.docx", make_docx()),
        read_as("a.html", html.encode()),
        read_as("a.md", TEXT.encode()),
    ]

    assert [(document.reader, document.text) for document in documents] == [
        ("pdf", TEXT),
        ("word", TEXT),
        ("markup", TEXT),
        ("text", TEXT),
    ]


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_character_references_are_the_characters_that_they_stand_for(read_as: Read, name: str) -> None:
    written = b"It&#x27;s R&amp;D,&nbsp;60&#37; &lt;here&gt;; AT&T; &plum; &amp;amp;"

    assert read_as(name, written).text == "It's R&D,\xa060% <here>; AT&T; &plum; &amp;"


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.docx", "a.pdf"])
def test_a_pdf_is_read_as_pdf_under_any_name(read_as: Read, make_pdf: Make, name: str) -> None:
    document = read_as(name, make_pdf())

    assert (document.reader, document.text, document.pages) == ("pdf", TEXT, 1)


def test_a_pdf_or_page_called_zip_is_read_as_what_it_is(
    read_as: Read, make_pdf: Make, make_docx: Make
) -> None:
    assert read_as("pdf.zip", make_pdf()).reader == "pdf"
    assert read_as("page.zip", b"<!DOCTYPE html><p>Upheld</p>").reader == "markup"
    assert read_as("word.zip", make_docx()).reader == "word"


def test_text_and_pages_under_a_wrong_name_are_read_as_what_they_are(read_as: Read, make_docx: Make) -> None:
    assert read_as("text.pdf", TEXT.encode()).reader == "text"
    assert read_as("text.docx", TEXT.encode()).reader == "text"
    assert read_as("page.txt", b"\xef\xbb\xbf <!doctype html><p>Upheld").text == "Upheld"
    assert read_as("page.pdf", b"<html><p>Upheld").reader == "markup"
    assert read_as("word.pdf", make_docx()).reader == "word"
    assert read_as("text.html", b"Knee brace:\nUpheld").text == "Knee brace:\nUpheld"


def test_formats_that_are_not_read_are_called_by_their_names(read_as: Read, make_zip: Make) -> None:
    with pytest.raises(SourceError, match=r"of no kind that is read \(a PNG picture\)") as caught:
        read_as("scan.pdf", b"\x89PNG\r\n\x1a\n" + bytes(50))
    assert caught.value.reason == "mislabelled"

    with pytest.raises(SourceError, match=r"\(a zip file\)"):
        read_as("letters.pdf", make_zip({"a.txt": b"text"}))


def test_an_office_document_with_a_password_is_told_apart(reason_for: ReasonFor) -> None:
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)

    assert reason_for("a.docx", compound + "EncryptedPackage".encode("utf-16-le")) == "encrypted"
    assert reason_for("a.docx", compound + "WordDocument".encode("utf-16-le")) == "mislabelled"


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a.md", "a.html", "a.docx", "a.zip"])
def test_an_empty_file_is_set_aside(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.touch()
    (item,) = discover([path])

    if isinstance(item, Found):
        with pytest.raises(SourceError) as caught:
            read(item)
        assert caught.value.reason == "empty"
    else:
        assert item.reason == "empty"


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_file_without_a_word_is_set_aside(reason_for: ReasonFor, name: str) -> None:
    assert reason_for(name, b" \n\t -- \n ") == "no_text"


def test_size_and_text_are_limited(reason_for: ReasonFor, read_as: Read) -> None:
    limits = Limits(file_bytes=100, text_characters=50)

    assert read_as("fits.txt", b"x" * 50, limits).size == 50
    assert reason_for("long.txt", b"x" * 51, limits) == "too_much_text"
    assert reason_for("large.txt", b"x" * 101, limits) == "too_large"


def test_a_file_of_ten_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with path.open("wb") as file:
        file.truncate(10 * 1024**3)
    (item,) = discover([path])
    assert isinstance(item, Found)

    with pytest.raises(SourceError, match=r"10737418240 bytes, limit 209715200") as caught:
        read(item)
    assert caught.value.reason == "too_large"


def test_what_changed_since_discovery_is_read_as_it_now_is(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("short")
    (item,) = discover([path])
    assert isinstance(item, Found)
    path.write_text("much longer than before")

    assert read(item).text == "much longer than before"


def test_what_went_away_since_discovery_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("text")
    (item,) = discover([path])
    path.unlink()

    assert isinstance(item, Found)
    with pytest.raises(SourceError) as caught:
        read(item)
    assert caught.value.reason == "missing"
    path.mkdir()
    with pytest.raises(SourceError) as caught:
        read(item)
    assert caught.value.reason == "not_a_file"
    path.rmdir()
    os.mkfifo(path)
    with pytest.raises(SourceError) as caught:
        read(item)
    assert caught.value.reason == "not_a_file"


def test_a_file_that_may_not_be_opened_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("text")

    def forbidden(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbidden)

    with pytest.raises(SourceError, match="check its permissions") as caught:
        read(Found(str(path), 4, 0, "text"))
    assert caught.value.reason == "unreadable"


def test_the_error_carries_the_hash_of_what_was_read_and_travels(read_as: Read) -> None:
    data = b"%PDF-1.7 cut short"

    with pytest.raises(SourceError) as caught:
        read_as("a.pdf", data)

    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.reason, str(error), error.sha256) == (
        "damaged_pdf",
        "the PDF is damaged or cut short",
        hashlib.sha256(data).hexdigest(),
    )


def test_the_reader_is_chosen_by_the_bytes_before_the_name() -> None:
    assert actual_kind(b"%PDF-1.4", "text") == "pdf"
    assert actual_kind(b"mail header\n%PDF-1.4", "pdf") == "pdf"
    assert actual_kind(b"a text about %PDF-1.4", "text") == "text"
    assert actual_kind(b"# Heading\n<html>", "text") == "text"
    assert actual_kind(b"<!-- saved --> <HTML lang=en>", "text") == "markup"


def test_every_reason_has_a_sentence_and_every_limit_is_a_setting() -> None:
    assert set(REASONS) == set(Reason.__args__)
    settings = {"pages": 10, "zip_depth": 1}
    assert msgspec.convert(settings, Limits) == Limits(pages=10, zip_depth=1)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"pages": 0}, Limits)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"page": 10}, Limits)


@pytest.mark.letters
def test_the_real_letters_are_all_read(real_letters: Path) -> None:
    items = list(discover([real_letters / "pdf", real_letters / "text"]))
    documents = [read(item, DEFAULT_LIMITS) for item in items if isinstance(item, Found)]

    assert not [item for item in items if isinstance(item, Ignored)]
    assert [document.reader for document in documents] == ["pdf"] * 64 + ["text"] * 5
    assert min(len(document.text) for document in documents) > 2000
    assert all(document.text == document.text.encode().decode() for document in documents)
    assert not any("\r" in document.text or "\0" in document.text for document in documents)
