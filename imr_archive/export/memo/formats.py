"""The formats of a memo, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from imr_archive.errors import UnknownNameError, UsageError
from imr_archive.export.memo.bibtex import write_bibtex
from imr_archive.export.memo.docx import write_docx
from imr_archive.export.memo.markdown import write_markdown
from imr_archive.export.memo.record import Memo


@dataclass(frozen=True)
class MemoFormat:
    """One format: its name on the command line, what it is, the ending of its files, and what writes it."""

    name: str
    description: str
    ending: str
    is_text: bool
    write: Callable[[Memo], bytes]


MEMO_FORMATS: Mapping[str, MemoFormat] = {
    entry.name: entry
    for entry in (
        MemoFormat("md", "Markdown, with a table", ".md", True, write_markdown),
        MemoFormat("docx", "a Word document", ".docx", False, write_docx),
        MemoFormat("bibtex", "BibTeX, an entry for each decision", ".bib", True, write_bibtex),
    )
}


def memo_format(name: str) -> MemoFormat:
    """The format of that name; raises UnknownNameError, which lists those that there are."""
    try:
        return MEMO_FORMATS[name]
    except KeyError:
        known = ", ".join(MEMO_FORMATS)
        raise UnknownNameError(f"no format {name!r} of a memo; there are: {known}") from None


def format_of_file(path: Path) -> MemoFormat:
    """The format that the ending of a file names; raises UsageError where it names none."""
    for one in MEMO_FORMATS.values():
        if one.ending == path.suffix.casefold():
            return one
    known = ", ".join(one.ending for one in MEMO_FORMATS.values())
    raise UsageError(f"{path.name} does not say the format: end it in {known}, or name it with --format")


def render_memo(memo: Memo, format_name: str) -> bytes:
    """The memo as a file holds it, in a format of `MEMO_FORMATS`.

    Raises UnknownNameError for a format that there is not, MissingExtraError where an optional part of the
    installation is needed for it.
    """
    return memo_format(format_name).write(memo)


def save_memo(memo: Memo, path: Path, format_name: str | None = None) -> None:
    """Write the memo to `path`, in the named format or that of its ending; a file of that name is replaced.

    Raises as `render_memo` does, UsageError where the ending names no format or the file cannot be written.
    """
    chosen = memo_format(format_name) if format_name else format_of_file(path)
    content = chosen.write(memo)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
