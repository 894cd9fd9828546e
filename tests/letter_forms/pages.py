"""Blocks → PDF: lines set on pages, labels in bold, the header table in two columns."""

from __future__ import annotations

import io
import re

from reportlab.lib.pagesizes import letter as letter_size
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from .layouts import Block, Header, HeaderRows, Heading, ItemHeading, Paragraph, Title, blocks, footer
from .letter import Letter

REGULAR, BOLD, SIZE, LEADING = "Times-Roman", "Times-Bold", 11, 14
WIDTH, HEIGHT = letter_size
LEFT, TOP, BOTTOM, COLUMN = 72, HEIGHT - 72, 80, 306
PIECES = re.compile(r"\s+|[^\s-]*-+(?=\w)|\S+")
"""Where a line may break: at spaces and after a hyphen within a word."""

Run = tuple[str, str]
Line = list[tuple[float, list[Run]]]


def pdf(letter: Letter) -> bytes:
    """The letter as a PDF, the same bytes each time; encrypted with an empty password if it says so."""
    written = io.BytesIO()
    lock = StandardEncryption("", ownerPassword="letters", canModify=0) if letter.encrypted else None
    canvas = Canvas(written, pagesize=letter_size, invariant=1, pageCompression=0, encrypt=lock)
    lines = [line for block in blocks(letter) for line in _lines(block)]
    per_page = int((TOP - BOTTOM) // LEADING)
    pages = [lines[at : at + per_page] for at in range(0, len(lines), per_page)]
    foot = footer(letter)
    for number, page in enumerate(pages, 1):
        for row, line in enumerate(page):
            for left, runs in line:
                _draw(canvas, left, TOP - row * LEADING, runs)
        if foot:
            _draw(canvas, LEFT, BOTTOM - 3 * LEADING, [(foot.format(page=number, pages=len(pages)), REGULAR)])
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def _draw(canvas: Canvas, left: float, height: float, runs: list[Run]) -> None:
    text = canvas.beginText(left, height)
    for words, font in runs:
        text.setFont(font, SIZE)
        text.textOut(words)
    canvas.drawText(text)


def _lines(block: Block) -> list[Line]:
    match block:
        case Header(rows, setting):
            return [*_header_lines(rows, setting), []]
        case Title(text):
            return [*_set([(text, BOLD)])]
        case Heading(text):
            return [[], *_set([(text, BOLD)]), []]
        case ItemHeading(text, outcome, _):
            return [[], *_set([(f"{text}: {outcome}", BOLD)]), []]
        case Paragraph(text, label):
            bold = [(f"{label} ", BOLD)] if label else []
            return [*_set([*bold, (" ".join(text.split()), REGULAR)]), []]


def _header_lines(rows: HeaderRows, setting: str) -> list[Line]:
    lines: list[Line] = []
    for row in rows:
        cells = [[(f"{label} ", BOLD), (value, REGULAR)] for label, value in row]
        lines.append([(left, cell) for left, cell in zip((LEFT, COLUMN), cells, strict=False)])
    if setting == "split":
        (label, _), (received, _) = lines[-1][1][1]
        first, last = label.split()
        lines[-1][1] = (COLUMN, [(f"{first} ", BOLD)])
        lines += [[(COLUMN, [(last, BOLD)])], [(COLUMN, [(received, REGULAR)])]]
    return lines


def _set(runs: list[Run]) -> list[Line]:
    """Breaks the runs into lines of the page's width; each ends in the space or hyphen where it broke."""
    lines: list[Line] = []
    line: list[Run] = []
    width = 0.0
    for words, font in runs:
        for piece in PIECES.findall(words):
            wide = stringWidth(piece, font, SIZE)
            if width + wide > WIDTH - 2 * LEFT and not piece.isspace():
                lines.append([(LEFT, line)])
                line, width = [], 0.0
            line.append((piece, font))
            width += wide
    return [*lines, [(LEFT, line)]]
