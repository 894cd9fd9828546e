"""The base of what the modules of parsing and vocabulary hand to each other."""

from __future__ import annotations

from typing import dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True)
class Value(msgspec.Struct, frozen=True, gc=False):
    """Never changes, and holds nothing that could hold it in turn.

    Its subclasses have no class keywords: mypyc, which compiles their modules but not this one, drops them.
    """
