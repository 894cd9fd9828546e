"""Inputs that the tests make for themselves: PDFs, Word documents and zips of a fictional letter."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import docx.document
import pytest
from reportlab.lib.pagesizes import letter
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from imr_archive.errors import SourceError
from imr_archive.sources import DEFAULT_LIMITS, REASONS, Document, Found, Limits, close_zips, discover, read

LINES = ("Case Number: CM20-0000001", "Knee brace: Overturned")


@pytest.fixture
def make_pdf() -> Callable[..., bytes]:
    """Makes a PDF with a line of text for each string of each page; the letter's, if none is given."""

    def make(*pages: tuple[str, ...], encryption: StandardEncryption | None = None) -> bytes:
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=letter, encrypt=encryption)
        for lines in pages or (LINES,):
            for number, line in enumerate(lines):
                canvas.drawString(72, 700 - 14 * number, line)
            canvas.showPage()
        canvas.save()
        return buffer.getvalue()

    return make


@pytest.fixture
def make_docx() -> Callable[..., bytes]:
    """Makes a Word document of the paragraphs; of the letter's lines, if none is given."""

    def make(*paragraphs: str) -> bytes:
        document = docx.Document()
        for paragraph in paragraphs or LINES:
            document.add_paragraph(paragraph)
        return saved(document)

    return make


def saved(document: docx.document.Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.fixture
def make_zip() -> Callable[..., bytes]:
    """Makes a zip of the members in the order given; a list may name one twice."""

    def make(members: dict[str, bytes] | list[tuple[str, bytes]]) -> bytes:
        buffer = io.BytesIO()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Duplicate name")
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, data in members.items() if isinstance(members, dict) else members:
                    archive.writestr(name, data)
        return buffer.getvalue()

    return make


@pytest.fixture
def read_as(tmp_path: Path) -> Callable[[str, bytes], Document]:
    """Reads bytes as the file that they are under a name."""

    def read_bytes(name: str, data: bytes, limits: Limits = DEFAULT_LIMITS) -> Document:
        path = tmp_path / name
        path.write_bytes(data)
        (item,) = discover([path], limits)
        assert isinstance(item, Found), item
        return read(item, limits)

    return read_bytes


@pytest.fixture
def reason_for(read_as: Callable[..., Document]) -> Callable[..., str]:
    """The reason for which bytes under a name are set aside."""

    def reason(name: str, data: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
        with pytest.raises(SourceError) as caught:
            read_as(name, data, limits)
        assert caught.value.reason in REASONS
        assert str(caught.value).startswith(REASONS[caught.value.reason])
        return caught.value.reason

    return reason


@pytest.fixture(autouse=True)
def _no_zip_left_open() -> Iterator[None]:
    yield
    close_zips()
