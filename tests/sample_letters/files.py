"""Blocks → the bytes of a file: plain text, Markdown, HTML, Word and PDF, and the zips that hold some."""

from __future__ import annotations

import html
import io
import textwrap
import zipfile

import docx
from facts import Letter
from layouts import Block, Header, Heading, ItemHeading, Paragraph, Title, blocks, footer
from pages import pdf

LINE = 95
PAGE_LINES = 46
PACKED = (2018, 1, 2, 9, 0, 0)
"""The date of every member of a zip, so that the same letters give the same archive."""


def one_file(letters: list[Letter]) -> bytes:
    """The bytes of one file, which holds one letter or, as text, several; its suffix says the format."""
    first = letters[0]
    suffix = first.source.rpartition(".")[2]
    if suffix == "txt":
        text = "\n".join(_text(letter) for letter in letters)
        return text.replace("\n", "\r\n" if first.newline == "crlf" else "\n").encode(first.encoding)
    (letter,) = letters
    match suffix:
        case "md":
            return _markdown(letter).encode(letter.encoding)
        case "html":
            return _html(letter).encode(letter.encoding)
        case "docx":
            return _docx(letter)
        case _:
            return pdf(letter)


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip of these members, the same bytes for the same members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, PACKED), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _text(letter: Letter) -> str:
    lines: list[str] = []
    for block in blocks(letter):
        lines += [*_text_lines(block), ""]
    foot = footer(letter)
    if foot:
        lines = _paged(lines, foot)
    if letter.double_spaced:
        lines = [spaced for line in lines for spaced in (f"{line} ", "")]
    return "\n".join(lines)


def _text_lines(block: Block) -> list[str]:
    match block:
        case Header(rows, setting):
            return header_lines(rows, setting)
        case ItemHeading(text, outcome, "next"):
            return [*_wrapped(f"{text}:"), outcome]
        case ItemHeading(text, outcome, _):
            return _wrapped(_joined_outcome(text, outcome))
        case Paragraph(text, label):
            return _wrapped(f"{label} {text}".strip())
        case _:
            return _wrapped(block.text)


def header_lines(rows: tuple[tuple[tuple[str, str], ...], ...], setting: str) -> list[str]:
    """The header table as extractors print it: by rows, by columns, padded, or with its last label broken."""
    pairs = [pair for row in rows for pair in row]
    if setting == "columns":
        return [label for label, _ in pairs] + [value for _, value in pairs]
    if setting == "padded":
        return ["".join(f"{label:<24}{value:<22}" for label, value in row).rstrip() for row in rows]
    lines = [" ".join(f"{label} {value}" for label, value in row) for row in rows]
    if setting == "split":
        lines[-1:] = lines[-1].replace("Application Received: ", "Application\nReceived:\n").split("\n")
    return lines


def _paged(lines: list[str], foot: str) -> list[str]:
    pages = [lines[at : at + PAGE_LINES] for at in range(0, len(lines), PAGE_LINES)]
    out: list[str] = []
    for number, page in enumerate(pages, 1):
        out += [*page, foot.format(page=number, pages=len(pages)), "\f"]
    return out[:-1]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), LINE) or [""]


def _joined_outcome(text: str, outcome: str) -> str:
    return f"{text}: {outcome}"


def _markdown(letter: Letter) -> str:
    parts: list[str] = []
    for block in blocks(letter):
        match block:
            case Title(text):
                parts.append(f"# {text}")
            case Header(rows, "table"):
                cells = [" | ".join(f"**{label}** | {value}" for label, value in row) for row in rows]
                parts.append(
                    "\n".join(["| | | | |", "|---|---|---|---|", *(f"| {cell} |" for cell in cells)])
                )
            case Header(rows, _):
                parts.append(
                    "\n".join("\t".join(f"<b>{label}</b>\t{value}" for label, value in r) for r in rows)
                )
            case Heading(text):
                parts.append(f"### {text}")
            case ItemHeading(text, outcome, _):
                parts.append(f"**{_joined_outcome(text, outcome)}**")
            case Paragraph(text, label):
                bold = f"**{label}** " if label else ""
                parts.append(bold + " ".join(text.split()))
    return "\n\n".join(parts) + "\n"


def _html(letter: Letter) -> str:
    parts: list[str] = []
    for block in blocks(letter):
        match block:
            case Title(text):
                parts.append(f"<h1>{html.escape(text)}</h1>")
            case Header(rows, _):
                cells = ("".join(f"<th>{label}</th><td>{value}</td>" for label, value in row) for row in rows)
                parts.append("<table>\n" + "\n".join(f"<tr>{row}</tr>" for row in cells) + "\n</table>")
            case Heading(text):
                parts.append(f"<h2>{html.escape(text)}</h2>")
            case ItemHeading(text, outcome, _):
                parts.append(f"<h3>{html.escape(_joined_outcome(text, outcome))}</h3>")
            case Paragraph(text, label):
                bold = f"<b>{html.escape(label)}</b>&nbsp;" if label else ""
                body = html.escape(textwrap.fill(" ".join(text.split()), LINE))
                parts.append(f"<p>{bold}{body}</p>")
    title = html.escape(letter.case or "Final Determination")
    head = f'<meta charset="{letter.encoding}">\n<title>{title}</title>'
    body = "\n".join(parts)
    return f"<!DOCTYPE html>\n<html>\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n"


def _docx(letter: Letter) -> bytes:
    document = docx.Document()
    for block in blocks(letter):
        match block:
            case Title(text):
                document.add_heading(text, 0)
            case Header(rows, _):
                table = document.add_table(len(rows), 4)
                for row, pairs in zip(table.rows, rows, strict=True):
                    for cell, text in zip(row.cells, [text for pair in pairs for text in pair], strict=False):
                        cell.text = text
            case Heading(text):
                document.add_heading(text, 2)
            case ItemHeading(text, outcome, _):
                document.add_paragraph().add_run(_joined_outcome(text, outcome)).bold = True
            case Paragraph(text, label):
                paragraph = document.add_paragraph()
                if label:
                    paragraph.add_run(f"{label} ").bold = True
                paragraph.add_run(" ".join(text.split()))
    written = io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as package:
        return zipped({name: package.read(name) for name in package.namelist()})
