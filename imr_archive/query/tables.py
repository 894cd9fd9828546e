"""The joins by which dimensions and filters reach the columns that they speak of.

Every query starts `FROM disputed_items AS i`. A join names the one that it stands on, and two dimensions
which use the same one share its rows: `by guideline and section` pairs a section with its own guideline.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Join(msgspec.Struct, frozen=True):
    """One join: its SQL, and the join that has to stand before it.

    `several` marks one that may give an item more than one row. `shared` names the table that is joined where
    its rows are not an item's or a case's own, but shared by many.
    """

    sql: str
    needs: str | None = None
    several: bool = False
    shared: str = ""


BODY_PARTS = """json_each('[' || replace(json_quote(i.body_part), ', ', '","') || ']')"""
"""A row for each part of the body that a heading names: one column holds them, parted by ", "."""


def _citations(side: str, prefix: str) -> dict[str, Join]:
    """The joins to the citations of one side, their guidelines, sections and pages."""
    citation, guideline, section, page = (f"{prefix}{name}" for name in ("gc", "g", "cs", "cp"))
    return {
        citation: Join(
            f"LEFT JOIN guideline_citations AS {citation}"
            f" ON {citation}.item_id = i.id AND {citation}.cited_by = '{side}'",
            several=True,
        ),
        guideline: Join(
            f"LEFT JOIN guidelines AS {guideline} ON {guideline}.id = {citation}.guideline_id",
            citation,
            shared="guidelines",
        ),
        section: Join(
            f"LEFT JOIN citation_sections AS {section} ON {section}.citation_id = {citation}.id",
            citation,
            several=True,
        ),
        page: Join(
            f"LEFT JOIN citation_pages AS {page} ON {page}.citation_id = {citation}.id",
            citation,
            several=True,
        ),
    }


JOINS: dict[str, Join] = {
    "c": Join("JOIN cases AS c ON c.id = i.case_id"),
    "st": Join("LEFT JOIN service_types AS st ON st.id = i.service_type_id", shared="service_types"),
    "r": Join("LEFT JOIN reviewers AS r ON r.id = c.reviewer_id", "c", shared="reviewers"),
    "rs": Join(
        "LEFT JOIN reviewer_specialties AS rs ON rs.reviewer_id = c.reviewer_id",
        "c",
        several=True,
        shared="reviewer_specialties",
    ),
    "sp": Join("LEFT JOIN specialties AS sp ON sp.id = rs.specialty_id", "rs", shared="specialties"),
    "rst": Join(
        "LEFT JOIN reviewer_states AS rst ON rst.reviewer_id = c.reviewer_id",
        "c",
        several=True,
        shared="reviewer_states",
    ),
    "cd": Join("LEFT JOIN case_diagnoses AS cd ON cd.case_id = i.case_id", several=True),
    "dx": Join("LEFT JOIN diagnoses AS dx ON dx.id = cd.diagnosis_id", "cd", shared="diagnoses"),
    "bp": Join(f"LEFT JOIN {BODY_PARTS} AS bp", several=True),
    **_citations("reviewer", ""),
    **_citations("claims_administrator", "u"),
}
"""Every join by the alias under which its table is known."""


def from_clause(aliases: Iterable[str], items: str = "disputed_items") -> str:
    """The FROM clause that makes `aliases` known, each join once and after the one that it needs.

    `items` is the table that the items come from: all of them, or a selection made before.
    """
    return " ".join([f"FROM {items} AS i", *(JOINS[alias].sql for alias in in_order(aliases))])


def in_order(aliases: Iterable[str]) -> tuple[str, ...]:
    """The joins `aliases` and those that they need, each once and after the one that it needs."""
    ordered: dict[str, None] = {}
    for alias in aliases:
        _add(alias, ordered)
    return tuple(ordered)


def _add(alias: str, ordered: dict[str, None]) -> None:
    needed = JOINS[alias].needs
    if needed is not None:
        _add(needed, ordered)
    ordered.setdefault(alias)
