"""A memo as a Word document, by python-docx (the optional part `docx`)."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from imr_archive.errors import MissingExtraError
from imr_archive.export.memo.decisions import cells, headings
from imr_archive.export.memo.record import NO_RATIONALE, CitedDecision, Memo
from imr_archive.export.plain_text import one_line

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import _Row

EXTRA = "docx"

WIDTHS = (2.9, 2.2, 6.0, 2.2, 3.4, 4.3, 3.3, 1.4)
"""Of the columns, in centimetres: together the width between the margins of a Letter page on its side."""

WIDTHS_COMPARED = (2.9, 2.2, 5.0, 2.2, 3.0, 3.8, 2.9, 1.4, 2.3)
"""The same where a question compares, with the column of its sides."""

MARGIN = 1.1
TABLE_SIZE = 8.5
"""Centimetres, and points."""

MOST_OF_A_PROPERTY = 255
"""Characters of a core property that python-docx takes."""


def write_docx(memo: Memo) -> bytes:
    """The memo as a Word file; what letters say stands in it as plain text.

    Raises MissingExtraError where python-docx is not installed.
    """
    if find_spec("docx") is None:
        raise MissingExtraError("memos for Word", EXTRA)
    import docx  # noqa: PLC0415 - it takes longer to import than most commands take to run

    document: Document = docx.Document()
    _set_page(document, memo)
    document.add_heading(one_line(memo.title), level=0)
    for label, value in memo.facts:
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(one_line(value))
    if memo.decisions:
        _add_table(document, memo)
        document.add_heading("Quotations", level=1)
        for one in memo.decisions:
            _add_quotation(document, one)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_page(document: Document, memo: Memo) -> None:
    """A Letter page on its side, and whose document it is: the library's template names its own author."""
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415 - as above
    from docx.shared import Cm, Inches  # noqa: PLC0415

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Inches(11), Inches(8.5)
    section.left_margin = section.right_margin = Cm(MARGIN)
    about = document.core_properties
    about.author, about.comments = "imr-archive", ""
    about.title = one_line(memo.title)[:MOST_OF_A_PROPERTY]
    about.created = about.modified = datetime.datetime.combine(memo.made, datetime.time())


def _add_table(document: Document, memo: Memo) -> None:
    columns = headings(memo)
    table = document.add_table(rows=1, cols=len(columns), style="Light Grid Accent 1")
    table.autofit = False
    heading = table.rows[0]
    _fill(heading, columns)
    heading._tr.get_or_add_trPr().append(_flag("w:tblHeader"))  # noqa: SLF001 - python-docx has no call for it
    for one in memo.decisions:
        row = table.add_row()
        _fill(row, cells(one))
        row._tr.get_or_add_trPr().append(_flag("w:cantSplit"))  # noqa: SLF001


def _fill(row: _Row, texts: Sequence[str]) -> None:
    from docx.shared import Cm, Pt  # noqa: PLC0415 - as above

    widths = WIDTHS if len(texts) == len(WIDTHS) else WIDTHS_COMPARED
    for cell, text, width in zip(row.cells, texts, widths, strict=True):
        cell.width = Cm(width)
        cell.paragraphs[0].add_run(one_line(text)).font.size = Pt(TABLE_SIZE)


def _flag(name: str) -> BaseOxmlElement:
    """A property that a row of a table has: a heading that every page repeats, a row that no page splits."""
    from docx.oxml import OxmlElement  # noqa: PLC0415 - as above

    return OxmlElement(name)


def _add_quotation(document: Document, one: CitedDecision) -> None:
    heading = f"{one.name}, item {one.position}: {one.description}"
    document.add_heading(one_line(heading), level=2)
    if one.quotation is None:
        document.add_paragraph(NO_RATIONALE)
    else:
        document.add_paragraph(
            f"“{one_line(one.quotation.marked)}”", style="Quote"
        ).paragraph_format.keep_with_next = True
    document.add_paragraph(f"— {one_line(one.source_line)}")
