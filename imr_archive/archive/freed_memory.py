"""What becomes of a process's memory between one file and the next, or one batch and the next."""

from __future__ import annotations

import ctypes
import sys

from imr_archive.sources.limits import MIB

# Parameters of mallopt(3), from glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3

_KEPT = 32 * MIB
"""Free bytes at the heap's end that are not given back: a PDF of four pages takes one or two million."""
_OF_ITS_OWN = 8 * MIB
"""A block from this size on is taken from the kernel for itself, and given back at once."""

GLIBC_TUNABLES = "GLIBC_TUNABLES"
"""The environment variable by which glibc is told how to manage memory, when a process starts."""

_CACHE = "glibc.malloc.tcache"
_BLOCKS_AT_HAND = 127
"""Free blocks of one size, of up to one kilobyte, that are given out again as they are: 4 MB at the most.
Before 2.30 glibc counts no further."""


def with_blocks_at_hand(tunables: str) -> str:
    """What `GLIBC_TUNABLES` is to say to a process that reads PDFs, where it says `tunables` already.

    By default glibc keeps a few freed blocks of a size at hand, and joins the others with their neighbours,
    to part them again a moment later. PDFium takes and frees thousands with every page: that is a fortieth
    of its time. What somebody has said of this cache holds.
    """
    if _CACHE in tunables:
        return tunables
    return ":".join(filter(None, (tunables, f"{_CACHE}_count={_BLOCKS_AT_HAND}")))


def keep_freed_memory() -> bool:
    """Have the C library keep what a file leaves free for the next one; False where it cannot be told.

    By default glibc gives the heap's end back as soon as 128 kB of it are free, and takes it again a moment
    later: some 200 pages for each PDF, which the kernel clears each time. That is a tenth of all the work.
    It holds for the whole process from then on.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is None:
        return False
    return bool(mallopt(_M_TRIM_THRESHOLD, _KEPT) and mallopt(_M_MMAP_THRESHOLD, _OF_ITS_OWN))
