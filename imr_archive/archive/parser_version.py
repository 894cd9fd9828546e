"""Which parser read a letter: the package's version and a hash of what its reading depends on."""

from __future__ import annotations

import functools
import hashlib
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

_PACKAGES = ("imr_archive.parsing", "imr_archive.vocabulary")


@functools.cache
def parser_version() -> str:
    """Such as `0.1.0+3f2a9c01`.

    The second half changes with every change of the parser's code or of a vocabulary file, so that letters
    which another parser read can be told apart and read again.
    """
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for name, content in _contents(files(package), ""):
            digest.update(f"{package}/{name}\n".encode())
            digest.update(content)
    return f"{_package_version()}+{digest.hexdigest()[:8]}"


def _contents(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    """Code and data files under a folder by name, in an order that is the same everywhere."""
    found: list[tuple[str, bytes]] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _contents(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith((".py", ".toml")):
            found.append((prefix + entry.name, entry.read_bytes().replace(b"\r\n", b"\n")))
    return found


def _package_version() -> str:
    try:
        return version("imr-archive")
    except PackageNotFoundError:
        return "0"
