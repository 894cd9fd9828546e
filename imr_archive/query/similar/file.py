"""The text of the one file that likes are asked for."""

from __future__ import annotations

from pathlib import Path

from imr_archive.errors import SourceError, UsageError
from imr_archive.sources import Found, Refused, discover, read


def text_of_file(path: Path) -> str:
    """The text of the letter or other document at `path`, of any type that letters are read from.

    Raises PathNotFoundError where nothing is there, UsageError where it is not one file that can be read.
    """
    found = [one for one in discover([path]) if isinstance(one, Found | Refused)]
    if len(found) != 1:
        what = "no file that can be read" if not found else f"{len(found):,} files"
        raise UsageError(f"{path} holds {what}: name one letter or text")
    one = found[0]
    if isinstance(one, Refused):
        raise UsageError(f"{path} cannot be read: {one.message}")
    try:
        return read(one).text
    except SourceError as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
