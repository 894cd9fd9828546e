"""Questions that compare: `norco vs gabapentin`, `TENS unit purchase vs 30 day trial`, `2016 vs 2018`.

What stands on one side of the `vs` alone is often meant for both. So a filter or a service that only one side
names holds for all, as long as each side still has something of its own to differ in; plain words belong to
the side that they stand on, but for those after a `for` at the end (`norco vs tramadol for back pain`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from imr_archive.query.filters.applied import Applied
from imr_archive.query.language.terms import Term

MOST_ARMS = 6
"""More are left out: fifteen pairs are compared as it is."""

Group = tuple[Term, ...]
"""Terms that all have to match."""


class Arm(msgspec.Struct, frozen=True):
    """One of the groups that a question compares; `groups` are alternatives, `filters` all have to hold."""

    label: str
    groups: tuple[Group, ...] = ()
    filters: tuple[Applied, ...] = ()


class Half:
    """An arm in the making: what was typed on one side of a `vs`."""

    def __init__(self) -> None:
        self.groups: list[list[Term]] = [[]]
        self.filters: list[Applied] = []

    def __bool__(self) -> bool:
        return any(self.groups) or bool(self.filters)

    @property
    def terms(self) -> list[Term]:
        """All terms, of whatever alternative."""
        return [term for group in self.groups for term in group]

    def takes(self, terms: Sequence[Term], *, first: bool = False) -> None:
        """Ask for further terms in every alternative, after its own or `first`."""
        for group in self.groups:
            at = 0 if first else len(group)
            group[at:at] = [term for term in terms if term not in group]


def arms(halves: Sequence[Half], tail: Half | None) -> tuple[tuple[Arm, ...], tuple[Applied, ...]]:
    """The groups to be compared, and the filters that hold for all of them; no arms where nothing differs."""
    shared = _shared_filters(halves)
    _share_terms(halves, shared, lambda term: term.names_item)
    _share_terms(halves, shared, lambda term: bool(term.body_part))
    common = [term for term in halves[0].terms if all(term in half.terms for half in halves)]
    made = []
    for half in halves:
        own = [one for one in half.filters if one not in shared]
        apart = [term for term in half.terms if term not in common]
        label = _label(apart if apart or own else half.terms, own)
        if tail is not None:
            half.takes(tail.terms)
        groups = tuple(dict.fromkeys(tuple(group) for group in half.groups if group))
        made.append(Arm(label, groups, tuple(own)))
    different = {(arm.groups, arm.filters): arm for arm in reversed(made)}
    kept = tuple(reversed(different.values()))
    of_tail = tail.filters if tail is not None else []
    comparable = len(kept) > 1 and all(arm.label for arm in kept)
    return (kept if comparable else ()), tuple(dict.fromkeys([*shared, *of_tail]))


def _shared_filters(halves: Sequence[Half]) -> list[Applied]:
    """The filters that one side alone names, or all in the same way, and that its side can do without."""
    shared: list[Applied] = []
    for half in halves:
        for one in half.filters:
            others = [other for other in halves if other is not half]
            alone = not any(one.name == each.name for other in others for each in other.filters)
            alike = all(one in other.filters for other in others)
            rest = [each for each in half.filters if each is not one and each not in shared]
            if (alone and (half.terms or rest)) or alike:
                shared.append(one)
    return shared


def _share_terms(halves: Sequence[Half], shared: Sequence[Applied], of_kind: Callable[[Term], bool]) -> None:
    """Give the terms of a kind that one side alone names to the others, if that side has something else."""
    naming = [half for half in halves if any(map(of_kind, half.terms))]
    if len(naming) != 1:
        return
    (named,) = naming
    terms = [term for term in named.terms if of_kind(term)]
    own_filters = [one for one in named.filters if one not in shared]
    if len(terms) < len(named.terms) or own_filters:
        for half in halves:
            if half is not named:
                half.takes(terms, first=True)


def _label(terms: Sequence[Term], filters: Sequence[Applied]) -> str:
    """What sets an arm apart, as typed or as a filter says it."""
    words = " ".join(dict.fromkeys(("not " if term.negated else "") + term.text for term in terms))
    said = ", ".join(one.english for one in filters)
    return ", ".join(filter(None, (words, said)))
