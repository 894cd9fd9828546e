"""What a name alone says: the kind of a file, or why it is not looked at."""

from __future__ import annotations

import re

from imr_archive.sources.registry import KIND_BY_SUFFIX

# What Windows and macOS leave in folders and put into zips.
_SYSTEM_NAMES = frozenset(
    {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information"}
)

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}$")


def skipped(name: str) -> str | None:
    """Why an entry of this name is passed over unseen, a folder with all that it holds; else None."""
    first = name[:1]
    if first == ".":
        return "hidden"
    if first == "~" and name.startswith("~$"):
        return "lock file of an open document"
    if name.lower() in _SYSTEM_NAMES:
        return "file of the operating system"
    return None


def kind_of(name: str) -> str | None:
    """The reader's name, or `zip`, that the suffix stands for; None for every other suffix."""
    return KIND_BY_SUFFIX.get(name[name.rfind(".") :].lower())


def unread_type(name: str) -> str:
    """Why a file of this name is ignored: a phrase that is the same for all files of its type."""
    suffix = _SUFFIX.search(name)
    return f"type {suffix[0].lower()} is not read" if suffix else "no type in its name"
