"""The export of an archive into a folder, whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from imr_archive.archive.connection import open_for_reading
from imr_archive.errors import ArchiveError
from imr_archive.export.folder import fresh_folder
from imr_archive.export.registry import format_named


@dataclass(frozen=True)
class ExportSummary:
    """What an export wrote: where, in which format, which files, and how many rows of each table."""

    folder: Path
    format: str
    files: tuple[Path, ...]
    rows: Mapping[str, int]


def export(database: Path, folder: Path, format_name: str, *, force: bool = False) -> ExportSummary:
    """Writes the archive `database` into `folder` in the format of that name (see `FORMATS`).

    All tables are of one moment, whoever writes to the archive meanwhile. The folder appears when it is
    complete: a failure leaves what was there before. A folder that holds anything is refused, unless `force`
    is set and it is an earlier export, which then is replaced.

    Raises UnknownNameError for a format that there is not, UsageError for a folder that is refused or cannot
    be written, and an ArchiveError where the database cannot be read.
    """
    chosen = format_named(format_name)
    with open_for_reading(database) as archive, fresh_folder(folder, force=force, keep=database) as fresh:
        with _said_of(database):
            rows = chosen.write(archive, fresh)
        names = sorted(path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file())
    return ExportSummary(folder, chosen.name, tuple(folder / name for name in names), dict(rows))


@contextmanager
def _said_of(database: Path) -> Iterator[None]:
    """Says of an error inside the database, such as a text that cannot be decompressed, whose it is."""
    try:
        yield
    except (sqlite3.Error, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise ArchiveError(
            f"{database} cannot be exported: {cause}; `imr-archive audit` says more"
        ) from error
