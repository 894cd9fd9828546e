"""Words that two decisions have in common without being alike (`dull_words.toml`)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec


class DullWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that only hold sentences together, and those of the letters' form; the data file says more."""

    function: tuple[str, ...]
    form: tuple[str, ...]


@cache
def dull_words() -> frozenset[str]:
    """All words of the data file."""
    content = files("imr_archive.query.similar").joinpath("dull_words.toml").read_bytes()
    read = msgspec.toml.decode(content, type=DullWords)
    return frozenset((*read.function, *read.form))
