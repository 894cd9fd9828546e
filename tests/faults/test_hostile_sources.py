"""Inputs made to do harm: each is set aside with its reason, quickly and in little memory."""

from __future__ import annotations

import io
import random
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from imr_archive.errors import SourceError
from imr_archive.sources import (
    KIND_BY_SUFFIX,
    REASONS,
    Found,
    Ignored,
    Limits,
    Refused,
    close_zips,
    discover,
    read,
)
from imr_archive.sources.reading import read_bytes

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def _no_zip_left_open() -> Iterator[None]:
    yield
    close_zips()


def zip_of(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data, method)
    return buffer.getvalue()


def outcomes(path: Path, data: bytes, limits: Limits | None = None) -> list[str]:
    """What becomes of a file of these bytes: for each thing found `stored`, or the reason why not."""
    path.write_bytes(data)
    limits = limits or Limits()
    results = []
    for item in discover([path], limits):
        match item:
            case Refused():
                results.append(item.reason)
            case Ignored():
                results.append("ignored")
            case Found():
                results.append(_read_outcome(item, limits))
    assert set(results) <= {*REASONS, "ignored", "stored"}
    return results


def _read_outcome(item: Found, limits: Limits) -> str:
    try:
        read(item, limits)
    except SourceError as error:
        return error.reason
    return "stored"


def outcome(data: bytes, name: str) -> str:
    """`stored` where bytes give text that can be stored, else the reason why not."""
    try:
        text = read_bytes(data, name).text
    except SourceError as error:
        return error.reason
    assert text.encode("utf-8").decode("utf-8") == text
    return "stored"


# Zips


def test_a_member_that_packs_too_well_is_a_bomb_and_its_neighbour_is_read(tmp_path: Path) -> None:
    data = zip_of(("a.txt", b"Upheld"), ("bomb.txt", bytes(30 * MIB)), ("c.txt", bytes(range(256)) * 90000))

    assert outcomes(tmp_path / "a.zip", data) == ["zip_bomb"]
    assert outcomes(tmp_path / "a.zip", data, Limits(zip_ratio=5000)) == [
        "stored",
        "too_much_text",
        "too_much_text",
    ]


def test_a_bomb_among_much_else_is_refused_alone(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(MIB)
    data = zip_of(("a.txt", b"Upheld"), ("bomb.txt", bytes(30 * MIB)), ("c.txt", noise))

    assert outcomes(tmp_path / "a.zip", data) == ["stored", "zip_bomb", "not_text"]


def test_a_bomb_in_an_inner_zip_is_found_there(tmp_path: Path) -> None:
    inner = zip_of(("bomb.txt", bytes(30 * MIB)))

    assert outcomes(tmp_path / "a.zip", zip_of(("a.txt", b"Upheld"), ("b.zip", inner))) == [
        "stored",
        "zip_bomb",
    ]


def test_members_that_share_their_bytes_are_a_bomb(tmp_path: Path) -> None:
    """A zip whose directory names one packed member a thousand times over expands without limit."""
    packed = zip_of(("0000.txt", random.Random(2).randbytes(50_000)))
    end = packed.rindex(b"PK\x05\x06")
    start = packed.index(b"PK\x01\x02")
    entry = packed[start:end]
    entries = b"".join(entry.replace(b"0000", f"{number:04}".encode()) for number in range(1000))
    record = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1000, 1000, len(entries), start, 0)

    assert outcomes(tmp_path / "a.zip", packed[:start] + entries + record, Limits(zip_ratio=100)) == [
        "zip_bomb"
    ]


def test_a_member_larger_than_it_says_is_cut_and_refused(tmp_path: Path) -> None:
    data = zip_of(("a.txt", b"Upheld " * 40_000))
    size = struct.pack("<I", 280_000)
    lying = data.replace(size, struct.pack("<I", 1000))
    assert lying != data

    assert outcomes(tmp_path / "a.zip", lying) == ["damaged_zip"]


def test_reading_a_lying_member_takes_little_memory(tmp_path: Path) -> None:
    data = zip_of(("a.txt", bytes(200 * MIB)))
    lying = data.replace(struct.pack("<I", 200 * MIB), struct.pack("<I", 1000))

    tracemalloc.start()
    try:
        assert outcomes(tmp_path / "a.zip", lying) == ["damaged_zip"]
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "name",
    [
        "../a.txt",
        "a/../../b.txt",
        "/etc/a.txt",
        "\\\\host\\a.txt",
        "C:\\a.txt",
        "..\\a.txt",
        "red\x1b[31m.txt",
    ],
)
def test_member_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()

    assert outcomes(tmp_path / "in" / "a.zip", zip_of((name, b"Upheld"))) == ["unsafe_name"]
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "a.zip"]


def test_members_that_are_links_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.txt")
    link.external_attr = 0o120777 << 16

    assert outcomes(tmp_path / "a.zip", zip_of((link, b"/etc/hostname"))) == ["not_a_file"]


def test_members_under_a_password_are_refused(tmp_path: Path) -> None:
    data = bytearray(zip_of(("a.txt", b"Upheld"), ("b.txt", b"Upheld")))
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    data[6] |= 1

    assert outcomes(tmp_path / "a.zip", bytes(data)) == ["encrypted", "stored"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_packed_by_methods_without_bounds_are_refused(tmp_path: Path, method: int) -> None:
    assert outcomes(tmp_path / "a.zip", zip_of(("a.txt", b"Upheld"), method=method)) == ["damaged_zip"]


def test_members_are_limited_in_number(tmp_path: Path) -> None:
    data = zip_of(*((f"{number}.txt", b"Upheld") for number in range(11)))

    assert outcomes(tmp_path / "a.zip", data, Limits(zip_members=10)) == ["too_many_members"]
    assert outcomes(tmp_path / "a.zip", data, Limits(zip_members=11)) == ["stored"] * 11


def test_a_directory_that_would_fill_the_memory_is_not_read(tmp_path: Path) -> None:
    names = (("n" * 200 + f"{number}.txt", b"") for number in range(100))

    assert outcomes(tmp_path / "a.zip", zip_of(*names), Limits(zip_members=40)) == ["too_many_members"]


def test_inner_zips_are_limited_in_size(tmp_path: Path) -> None:
    data = zip_of(("in.zip", zip_of(("a.txt", b"Upheld"))))

    assert outcomes(tmp_path / "a.zip", data, Limits(inner_zip_bytes=50)) == ["too_large"]


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_zip_is_damaged(tmp_path: Path, kept: float) -> None:
    data = zip_of(*((f"{number}.txt", b"Upheld") for number in range(20)))

    assert outcomes(tmp_path / "a.zip", data[: int(len(data) * kept)]) == ["damaged_zip"]


def test_a_member_with_a_wrong_sum_is_damaged_and_its_neighbour_is_read(tmp_path: Path) -> None:
    data = zip_of(("a.txt", b"Knee brace: Upheld"), ("b.txt", b"Upheld"), method=zipfile.ZIP_STORED)

    assert outcomes(tmp_path / "a.zip", data.replace(b"brace", b"trace", 1)) == ["damaged_zip", "stored"]


# Word

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BODY = f'<w:document xmlns:w="{WORD}"><w:body>{{}}</w:body></w:document>'


RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="{}" Type="'
    'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


def word_of(xml: str) -> bytes:
    relationships = RELATIONSHIPS.format("word/document.xml").encode()
    return zip_of(("_rels/.rels", relationships), ("word/document.xml", xml.encode()))


def test_a_word_document_that_unpacks_to_gigabytes_is_refused_by_its_directory(tmp_path: Path) -> None:
    data = word_of("<w>" + " " * (60 * MIB))

    assert outcomes(tmp_path / "a.docx", data) == ["zip_bomb"]
    assert outcomes(tmp_path / "a.docx", data, Limits(zip_ratio=5000)) == ["too_large"]


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<!DOCTYPE w [<!ENTITY l0 "lol">{laughs}]>' + BODY.format("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>")
    began = time.perf_counter()

    assert outcomes(tmp_path / "a.docx", word_of(xml)) == ["damaged_docx"]
    assert time.perf_counter() - began < 1


def test_files_of_the_machine_are_not_fetched_into_a_document(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    xml = f'<!DOCTYPE w [<!ENTITY s SYSTEM "file://{tmp_path}/secret.txt">]>' + BODY.format(
        "<w:p><w:r><w:t>Upheld &s;</w:t></w:r></w:p>"
    )

    assert outcomes(tmp_path / "a.docx", word_of(xml)) == ["damaged_docx"]


def test_a_word_document_nested_without_end_is_read_in_time(tmp_path: Path) -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 100_000 + "<w:p><w:r><w:t>Upheld</w:t></w:r></w:p>"
    xml = BODY.format(deep + "</w:tc></w:tr></w:tbl>" * 100_000)
    began = time.perf_counter()

    assert outcomes(tmp_path / "a.docx", word_of(xml), Limits(zip_ratio=5000)) in (
        ["stored"],
        ["damaged_docx"],
    )
    assert time.perf_counter() - began < 5


# HTML


PIECES = [
    "<div>",
    "<b><p>",
    "<a>",
    "<table>",
    "<table><tr><td>",
    "<table><tr><td>x<p>y",
    "<select>",
    "<svg><p>",
]
PIECES += ["</p>", "<li>", "<br>", "<pre>", "<script>", "<td>x", "<tr>", "<p a=b ", "<a ", "<a '", "</script"]
PIECES += ["<", "<!--", "<!", "&", "&#", "]]>", " ", "x"]


@pytest.mark.parametrize("piece", PIECES)
def test_no_page_takes_long(piece: str) -> None:
    page = "<html><body>" + "<div>" * 1000 + piece * (MIB // len(piece)) + "Upheld"
    began = time.perf_counter()

    assert outcome(page.encode(), "a.html") in {"stored", "damaged_markup", "no_text"}
    assert time.perf_counter() - began < 4


def test_a_page_with_many_attributes_does_not_take_long() -> None:
    page = "<p " + " ".join(f"a{number}=b" for number in range(100_000)) + ">Upheld"
    began = time.perf_counter()

    assert read_bytes(page.encode(), "a.html").text == "Upheld"
    assert time.perf_counter() - began < 2


# Any bytes

SUFFIXES = [suffix for suffix in KIND_BY_SUFFIX if suffix != ".zip"]
HEADS = [b"", b"%PDF-1.4\n", b"PK\x03\x04", b"PK\x05\x06", b"<html><body>", b"<!doctype html>", b"<?xml?>"]
HEADS += [
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe\0\0",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"{\\rtf",
]
HEADS += [
    f"<meta charset={name}>".encode()
    for name in ("utf-7", "idna", "rot13", "zlib", "unicode_escape", "utf-8")
]


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(SUFFIXES), st.sampled_from(HEADS), st.binary(max_size=3000))
@example(".html", b"<meta charset=unicode_escape>", b"\\ud800 x")
@example(".html", b"<p>", "\ud800 x".encode("utf-8", "surrogatepass"))
def test_any_bytes_under_any_name_give_a_document_or_a_reason(suffix: str, magic: bytes, rest: bytes) -> None:
    assert outcome(magic + rest, "a" + suffix) in {*REASONS, "stored"}


def pdf_of(*lines: str) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for line in lines:
        canvas.drawString(72, 700, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_a_pdf_cut_short_anywhere_gives_a_document_or_a_reason() -> None:
    data = pdf_of("Knee brace: Upheld", "Second page")

    results = [outcome(data[:length], "a.pdf") for length in range(0, len(data) + 1, 7)]

    assert results[0] == "empty"
    assert outcome(data, "a.pdf") == "stored"
    assert set(results) <= {"empty", "damaged_pdf", "no_text", "needs_ocr", "stored"}


SEEDS = {
    ".pdf": pdf_of("Knee brace: Upheld", "Second page"),
    ".docx": word_of(BODY.format("<w:p><w:r><w:t>Knee brace: Upheld</w:t></w:r></w:p>")),
    ".html": b"<!doctype html><table><tr><td>Knee brace<td>Upheld</table><pre>a\n b</pre>",
    ".txt": "Knee brace \u2013 Upheld".encode("utf-16"),
    ".zip": zip_of(("a.txt", b"Upheld"), ("b.zip", zip_of(("c.txt", b"Upheld")))),
}


@settings(max_examples=500, deadline=None)
@example(".zip", [(0.71484375, b"\x00")])  # the first letter of a member's name, in the directory
@given(
    st.sampled_from(sorted(SEEDS)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=6)), min_size=1, max_size=8),
)
def test_damaged_files_give_a_document_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, damage: list[tuple[float, bytes]]
) -> None:
    data = bytearray(SEEDS[suffix])
    for place, patch in damage:
        at = int(place * len(data))
        data[at : at + len(patch)] = patch
    path = tmp_path_factory.getbasetemp() / f"damaged{suffix}"

    assert outcomes(path, bytes(data))
    close_zips()
