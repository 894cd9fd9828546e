"""HTML: the text that a browser would show, as a stream of events.

No tree is built, because pages made for it take a tree's time to the square of their size (100 kB
of nested elements or of attributes took a second with an HTML5 tree builder); libxml2's events
come in proportion to the bytes as long as the depth is bounded.
"""

from __future__ import annotations

import re

from lxml import etree

from imr_archive.sources.documents import Extract
from imr_archive.sources.encoding import decode
from imr_archive.sources.layout import LineWriter
from imr_archive.sources.limits import Limits
from imr_archive.sources.reasons import source_error

# Twice the depth at which browsers stop nesting (512).
_DEEPEST = 1024

_UNSHOWN = frozenset(
    {"head", "script", "style", "template", "noscript", "iframe", "object", "svg", "math", "select"}
    | {"textarea", "title"}
)

# Elements that a browser's own style sheet shows as blocks (HTML standard, section "Rendering").
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog"}
    | {"dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "html", "legend", "li", "listing", "main", "menu", "nav"}
    | {"ol", "p", "plaintext", "pre", "search", "section", "summary", "ul"}
)
_PREFORMATTED = frozenset({"pre", "listing", "plaintext"})

# What an element's tags do to the lines; all other elements are part of running text.
_AT_START = dict.fromkeys(_BLOCKS, LineWriter.end_line) | {
    "br": LineWriter.new_line,
    "table": LineWriter.begin_table,
}
_AT_END = dict.fromkeys(_BLOCKS, LineWriter.end_line) | {
    "td": LineWriter.end_cell,
    "th": LineWriter.end_cell,
    "tr": LineWriter.end_row,
    "table": LineWriter.end_table,
}

_TAG = re.compile("<[a-zA-Z!/?]")
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DECLARED_WITHIN = 4096


def read_markup(data: bytes, limits: Limits) -> Extract:
    """The shown text: a line for each block, a line with tabs for each row of a table.

    Raises SourceError: not_text, too_large, too_much_text, damaged_markup.
    """
    if len(data) > limits.markup_bytes:
        raise source_error("too_large", f"{len(data)} bytes of HTML, limit {limits.markup_bytes}")
    source = _characters(data).replace("\0", "")
    if not _TAG.search(source):
        return Extract(source)
    events = _Events(limits)
    parser = etree.HTMLParser(target=events, encoding="utf-8", no_network=True)
    parser.feed(source.encode("utf-8", "replace"))
    text: str = parser.close()
    return Extract(text)


def _characters(data: bytes) -> str:
    """The characters, in the encoding that the page itself declares where that is a known one."""
    declared = _DECLARED.search(data[:_DECLARED_WITHIN])
    if declared:
        try:
            return data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeError):
            return decode(data)
    return decode(data)


class _Events:
    """Turns the parser's events into lines (lxml's interface of a parser target)."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._writer = LineWriter()
        self._depth = 0
        self._unshown = 0
        self._preformatted = 0

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise source_error("damaged_markup", f"elements nest more than {_DEEPEST} deep")
        if tag in _UNSHOWN:
            self._unshown += 1
        elif tag in _PREFORMATTED:
            self._preformatted += 1
        write = _AT_START.get(tag)
        if write and not self._unshown:
            write(self._writer)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if tag in _UNSHOWN:
            self._unshown = max(0, self._unshown - 1)
            return
        if tag in _PREFORMATTED:
            self._preformatted -= 1
        write = _AT_END.get(tag)
        if write and not self._unshown:
            write(self._writer)

    def data(self, run: str) -> None:
        if self._unshown:
            return
        if self._preformatted:
            self._writer.preformatted(run)
        else:
            self._writer.flowing(run)
        if self._writer.characters > self._limits.text_characters:
            raise source_error("too_much_text", f"limit {self._limits.text_characters} characters")

    def comment(self, _text: str) -> None:
        """Comments are not shown."""

    def pi(self, _target: str, _text: str) -> None:
        """Processing instructions are not shown."""

    def close(self) -> str:
        return self._writer.finish()
