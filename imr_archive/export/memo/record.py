"""What a memo says of the decisions that a question finds: who decided what, by which guideline, and why."""

from __future__ import annotations

import datetime

import msgspec

from imr_archive.archive.reading import CitationView
from imr_archive.export.memo.quoting import OMITTED, Quotation
from imr_archive.export.plain_text import shortened
from imr_archive.query import RateRow
from imr_archive.query.dimensions import shown_guideline
from imr_archive.query.language.words import Outcome
from imr_archive.query.sql import Sort

ORDERS: dict[Sort, str] = {
    "best": "the best first",
    "newest": "the newest first",
    "oldest": "the oldest first",
}

NO_RATIONALE = "The letter gives no rationale for this item."
LONGEST_TITLE, LONGEST_ECHO = 120, 1_000
"""Characters of a question in a title, and of it and its reading below: pasted by mistake, it may be long."""

QUOTATIONS = f"whole sentences in the reviewer's words; {OMITTED} marks what is left out"


class CitedDecision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision as a memo cites it; `citations` are the reviewer's.

    arms: of a question that compares, the sides that the decision is counted on.
    """

    case_number: str | None
    source: str | None
    decision_date: str | None
    position: int
    description: str
    outcome: str
    service: str | None
    specialties: tuple[str, ...]
    citations: tuple[CitationView, ...]
    quotation: Quotation | None
    arms: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The case's number, or where its letter prints none, the name of the file."""
        return self.case_number or self.source or "no case number"

    @property
    def authorities(self) -> str:
        """The guidelines that the reviewer cites, each with its sections and pages."""
        return "; ".join(map(_authority, self.citations)) or "no guideline cited"

    @property
    def source_line(self) -> str:
        """Where a quotation is from, in one line."""
        decided = self.decision_date or "no date"
        side = f" (compared: {', '.join(self.arms)})" if self.arms else ""
        return f"{self.name}, {decided}, item {self.position}, {self.outcome}{side}; {self.authorities}"


class ArmRate(msgspec.Struct, frozen=True):
    """One side of a question that compares, and how the items on it were decided."""

    label: str
    rate: RateRow


class Memo(msgspec.Struct, frozen=True, kw_only=True):
    """The decisions that a question finds, of which the first are cited.

    total: how many it finds; `upheld` and `overturned` count these, and `elsewhere` those that have the words
    in the rationale or the case summary alone. rate: of the items that match, whatever their outcome. arms:
    the same for each side of a question that compares; a memo then prints these, as the items of both sides
    together are nobody's question. asked: the outcome that the rate is of. made: the day.
    """

    query: str
    reading: str
    made: datetime.date
    sort: Sort
    total: int
    upheld: int
    overturned: int
    elsewhere: int
    rate: RateRow
    asked: Outcome
    decisions: tuple[CitedDecision, ...]
    arms: tuple[ArmRate, ...] = ()

    @property
    def title(self) -> str:
        """What heads the memo."""
        return f"IMR decisions: {shortened(self.query.strip(), LONGEST_TITLE) or 'all'}"

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What stands above the decisions: labels and values."""
        quoted = (("Quotations", QUOTATIONS),) if self.decisions else ()
        return (
            ("Question", shortened(self.query.strip(), LONGEST_ECHO) or "all decisions"),
            ("Read as", shortened(self.reading, LONGEST_ECHO)),
            ("Decisions found", self.found),
            *self.rates,
            ("Date", self.made.isoformat()),
            *quoted,
        )

    @property
    def found(self) -> str:
        """How many decisions there are, and how many of them are cited."""
        if not self.total:
            return "none in this archive"
        counts = f"{self.total:,} ({self.upheld:,} upheld, {self.overturned:,} overturned)"
        cited = "all" if len(self.decisions) == self.total else f"{len(self.decisions):,}"
        return f"{counts}; cited below: {cited}, {ORDERS[self.sort]}"

    @property
    def rates(self) -> tuple[tuple[str, str], ...]:
        """How often such items are upheld or overturned: a label and the rate, one for each side compared."""
        if not self.arms:
            return (("Rate", rate_in_words(self.rate, self.asked)),)
        return tuple((f"Rate, {arm.label}", rate_in_words(arm.rate, self.asked)) for arm in self.arms)

    def to_dict(self) -> dict[str, object]:
        """The memo as JSON has it; its rows are the decisions."""
        return {
            "query": self.query,
            "reading": self.reading,
            "made": self.made,
            "rows": [_row(one) for one in self.decisions],
            "total": self.total,
            "upheld": self.upheld,
            "overturned": self.overturned,
            "elsewhere": self.elsewhere,
            "rate": self.rate.to_dict(),
            "arms": [{"label": arm.label, **arm.rate.to_dict()} for arm in self.arms],
        }


def rate_in_words(rate: RateRow, asked: Outcome) -> str:
    """Counts and the rate of the outcome `asked`, with its 95% interval."""
    if not rate.items:
        return "no item to count"
    share = rate.upheld / rate.items
    low, high = rate.interval or (0.0, 1.0)
    if asked == "overturned":
        share, low, high = 1 - share, 1 - high, 1 - low
    small = "; a small number" if rate.small else ""
    items = "item" if rate.items == 1 else "items"
    were = "was" if rate.upheld == 1 else "were"
    return (
        f"of {rate.items:,} such {items} {rate.upheld:,} {were} upheld and {rate.overturned:,} overturned: "
        f"{share:.1%} {asked} (95% interval {low:.1%} to {high:.1%}{small})"
    )


def _row(one: CitedDecision) -> dict[str, object]:
    plain: dict[str, object] = msgspec.to_builtins(one)
    return {**plain, "quotation": one.quotation.marked if one.quotation else None}


def guideline_name(cite: CitationView) -> str:
    """The guideline as a reader knows it."""
    return shown_guideline(cite.guideline)


def _authority(cite: CitationView) -> str:
    sections = f", {', '.join(cite.sections)}" if cite.sections else ""
    pages = f", p. {', '.join(cite.pages)}" if cite.pages else ""
    return f"{guideline_name(cite)}{sections}{pages}"
