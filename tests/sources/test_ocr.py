"""PDFs of pictures read by OCR: what the pages say, how surely, and how well letters come through it."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from imr_archive.parsing import parse_letters
from imr_archive.sources import Document
from imr_archive.sources.reading import read_bytes
from imr_archive.sources.straightening import skew, without_rules
from imr_archive.sources.tesseract import PageReading, read_table

Make = Callable[..., bytes]

WORDS = (
    "Case Number: CM20-0000001",
    "Clinical case summary",
    "A gardener of 48 years fell from a ladder and hurt his knee.",
    "Knee brace: Overturned",
)

BOX = ((72, 200, 330, 430, 540), (690, 672, 654, 636, 604))
"""The rules of a form's header table: where the upright ones stand, and the level ones."""
CELLS = (
    (78, 677, "Case Number:"), (206, 677, "CM20-0000001"),
    (78, 659, "Date Assigned:"), (206, 659, "12/07/2020"),
    (336, 659, "Date of Injury:"), (436, 659, "10/13/2018"),
    (78, 641, "Decision Date:"), (206, 641, "01/09/2021"),
    (336, 641, "UR Denial Date:"), (436, 641, "11/22/2020"),
    (78, 623, "Priority:"), (206, 623, "Standard"),
    (336, 623, "Application"), (436, 623, "11/29/2020"), (336, 609, "Received:"),
)  # fmt: skip


def scanned(data: bytes, dpi: int = 150, degrees: float = 0.0) -> bytes:
    """The PDF as a scanner gives it back: each page a gray picture, kept as JPEG, drawn in askew."""
    sheets = [
        page.render(scale=dpi / 72, grayscale=True)
        .to_pil()
        .rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
        for page in pypdfium2.PdfDocument(data, password="")
    ]
    written = io.BytesIO()
    sheets[0].save(written, "PDF", save_all=True, append_images=sheets[1:], resolution=dpi)
    return written.getvalue()


def by_ocr(data: bytes) -> Document:
    return read_bytes(data, "scan.pdf", ocr=True)


def boxed_header() -> bytes:
    """A page with the form's header table: ruled, its labels on gray."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=letter)
    uprights, levels = BOX
    canvas.setFillGray(0.88)
    for left, right in ((uprights[0], uprights[1]), (uprights[2], uprights[3])):
        canvas.rect(left, levels[-1], right - left, levels[0] - levels[-1], stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.setLineWidth(0.5)
    canvas.grid(uprights, levels)
    canvas.setFont("Helvetica", 12)
    for left, bottom, words in CELLS:
        canvas.drawString(left, bottom, words)
    for number, words in enumerate(WORDS[1:]):
        canvas.drawString(72, 560 - 16 * number, words)
    canvas.save()
    return buffer.getvalue()


@pytest.mark.ocr
def test_pages_that_are_pictures_are_read_and_marked(make_pdf: Make) -> None:
    document = by_ocr(scanned(make_pdf(WORDS, WORDS[2:]), 200))

    assert document.text.replace("\n\n", "\n") == "\n".join(WORDS) + "\f" + "\n".join(WORDS[2:])
    assert (document.reader, document.pages) == ("ocr", 2)
    assert document.ocr_confidence is not None
    assert 85 < document.ocr_confidence < 100
    first, second = document.page_confidences
    assert first is not None
    assert second is not None
    words = [len(page.split()) for page in document.text.split("\f")]
    mean = (first * words[0] + second * words[1]) / sum(words)
    assert document.ocr_confidence == pytest.approx(mean, abs=0.02)


def test_a_pdf_with_its_text_needs_no_ocr(make_pdf: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    data = make_pdf(WORDS, ("page two",))

    assert by_ocr(data) == read_bytes(data, "scan.pdf")
    assert (by_ocr(data).reader, by_ocr(data).ocr_confidence, by_ocr(data).page_confidences) == (
        "pdf",
        None,
        (),
    )


@pytest.mark.ocr
def test_only_the_pages_that_are_pictures_are_read_by_ocr() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=letter)
    text = "A page of text, which stands here in full and is not to be read by OCR. " * 3
    canvas.drawString(10, 700, text)
    canvas.showPage()
    sheet = Image.new("L", (1275, 1650), 255)
    ImageDraw.Draw(sheet).text((150, 300), "Knee brace: Overturned", fill=0, font_size=28)
    canvas.drawImage(ImageReader(sheet), 0, 0, *letter)
    canvas.drawString(20, 20, "Fax 555-0100 Page 2")
    canvas.showPage()
    canvas.save()

    document = by_ocr(buffer.getvalue())

    first, second = document.text.split("\f")
    assert first.strip() == text.strip()
    assert second.split("\n")[0] == "Knee brace: Overturned"
    assert document.page_confidences[0] is None
    assert document.page_confidences[1] == document.ocr_confidence


@pytest.mark.ocr
def test_a_blank_page_among_others_has_no_confidence(make_pdf: Make) -> None:
    document = by_ocr(scanned(make_pdf(WORDS, ())))

    assert document.text.endswith("\f")
    assert document.page_confidences[0] == document.ocr_confidence
    assert document.page_confidences[1] is None


@pytest.mark.ocr
@pytest.mark.parametrize(("dpi", "degrees"), [(150, 0.0), (300, 0.0), (150, 1.2), (300, -2.5)])
def test_the_boxes_of_the_header_table_do_not_hide_its_words(dpi: int, degrees: float) -> None:
    document = by_ocr(scanned(boxed_header(), dpi, degrees))
    (record,) = parse_letters(document.text, "scan.pdf")

    assert document.text.startswith("Case Number: CM")
    assert {
        "date_assigned": str(record.date_assigned),
        "date_of_injury": str(record.date_of_injury),
        "decision_date": str(record.decision_date),
        "ur_denial_date": str(record.ur_denial_date),
        "application_received": str(record.application_received),
        "priority": record.priority,
    } == {
        "date_assigned": "2020-12-07",
        "date_of_injury": "2018-10-13",
        "decision_date": "2021-01-09",
        "ur_denial_date": "2020-11-22",
        "application_received": "2020-11-29",
        "priority": "standard",
    }, document.text


@pytest.mark.ocr
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_lies_on_its_side_or_head_is_turned(make_pdf: Make, degrees: int) -> None:
    (page,) = pypdfium2.PdfDocument(make_pdf(WORDS * 3))
    sheet = page.render(scale=150 / 72, grayscale=True).to_pil().rotate(degrees, expand=True)
    written = io.BytesIO()
    sheet.save(written, "PDF", resolution=150)

    document = by_ocr(written.getvalue())

    assert document.text.replace("\n\n", "\n") == "\n".join(WORDS * 3)


# How well letters come through


@pytest.fixture(scope="module")
def truths(sample_letters: Path) -> dict[str, dict[str, Any]]:
    lines = (sample_letters.parent / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return {line["source"]: line for line in map(json.loads, lines)}


SCANS = (
    ("2014/CM14-0906133.pdf", 0.0),
    ("2015/CM15-0909003.pdf", 0.8),
    ("2017/CM17-0901647.pdf", -0.8),
    ("2020/CM20-0902866.pdf", 1.7),
    ("2022/CM22-0900349.pdf", -2.5),
)
"""Letters, and by how many degrees each lay askew on the scanner."""


@pytest.mark.ocr
@pytest.mark.parametrize("dpi", [150, 300])
def test_scanned_letters_are_read_nearly_as_well_as_their_text(
    dpi: int, sample_letters: Path, truths: dict[str, dict[str, Any]]
) -> None:
    wanted: Counter[tuple[str, ...]] = Counter()
    given: Counter[tuple[str, ...]] = Counter()
    for name, degrees in SCANS:
        path = sample_letters / name
        document = by_ocr(scanned(path.read_bytes(), dpi, degrees))
        (record,) = parse_letters(document.text, path.name)
        wanted.update(facts(truths[path.name]))
        given.update(facts(json.loads(json.dumps(record.to_dict()))))

    f1 = 2 * (wanted & given).total() / (wanted.total() + given.total())
    assert f1 >= 0.95, f"F1 {f1:.4f}\nmissed: {sorted(wanted - given)}\nextra: {sorted(given - wanted)}"


def facts(record: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """All that a record states, one fact a value, as the published scorer counts them."""
    source = record["source"]
    for field in (
        "case_number", "date_assigned", "date_of_injury", "decision_date", "ur_denial_date",
        "application_received", "priority", "outcome", "patient_age", "patient_sex",
    ):  # fmt: skip
        if record[field] is not None:
            yield source, field, str(record[field])
    for field in ("specialties", "licensure_states"):
        yield from ((source, field, value) for value in record["reviewer"][field])
    for item in record["items"]:
        at = f"{source}: {item['description']}".lower().rstrip(".")
        yield at, "item"
        yield at, item["outcome"]
        yield at, item["category"], item["subcategory"]
        for cite in item["citations"]:
            where = at, cite["cited_by"], cite["source"], str(cite["guideline"])
            yield (*where, str(cite["year"]))
            yield from ((*where, "section", section) for section in cite["sections"])
            yield from ((*where, "page", page) for page in cite["pages"])


# The parts


def printed_page() -> Image.Image:
    """A page of forty lines of print, at 100 dpi."""
    page = Image.new("L", (850, 1100), 255)
    pen = ImageDraw.Draw(page)
    for number in range(40):
        pen.text(
            (100, 100 + 22 * number), "The reviewer found the request to be necessary. " * 2, 0, font_size=13
        )
    return page


@pytest.mark.parametrize("degrees", [0.0, 0.3, -0.7, 1.9, -3.4, 4.8])
def test_the_skew_of_a_page_is_found(degrees: float) -> None:
    askew = printed_page().rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)

    assert skew(askew, 100) == pytest.approx(-degrees, abs=0.11)


def test_a_blank_page_has_no_skew() -> None:
    assert skew(Image.new("L", (850, 1100), 255), 100) == 0.0
    assert skew(Image.new("L", (1, 1), 255), 100) == 0.0


def test_rules_are_painted_out_and_print_stays() -> None:
    page = printed_page()
    ruled = page.copy()
    pen = ImageDraw.Draw(ruled)
    pen.rectangle((60, 40, 801, 75), outline=0, width=2)
    pen.line((60, 80, 60, 1000), fill=0, width=3)

    assert without_rules(page, 100).tobytes() == page.tobytes()
    assert without_rules(ruled, 100).tobytes() == page.tobytes()


def row(level: int, block: int, paragraph: int, line: int, word: int, confidence: str, text: str) -> str:
    return "\t".join(map(str, (level, 1, block, paragraph, line, word, 10, 10, 50, 20, confidence, text)))


def test_rows_of_words_become_lines_and_paragraphs() -> None:
    table = "\n".join((
        "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext",
        row(1, 0, 0, 0, 0, "-1", ""),
        row(4, 1, 1, 1, 0, "-1", ""),
        row(5, 1, 1, 1, 1, "96.5", "Case"),
        row(5, 1, 1, 1, 2, "93.5", "Number:"),
        row(5, 1, 1, 2, 1, "90", "CM20-0000001"),
        row(5, 1, 2, 1, 1, "60.25", "Knee"),
        row(5, 1, 2, 1, 2, "95", " "),
        row(5, 2, 1, 1, 1, "100", "Upheld"),
        "",
    ))  # fmt: skip

    assert read_table(table) == PageReading(
        text="Case Number:\nCM20-0000001\n\nKnee\n\nUpheld", words=5, confidence=88.05
    )


def test_a_table_without_words_is_a_page_without_text() -> None:
    assert read_table(row(1, 0, 0, 0, 0, "-1", "")) == PageReading(text="", words=0, confidence=None)
