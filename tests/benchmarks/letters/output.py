"""Generated letters as files, in a zip or in an archive, and their truth as JSON, a line each.

Worker processes make the letters; this process writes them, in the order of their numbers.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from imr_archive.archive.connection import open_for_writing
from imr_archive.archive.prepare import prepare_document
from imr_archive.archive.prepared import Prepared
from imr_archive.archive.store import Store
from imr_archive.archive.texts import compress, decompress
from imr_archive.sources import Found, read_bytes
from letter_forms.packing import PACKED

from .generator import Layout, Suffix, generate

CHUNK = 100
"""Letters that a worker makes at a time."""

AHEAD = 8
"""Chunks for each worker that may wait to be written: memory stays the same at any number of letters."""

A_FOLDER = 2_000
"""Files in one folder: more make listing slow."""


class Wanted(NamedTuple):
    """The letters wanted: `count` of a seed, from number `first` on, perhaps all of one layout or format."""

    seed: int
    count: int
    first: int = 0
    layout: Layout | None = None
    suffix: Suffix | None = None


class Made(NamedTuple):
    """A letter that is ready to be written; `prepared` where it goes into an archive."""

    name: str
    data: bytes
    truth: bytes
    prepared: Prepared | None = None


def write_files(wanted: Wanted, folder: Path, truth: Path | None, workers: int = 1) -> int:
    """Writes a file for each letter, some thousand to a folder; gives the number of bytes."""
    size = 0
    for number, made in enumerate(_recorded(_made(wanted, workers), truth)):
        below = folder / f"{number // A_FOLDER:05d}"
        if number % A_FOLDER == 0:
            below.mkdir(parents=True, exist_ok=True)
        size += (below / made.name).write_bytes(made.data)
    return size


def write_zip(wanted: Wanted, path: Path, truth: Path | None, workers: int = 1) -> int:
    """Writes one zip of all letters, the same bytes for the same letters; gives the letters' bytes."""
    size = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for made in _recorded(_made(wanted, workers), truth):
            packed.writestr(zipfile.ZipInfo(made.name, PACKED), made.data, zipfile.ZIP_DEFLATED)
            size += len(made.data)
    return size


def write_archive(wanted: Wanted, path: Path, truth: Path | None, workers: int = 1, batch: int = 500) -> int:
    """Stores all letters in the archive at `path`, made where there is none; gives the letters' bytes.

    Raises RuntimeError where a letter could not be stored.
    """
    size = 0
    with open_for_writing(path, create=True) as database:
        store = Store(database)
        letters = _recorded(_made(wanted, workers, prepare=True), truth)
        while some := list(islice(letters, batch)):
            files = [_packed(made.prepared, store.dictionary) for made in some if made.prepared]
            for outcome in store.add(files):
                if outcome.reason:
                    raise RuntimeError(f"{outcome.path} was set aside: {outcome.reason}")
            size += sum(len(made.data) for made in some)
    return size


def _packed(file: Prepared, dictionary: bytes) -> Prepared:
    """The file with its texts compressed by the dictionary of the archive."""
    letters = [
        msgspec.structs.replace(letter, packed_text=compress(decompress(letter.packed_text), dictionary))
        for letter in file.letters
    ]
    return msgspec.structs.replace(file, letters=tuple(letters))


def prepared(
    seed: int, index: int, *, layout: Layout | None = None, suffix: Suffix | None = None
) -> Prepared:
    """A letter read and parsed as a file of its own would be, ready to store."""
    made = generate(seed, index, layout=layout, suffix=suffix)
    return _prepared(seed, made.source, made.data)


def _prepared(seed: int, name: str, data: bytes) -> Prepared:
    path = f"/generated/{seed}/{name}"
    document = read_bytes(data, path)
    return prepare_document(document, Found(path, len(data), 0, document.reader))


def _made(wanted: Wanted, workers: int, *, prepare: bool = False) -> Iterator[Made]:
    """The letters in order, made in this process or in others."""
    last = wanted.first + wanted.count
    starts = range(wanted.first, last, CHUNK)
    chunk = partial(_chunk, wanted, prepare)
    if workers <= 1:
        for start in starts:
            yield from chunk(start)
        return
    with ProcessPoolExecutor(workers) as pool:
        waiting = iter(starts)
        chunks = [pool.submit(chunk, start) for start in islice(waiting, AHEAD * workers)]
        while chunks:
            yield from chunks.pop(0).result()
            chunks += [pool.submit(chunk, start) for start in islice(waiting, 1)]


def _chunk(wanted: Wanted, prepare: bool, start: int) -> list[Made]:
    numbers = range(start, min(start + CHUNK, wanted.first + wanted.count))
    return [_one(wanted, index, prepare) for index in numbers]


def _one(wanted: Wanted, index: int, prepare: bool) -> Made:
    made = generate(wanted.seed, index, layout=wanted.layout, suffix=wanted.suffix)
    data = made.data
    ready = _prepared(wanted.seed, made.source, data) if prepare else None
    return Made(made.source, data, msgspec.json.encode(made.truth), ready)


def _recorded(letters: Iterable[Made], truth: Path | None) -> Iterator[Made]:
    """The letters, each one's truth written as a line of `truth` on its way."""
    if truth is None:
        yield from letters
        return
    with truth.open("wb") as lines:
        for made in letters:
            lines.write(made.truth + b"\n")
            yield made
