"""Blocks → PDF: lines set on pages, labels in bold, the header table in two columns.

`pdf` writes with reportlab, which can encrypt; `quick_pdf` writes the same pages itself, many times as fast.
"""

from __future__ import annotations

import io
import itertools
import re
import zlib
from functools import lru_cache

from reportlab.lib.pagesizes import letter as letter_size
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from .layouts import Block, Header, HeaderRows, Heading, ItemHeading, Paragraph, Title, blocks, footer
from .letter import Letter

REGULAR, BOLD, SIZE, LEADING = "Times-Roman", "Times-Bold", 11, 14
FONTS = {REGULAR: "F1", BOLD: "F2"}
WIDTH, HEIGHT = letter_size
LEFT, TOP, BOTTOM, COLUMN = 72, HEIGHT - 72, 80, 306
PIECES = re.compile(r"\s+|[^\s-]*-+(?=\w)|\S+")
"""Where a line may break: at spaces and after a hyphen within a word."""

Run = tuple[str, str]
Line = list[tuple[float, list[Run]]]
Placed = tuple[float, float, list[Run]]
"""Runs with their place from the left and from the bottom of the page."""


def pdf(letter: Letter) -> bytes:
    """The letter as a PDF, the same bytes each time; encrypted with an empty password if it says so."""
    written = io.BytesIO()
    lock = StandardEncryption("", ownerPassword="letters", canModify=0) if letter.encrypted else None
    canvas = Canvas(written, pagesize=letter_size, invariant=1, pageCompression=0, encrypt=lock)
    for page in _pages(letter):
        for left, height, runs in page:
            _draw(canvas, left, height, runs)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def quick_pdf(letter: Letter) -> bytes:
    """The same pages as `pdf` sets, in a file of a few objects; never encrypted."""
    pages = [_content(page) for page in _pages(letter)]
    first = 5
    kids = " ".join(f"{first + 2 * at} 0 R" for at in range(len(pages)))
    fonts = [
        f"<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>".encode() for name in FONTS
    ]
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}/MediaBox[0 0 {WIDTH:g} {HEIGHT:g}]>>".encode(),
        *fonts,
    ]
    for at, content in enumerate(pages):
        resources = "/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>"
        objects.append(f"<</Type/Page/Parent 2 0 R{resources}/Contents {first + 2 * at + 1} 0 R>>".encode())
        objects.append(b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(content), content))
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    """The objects, numbered from 1, as a PDF whose catalogue is the first."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def _content(page: list[Placed]) -> bytes:
    """The drawing operators of a page, compressed."""
    drawn = []
    for left, height, runs in page:
        drawn.append(f"BT {left:g} {height:g} Td")
        for font, same in itertools.groupby(runs, key=lambda run: run[1]):
            words = "".join(run[0] for run in same)
            escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            drawn.append(f"/{FONTS[font]} {SIZE} Tf ({escaped}) Tj")
        drawn.append("ET")
    return zlib.compress("\n".join(drawn).encode("cp1252"), 6)


def _pages(letter: Letter) -> list[list[Placed]]:
    """The lines of each page, each with its place."""
    lines = [line for block in blocks(letter) for line in _lines(block)]
    per_page = int((TOP - BOTTOM) // LEADING)
    pages = [lines[at : at + per_page] for at in range(0, len(lines), per_page)]
    foot = footer(letter)
    placed = [
        [(left, TOP - row * LEADING, runs) for row, line in enumerate(page) for left, runs in line]
        for page in pages
    ]
    if foot:
        for number, page in enumerate(placed, 1):
            words = foot.format(page=number, pages=len(pages))
            page.append((LEFT, BOTTOM - 3 * LEADING, [(words, REGULAR)]))
    return placed


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
            wide = _width(piece, font)
            if width + wide > WIDTH - 2 * LEFT and not piece.isspace():
                lines.append([(LEFT, line)])
                line, width = [], 0.0
            line.append((piece, font))
            width += wide
    return [*lines, [(LEFT, line)]]


@lru_cache(maxsize=65536)
def _width(piece: str, font: str) -> float:
    return stringWidth(piece, font, SIZE)
