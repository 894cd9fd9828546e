"""The names of the columns that are no dimension's."""

from __future__ import annotations

SERVICE_TYPE = "service_type"
"""The row number of the item's service type: two services of one name in two categories are two."""

CASE = "case"
"""The row number of the item's case."""

CLUSTER = "rationale_cluster"
"""The number of the cluster of nearly the same rationales that the item is in."""

CITING = "cited_by"
"""Which sides cite any guideline."""

CITED = {"reviewer": "cited", "claims_administrator": "ur_cited"}
"""For each side what one citation names, its guideline and a section together, as a JSON array."""
