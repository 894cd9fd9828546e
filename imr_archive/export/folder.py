"""A folder that appears whole: written beside its place, then moved there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imr_archive.errors import UsageError

MARK = ".imr-archive-export"
"""The file that marks a folder as an export and lists what the export put there, one name a line."""


@contextmanager
def fresh_folder(folder: Path, *, force: bool, keep: Path) -> Iterator[Path]:
    """An empty folder to write into; where the block ends well it becomes `folder`, else nothing is left.

    Where `folder` holds anything, `force` replaces it if it is an earlier export with nothing added and the
    file `keep` is not in it. Otherwise, and where the folder cannot be written, UsageError.
    """
    target = Path(os.path.abspath(folder))  # noqa: PTH100 - a symbolic link to a folder stays what it is
    if target.is_symlink():
        target = target.resolve()
    _check(target, folder, force=force, keep=keep)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror}") from error
    try:
        fresh = scratch / "new"
        fresh.mkdir()
        yield fresh
        names = sorted(entry.name for entry in fresh.iterdir())
        (fresh / MARK).write_text("\n".join([*names, ""]), encoding="utf-8")
        if target.exists():
            target.rename(scratch / "old")
        fresh.rename(target)
    except OSError as error:
        _put_back(scratch / "old", target)
        raise UsageError(f"cannot write {folder}: {error.strerror}") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _put_back(old: Path, target: Path) -> None:
    """Gives the folder that was there before its place again, where it was moved away already."""
    if old.exists() and not target.exists():
        old.rename(target)


def _check(target: Path, folder: Path, *, force: bool, keep: Path) -> None:
    """Raises UsageError where `target` is not free to be written."""
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(f"{folder} is a file, not a folder")
    entries = {entry.name for entry in target.iterdir()}
    if not entries:
        return
    if not force:
        raise UsageError(
            f"{folder} is not empty: name another folder, or replace the export in it with --force"
        )
    if keep.resolve().is_relative_to(target.resolve()):
        raise UsageError(f"{folder} holds the archive {keep} itself: name another folder")
    mark = target / MARK
    ours = {MARK, *mark.read_text(encoding="utf-8").splitlines()} if mark.is_file() else set()
    others = sorted(entries - ours)
    if others:
        raise UsageError(f"{folder} holds {others[0]}, which no export wrote: name another folder")
