"""What workers do in the benchmarks of ingest in place of `prepare`: letters are made, or made different.

It is a module of its own because workers import it by name.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import msgspec

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:  # the generator stands there
    sys.path.append(HERE)

from letters import generate  # noqa: E402

from imr_archive.archive.prepare import PrepareOptions, prepare, prepare_document  # noqa: E402
from imr_archive.archive.prepared import Prepared  # noqa: E402
from imr_archive.errors import SourceError  # noqa: E402
from imr_archive.sources import Found, read, read_bytes  # noqa: E402

COPY = re.compile(r"-copy(\d+)\.pdf$")
CASE_NUMBER = re.compile(r"\b(CM\d\d-)\d{7}\b")


def generated_name(seed: int, index: int) -> str:
    """The path under which letter `index` of the run with that seed goes into an archive."""
    return f"/generated/{seed}/{index:09}"


def generated(found: Found, options: PrepareOptions) -> Prepared:
    """The letter that the path names, made, read and parsed here."""
    seed, index = map(int, found.file.split("/")[-2:])
    made = generate(seed, index)
    document = read_bytes(made.data, made.source)
    document = msgspec.structs.replace(document, path=found.file, size=found.size)
    return prepare_document(document, found, options.dictionary)


def renumbered(found: Found, options: PrepareOptions) -> Prepared:
    """A file read and parsed as `prepare` does; a copy of a letter takes the case number of its own name."""
    copy = COPY.search(found.name)
    if copy is None:
        return prepare(found, options)
    try:
        document = read(found, options.limits)
    except SourceError:
        return prepare(found, options)
    text = CASE_NUMBER.sub(lambda printed: f"{printed[1]}{int(copy[1]):07}", document.text)
    return prepare_document(msgspec.structs.replace(document, text=text), found, options.dictionary)
