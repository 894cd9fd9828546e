"""Blocks → a Word document."""

from __future__ import annotations

import io
import zipfile

import docx

from .layouts import Header, Heading, ItemHeading, Paragraph, Title, blocks
from .letter import Letter
from .packing import zipped
from .text import joined_outcome


def document(letter: Letter) -> bytes:
    """The letter as a Word document, the same bytes each time."""
    word = docx.Document()
    for block in blocks(letter):
        match block:
            case Title(text):
                word.add_heading(text, 0)
            case Header(rows, _):
                table = word.add_table(len(rows), 4)
                for row, pairs in zip(table.rows, rows, strict=True):
                    for cell, text in zip(row.cells, [text for pair in pairs for text in pair], strict=False):
                        cell.text = text
            case Heading(text):
                word.add_heading(text, 2)
            case ItemHeading(text, outcome, _):
                word.add_paragraph().add_run(joined_outcome(text, outcome)).bold = True
            case Paragraph(text, label):
                paragraph = word.add_paragraph()
                if label:
                    paragraph.add_run(f"{label} ").bold = True
                paragraph.add_run(" ".join(text.split()))
    written = io.BytesIO()
    word.save(written)
    with zipfile.ZipFile(written) as package:
        return zipped({name: package.read(name) for name in package.namelist()})
