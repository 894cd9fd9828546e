"""What workers do in the benchmarks of ingest in place of `begin`: letters are made, or made different.

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

from imr_archive.archive.prepare import PrepareOptions, begin, document_in_steps  # noqa: E402
from imr_archive.archive.prepared import Prepared  # noqa: E402
from imr_archive.errors import SourceError  # noqa: E402
from imr_archive.parsing.steps import Steps  # noqa: E402
from imr_archive.sources import Found, read, read_bytes  # noqa: E402

COPY = re.compile(r"-copy(\d+)\.pdf$")
CASE_NUMBER = re.compile(r"\b(CM\d\d-)\d{7}\b")


def generated_name(seed: int, index: int) -> str:
    """The path under which letter `index` of the run with that seed goes into an archive."""
    return f"/generated/{seed}/{index:09}"


def generated(found: Found, options: PrepareOptions) -> Steps[Prepared]:
    """The letter that the path names, made and read, and yet to be parsed."""
    seed, index = map(int, found.file.split("/")[-2:])
    made = generate(seed, index)
    document = read_bytes(made.data, made.source)
    document = msgspec.structs.replace(document, path=found.file, size=found.size)
    return document_in_steps(document, found, options.dictionary)


def renumbered(found: Found, options: PrepareOptions) -> Prepared | Steps[Prepared]:
    """A file read as `begin` does; a copy of a letter takes the case number of its own name."""
    copy = COPY.search(found.name)
    if copy is None:
        return begin(found, options)
    try:
        document = read(found, options.limits)
    except SourceError:
        return begin(found, options)
    text = CASE_NUMBER.sub(lambda printed: f"{printed[1]}{int(copy[1]):07}", document.text)
    return document_in_steps(msgspec.structs.replace(document, text=text), found, options.dictionary)
