"""The formats of an export, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.errors import UnknownNameError
from imr_archive.export.csv_files import write_csv
from imr_archive.export.datasette_folder import write_datasette
from imr_archive.export.json_files import write_json

Writer = Callable[[ArchiveDatabase, Path], Mapping[str, int]]
"""Writes an open archive into an empty folder and gives the number of rows of each table."""


@dataclass(frozen=True)
class Format:
    """One format: its name on the command line, what it is in words, and what writes it."""

    name: str
    description: str
    write: Writer


FORMATS: Mapping[str, Format] = {
    entry.name: entry
    for entry in (
        Format("csv", "one CSV file a table", write_csv),
        Format("json", "one JSON file a table, an array of objects", write_json),
        Format("datasette", "a folder that runs with `datasette FOLDER`", write_datasette),
    )
}


def format_named(name: str) -> Format:
    """The format of that name; raises UnknownNameError, which lists those that there are."""
    try:
        return FORMATS[name]
    except KeyError:
        known = ", ".join(FORMATS)
        raise UnknownNameError(f"no format {name!r}; there are: {known}") from None
