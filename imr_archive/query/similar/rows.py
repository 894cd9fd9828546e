"""The rows of candidates: what likeness is read from, and what is shown of those that are alike."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, text

_ROWS = text(
    "SELECT i.id, i.case_id, i.description, i.rationale, i.outcome, s.category, s.subcategory, s.service,"
    " i.quantity, i.quantity_unit, i.dose, i.body_part, i.laterality, i.reason, i.reason_sentence,"
    " i.rationale_cluster, (SELECT group_concat(d.name, char(31)) FROM case_diagnoses AS c"
    " JOIN diagnoses AS d ON d.id = c.diagnosis_id WHERE c.case_id = i.case_id) AS diagnoses"
    " FROM disputed_items AS i LEFT JOIN service_types AS s ON s.id = i.service_type_id"
    " WHERE i.id IN (SELECT value FROM json_each(:ids))"
)
_CLUSTERS = text(
    "SELECT rationale_cluster, count(*) FROM disputed_items"
    " WHERE rationale_cluster IN (SELECT value FROM json_each(:ids)) GROUP BY 1"
)
_OWN_CLUSTERS = text(
    "SELECT rationale_cluster FROM disputed_items WHERE rationale_cluster IS NOT NULL"
    " AND case_id IN (SELECT value FROM json_each(:own))"
)
_SHOWN = text(
    "SELECT item_id, case_number, source, position, decision_date, specialties FROM decisions"
    " WHERE item_id IN (SELECT value FROM json_each(:ids))"
)
_CITED = text(
    "SELECT c.item_id, c.cited_by, g.label, (SELECT group_concat(section, char(31)) FROM (SELECT section"
    " FROM citation_sections AS s WHERE s.citation_id = c.id ORDER BY s.position)) AS sections"
    " FROM guideline_citations AS c JOIN guidelines AS g ON g.id = c.guideline_id"
    " WHERE c.item_id IN (SELECT value FROM json_each(:ids)) ORDER BY c.item_id, c.position"
)
_BETWEEN = "\x1f"


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One stored decision, as it is compared with a request."""

    id: int
    case_id: int
    description: str
    rationale: str
    outcome: str
    category: str | None
    subcategory: str | None
    service: str | None
    quantity: float | None
    quantity_unit: str | None
    dose: str | None
    body_part: str | None
    laterality: str | None
    reason: str | None
    reason_sentence: str | None
    rationale_cluster: int | None
    diagnoses: tuple[str, ...]


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of a decision beside what is compared."""

    case_number: str | None
    source: str | None
    position: int
    decision_date: str | None
    specialties: tuple[str, ...]
    guidelines: tuple[str, ...]
    sections: tuple[str, ...]
    ur_guidelines: tuple[str, ...]


def candidate_rows(connection: Connection, ids: Iterable[int]) -> list[Candidate]:
    """The decisions of these ids, in the order of the ids."""
    listed = list(ids)
    found = {}
    for row in connection.execute(_ROWS, {"ids": json.dumps(listed)}).mappings():
        values = dict(row)
        values["rationale"] = values["rationale"] or ""
        values["diagnoses"] = _parts(values["diagnoses"])
        found[values["id"]] = Candidate(**values)
    return [found[item] for item in listed if item in found]


def cluster_sizes(connection: Connection, clusters: Iterable[int], own: Iterable[int]) -> dict[int, int]:
    """How many items of other cases than `own` each cluster of near-duplicate rationales has."""
    rows = connection.execute(_CLUSTERS, {"ids": json.dumps(sorted(set(clusters)))}).all()
    sizes: Counter[int] = Counter({cluster: items for cluster, items in rows})  # noqa: C416
    sizes.subtract(connection.execute(_OWN_CLUSTERS, {"own": json.dumps(sorted(own))}).scalars())
    return sizes


def details(connection: Connection, ids: Iterable[int]) -> dict[int, Details]:
    """Case, reviewer and citations of these decisions."""
    wanted = {"ids": json.dumps(sorted(set(ids)))}
    cited: dict[int, list[tuple[str, str, tuple[str, ...]]]] = {}
    for item, side, label, sections in connection.execute(_CITED, wanted):
        cited.setdefault(item, []).append((side, label, _parts(sections)))
    found = {}
    for row in connection.execute(_SHOWN, wanted):
        own = [one for one in cited.get(row.item_id, ()) if one[0] == "reviewer"]
        theirs = [one for one in cited.get(row.item_id, ()) if one[0] != "reviewer"]
        found[row.item_id] = Details(
            case_number=row.case_number,
            source=row.source,
            position=row.position,
            decision_date=row.decision_date,
            specialties=tuple(row.specialties.split("; ")) if row.specialties else (),
            guidelines=_once(label for _, label, _ in own),
            sections=_once(section for _, _, sections in own for section in sections),
            ur_guidelines=_once(label for _, label, _ in theirs),
        )
    return found


def _parts(joined: str | None) -> tuple[str, ...]:
    return tuple(joined.split(_BETWEEN)) if joined else ()


def _once(names: Iterable[str]) -> tuple[str, ...]:
    listed: Sequence[str] = list(names)
    return tuple(dict.fromkeys(listed))
