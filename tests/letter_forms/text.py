"""Blocks → plain text as extractors print it: lines of one width, tables by rows or columns, pages."""

from __future__ import annotations

from .layouts import Block, Header, HeaderRows, ItemHeading, Paragraph, blocks, footer
from .letter import Letter
from .lines import wrapped

LINE = 95
PAGE_LINES = 46


def text(letter: Letter) -> str:
    """The letter as lines of text, its pages parted by form feeds where they have feet."""
    lines: list[str] = []
    for block in blocks(letter):
        lines += _lines(block)
        lines.append("")
    foot = footer(letter)
    if foot:
        lines = _paged(lines, foot)
    if letter.double_spaced:
        lines = [spaced for line in lines for spaced in (f"{line} ", "")]
    return "\n".join(lines)


def joined_outcome(text: str, outcome: str) -> str:
    """An item's heading with its outcome on the same line."""
    return f"{text}: {outcome}"


def _lines(block: Block) -> list[str]:
    match block:
        case Paragraph(text, label):
            return wrapped(f"{label} {text}" if label else text, LINE)
        case ItemHeading(text, outcome, "next"):
            return [*wrapped(f"{text}:", LINE), outcome]
        case ItemHeading(text, outcome, _):
            return wrapped(joined_outcome(text, outcome), LINE)
        case Header(rows, setting):
            return _header_lines(rows, setting)
        case _:
            return wrapped(block.text, LINE)


def _header_lines(rows: HeaderRows, setting: str) -> list[str]:
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
