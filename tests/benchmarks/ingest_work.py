"""What workers do in the benchmark of PDFs in place of `begin`: copies of a letter are made different.

It is a module of its own because workers import it by name, and all that it imports while they are timed.
"""

from __future__ import annotations

import re

import msgspec

from imr_archive.archive.prepare import PrepareOptions, begin, document_in_steps
from imr_archive.archive.prepared import Prepared
from imr_archive.errors import SourceError
from imr_archive.parsing.steps import Steps
from imr_archive.sources import Found, read

COPY = re.compile(r"-copy(\d+)\.pdf$")
CASE_NUMBER = re.compile(r"\b(CM\d\d-)\d{7}\b")


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
