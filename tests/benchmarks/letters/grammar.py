"""Sentence patterns: `[a|b]` is a choice, `{name}` another list or a fact, `{^name}` the same with a capital.

A pattern is compiled once into a tree; writing it draws from the letter's random numbers, so that the same
letter always comes out the same. Of a list the first entries are drawn most often, as words are in any text:
the n-th about 1/n as often as the first (Zipf).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

Draw = Callable[[], float]
"""A random number from 0 to 1, 1 excluded."""

TRIES = 3

TOKENS = re.compile(r"[\[\]|]|\{\^?\w+\}|[^\[\]{}|]+")


class Choice(NamedTuple):
    """One of several wordings, each as likely as the others."""

    options: tuple[Pattern, ...]


class Name(NamedTuple):
    """A fact of the letter, or a list to draw from, by its name."""

    name: str
    capital: bool


Pattern = tuple[str | Choice | Name, ...]


class Phrases(NamedTuple):
    """A list to draw from, the first entries most often unless it is `even`. Plain entries are strings."""

    options: tuple[str | Pattern, ...]
    even: bool = False

    def drawn(self, draw: Draw) -> str | Pattern:
        """One of the list."""
        size = len(self.options)
        if self.even:
            return self.options[int(size * draw())]
        return self.options[int((size + 1) ** draw()) - 1]


Facts = Mapping[str, str | Phrases]


def compiled(pattern: str) -> Pattern:
    """The pattern as a tree; raises ValueError where its brackets do not match."""
    levels: list[list[list[str | Choice | Name]]] = [[[]]]
    for token in TOKENS.findall(pattern):
        if token == "[":
            levels.append([[]])
        elif token == "|" and len(levels) > 1:
            levels[-1].append([])
        elif token == "]" and len(levels) > 1:
            options = tuple(tuple(option) for option in levels.pop())
            levels[-1][-1].append(Choice(options))
        elif token[0] == "{":
            levels[-1][-1].append(Name(token.strip("{^}"), token[1] == "^"))
        else:
            levels[-1][-1].append(token)
    if len(levels) != 1:
        raise ValueError(f"a bracket is not closed: {pattern}")
    return tuple(levels[0][0])


def phrases(patterns: Iterable[str], *, even: bool = False) -> Phrases:
    """The patterns as a list to draw from."""
    trees = (compiled(pattern) for pattern in patterns)
    return Phrases(tuple(tree[0] if [type(part) for part in tree] == [str] else tree for tree in trees), even)


def written(pattern: str | Pattern, facts: Facts, draw: Draw) -> str:
    """The pattern in words; raises KeyError for a name that `facts` lacks.

    Of a list the same entry is not drawn twice in one sentence, as far as some more tries avoid it.
    """
    if type(pattern) is str:
        return pattern
    words: list[str] = []
    _write(pattern, facts, draw, words, set())
    return "".join(words)


def one_of(options: Phrases, facts: Facts, draw: Draw) -> str:
    """One of the list in words."""
    return written(options.drawn(draw), facts, draw)


def _write(pattern: Pattern, facts: Facts, draw: Draw, words: list[str], drawn: set[str | Pattern]) -> None:
    for part in pattern:
        kind = type(part)
        if kind is str:
            words.append(part)
        elif kind is Choice:
            options = part.options
            _write(options[int(len(options) * draw())], facts, draw, words, drawn)
        else:
            fact = facts[part.name]
            before = len(words)
            if type(fact) is str:
                words.append(fact)
            else:
                chosen = fact.drawn(draw)
                for _ in range(TRIES):
                    if chosen not in drawn:
                        break
                    chosen = fact.drawn(draw)
                drawn.add(chosen)
                if type(chosen) is str:
                    words.append(chosen)
                else:
                    _write(chosen, facts, draw, words, drawn)
            if part.capital:
                words[before] = words[before][:1].upper() + words[before][1:]
