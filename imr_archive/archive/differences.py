"""What differs between two tellings of a case, and the account of it, field by field."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Literal

import msgspec

from imr_archive.archive.facts import Said, Told

Kind = Literal["gained", "lost", "changed"]

MOST_EXAMPLES = 3
"""Examples kept of each kind of change of each field."""

LONGEST_SHOWN = 120
"""Characters of a value in an example; of longer ones, the part where they differ is shown."""

_BEFORE_DIFFERENCE = 30


class Difference(msgspec.Struct, frozen=True):
    """A field that is not as it was; what it lacks is None."""

    field: str
    kind: Kind
    before: str | None
    after: str | None


class Example(msgspec.Struct, frozen=True):
    """A change as it happened in one case."""

    case: str
    kind: Kind
    before: str | None
    after: str | None


class FieldChanges(msgspec.Struct):
    """How often a field was gained, lost or changed, with examples of each."""

    gained: int = 0
    lost: int = 0
    changed: int = 0
    examples: list[Example] = []

    def count(self, case: str, difference: Difference) -> None:
        """Count one difference and keep it where examples of its kind are still few."""
        kind = difference.kind
        setattr(self, kind, getattr(self, kind) + 1)
        if sum(example.kind == kind for example in self.examples) < MOST_EXAMPLES:
            before, after = _excerpts(difference.before, difference.after)
            self.examples.append(Example(case, kind, before, after))


def differences(before: Told | None, after: Told | None, path: str = "case") -> Iterator[Difference]:
    """All that differs, under the field's path (`items.outcome`), in the order of the fields.

    What came or went whole, such as an item, is one difference; its own values are not counted again.
    """
    if before is None or after is None:
        yield from _whole(path, before, after)
        return
    prefix = "" if path == "case" else f"{path}."
    for name, said in after.values.items():
        yield from _value(prefix + name, before.values.get(name), said)
    for name, parts in after.parts.items():
        for one, other in _pairs(before.parts.get(name, []), parts):
            yield from differences(one, other, prefix + name)


def _whole(path: str, before: Told | None, after: Told | None) -> Iterator[Difference]:
    if before is not None:
        yield Difference(path, "lost", before.title, None)
    elif after is not None:
        yield Difference(path, "gained", None, after.title)


def _value(field: str, before: Said, after: Said) -> Iterator[Difference]:
    if before == after:
        return
    one, other = _text(before), _text(after)
    kind: Kind = "gained" if one is None else "lost" if other is None else "changed"
    yield Difference(field, kind, one, other)


def _text(said: Said) -> str | None:
    """A value as an example shows it; nothing is None."""
    if said is None or said == ():
        return None
    if isinstance(said, tuple):
        return "; ".join(said)
    return str(int(said)) if isinstance(said, bool) else str(said)


def _pairs(before: Sequence[Told], after: Sequence[Told]) -> list[tuple[Told | None, Told | None]]:
    """Which of the one are which of the other: by what they are known by, then by their place in the list.

    Those that are left over come alone, with None for the other side.
    """
    rest_before, rest_after = list(before), list(after)
    pairs: list[tuple[Told | None, Told | None]] = []
    for likeness in (_key, _place):
        waiting: dict[Hashable, list[Told]] = {}
        for one in rest_before:
            waiting.setdefault(likeness(one), []).append(one)
        rest_after, found = _matched(waiting, rest_after, likeness)
        pairs += found
        rest_before = [one for ones in waiting.values() for one in ones]
    return pairs + [(one, None) for one in rest_before] + [(None, one) for one in rest_after]


def _matched(
    waiting: dict[Hashable, list[Told]], after: Sequence[Told], likeness: Callable[[Told], Hashable]
) -> tuple[list[Told], list[tuple[Told | None, Told | None]]]:
    """Those of `after` without a like in `waiting`, and the pairs of the others."""
    left: list[Told] = []
    pairs: list[tuple[Told | None, Told | None]] = []
    for other in after:
        likes = waiting.get(likeness(other))
        if likes:
            pairs.append((likes.pop(0), other))
        else:
            left.append(other)
    return left, pairs


def _key(told: Told) -> Hashable:
    return told.key


def _place(told: Told) -> Hashable:
    """The place in the list; what has none is like nothing else."""
    return told.values.get("position", id(told))


def _excerpts(before: str | None, after: str | None) -> tuple[str | None, str | None]:
    """Both values, cut to where they begin to differ."""
    start = 0
    if before and after and max(len(before), len(after)) > LONGEST_SHOWN:
        while start < min(len(before), len(after)) and before[start] == after[start]:
            start += 1
        start = max(0, start - _BEFORE_DIFFERENCE)
    return _excerpt(before, start), _excerpt(after, start)


def _excerpt(text: str | None, start: int) -> str | None:
    if text is None:
        return None
    shown = text[start : start + LONGEST_SHOWN]
    begins = "…" if start else ""
    return f"{begins}{shown}…" if start + LONGEST_SHOWN < len(text) else begins + shown
