"""Reads the vocabulary's data files, typed, from wherever the package is installed."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec

T = TypeVar("T")

DATA = files("imr_archive.vocabulary").joinpath("data")


def load_toml(name: str, kind: type[T]) -> T:
    """The file `data/<name>` as a value of `kind`.

    A file that does not fit its schema raises msgspec.ValidationError: the data ship with the package, so
    that is a defect of the package, which the tests exclude.
    """
    return msgspec.toml.decode(DATA.joinpath(name).read_bytes(), type=kind)


def load_folder(name: str, kind: type[T]) -> list[T]:
    """Every TOML file of the folder `data/<name>`, in order of file name, each as a value of `kind`."""
    return [
        load_toml(f"{name}/{entry.name}", kind)
        for entry in sorted(DATA.joinpath(name).iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    ]


@cache
def vocabulary_version() -> str:
    """Twelve hexadecimal digits that change with any data file of the vocabulary.

    A changed vocabulary reads letters differently, so it counts as another version of the parser.
    """
    digest = hashlib.blake2b(digest_size=6)
    pending = [("", DATA)]
    found: list[tuple[str, bytes]] = []
    while pending:
        prefix, folder = pending.pop()
        for entry in folder.iterdir():
            if entry.is_dir():
                pending.append((f"{prefix}{entry.name}/", entry))
            elif entry.name.endswith(".toml"):
                found.append((prefix + entry.name, entry.read_bytes()))
    for path, content in sorted(found):
        digest.update(path.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()
