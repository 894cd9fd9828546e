"""The answer to a phrase, whatever it asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from imr_archive.query.comparison import Comparison
from imr_archive.query.letters import LetterHits
from imr_archive.query.plan import Plan
from imr_archive.query.results import Hits, Rates

if TYPE_CHECKING:
    import pandas

Kind = Literal["hits", "letters", "rates", "comparison"]


class Answer(msgspec.Struct, frozen=True):
    """What a phrase was answered with: decisions, letters, rates or a comparison."""

    query: str
    result: Hits | LetterHits | Rates | Comparison

    @property
    def kind(self) -> Kind:
        """What the rows are."""
        kinds: dict[type, Kind] = {Hits: "hits", LetterHits: "letters", Rates: "rates"}
        return kinds.get(type(self.result), "comparison")

    @property
    def plan(self) -> Plan:
        """How the query was understood, in parts; `plan.case_number` names the case that it opens, if any."""
        return self.result.plan

    @property
    def reading(self) -> str:
        """How the query was understood, in English."""
        return self.result.reading

    @property
    def total(self) -> int:
        """How many items match (or letters, where these were asked for); in rates each is counted once."""
        return self.result.total

    @property
    def sql(self) -> str:
        """The SQL behind the rows, with named parameters; `result.statement.parameters` has their values."""
        return self.result.sql

    def to_dicts(self) -> list[dict[str, object]]:
        """The rows as JSON has them."""
        return [dict(row) for row in self.result.to_dicts()]

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a data frame; raises MissingExtraError without pandas."""
        return self.result.to_pandas()

    def to_dict(self) -> dict[str, object]:
        """The answer as JSON has it; facets, differences and the like stand beside the rows."""
        return {
            "query": self.query,
            "reading": self.reading,
            "rows": self.result.to_dicts(),
            "total": self.total,
            **self.result.extras(),
        }
