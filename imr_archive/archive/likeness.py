"""How alike two texts are: shingles of words, their MinHash, and the bands under which likes are looked up.

A text is the set of its runs of three words. Two texts are as alike as their sets are: the share of runs that
they have in common (Jaccard). A MinHash of 20 values estimates that without the sets; cut into 5 bands of 4,
two texts of which s is common agree in one band at least with probability 1 - (1 - s⁴)⁵: 0.975 for s = 0.85,
0.75 for 0.7, 0.01 for 0.2 (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, chapter 3.4).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Set as AbstractSet

from rensa import RMinHash

WORDS = 3
"""Words of a shingle: enough that standing phrases of the field do not make two texts alike."""

BANDS = 5
ROWS = 4
"""Values of the MinHash in a band."""

_SEED = 20130701
_WORD = re.compile(r"\w+")
_BAND = struct.Struct(f"<B{ROWS}I")
_SIGNED = 1 << 31

METHOD = f"R-MinHash {RMinHash.ALGORITHM_VERSION}, seed {_SEED}, {BANDS} bands of {ROWS}, {WORDS} words"
"""Names all that decides about a band's hash; hashes of another method cannot be compared with these."""


def shingles(text: str) -> frozenset[str]:
    """The runs of three words of a text, in small letters; of a shorter text, all of its words as one."""
    words = _WORD.findall(text.lower())
    if len(words) <= WORDS:
        return frozenset([" ".join(words)] if words else ())
    return frozenset(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def band_hashes(parts: AbstractSet[str]) -> list[int]:
    """Five numbers of 32 bits with a sign; sets that are alike have some of them in common."""
    sketch = RMinHash(num_perm=BANDS * ROWS, seed=_SEED)
    sketch.update(list(parts))
    values = sketch.digest()
    return [
        zlib.crc32(_BAND.pack(band, *values[band * ROWS : (band + 1) * ROWS])) - _SIGNED
        for band in range(BANDS)
    ]


def likeness(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    """The share of shingles that both have, 0 to 1; nothing is like nothing."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0
