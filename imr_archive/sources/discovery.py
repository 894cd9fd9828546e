"""Walking folders: what is there to read, what is not, and what cannot be entered."""

# Paths stay the strings that the system gives: a Path object for each of a million costs more than its stat.
# ruff: noqa: PTH100, PTH114, PTH116, PTH118, PTH119, PTH208

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from imr_archive.errors import PathNotFoundError
from imr_archive.sources.documents import Discovered, Found, Ignored, Passed, Refused, printable
from imr_archive.sources.files import os_error
from imr_archive.sources.limits import DEFAULT_LIMITS, Limits
from imr_archive.sources.naming import kind_of, skipped, unread_type
from imr_archive.sources.reasons import source_error
from imr_archive.sources.registry import ZIP
from imr_archive.sources.zip_listing import list_zip

Identity = tuple[int, int]
"""Device and inode: the same for every path that leads to one file or folder."""


Unchanged = Mapping[str, tuple[int, int]]
"""By path: size and time of last change (in nanoseconds) with which a file need not be read."""

AskUnchanged = Callable[[str, Sequence[str]], Unchanged]
"""Asked with the path of a folder, ready to have a name appended, and names of files in it."""

_ASKED_AT_ONCE = 2_048


def discover(paths: Iterable[Path | str], limits: Limits = DEFAULT_LIMITS) -> Iterator[Discovered]:
    """Everything at and under `paths`: each thing is Found, Ignored or Refused, as `Walk` gives them.

    Raises PathNotFoundError at once, before anything is read, if one of the paths does not exist.
    """
    walk = iter(Walk(paths, limits))
    return cast("Iterator[Discovered]", walk)  # nothing is Passed where nobody asks what is unchanged


class Walk:
    """A walk through everything at and under some paths: each thing is Found, Ignored or Refused, or Passed.

    The order is that of `paths`, then of the names in each folder and zip. Memory grows with the
    number of folders and with the names in the largest one, not with the number of files. Symbolic
    links are followed; a folder is entered once, however many paths lead to it, and a file that is
    named outright is given once, and even where its name is hidden.

    ask_unchanged: may be set at any time of the walk; from then on, files in folders that are as it says are
    Passed, which is many times as fast. Raises PathNotFoundError at once, before anything is read, if one of
    the paths does not exist.
    """

    def __init__(self, paths: Iterable[Path | str], limits: Limits = DEFAULT_LIMITS) -> None:
        self.ask_unchanged: AskUnchanged | None = None
        self._limits = limits
        self._roots = []
        for path in paths:
            root = os.path.abspath(path)
            if not os.path.lexists(root):
                raise PathNotFoundError(f"{printable(str(path))}: no such file or folder")
            self._roots.append(root)
        self._entered: set[Identity] = set()
        self._named: set[Identity] = set()

    def __iter__(self) -> Iterator[Discovered | Passed]:
        for root in self._roots:
            try:
                status = os.stat(root)
            except OSError as error:
                yield _refused(root, error)
                continue
            if stat.S_ISDIR(status.st_mode):
                yield from self._tree(root, status)
            elif not self._given(root, status):
                self._named.add(_identity(status))
                yield from self._file(root, os.path.basename(root), status)

    def _given(self, root: str, status: os.stat_result) -> bool:
        """Whether the file `root` was named before, or met before in a folder."""
        if _identity(status) in self._named:
            return True
        folder, name = os.path.split(root)
        if not self._entered or skipped(name):
            return False
        try:
            return _identity(os.stat(folder)) in self._entered
        except OSError:  # gone since: what is left of it has not been given
            return False

    def _tree(self, root: str, status: os.stat_result) -> Iterator[Discovered | Passed]:
        """Walks with a stack of its own: folders may nest deeper than Python's."""
        stack: list[_Folder] = []
        yield from self._folder(root, status, stack)
        while stack:
            folder = stack[-1]
            if not folder.names:
                stack.pop()
                continue
            passed = self._passed(folder)
            if passed:
                yield passed
                continue
            name = folder.names.pop()
            path = folder.prefix + name
            kind = kind_of(name)
            if kind is None or name[0] in "~.":
                why = skipped(name)
                if why:
                    yield Ignored(printable(path), why)
                    continue
            try:
                status = os.stat(path)
            except OSError as error:
                yield _refused(path, error)
                continue
            if kind and kind is not ZIP and stat.S_ISREG(status.st_mode) and not self._named:
                # Nearly every entry is such a file: the walk's speed is decided here.
                yield Found(path, status.st_size, status.st_mtime_ns, kind)
            elif stat.S_ISDIR(status.st_mode):
                yield from self._folder(path, status, stack)
            elif _identity(status) not in self._named:
                yield from self._file(path, name, status)

    def _passed(self, folder: _Folder) -> Passed | None:
        """What may be passed of a folder; not where files were named, for they count once."""
        return folder.pass_unchanged(self.ask_unchanged) if self.ask_unchanged and not self._named else None

    def _folder(self, path: str, status: os.stat_result, stack: list[_Folder]) -> Iterator[Discovered]:
        """Puts the folder on the stack, unless it was entered before or cannot be."""
        identity = _identity(status)
        if identity in self._entered:
            if os.path.islink(path) and any(folder.identity == identity for folder in stack):
                yield Refused.because(source_error("symlink_loop"), path)
            elif os.path.islink(path):
                yield Ignored(printable(path), "link to a folder that is read by another path")
            return
        self._entered.add(identity)
        try:
            names = os.listdir(path)
        except OSError as error:
            yield _refused(path, error)
            return
        names.sort(reverse=True)
        stack.append(_Folder(identity, os.path.join(path, ""), names))

    def _file(self, path: str, name: str, status: os.stat_result) -> Iterator[Discovered]:
        kind = kind_of(name)
        if not stat.S_ISREG(status.st_mode):
            yield Refused.because(source_error("not_a_file"), path, 0, status.st_mtime_ns)
        elif kind is None:
            yield Ignored(printable(path), unread_type(name))
        elif kind == ZIP:
            yield from list_zip(Found(path, status.st_size, status.st_mtime_ns, ZIP), self._limits)
        else:
            yield Found(path, status.st_size, status.st_mtime_ns, kind)


class _Folder:
    """A folder that is being walked."""

    def __init__(self, identity: Identity, prefix: str, names: list[str]) -> None:
        self.identity = identity
        self.prefix = prefix
        """Its path, ready to have a name appended."""
        self.names = names
        """The names still to come, the next one last."""
        self._asked_down_to = len(names)
        self._unchanged: Unchanged = {}

    def pass_unchanged(self, ask: AskUnchanged) -> Passed | None:
        """Takes names off as long as they are those of unchanged files; None where the next one is not.

        A file that cannot be looked at, or is no file any more, is left to be looked at as any other is.
        """
        if len(self.names) <= self._asked_down_to:
            some = self.names[-_ASKED_AT_ONCE:]
            self._asked_down_to = len(self.names) - len(some)
            self._unchanged = ask(self.prefix, some[::-1])
        unchanged = self._unchanged
        if not unchanged:
            return None
        names, prefix, stat_of = self.names, self.prefix, os.stat
        before = len(names)
        last = ""
        for place in range(before - 1, self._asked_down_to - 1, -1):
            path = prefix + names[place]
            known = unchanged.get(path)
            if known is None:
                break
            try:
                status = stat_of(path)
            except OSError:
                break
            if known != (status.st_size, status.st_mtime_ns) or not stat.S_ISREG(status.st_mode):
                break
            names.pop()
            last = path
        return Passed(printable(last), before - len(names)) if last else None


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino


def _refused(path: str, error: OSError) -> Refused:
    """What cannot be looked at; a link whose target is missing is told apart from a file that went away."""
    failure = os_error(error)
    if failure.reason == "missing" and os.path.islink(path):
        failure = source_error("broken_link")
    return Refused.because(failure, path)
