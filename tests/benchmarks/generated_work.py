"""What workers do in the benchmark of a million letters in place of `begin`: they make each letter first.

It is a module of its own because workers import it by name.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:  # the generator stands there
    sys.path.append(HERE)

from letters import generate  # noqa: E402

from imr_archive.archive.prepare import PrepareOptions, document_in_steps  # noqa: E402
from imr_archive.archive.prepared import Prepared  # noqa: E402
from imr_archive.parsing.steps import Steps  # noqa: E402
from imr_archive.sources import Found, read_bytes  # noqa: E402


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
