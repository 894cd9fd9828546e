"""A letter → the bytes of its file, in the format that the file's suffix says."""

from __future__ import annotations

from . import markup, pages, word
from .letter import Letter
from .text import text


def one_file(letters: list[Letter]) -> bytes:
    """The bytes of one file, which holds one letter or, as text, several; its suffix says the format."""
    first = letters[0]
    suffix = first.source.rpartition(".")[2]
    if suffix == "txt":
        joined = "\n".join(text(letter) for letter in letters)
        return joined.replace("\n", "\r\n" if first.newline == "crlf" else "\n").encode(first.encoding)
    (letter,) = letters
    match suffix:
        case "md":
            return markup.markdown(letter).encode(letter.encoding)
        case "html":
            return markup.page(letter).encode(letter.encoding)
        case "docx":
            return word.document(letter)
        case _:
            return pages.pdf(letter)
