"""The exceptions of imr-archive, one base class for all of them.

ImrArchiveError
├── UsageError                 what was asked for cannot be done as asked
│   ├── PathNotFoundError      a path that does not exist
│   ├── NothingToReadError     paths without one readable letter
│   ├── UnknownNameError       a dimension, filter, format or case that is not known
│   └── MissingExtraError      something that an optional part of the installation does
├── ArchiveError               the database file
│   ├── ArchiveNotFoundError   no such database
│   ├── NotAnArchiveError      a file that is no SQLite database, or not one of ours
│   ├── SchemaTooOldError      made by an older version: `imr-archive upgrade` brings it up
│   ├── SchemaTooNewError      made by a newer version of imr-archive
│   ├── ArchiveReadOnlyError   no permission to write
│   └── ArchiveLockedError     another process is writing
└── SourceError                one input file that cannot be read; it is set aside with `reason`

Each message is one line that says what is wrong and, where there is something to do, what to do.
"""

from __future__ import annotations


class ImrArchiveError(Exception):
    """Base of every error that imr-archive raises on purpose; its text is one line for a user."""


class UsageError(ImrArchiveError):
    """What was asked for cannot be done as asked."""


class PathNotFoundError(UsageError):
    """A path that does not exist."""


class NothingToReadError(UsageError):
    """The paths hold not one file of a known type."""


class UnknownNameError(UsageError):
    """A dimension, filter, format or case number that is not known."""


class MissingExtraError(UsageError):
    """Something that needs an optional part of the installation, which is not there.

    `extra` is the name of that part, as pip takes it.
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} need an optional part: pip install 'imr-archive[{extra}]'")
        self.extra = extra


class ArchiveError(ImrArchiveError):
    """The database file cannot be used."""


class ArchiveNotFoundError(ArchiveError):
    """There is no database at that path."""


class NotAnArchiveError(ArchiveError):
    """The file is no SQLite database, or not one that imr-archive made."""


class SchemaTooOldError(ArchiveError):
    """The archive was made by an older version; `imr-archive upgrade` brings it up to date."""


class SchemaTooNewError(ArchiveError):
    """The archive was made by a newer version of imr-archive."""


class ArchiveReadOnlyError(ArchiveError):
    """The archive, or the folder that it is in, cannot be written to."""


class ArchiveLockedError(ArchiveError):
    """Another process holds the archive for writing."""


class SourceError(ImrArchiveError):
    """One input that cannot be read: it is set aside, and the others go on.

    `reason` is a stable code of `imr_archive.sources.REASONS` (such as `encrypted` or `no_text`);
    the text of the exception says it in words. `sha256` is that of the input's bytes, in
    hexadecimal, where these could be read.
    """

    def __init__(self, reason: str, message: str, sha256: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.sha256 = sha256

    def __reduce__(self) -> tuple[type[SourceError], tuple[str, str, str | None]]:
        """Lets the error travel whole from a worker process."""
        return type(self), (self.reason, str(self), self.sha256)
