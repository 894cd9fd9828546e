"""What a stored column is made of; the definitions themselves come from dimensions and filters of queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal
from zlib import crc32

import msgspec

ColumnKind = Literal["codes", "several", "numbers", "days"]
"""codes: one value of each item; several: any number of values; numbers: a number; days: an ISO date."""


class ColumnDefinition(msgspec.Struct, frozen=True):
    """One column to be kept.

    sql: the value, over the tables that `source` joins. source: what follows FROM; it begins with
    `disputed_items AS i` and gives one row for each item, but for the kind `several`. Columns of one source
    are read together.
    distinct: an item's equal values count once. depends_on: the tables of rows that many items share from
    which the value is read, such as `service_types`; changes of the item, its case, its diagnoses and its
    citations are noticed without.
    """

    name: str
    kind: ColumnKind
    sql: str
    source: str
    distinct: bool = False
    depends_on: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name under which the column is stored; a definition that means something else has another."""
        return f"{self.name} {crc32(msgspec.json.encode(self)):08x}"


class SetDefinitions(msgspec.Struct, frozen=True):
    """All that is to be kept beside the rows: the columns, and the phrases that get sets of words.

    phrases: gives them, in the words that are searched for; it is asked only where sets are to be chosen.
    small_words: gives those that make no pair with another that is worth a set, such as `of`.
    Common single words are found in the archive itself.
    """

    columns: tuple[ColumnDefinition, ...]
    phrases: Callable[[], Sequence[str]]
    small_words: Callable[[], Sequence[str]] = tuple
