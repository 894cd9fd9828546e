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


RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="{}" Type="'
    'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


def saved(document: docx.document.Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def of_body(body: str, namespace: str = WORD, main_part: str = "word/document.xml") -> bytes:
    """The least package that is a Word document, with this XML as its body."""
    compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        opening = f'<w:document xmlns:w="{namespace}" xmlns:mc="{compatibility}">'
        package.writestr("_rels/.rels", RELATIONSHIPS.format(main_part))
        package.writestr(main_part, f"{opening}<w:body>{body}</w:body></w:document>")
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


PRINTED = {
    "<w:p>{kept }<w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>": "kept",
    "<w:p><w:ins>{inserted}</w:ins></w:p>": "inserted",
    "<w:p><w:moveFrom>{old}</w:moveFrom>{new}</w:p>": "new",
    "<w:sdt><w:sdtContent><w:p>{in a field}</w:p></w:sdtContent></w:sdt>": "in a field",
    "<w:p><w:hyperlink>{a link}</w:hyperlink></w:p>": "a link",
    "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r>{7}</w:p>": "7",
    "<w:p>{Non}<w:r><w:noBreakHyphen/></w:r>{MTUS}</w:p>": "Non-MTUS",
    "<w:p>{Electro}<w:r><w:softHyphen/></w:r>{diagnostic}</w:p>": "Electro\u00addiagnostic",
    "<w:p><w:pPr><w:tabs><w:tab w:pos='9'/></w:tabs></w:pPr>{a}<w:r><w:tab/></w:r>{b}</w:p>": "a\tb",
    "<w:p><mc:AlternateContent><mc:Choice><w:txbxContent><w:p>{box}</w:p></w:txbxContent></mc:Choice>"
    "<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:p>": "box",
}


@pytest.mark.parametrize(("body", "text"), PRINTED.items())
def test_what_word_would_print_is_read(read_as: Read, body: str, text: str) -> None:
    assert (
        read_as("a.docx", of_body(body.replace("{", "<w:r><w:t>").replace("}", "</w:t></w:r>"))).text.strip()
        == text
    )


def test_the_strict_dialect_is_read(read_as: Read) -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"

    assert read_as("a.docx", of_body("<w:p><w:r><w:t>Upheld</w:t></w:r></w:p>", strict)).text == "Upheld"


def test_the_main_part_may_have_any_name(read_as: Read) -> None:
    data = of_body("<w:p><w:r><w:t>Upheld</w:t></w:r></w:p>", main_part="word/document2.xml")

    assert read_as("a.docx", data).text == "Upheld"
    assert read_as("a.pdf", data).reader == "word"


def test_damage_and_limits(reason_for: ReasonFor, make_docx: Make, make_zip: Make) -> None:
    data = make_docx("Knee brace: Upheld")

    assert reason_for("cut.docx", data[: len(data) // 2]) == "damaged_docx"
    assert reason_for("other.docx", make_zip({"xl/workbook.xml": b"<x/>"})) == "damaged_docx"
    assert reason_for("bare.docx", make_zip({"_rels/.rels": b"<x/>"})) == "damaged_docx"
    assert reason_for("xml.docx", of_body("<w:p><w:r>")) == "damaged_docx"
    assert reason_for("blank.docx", make_docx("")) == "no_text"
    assert reason_for("large.docx", data, Limits(markup_bytes=100)) == "too_large"
    assert reason_for("long.docx", data, Limits(text_characters=10)) == "too_much_text"
