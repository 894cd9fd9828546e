"""Blocks → Markdown and HTML, as converters and web pages give letters."""

from __future__ import annotations

import html

from .layouts import Header, Heading, ItemHeading, Paragraph, Title, blocks
from .letter import Letter
from .lines import wrapped
from .text import LINE, joined_outcome


def markdown(letter: Letter) -> str:
    """The letter as Markdown, its header as a table or as tabbed lines with bold labels."""
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
                parts.append(f"**{joined_outcome(text, outcome)}**")
            case Paragraph(text, label):
                bold = f"**{label}** " if label else ""
                parts.append(bold + " ".join(text.split()))
    return "\n\n".join(parts) + "\n"


def page(letter: Letter) -> str:
    """The letter as a page of HTML."""
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
                parts.append(f"<h3>{html.escape(joined_outcome(text, outcome))}</h3>")
            case Paragraph(text, label):
                bold = f"<b>{html.escape(label)}</b>&nbsp;" if label else ""
                body = html.escape("\n".join(wrapped(text, LINE)))
                parts.append(f"<p>{bold}{body}</p>")
    title = html.escape(letter.case or "Final Determination")
    head = f'<meta charset="{letter.encoding}">\n<title>{title}</title>'
    body = "\n".join(parts)
    return f"<!DOCTYPE html>\n<html>\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n"
