"""Word documents: paragraphs, tables, tracked changes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import docx.document
import pytest
from docx.enum.text import WD_BREAK

from imr_archive.sources import Document, Limits

Read = Callable[..., Document]
ReasonFor = Callable[..., str]
Make = Callable[..., bytes]

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def saved(document: docx.document.Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def of_body(body: str) -> bytes:
    """The least package that is a Word document, with this XML as its body."""
    compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{WORD}" xmlns:mc="{compatibility}"><w:body>{body}</w:body></w:document>',
        )
    return buffer.getvalue()


def test_paragraphs_and_tables_come_in_their_order(read_as: Read) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Page header"
    document.add_heading("Final Determination", 1)
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        table._cells, ["Case Number:", "CM20-0000001", "Priority:", "Standard"], strict=True
    ):
        cell.text = text
    document.add_paragraph("")
    paragraph = document.add_paragraph("Knee ")
    paragraph.add_run("brace").bold = True
    paragraph.add_run("\tUpheld").add_break()
    paragraph.add_run("next line").add_break(WD_BREAK.PAGE)
    paragraph.add_run("next page")

    assert read_as("a.docx", saved(document)).text.split("\n") == [
        "Final Determination",
        "Case Number:\tCM20-0000001",
        "Priority:\tStandard",
        "",
        "Knee brace\tUpheld",
        "next line",
        "\fnext page",
    ]


def test_a_table_in_a_cell_and_merged_cells_are_read_once(read_as: Read) -> None:
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Across both"
    inner = table.cell(1, 0).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "Knee brace", "Upheld"
    table.cell(1, 1).text = "Beside"

    assert read_as("a.docx", saved(document)).text == "Across both\nKnee brace\tUpheld\tBeside"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<w:p><w:r><w:t>kept </w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>", "kept"),
        ("<w:p><w:ins><w:r><w:t>inserted</w:t></w:r></w:ins></w:p>", "inserted"),
        ("<w:p><w:moveFrom><w:r><w:t>old</w:t></w:r></w:moveFrom><w:r><w:t>new</w:t></w:r></w:p>", "new"),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>in a field</w:t></w:r></w:p></w:sdtContent></w:sdt>", "in a field"),
        ("<w:p><w:hyperlink><w:r><w:t>a link</w:t></w:r></w:hyperlink></w:p>", "a link"),
        ("<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>7</w:t></w:r></w:p>", "7"),
        ("<w:p><w:r><w:t>Non</w:t><w:noBreakHyphen/><w:t>MTUS</w:t></w:r></w:p>", "Non-MTUS"),
        ("<w:p><w:r><w:t>Electro</w:t><w:softHyphen/><w:t>diagnostic</w:t></w:r></w:p>", "Electro\u00addiagnostic"),
        ("<w:p><w:pPr><w:tabs><w:tab w:pos='9'/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r></w:p>", "a\tb"),
        (
            "<w:p><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p>"
            "</w:txbxContent></mc:Choice><mc:Fallback><w:r><w:t>box</w:t></w:r></mc:Fallback>"
            "</mc:AlternateContent></w:p>",
            "box",
        ),
    ],
)  # fmt: skip
def test_what_word_would_print_is_read(read_as: Read, body: str, text: str) -> None:
    assert read_as("a.docx", of_body(body)).text.strip() == text


def test_the_strict_dialect_is_read(read_as: Read) -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    data = of_body("<w:p><w:r><w:t>Upheld</w:t></w:r></w:p>")

    assert read_as("a.docx", data.replace(WORD.encode(), strict.encode().ljust(len(WORD)))).text == "Upheld"


def test_damage_and_limits(reason_for: ReasonFor, make_docx: Make, make_zip: Make) -> None:
    data = make_docx("Knee brace: Upheld")

    assert reason_for("cut.docx", data[: len(data) // 2]) == "damaged_docx"
    assert reason_for("other.docx", make_zip({"xl/workbook.xml": b"<x/>"})) == "damaged_docx"
    assert reason_for("xml.docx", of_body("<w:p><w:r>")) == "damaged_docx"
    assert reason_for("blank.docx", make_docx("")) == "no_text"
    assert reason_for("large.docx", data, Limits(markup_bytes=100)) == "too_large"
    assert reason_for("long.docx", data, Limits(text_characters=10)) == "too_much_text"
