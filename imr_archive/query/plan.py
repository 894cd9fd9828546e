"""The plan of a query: what is to be found, counted and shown, and how that reads in English.

One plan serves hits, counts and rates, so that they cannot disagree on what was asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from imr_archive.query.dimensions import dimension, find_dimension
from imr_archive.query.filters.applied import Applied
from imr_archive.query.filters.citation import of_side_named
from imr_archive.query.filters.registry import FILTERS
from imr_archive.query.language.arms import Arm, Group
from imr_archive.query.language.terms import Part, Reach, Term
from imr_archive.query.language.words import Outcome

_PARTS = {
    Part.ITEM: "in the heading",
    Part.RATIONALE: "in the rationale",
    Part.SUMMARY: "in the case summary",
}


_RATE_OF_EACH, _ONE_RATE = "one rate for each", "one rate for all that matches"
_FORMS = frozenset((_RATE_OF_EACH, _ONE_RATE))


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How a query was understood.

    `groups` are alternatives (`gym membership OR weight loss`): an item matches where all terms of one group
    do; no group at all means that every item matches. `filters` all have to hold. `outcome` is the one named
    in plain words: in a list of decisions it is a filter, in a question of rates it names the rate (rates are
    always over all outcomes of the items that match, else every one of them would be 100%).
    `dimensions` are what rates are grouped by; `rates` says that a rate is asked for. `widened` says that
    terms are looked for anywhere, since no heading has them. `arms` are what a question compares: an item
    matches where it matches one of them, and the plan's own filters. `why` asks what goes with the outcome.
    `output` is a format asked for in words.
    """

    query: str = ""
    groups: tuple[Group, ...] = ()
    filters: tuple[Applied, ...] = ()
    outcome: Outcome | None = None
    both_outcomes: bool = False
    dimensions: tuple[str, ...] = ()
    rates: bool = False
    widened: bool = False
    arms: tuple[Arm, ...] = ()
    why: bool = False
    output: Literal["csv", "json"] | None = None
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def case_number(self) -> str | None:
        """The case that the query names and nothing beside it: such a query opens that case."""
        alone = len(self.filters) == 1 and not (self.groups or self.rates or self.outcome or self.why)
        if not alone or self.filters[0].name != "case" or self.filters[0].negated:
            return None
        return self.filters[0].values[0] if len(self.filters[0].values) == 1 else None

    @property
    def outcome_filter(self) -> Outcome | None:
        """The outcome that items must have: the one named, in a list of decisions."""
        return None if self.rates else self.outcome

    @property
    def alternatives(self) -> tuple[Group, ...]:
        """All groups of terms, those of the arms too: what is looked for in the text."""
        return (*self.groups, *(group for arm in self.arms for group in arm.groups))

    @property
    def needs_heading(self) -> bool:
        """Whether some term has to occur in the item's heading, so that looking anywhere may find more."""
        return any(self.reach(term) is Reach.HEADING for group in self.alternatives for term in group)

    def of_arm(self, arm: Arm) -> Plan:
        """The plan for one of the groups that are compared."""
        filters = (*self.filters, *arm.filters)
        return msgspec.structs.replace(self, groups=arm.groups, filters=filters, arms=())

    def reach(self, term: Term) -> Reach:
        """Where `term` has to occur."""
        return Reach.HEADING if self.rates and term.heading and not self.widened else Reach.ANYWHERE

    def as_hits(self) -> Plan:
        """The same plan as a list of decisions; what it would have grouped by is noted as ignored."""
        left_out = [f"by {name.replace('_', ' ')}" for name in self.dimensions] if self.rates else []
        left_out += ["why"] if self.why else []
        return msgspec.structs.replace(
            self, rates=False, why=False, dimensions=(), ignored=(*self.ignored, *left_out)
        )

    def as_rates(self, dimensions: tuple[str, ...] = ()) -> Plan:
        """The same plan as a question of rates, grouped by `dimensions` beside its own."""
        merged = tuple(dict.fromkeys((*self.dimensions, *dimensions)))
        return with_headings(msgspec.structs.replace(self, rates=True, why=False, dimensions=merged))

    def narrowed(self, filters: tuple[Applied, ...]) -> Plan:
        """The same plan with more filters."""
        return with_sides(msgspec.structs.replace(self, filters=(*self.filters, *filters)))

    @property
    def reading(self) -> str:
        """The plan in English: what is looked for and where, the outcome, the grouping, what was ignored."""
        return " · ".join(self._sentences()) or "all decisions, newest first"

    @property
    def sought(self) -> str:
        """The reading without what form the answer takes: which decisions are meant."""
        return " · ".join(one for one in self._sentences() if one not in _FORMS) or "all decisions"

    def _sentences(self) -> Iterator[str]:
        if self.groups:
            yield self._alternatives(self.groups)
        if self.arms:
            between = " compared with " if self.rates else " or else "
            yield between.join(self._arm(arm) for arm in self.arms)
        yield from (applied.english for applied in self.filters)
        yield from self._outcome()
        if self.dimensions:
            yield f"grouped by {' and '.join(dimension(name).english for name in self.dimensions)}"
            yield from dict.fromkeys(only for name in self.dimensions if (only := dimension(name).only))
        elif self.rates:
            yield _RATE_OF_EACH if self.arms else _ONE_RATE
        if self.why:
            yield "with the sections and reasons that go with it"
        yield from self.notes
        if self.ignored:
            yield f"ignored: {', '.join(dict.fromkeys(self.ignored))}"

    def _outcome(self) -> Iterator[str]:
        if self.both_outcomes:
            yield "both outcomes compared"
        elif self.outcome is not None:
            yield f"outcome {self.outcome}" + (", its rate over all outcomes" if self.rates else "")

    def _arm(self, arm: Arm) -> str:
        words = [self._alternatives(arm.groups)] if arm.groups else []
        return ", ".join([*words, *(applied.english for applied in arm.filters)])

    def _alternatives(self, groups: tuple[Group, ...]) -> str:
        return " or else ".join(", ".join(self._group(group)) for group in groups)

    def _group(self, group: Group) -> Iterator[str]:
        """The terms of a group, those that are looked for in one place together."""
        places: dict[str, list[str]] = {}
        for term in group:
            places.setdefault(self._place(term), []).append(term.english)
        for place, names in places.items():
            without = place.startswith("not ")
            yield ("without " if without else "") + f"{' and '.join(names)} {place.removeprefix('not ')}"

    def _place(self, term: Term) -> str:
        if term.part is not None:
            place = _PARTS[term.part]
        elif self.reach(term) is Reach.HEADING:
            place = "in the item"
        elif self.widened:
            place = "anywhere, as no item's heading matches"
        else:
            place = "anywhere in the decision"
        return f"not {place}" if term.negated else place


def with_headings(plan: Plan) -> Plan:
    """The plan with the terms marked that a question of rates looks for in the heading.

    Rates are about the item, not the letter: a summary that mentions massage does not make an MRI a massage.
    Where a group names a service (or part of the body), that is what the heading must have, and its other
    words may stand anywhere; where it names none, all its words are looked for in the heading.
    """
    arms = tuple(
        msgspec.structs.replace(arm, groups=tuple(map(_with_headings, arm.groups))) for arm in plan.arms
    )
    return msgspec.structs.replace(plan, groups=tuple(map(_with_headings, plan.groups)), arms=arms)


def _with_headings(group: Group) -> Group:
    about_item = [term.names_item or bool(term.body_part) for term in group]
    no_service = not any(term.names_item for term in group)
    return tuple(
        msgspec.structs.replace(term, heading=term.part is None and (about or no_service))
        for term, about in zip(group, about_item, strict=True)
    )


def with_sides(plan: Plan) -> Plan:
    """The plan with `cited-by:` brought into the filters and dimensions that it speaks of.

    `section:opioids cited-by:ur` is a section that utilization review cites; `cited-by:both` asks for it on
    either side. Where nothing beside it speaks of citations it stays a filter: that this side cites at all.
    """
    sides = {
        value for one in plan.filters if one.name == _CITED_BY and not one.negated for value in one.values
    }
    cited = [one for one in plan.filters if FILTERS[one.name].cited_by]
    dimensions = [name for name in plan.dimensions if _cites(name)]
    if not sides or not (cited or dimensions):
        return plan
    wanted = _SIDES if "both" in sides else tuple(side for side in _SIDES if side in sides)
    filters: dict[Applied, None] = {}
    for one in plan.filters:
        if one in cited:
            named = (of_side_named(one.name, side) for side in wanted)
            filters |= dict.fromkeys(msgspec.structs.replace(one, name=name) for name in named)
        elif one.name != _CITED_BY:
            filters[one] = None
    grouped = (of_side_named(name, wanted[0]) if name in dimensions else name for name in plan.dimensions)
    return msgspec.structs.replace(plan, filters=tuple(filters), dimensions=tuple(dict.fromkeys(grouped)))


_CITED_BY = "cited_by"
_SIDES = ("reviewer", "claims_administrator")


def _cites(name: str) -> bool:
    known = find_dimension(name)
    return known is not None and bool(known.cited_by)
