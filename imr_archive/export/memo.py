"""What a memo says of the decisions that a question finds: who decided what, by which guideline, and why."""

from __future__ import annotations

import datetime

import msgspec

from imr_archive.archive.reading import CitationView
from imr_archive.export.quoting import OMITTED, Quotation
from imr_archive.query import RateRow
from imr_archive.query.language import Outcome
from imr_archive.query.sql import Sort

ORDERS: dict[Sort, str] = {
    "best": "the best first",
    "newest": "the newest first",
    "oldest": "the oldest first",
}

NO_RATIONALE = "The letter gives no rationale for this item."
QUOTATIONS = f"whole sentences in the reviewer's words; {OMITTED} marks what is left out"


class CitedDecision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision as a memo cites it; `citations` are the reviewer's."""

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
        return f"{self.name}, {decided}, item {self.position}, {self.outcome}; {self.authorities}"


class Memo(msgspec.Struct, frozen=True, kw_only=True):
    """The decisions that a question finds, of which the first are cited.

    total: how many it finds; `upheld` and `overturned` count these, and `elsewhere` those that have the words
    in the rationale or the case summary alone. rate: of the items that match, whatever their outcome. asked:
    the outcome that the rate is of. made: the day.
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

    @property
    def title(self) -> str:
        """What heads the memo."""
        return f"IMR decisions: {self.query.strip() or 'all'}"

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What stands above the decisions: labels and values."""
        quoted = (("Quotations", QUOTATIONS),) if self.decisions else ()
        return (
            ("Question", self.query.strip() or "all decisions"),
            ("Read as", self.reading),
            ("Decisions found", self.found),
            ("Rate", self.rates),
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
    def rates(self) -> str:
        """How often such items are upheld or overturned, with the interval of what was asked for."""
        if not self.rate.items:
            return "no item to count"
        share = self.rate.upheld / self.rate.items
        low, high = self.rate.interval or (0.0, 1.0)
        if self.asked == "overturned":
            share, low, high = 1 - share, 1 - high, 1 - low
        small = "; a small number" if self.rate.small else ""
        items = "item" if self.rate.items == 1 else "items"
        were = "was" if self.rate.upheld == 1 else "were"
        return (
            f"of {self.rate.items:,} such {items} {self.rate.upheld:,} {were} upheld and "
            f"{self.rate.overturned:,} overturned: {share:.1%} {self.asked} "
            f"(95% interval {low:.1%} to {high:.1%}{small})"
        )

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
        }


def _row(one: CitedDecision) -> dict[str, object]:
    plain: dict[str, object] = msgspec.to_builtins(one)
    return {**plain, "quotation": one.quotation.marked if one.quotation else None}


def guideline_name(cite: CitationView) -> str:
    """The guideline as a reader knows it; `other`, the source of what is of no known one, is left out."""
    return cite.guideline.removeprefix("other ") if cite.source == "other" else cite.guideline


def _authority(cite: CitationView) -> str:
    sections = f", {', '.join(cite.sections)}" if cite.sections else ""
    pages = f", p. {', '.join(cite.pages)}" if cite.pages else ""
    return f"{guideline_name(cite)}{sections}{pages}"
