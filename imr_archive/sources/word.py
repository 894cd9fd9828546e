"""Word documents (.docx): the text of the main part, as a stream of XML events.

The package is read member by member with zip's own bounds and the XML is never built into a tree:
a document that unpacks to gigabytes, nests without end or defines entities costs nothing.
"""

from __future__ import annotations

import io
from xml.parsers import expat

from imr_archive.sources.documents import Extract
from imr_archive.sources.layout import LineWriter
from imr_archive.sources.limits import Limits
from imr_archive.sources.reasons import source_error
from imr_archive.sources.zips import WORD_MARK, ZipArchive

# The two namespaces of WordprocessingML (ECMA-376, transitional and strict).
_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"

# Deleted or moved away under tracked changes, and the copy that older programs would show.
_UNSHOWN = frozenset({"del", "moveFrom", "delText", "instrText", "Fallback"})

_CHARACTERS = {"tab": "\t", "noBreakHyphen": "-", "softHyphen": "\u00ad"}


def read_word(data: bytes, limits: Limits) -> Extract:
    """The paragraphs, a line each, and tables, a line each row with tabs between the cells.

    Insertions under tracked changes count, deletions do not; headers, footers, footnotes and
    comments are left out. Raises SourceError: damaged_docx, encrypted, zip_bomb, too_large,
    too_much_text.
    """
    with ZipArchive(io.BytesIO(data), limits) as package:
        xml = package.read(WORD_MARK, limits.markup_bytes)
    return Extract(_BodyReader(limits).read(xml))


class _BodyReader:
    """Turns the events of the main part's XML into lines."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._writer = LineWriter()
        self._unshown = 0
        self._in_text = 0
        self._tables = 0

    def read(self, xml: bytes) -> str:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(xml, True)
        except expat.ExpatError as error:
            raise source_error("damaged_docx", str(error)) from error
        return self._writer.finish()

    def _doctype(self, *_declaration: object) -> None:
        raise source_error("damaged_docx", "it declares a document type, as no Word document does")

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        name = _local(qualified)
        if name in _UNSHOWN:
            self._unshown += 1
        elif self._unshown:
            return
        elif name == "t":
            self._in_text += 1
        elif name in _CHARACTERS:
            if not _is_tab_stop(attributes):
                self._writer.text(_CHARACTERS[name])
        elif name == "br" and "page" in attributes.values():
            self._writer.page_break()
        elif name in {"br", "cr"}:
            self._writer.new_line()
        elif name == "tbl":
            self._writer.begin_table()
        elif name == "txbxContent":
            self._writer.end_line()

    def _end(self, qualified: str) -> None:
        name = _local(qualified)
        if name in _UNSHOWN:
            self._unshown -= 1
        elif self._unshown:
            return
        elif name == "t":
            self._in_text -= 1
        elif name == "p":
            self._writer.new_line()
        elif name == "tc":
            self._writer.end_cell()
        elif name == "tr":
            self._writer.end_row()
        elif name == "tbl":
            self._writer.end_table()

    def _text(self, run: str) -> None:
        if self._in_text and not self._unshown:
            self._writer.text(run)
            if self._writer.characters > self._limits.text_characters:
                raise source_error("too_much_text", f"limit {self._limits.text_characters} characters")


def _local(qualified: str) -> str:
    """The element's name where it is of Word or of markup compatibility, else nothing."""
    namespace, _, name = qualified.rpartition(" ")
    return name if namespace in _NAMESPACES or namespace == _COMPATIBILITY else ""


def _is_tab_stop(attributes: dict[str, str]) -> bool:
    """A paragraph's tab stop has a position; the tab character has no attributes."""
    return bool(attributes)
