"""Files that were set aside, as inputs of another run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from imr_archive.archive.inputs import Inputs
from imr_archive.sources.discovery import discover
from imr_archive.sources.documents import MEMBER_MARK, Discovered, Refused
from imr_archive.sources.reasons import source_error

_ESCAPED = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})")


def set_aside_inputs(paths: Iterable[str]) -> Inputs:
    """The files, members of zips and folders of these paths, which are those of `source_files`.

    A folder or zip that could not be entered gives all that is in it now. What is gone comes as Refused, so
    that its row says so.
    """
    ordered = sorted(paths)
    return Inputs([_on_disk(file) for file in dict.fromkeys(map(_file_of, ordered))], _found(ordered))


def _found(paths: list[str]) -> Iterator[Discovered]:
    for file, some in groupby(paths, key=_file_of):
        wanted = set(some)
        on_disk = _on_disk(file)
        if not os.path.lexists(on_disk):
            yield from (_missing(path) for path in sorted(wanted))
            continue
        met = set()
        for thing in discover([on_disk]):
            if file in wanted or thing.path in wanted:
                met.add(thing.path)
                yield thing
        yield from (_missing(path) for path in sorted(wanted - met - {file}))


def _missing(path: str) -> Refused:
    return Refused.because(source_error("missing"), path)


def _file_of(path: str) -> str:
    """The file on the disk that a path stands for: that of the outermost zip, for a member."""
    return path.partition(MEMBER_MARK)[0]


def _on_disk(path: str) -> str:
    r"""The name as the operating system has it, where its path is written with `\xff` for other bytes."""
    if os.path.lexists(path):
        return path
    return _ESCAPED.sub(_unescaped, path)


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(0xDC00 + code) if match[1] and code >= 0x80 else chr(code)
