"""A memo as Markdown: CommonMark with the tables of GitHub's dialect."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imr_archive.export.memo.decisions import cells, headings
from imr_archive.export.memo.record import NO_RATIONALE, CitedDecision, Memo
from imr_archive.export.plain_text import one_line

# What begins or ends markup anywhere in a line; a backslash takes its meaning away (CommonMark 0.31, 2.4).
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~#&$^]")
# What GitHub makes links of without any markup (GitHub Flavored Markdown 0.29, 6.9), and people of.
_LINKS = re.compile(r"(?<=[a-z])(?=://)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)


def write_markdown(memo: Memo) -> bytes:
    """The memo as UTF-8; what letters say stands in it as text, whatever marks it holds."""
    return ("\n".join(_lines(memo)) + "\n").encode()


def escaped(text: str) -> str:
    """Text on one line whose characters mean themselves in Markdown, in a cell of a table too."""
    return _LINKS.sub(r"\\", _MARKUP.sub(r"\\\g<0>", one_line(text)))


def _lines(memo: Memo) -> Iterator[str]:
    yield f"# {escaped(memo.title)}"
    yield ""
    for label, value in memo.facts:
        yield f"- **{label}:** {escaped(value)}"
    if not memo.decisions:
        return
    yield ""
    yield f"| {' | '.join(headings(memo))} |"
    yield f"|{'|'.join('---' for _ in headings(memo))}|"
    for one in memo.decisions:
        yield f"| {' | '.join(map(escaped, cells(one)))} |"
    yield ""
    yield "## Quotations"
    for one in memo.decisions:
        yield from _quoted(one)


def _quoted(one: CitedDecision) -> Iterator[str]:
    yield ""
    yield f"### {escaped(one.name)}, item {one.position}: {escaped(one.description)}"
    yield ""
    if one.quotation is None:
        yield NO_RATIONALE
    else:
        yield f"> “{escaped(one.quotation.marked)}”"
    yield ""
    yield f"— {escaped(one.source_line)}"
