"""Names of several words, found at a given place of a scanned text: the longest that stands there.

A name is known by its words. Letter case, apostrophes, registration marks and the joints that letters print
differently (`&` or `and`, commas, strokes, hyphens, brackets) do not count, so that `Forearm, Wrist, & Hand`
and `Forearm, Wrist and Hand` are one name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from imr_archive.vocabulary.remembered import remembered

T = TypeVar("T")

# A web address is one token, so are a numbered heading (3.3.1.1) and a word with its apostrophe (MRI's).
TOKEN = re.compile(r"(?:https?://|www\.)\S*[^\s.,;:)\]]|\d+(?:\.\d+)+(?![^\W_])|[^\W_]+(?:['’´`][^\W_]+)*|\S")
JOINTS = frozenset({",", "&", "and", "-", "‐", "‑", "–", "—", "/", "®", "™", "'", "’", "(", ")", "[", "]"})
APOSTROPHES = str.maketrans("", "", "'’´`")


def word_key(token: str) -> str:
    """A token as names are compared: lower case, without apostrophes (unless it is one)."""
    return token.lower().translate(APOSTROPHES) or token


def word_keys(text: str) -> list[str]:
    """The keys of all tokens of a text."""
    return [word_key(token) for token in TOKEN.findall(text)]


@remembered(8192)
def name_key(text: str) -> str:
    """What two printings of one name share: its words, without the joints."""
    return " ".join(key for key in word_keys(text) if key not in JOINTS)


class _Node(Generic[T]):
    __slots__ = ("following", "value")

    def __init__(self) -> None:
        self.following: dict[str, _Node[T]] = {}
        self.value: T | None = None


class PhraseTable(Generic[T]):
    """Names and what each stands for."""

    def __init__(self, names: Iterable[tuple[str, T]]) -> None:
        """Of two names with the same words the first counts."""
        self._root: _Node[T] = _Node()
        for name, value in names:
            node = self._root
            for key in name_key(name).split():
                node = node.following.setdefault(key, _Node())
            if node.value is None and node is not self._root:
                node.value = value
        self.first_words = frozenset(self._root.following)

    def words(self) -> set[str]:
        """Every word of every name."""
        found: set[str] = set()
        pending = [self._root]
        while pending:
            node = pending.pop()
            found.update(node.following)
            pending.extend(node.following.values())
        return found

    def matches(self, keys: Sequence[str], at: int, end: int) -> list[tuple[int, T]]:
        """The names that start with token `at`, shortest first: (the token after the name, value)."""
        step = self._root.following.get(keys[at]) if at < end else None
        if step is None:
            return []
        found: list[tuple[int, T]] = []
        at += 1
        while True:
            if step.value is not None:
                found.append((at, step.value))
            while at < end and keys[at] in JOINTS and keys[at] not in step.following:
                at += 1
            if at >= end or (following := step.following.get(keys[at])) is None:
                return found
            step = following
            at += 1
