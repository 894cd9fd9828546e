"""Word documents (.docx): the text of the main part, as a stream of XML events.

The package is read member by member within the bounds for zips and the XML is never built into a
tree, as a library for Office documents would: one that unpacks to gigabytes, nests without end or
defines entities is refused at little cost.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from xml.parsers import expat

from imr_archive.errors import SourceError
from imr_archive.sources.documents import Extract
from imr_archive.sources.layout import LineWriter
from imr_archive.sources.limits import Limits
from imr_archive.sources.reasons import source_error
from imr_archive.sources.zips import PACKAGE_RELATIONSHIPS, ZipArchive

# WordprocessingML, transitional and strict (ECMA-376, part 1), and markup compatibility (part 3).
_NAMESPACES = frozenset(
    {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
        "http://schemas.openxmlformats.org/markup-compatibility/2006",
    }
)
_MAIN_RELATIONSHIP = "/officeDocument"

# Deleted or moved away under tracked changes, field codes, and the copy for older programs.
_UNSHOWN = frozenset({"del", "moveFrom", "delText", "instrText", "Fallback"})

_CHARACTERS = {"tab": "\t", "noBreakHyphen": "-", "softHyphen": "\u00ad"}


def read_word(data: bytes, limits: Limits) -> Extract:
    """The paragraphs, a line each, and tables, a line each row with tabs between the cells.

    Insertions under tracked changes count, deletions do not; headers, footers, footnotes and
    comments are left out. Raises SourceError: damaged_docx, encrypted, zip_bomb, too_many_members,
    too_large, too_much_text.
    """
    try:
        with ZipArchive(io.BytesIO(data), limits) as package:
            main_part = _main_part(package.read(PACKAGE_RELATIONSHIPS, limits.markup_bytes))
            xml = package.read(main_part, limits.markup_bytes)
    except SourceError as error:
        if error.reason in {"damaged_zip", "missing"}:
            raise source_error("damaged_docx") from error
        raise
    body = _Body(limits)
    _parse(xml, body.start, body.end, body.data)
    return Extract(body.finish())


def _main_part(relationships: bytes) -> str:
    """The name of the member that holds the document: `word/document.xml` as most programs have it."""
    targets: list[str] = []

    def start(_name: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith(_MAIN_RELATIONSHIP):
            targets.append(attributes.get("Target", "").lstrip("/"))

    _parse(relationships, start)
    return targets[0] if targets else ""


def _parse(
    xml: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    data: Callable[[str], None] | None = None,
) -> None:
    """Sends the events of the XML to the handlers; raises SourceError(damaged_docx)."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise source_error("damaged_docx", str(error)) from error


def _refuse_doctype(*_declaration: object) -> None:
    """Without a document type no entity is defined, and nothing can be expanded or fetched."""
    raise source_error("damaged_docx", "it declares a document type, as no Word document does")


class _Body:
    """Turns the events of the main part's XML into lines."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._writer = LineWriter()
        self._unshown = 0
        self._in_text = 0

    def start(self, qualified: str, attributes: dict[str, str]) -> None:
        name = _local(qualified)
        if name in _UNSHOWN:
            self._unshown += 1
        elif self._unshown:
            return
        elif name == "t":
            self._in_text += 1
        elif name in _CHARACTERS:
            # A tab character has no attributes; a tab stop of the paragraph's format has a position.
            if not attributes:
                self._writer.text(_CHARACTERS[name])
        elif name == "br" and "page" in attributes.values():
            self._writer.page_break()
        elif name in {"br", "cr"}:
            self._writer.new_line()
        elif name == "tbl":
            self._writer.begin_table()
        elif name == "txbxContent":
            self._writer.end_line()

    def end(self, qualified: str) -> None:
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

    def data(self, run: str) -> None:
        if self._in_text and not self._unshown:
            self._writer.text(run)
            if self._writer.characters > self._limits.text_characters:
                raise source_error("too_much_text", f"limit {self._limits.text_characters} characters")

    def finish(self) -> str:
        return self._writer.finish()


def _local(qualified: str) -> str:
    """The element's name where it is Word's own or markup compatibility's, else nothing."""
    namespace, _, name = qualified.rpartition(" ")
    return name if namespace in _NAMESPACES else ""
