"""Folders that are watched, those too that come later or are replaced."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from watchfiles import Change, watch

from imr_archive.errors import ImrArchiveError, UsageError

TICK = 0.5
"""Seconds between two looks at what has happened."""

_GROUPED = 0.4
"""Seconds for which changes are gathered before they are given."""

_POLLED = 1.0
"""Seconds between two looks at all files, where the system does not tell of changes."""

Identity = tuple[int, int]


class _Asked:
    """A function that says whether to stop, as watchfiles asks it."""

    def __init__(self, stop: Callable[[], bool]) -> None:
        self._stop = stop

    def is_set(self) -> bool:
        return self._stop()


class WatchedFolders:
    """Tells what changes in some folders. One that is not there yet, or goes and comes again, is no error.

    poll: look at all files time and again, as is needed on network drives, whose changes the system does not
    tell of. Raises UsageError where one of the paths is a file.
    """

    def __init__(self, folders: Sequence[Path], *, poll: bool = False) -> None:
        self._folders = [os.path.abspath(folder) for folder in folders]  # noqa: PTH100 - links stay links
        for folder in self._folders:
            if Path(folder).is_file():
                raise UsageError(f"{folder} is a file: name the folder that it is in")
        self._poll = poll
        self._watched: dict[str, Identity] = {}
        self._changes: Generator[set[tuple[Change, str]], None, None] | None = None

    @property
    def present(self) -> list[str]:
        """The folders that are watched."""
        return list(self._watched)

    @property
    def absent(self) -> list[str]:
        """The folders that are not there."""
        return [folder for folder in self._folders if folder not in self._watched]

    def refresh(self, stop: Callable[[], bool]) -> list[str] | None:
        """Watch the folders that are there now; gives those that came anew, None without change."""
        now = {folder: identity for folder in self._folders if (identity := _identity(folder))}
        if now == self._watched:
            return None
        fresh = [folder for folder, identity in now.items() if self._watched.get(folder) != identity]
        self.close()
        self._watched = now
        if now:
            self._changes = watch(
                *now,
                watch_filter=None,
                debounce=int(_GROUPED * 1000),
                step=100,
                rust_timeout=int(TICK * 1000),
                yield_on_timeout=True,
                stop_event=_Asked(stop),
                force_polling=self._poll or None,
                poll_delay_ms=int(_POLLED * 1000),
                ignore_permission_denied=True,
            )
            self._await()  # the system begins to tell of changes with the first look
        return fresh

    def changed(self) -> list[tuple[str, str]]:
        """Paths that came or changed in the last moment, each with the folder that is watched."""
        if self._changes is None:
            time.sleep(TICK)
            return []
        return [
            (path, self._folder_of(path)) for change, path in self._await() if change is not Change.deleted
        ]

    def close(self) -> None:
        """Watch nothing any more."""
        if self._changes is not None:
            self._changes.close()
        self._changes = None
        self._watched = {}

    def _await(self) -> set[tuple[Change, str]]:
        if self._changes is None:
            return set()
        try:
            return next(self._changes, set())
        except FileNotFoundError:  # a folder went between two looks: the next one sees that it is gone
            self.close()
            return set()
        except OSError as error:
            self.close()
            raise ImrArchiveError(
                f"the system cannot watch these folders ({error}): raise its limit "
                "fs.inotify.max_user_watches, or watch with --poll"
            ) from error

    def _folder_of(self, path: str) -> str:
        above = [folder for folder in self._watched if Path(path).is_relative_to(folder)]
        return max(above, key=len, default="")


def _identity(folder: str) -> Identity | None:
    """Which folder it is; None where there is none."""
    path = Path(folder)
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if path.is_dir() else None
