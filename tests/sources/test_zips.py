"""Zips are entered, and the zips in them, and read in memory."""

from __future__ import annotations

import multiprocessing
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from imr_archive.errors import SourceError
from imr_archive.sources import Discovered, Found, Ignored, Limits, Refused, close_zips, discover, read

Make = Callable[..., bytes]


def rows(archive: Path, items: list[Discovered]) -> list[tuple[str, ...]]:
    """Each item as its type, its path after the zip's and what is said about it."""
    shown = []
    for item in items:
        member = item.path.removeprefix(str(archive))
        match item:
            case Found():
                shown.append(("found", member, item.kind))
            case Ignored():
                shown.append(("ignored", member, item.why))
            case Refused():
                shown.append(("refused", member, item.reason))
    return shown


def listed(archive: Path, limits: Limits | None = None) -> list[tuple[str, ...]]:
    return rows(archive, list(discover([archive], limits or Limits())))


def test_members_are_listed_by_name_and_read(tmp_path: Path, make_zip: Make, make_pdf: Make) -> None:
    archive = tmp_path / "letters.zip"
    archive.write_bytes(
        make_zip(
            {
                "b/second.txt": b"second text",
                "a/first.pdf": make_pdf(("first text",)),
                "a/": b"",
                "a/photo.jpg": b"picture",
                "__MACOSX/a/._first.pdf": b"leftover",
                ".DS_Store": b"leftover",
            }
        )
    )

    items = list(discover([tmp_path]))

    assert rows(archive, items) == [
        ("ignored", "!/.DS_Store", "hidden"),
        ("ignored", "!/__MACOSX/a/._first.pdf", "file of the operating system"),
        ("found", "!/a/first.pdf", "pdf"),
        ("ignored", "!/a/photo.jpg", "type .jpg is not read"),
        ("found", "!/b/second.txt", "text"),
    ]
    documents = [read(item) for item in items if isinstance(item, Found)]
    assert [(document.name, document.path, document.text) for document in documents] == [
        ("first.pdf", f"{archive}!/a/first.pdf", "first text"),
        ("second.txt", f"{archive}!/b/second.txt", "second text"),
    ]
    assert items[4] == Found(str(archive), 11, archive.stat().st_mtime_ns, "text", ("b/second.txt",))


def test_a_zip_in_a_zip_is_entered_and_a_third_is_refused(tmp_path: Path, make_zip: Make) -> None:
    third = make_zip({"c.txt": b"third"})
    second = make_zip({"b.txt": b"second", "third.zip": third})
    archive = tmp_path / "letters.zip"
    archive.write_bytes(make_zip({"a.txt": b"first", "in/second.zip": second}))

    items = list(discover([archive]))

    assert rows(archive, items) == [
        ("found", "!/a.txt", "text"),
        ("found", "!/in/second.zip!/b.txt", "text"),
        ("refused", "!/in/second.zip!/third.zip", "nested_too_deep"),
    ]
    assert [read(item).text for item in items if isinstance(item, Found)] == ["first", "second"]
    assert listed(archive, Limits(zip_depth=3))[2] == ("found", "!/in/second.zip!/third.zip!/c.txt", "text")


def test_word_documents_in_a_zip_are_documents(tmp_path: Path, make_zip: Make, make_docx: Make) -> None:
    archive = tmp_path / "letters.zip"
    archive.write_bytes(make_zip({"a.docx": make_docx("Upheld"), "b.zip": make_docx("Overturned")}))

    items = list(discover([archive]))

    assert rows(archive, items) == [("found", "!/a.docx", "word"), ("found", "!/b.zip", "word")]
    assert [read(item).text for item in items if isinstance(item, Found)] == ["Upheld", "Overturned"]


def test_members_of_one_name_are_all_read(tmp_path: Path, make_zip: Make) -> None:
    archive = tmp_path / "letters.zip"
    archive.write_bytes(
        make_zip([("a.txt", b"one"), ("a.txt", b"two"), ("a (2).txt", b"three"), ("a.txt", b"four")])
    )

    items = list(discover([archive]))

    assert rows(archive, items) == [
        ("found", "!/a (2) (2).txt", "text"),
        ("found", "!/a (2).txt", "text"),
        ("found", "!/a (3).txt", "text"),
        ("found", "!/a.txt", "text"),
    ]
    texts = [read(item).text for item in items if isinstance(item, Found)]
    assert texts == ["three", "two", "four", "one"]


def test_an_empty_zip_and_one_without_members_are_set_aside(tmp_path: Path, make_zip: Make) -> None:
    (tmp_path / "a.zip").write_bytes(b"")
    (tmp_path / "b.zip").write_bytes(make_zip({}))

    assert rows(tmp_path, list(discover([tmp_path]))) == [
        ("refused", "/a.zip", "empty"),
        ("refused", "/b.zip", "empty"),
    ]


def test_a_zip_that_is_replaced_is_opened_anew(tmp_path: Path, make_zip: Make) -> None:
    archive = tmp_path / "letters.zip"
    archive.write_bytes(make_zip({"a.txt": b"before", "b.txt": b"gone soon"}))
    before, gone = discover([archive])
    assert isinstance(before, Found)
    assert isinstance(gone, Found)
    assert read(before).text == "before"

    archive.unlink()
    archive.write_bytes(make_zip({"a.txt": b"after"}))

    assert read(before).text == "after"
    with pytest.raises(SourceError) as caught:
        read(gone)
    assert caught.value.reason == "missing"
    close_zips()
    archive.unlink()
    with pytest.raises(SourceError) as caught:
        read(before)
    assert caught.value.reason == "missing"


def test_members_of_many_zips_may_be_read_in_any_order(tmp_path: Path, make_zip: Make) -> None:
    for number in range(9):
        inner = make_zip({"x.txt": f"text {number}".encode()})
        (tmp_path / f"{number}.zip").write_bytes(make_zip({"in.zip": inner, "y.txt": b"beside"}))
    items = [item for item in discover([tmp_path]) if isinstance(item, Found)]

    assert [read(item).text for item in [*items[::2], *items[1::2]]] == [
        *(f"text {number}" for number in range(9)),
        *["beside"] * 9,
    ]


def text_of(item: Found) -> str:
    return read(item).text


def test_a_process_that_was_forked_opens_the_zip_for_itself(tmp_path: Path) -> None:
    archive = tmp_path / "letters.zip"
    texts = [f"member {number} " * 9000 for number in range(40)]
    with zipfile.ZipFile(archive, "w") as file:
        for number, text in enumerate(texts):
            file.writestr(f"{number:02}.txt", text)
    items = [item for item in discover([archive]) if isinstance(item, Found)]
    assert text_of(items[0]) == texts[0]

    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(text_of, items, chunksize=1) == texts
