"""What a set of decisions can be narrowed by, as data: each filter's names, its SQL and its English sentence.

SQL and sentence stand in one record, so the reading that is shown cannot drift from what is asked of the
database. A filter compares parsed values (the item's service, the reviewer's specialty), never mere text;
letter case does not count.
"""

from __future__ import annotations

from imr_archive.query.filters.case import CASE_FILTERS, canonical_case_number
from imr_archive.query.filters.citation import CITATION_FILTERS
from imr_archive.query.filters.item import ITEM_FILTERS
from imr_archive.query.filters.kind import Filter, Raw, Takes

__all__ = ["FILTERS", "Filter", "Raw", "Takes", "canonical_case_number", "find_filter"]

_ALL = (*ITEM_FILTERS, *CITATION_FILTERS, *CASE_FILTERS)

FILTERS: dict[str, Filter] = {each.name: each for each in _ALL}
"""Every filter by name."""

_BY_NAME = {
    name.replace("_", " "): each.name for each in _ALL for name in (each.name, *each.aliases)
}  # fmt: skip


def find_filter(name: str) -> Filter | None:
    """The filter of that name or alias (case, hyphens and underscores do not count), or None."""
    key = " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
    found = _BY_NAME.get(key)
    return None if found is None else FILTERS[found]
