"""Arrays and sets as bytes: small for the disk, quick to read.

Item ids are cut into chunks of 65,536; within a chunk an item is known by its place from 0.
"""

from __future__ import annotations

import array
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

CHUNK_BITS = 16
CHUNK = 1 << CHUNK_BITS
"""Item ids in a chunk; a container of a Roaring bitmap holds as many (https://roaringbitmap.org)."""

_LEVEL = 1
_HALF_PAGE = 8_160
"""Bytes of which two rows fit into one page of an archive; the bitmap of a whole chunk has 8,192."""

_DEFLATED = 0x78
"""What a zlib stream begins with (RFC 1950); a Roaring bitmap begins with 0x3A or 0x3B."""

Unsigned = NDArray[np.unsignedinteger]

_TYPES: dict[bytes, np.dtype[np.generic]] = {
    b"1": np.dtype("<u1"),
    b"2": np.dtype("<u2"),
    b"4": np.dtype("<u4"),
    b"8": np.dtype("<f8"),
}
_NAMES = {kind: name for name, kind in _TYPES.items()}


def chunk_ends(chunk: int) -> tuple[int, int]:
    """The first and the last item id of a chunk."""
    first = chunk << CHUNK_BITS
    return first, first + CHUNK - 1


def row_of(chunk: int, number: int) -> int:
    """The row in which column or word set `number` keeps what it holds of a chunk."""
    return (chunk << 20) | number


def as_items(ids: NDArray[np.uint32]) -> BitMap:
    """Ids in rising order as a set; pyroaring reads an array of Python's much faster than one of numpy's."""
    return BitMap(array.array("I", ids.tobytes()))


def by_chunk(ids: NDArray[np.uint32], chunks: range) -> Iterator[tuple[int, NDArray[np.uint32]]]:
    """Ids in rising order cut into chunks in a row; each of these comes, if need be without any ids."""
    ends = np.array([chunk_ends(chunk)[0] for chunk in chunks[1:]], dtype=np.uint32)
    yield from zip(chunks, np.split(ids, np.searchsorted(ids, ends)), strict=True)


def pack_items(items: BitMap) -> bytes:
    """A set of item ids as bytes; those that fill more than half a page are deflated where that helps."""
    items.run_optimize()
    plain = items.serialize()
    if len(plain) <= _HALF_PAGE:
        return plain
    packed = zlib.compress(plain, _LEVEL)
    return packed if len(packed) <= _HALF_PAGE else plain


def unpack_items(packed: bytes) -> BitMap:
    """The set that `pack_items` wrote."""
    return BitMap.deserialize(zlib.decompress(packed) if packed[0] == _DEFLATED else packed)


def smallest(codes: NDArray[np.integer]) -> Unsigned:
    """The same codes in the smallest type that holds them."""
    highest = int(codes.max(initial=0))
    kind = "<u1" if highest < 1 << 8 else "<u2" if highest < 1 << 16 else "<u4"
    return codes.astype(kind)


def pack_array(values: NDArray[np.generic]) -> bytes:
    """An array of unsigned or floating numbers as bytes."""
    return _NAMES[values.dtype] + zlib.compress(values.tobytes(), _LEVEL)


def unpack_array(packed: bytes) -> NDArray[Any]:
    """The array that `pack_array` wrote; it is read-only."""
    return np.frombuffer(zlib.decompress(packed[1:]), dtype=_TYPES[packed[:1]])


def pack_pairs(places: NDArray[np.integer], codes: Unsigned) -> bytes:
    """Places in rising order, each with a code, as bytes: how many each place has, then the codes."""
    counts = pack_array(smallest(np.bincount(places, minlength=1)))
    return len(counts).to_bytes(4, "little") + counts + pack_array(codes)


def unpack_pairs(packed: bytes) -> tuple[NDArray[np.uint32], Unsigned]:
    """The places and codes that `pack_pairs` wrote."""
    end = 4 + int.from_bytes(packed[:4], "little")
    counts = unpack_array(packed[4:end])
    places = np.repeat(np.arange(len(counts), dtype=np.uint32), counts.astype(np.intp))
    return places, unpack_array(packed[end:])
