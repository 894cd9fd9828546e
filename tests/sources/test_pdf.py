"""PDFs: pages, passwords, pictures, damage."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable

import pypdfium2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from imr_archive.errors import SourceError
from imr_archive.sources import DEFAULT_LIMITS, Document, Limits, pdf
from imr_archive.sources.pdf import opened, read_pdf

Read = Callable[..., Document]
ReasonFor = Callable[..., str]
Make = Callable[..., bytes]


def test_pages_are_parted_by_form_feeds(read_as: Read, make_pdf: Make) -> None:
    document = read_as("a.pdf", make_pdf(("first page",), ("second page", "more"), ("last page",)))

    assert document.text == "first page\fsecond page\nmore\flast page"
    assert document.pages == 3


@pytest.mark.parametrize("strength", [40, 128])
def test_encryption_with_an_empty_user_password_is_no_obstacle(
    read_as: Read, make_pdf: Make, strength: int
) -> None:
    encryption = StandardEncryption("", ownerPassword="owner", canCopy=0, canModify=0, strength=strength)

    assert read_as("a.pdf", make_pdf(("secret to nobody",), encryption=encryption)).text == "secret to nobody"


@pytest.mark.parametrize("strength", [40, 128])
def test_a_pdf_under_a_password_is_set_aside(reason_for: ReasonFor, make_pdf: Make, strength: int) -> None:
    encryption = StandardEncryption("user", ownerPassword="owner", strength=strength)

    assert reason_for("a.pdf", make_pdf(encryption=encryption)) == "encrypted"


@given(pages=st.lists(st.binary(max_size=60), min_size=1, max_size=3))
@example(pages=[b"\x01\x02Upheld\x00\x1f", b"", b"\x01", b"re\xadturn \x7f\x92s\xde\xdf"])
def test_the_text_is_the_one_that_pypdfium2_gives(pages: list[bytes]) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, initialFontName="Helvetica")
    for shown in pages:
        canvas.addLiteral(f"BT /F1 12 Tf 72 700 Td <{shown.hex()}> Tj ET")
        canvas.showPage()
    canvas.save()
    with pypdfium2.PdfDocument(buffer.getvalue()) as document:
        expected = "\f".join(page.get_textpage().get_text_range() for page in document)

    try:
        text = read_pdf(buffer.getvalue(), DEFAULT_LIMITS).text
    except SourceError as error:
        assert error.reason == "needs_ocr"  # noqa: PT017 (nothing that can be read)
        assert not any(character.isalnum() for character in expected)
    else:
        assert text == expected


def picture_pdf(stamp: str = "", width: int = 595, height: int = 842) -> bytes:
    """A PDF of two pages that are pictures, as a scanner makes it, with a stamp on each or without."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for _ in range(2):
        canvas.drawImage(ImageReader(Image.new("1", (170, 220), 1)), 0, 40, width, height)
        canvas.drawString(20, 20, stamp)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_pictures_of_pages_need_ocr(reason_for: ReasonFor) -> None:
    assert reason_for("a.pdf", picture_pdf()) == "needs_ocr"


def test_pictures_of_pages_that_a_fax_machine_stamped_need_ocr(reason_for: ReasonFor) -> None:
    assert reason_for("a.pdf", picture_pdf("Fax 555-0100  Page 1")) == "needs_ocr"


def test_a_short_text_beside_a_logo_is_text(read_as: Read) -> None:
    assert read_as("a.pdf", picture_pdf("Knee brace: Upheld", width=200, height=60)).text == (
        "Knee brace: Upheld\fKnee brace: Upheld"
    )


def test_letters_drawn_as_lines_need_ocr(reason_for: ReasonFor) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.line(10, 10, 20, 30)
    canvas.save()

    assert reason_for("a.pdf", buffer.getvalue()) == "needs_ocr"


def test_blank_pages_hold_no_text(reason_for: ReasonFor, make_pdf: Make) -> None:
    assert reason_for("a.pdf", make_pdf((), ())) == "no_text"


def test_pages_and_text_are_limited(reason_for: ReasonFor, read_as: Read, make_pdf: Make) -> None:
    data = make_pdf(("one page",), ("two page",), ("three page",))

    assert read_as("a.pdf", data, Limits(pages=3, text_characters=50)).pages == 3
    assert reason_for("a.pdf", data, Limits(pages=2)) == "too_many_pages"
    assert reason_for("a.pdf", data, Limits(text_characters=20)) == "too_much_text"


def no_pages() -> bytes:
    buffer = io.BytesIO()
    pypdfium2.PdfDocument.new().save(buffer)
    return buffer.getvalue()


def only_open(data: bytes, limits: Limits) -> None:
    with opened(data, limits):
        pass


@pytest.mark.parametrize("reader", [read_pdf, only_open])
def test_a_pdf_without_pages_is_damaged_whatever_was_refused_before_it(
    make_pdf: Make, reader: Callable[[bytes, Limits], object]
) -> None:
    encrypted = make_pdf(encryption=StandardEncryption("user", ownerPassword="owner"))
    reasons = []
    for data in (encrypted, no_pages()):
        with pytest.raises(SourceError) as caught:
            reader(data, DEFAULT_LIMITS)
        reasons.append(caught.value.reason)

    assert reasons == ["encrypted", "damaged_pdf"]


@pytest.mark.parametrize("reader", [read_pdf, only_open])
def test_what_is_refused_is_closed_and_pdfium_is_free_for_others(
    make_pdf: Make, reader: Callable[[bytes, Limits], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    tight = Limits(pages=2, text_characters=5)
    given = [(no_pages(), DEFAULT_LIMITS), (make_pdf((), (), ()), tight), (make_pdf(), tight)]
    closed = []
    close = pdf.pdfium.FPDF_CloseDocument
    monkeypatch.setattr(pdf.pdfium, "FPDF_CloseDocument", lambda document: closed.append(close(document)))

    for data, limits in given:
        with contextlib.suppress(SourceError):
            reader(data, limits)

    assert len(closed) == 3
    assert not pdf.PDFIUM_LOCK.locked()


def test_a_truncated_pdf_gives_its_text_or_is_damaged(
    read_as: Read, reason_for: ReasonFor, make_pdf: Make
) -> None:
    data = make_pdf(("one", "two"), ("three",))

    assert reason_for("a.pdf", data[:400]) == "damaged_pdf"
    assert reason_for("b.pdf", data[:9]) == "damaged_pdf"
    assert read_as("c.pdf", data[:-6]).text == "one\ntwo\fthree"


def test_bytes_that_are_neither_pdf_nor_text_are_damaged(reason_for: ReasonFor) -> None:
    assert reason_for("a.pdf", bytes(range(256)) * 20) == "damaged_pdf"


def test_junk_before_the_header_does_no_harm(read_as: Read, make_pdf: Make) -> None:
    assert read_as("a.pdf", b"Content-Type: application/pdf\r\n\r\n" + make_pdf(("text",))).text == "text"
