"""Filters on what the two sides cite: guideline, source, section and page, and whether the sides agree."""

from __future__ import annotations

from imr_archive.query.filters.kind import ANY_CASE, Filter, Takes

_SOURCES = {"mtus": "MTUS", "odg": "ODG", "acoem": "ACOEM", "other": "other"}
_SIDES = {
    "reviewer": "reviewer", "imr": "reviewer", "maximus": "reviewer", "expert": "reviewer",
    "ur": "claims_administrator", "utilization review": "claims_administrator",
    "claims administrator": "claims_administrator", "carrier": "claims_administrator",
    "insurer": "claims_administrator", "both": "both", "both sides": "both",
}  # fmt: skip
_AGREEMENT = {
    "yes": "yes", "y": "yes", "true": "yes", "agree": "yes", "same": "yes",
    "no": "no", "n": "no", "false": "no", "differ": "no", "disagree": "no",
}  # fmt: skip


def _cited(side: str, matching: str) -> str:
    """That the item has a citation of that side which fulfils a condition.

    The subquery looks up the few citations of one item by their index, so a question about few items stays
    quick; the set of all items that cite the MTUS is most of the archive.
    """
    return (
        "EXISTS (SELECT 1 FROM guideline_citations AS gc"
        f" WHERE gc.item_id = i.id AND gc.cited_by = '{side}' AND {matching.replace('{p}', '')})"
    )


_GUIDELINE = (
    "{p}gc.guideline_id IN (SELECT id FROM guidelines WHERE title COLLATE NOCASE IN ({values})"
    " OR label COLLATE NOCASE IN ({values}) OR (title || ' ' || year) COLLATE NOCASE IN ({values}))"
)
_SOURCE = "{p}gc.guideline_id IN (SELECT id FROM guidelines WHERE source IN ({values}))"
_SECTION = "{p}cs.section COLLATE NOCASE IN ({values})"
_HAS_SECTION = f"EXISTS (SELECT 1 FROM citation_sections AS cs WHERE cs.citation_id = gc.id AND {_SECTION})"

_LABELLED = (
    "value IN (SELECT label FROM guidelines WHERE title COLLATE NOCASE IN ({values})"
    " OR label COLLATE NOCASE IN ({values}) OR (title || ' ' || year) COLLATE NOCASE IN ({values}))"
)

# Pages are kept as printed: `60`, `98-99`. A cast reads the number that a text begins with, so the first page
# is the cast of all of it and the last that of what follows the hyphen (all of it where there is none).
_REACHES = (
    "(CAST({page} AS INTEGER) <= {high} AND CAST(substr({page}, instr({page}, '-') + 1) AS INTEGER) >= {low})"
)
_PAGE = _REACHES.replace("{page}", "{p}cp.pages")
_HAS_PAGE = f"EXISTS (SELECT 1 FROM citation_pages AS cp WHERE cp.citation_id = gc.id AND {_PAGE})"

_SIDE_CITES = "SELECT 1 FROM guideline_citations AS gc WHERE gc.item_id = i.id AND gc.cited_by = '{}'"
_BOTH_CITE = (
    f"(EXISTS ({_SIDE_CITES.format('reviewer')}) AND EXISTS ({_SIDE_CITES.format('claims_administrator')}))"
)
_SHARED = (
    "EXISTS (SELECT 1 FROM guideline_citations AS gc"
    " JOIN guidelines AS g ON g.id = gc.guideline_id"
    " JOIN guideline_citations AS ugc ON ugc.item_id = gc.item_id AND ugc.cited_by = 'claims_administrator'"
    " JOIN guidelines AS ug ON ug.id = ugc.guideline_id AND ug.source = g.source AND ug.title IS g.title"
    " WHERE gc.item_id = i.id AND gc.cited_by = 'reviewer')"
)
AGREEMENT = f"CASE WHEN {_SHARED} THEN 'yes' WHEN {_BOTH_CITE} THEN 'no' END"
"""`yes` where both sides cite some guideline alike, by source and title and in whatever edition, `no` where
both cite and none alike, null where a side cites none."""

CITING_SIDES = (
    f"CASE WHEN {_BOTH_CITE} THEN 'both'"
    f" WHEN EXISTS ({_SIDE_CITES.format('reviewer')}) THEN 'reviewer'"
    f" WHEN EXISTS ({_SIDE_CITES.format('claims_administrator')}) THEN 'claims_administrator' END"
)
"""Which sides cite any guideline: one of them, `both`, or null for none."""


def _filters_of_side(side: str, prefix: str, name: str, cites: str) -> tuple[Filter, ...]:
    """The filters on what one side cites."""
    typed = name.replace("_", " ")
    return (
        Filter(
            name=f"{name}guideline",
            aliases=(f"{typed}guidelines",),
            takes=Takes.NAMES,
            help=f"title of a guideline that {cites}, in any year or with one",
            english=f"guideline {{values}} which {cites}",
            sql=_cited(side, _GUIDELINE),
            cited_by=side,
            citation=_GUIDELINE.replace("{p}", prefix),
            citation_joins=(f"{prefix}gc",),
            known_values="SELECT DISTINCT title FROM guidelines WHERE recognised AND title IS NOT NULL",
            column=f"{name}guideline",
            on_value=_LABELLED,
        ),
        Filter(
            name=f"{name}source",
            aliases=(f"{typed}guideline source",),
            takes=Takes.CHOICE,
            help=f"source of a guideline that {cites}: MTUS, ODG, ACOEM or other",
            english=f"{{values}} which {cites}",
            sql=_cited(side, _SOURCE),
            cited_by=side,
            citation=_SOURCE.replace("{p}", prefix),
            citation_joins=(f"{prefix}gc",),
            choices=_SOURCES,
            column=f"{name}source",
        ),
        Filter(
            name=f"{name}section",
            aliases=(f"{typed}sections", f"{typed}topic"),
            takes=Takes.NAMES,
            help=f"section (or ODG topic) that {cites}",
            english=f"section {{values}} which {cites}",
            sql=_cited(side, _HAS_SECTION),
            cited_by=side,
            citation=_SECTION.replace("{p}", prefix),
            citation_joins=(f"{prefix}cs",),
            known_values="SELECT DISTINCT section FROM citation_sections WHERE recognised",
            column=f"{name}section",
            on_value=ANY_CASE,
        ),
        Filter(
            name=f"{name}page",
            aliases=(f"{typed}pages",),
            takes=Takes.RANGE,
            help=f"page that {cites}, alone or within a printed range",
            english=f"page {{values}} which {cites}",
            sql=_cited(side, _HAS_PAGE),
            cited_by=side,
            citation=_PAGE.replace("{p}", prefix),
            citation_joins=(f"{prefix}cp",),
            column=f"{name}page",
            on_value=_REACHES.replace("{page}", "value"),
        ),
    )


CITATION_FILTERS: tuple[Filter, ...] = (
    *_filters_of_side("reviewer", "", "", "the reviewer cites"),
    *_filters_of_side("claims_administrator", "u", "ur_", "utilization review cites"),
    Filter(
        name="cited_by",
        aliases=("cites", "citing side"),
        takes=Takes.CHOICE,
        help="whose citations guideline, source, section and page speak of: reviewer, ur or both",
        english="with guidelines cited by {values}",
        sql=(
            "(EXISTS (SELECT 1 FROM guideline_citations AS gc"
            " WHERE gc.item_id = i.id AND gc.cited_by IN ({values}))"
            f" OR ('both' IN ({{values}}) AND {_BOTH_CITE}))"
        ),
        choices=_SIDES,
        column="cited_by",
        on_value="value = 'both' OR value IN ({values})",
    ),
    Filter(
        name="agrees",
        aliases=("agree", "agreement", "sides agree"),
        takes=Takes.CHOICE,
        help="whether both sides cite some guideline alike: yes or no",
        english="both sides citing alike: {values}",
        sql=f"({AGREEMENT}) IN ({{values}})",
        choices=_AGREEMENT,
        column="agrees",
    ),
)
"""What narrows by citations."""

_UTILIZATION_REVIEW = "ur_"


def of_side_named(name: str, side: str) -> str:
    """The filter (or dimension) on citations called `name`, for another side: `section` → `ur_section`."""
    plain = name.removeprefix(_UTILIZATION_REVIEW)
    return f"{_UTILIZATION_REVIEW}{plain}" if side == "claims_administrator" else plain
