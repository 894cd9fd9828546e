"""What rates can be grouped by, as data: each dimension's names, its SQL and its English.

A dimension may give an item several values (a reviewer has two specialties, an item cites three guidelines):
the item then counts once in each group, and once in the total. An item without a value is in a group of its
own, null in JSON and `missing` in a table.
"""

from __future__ import annotations

from difflib import get_close_matches

import msgspec

from imr_archive.errors import UnknownNameError
from imr_archive.query.filters.citation import AGREEMENT


class Dimension(msgspec.Struct, frozen=True):
    """One way to group decisions.

    `name` is the key of a rate row in JSON, `aliases` are the other ways to type it, `label` heads a column,
    `english` ends the sentence "grouped by ...", `sql` gives the value, over the tables of `joins`.
    `condition` says which items have the dimension at all, and `only` says it in English; such a dimension is
    `part_of` another, among the items that have the category `category`. `repeats` marks one
    that may give one item the same value twice; `cited_by` says whose citations it groups by. `in_order` ones
    are listed by value, in the order of `values` where these are given; others by rate or by number of items.
    """

    name: str
    aliases: tuple[str, ...]
    label: str
    english: str
    sql: str
    joins: tuple[str, ...] = ()
    condition: str = ""
    only: str = ""
    part_of: str = ""
    category: str = ""
    repeats: bool = False
    cited_by: str = ""
    in_order: bool = False
    values: tuple[str, ...] = ()
    missing: str = "not stated"

    def shown(self, value: str | int | None) -> str:
        """A value as a person reads it; data keep the value as it is."""
        if value is None:
            return self.missing
        return shown_guideline(str(value)) if self.sql.endswith("g.label") else str(value)


def shown_guideline(label: str) -> str:
    """A guideline's label as a person reads it: `other`, the source of what has no known one, is left out."""
    return label.removeprefix("other ")


AGE_BANDS = ("under 30", "30-39", "40-49", "50-59", "60-69", "70 and over")

_AGE_BAND = (
    "CASE WHEN c.patient_age < 30 THEN 'under 30'"
    " WHEN c.patient_age < 40 THEN '30-39'"
    " WHEN c.patient_age < 50 THEN '40-49'"
    " WHEN c.patient_age < 60 THEN '50-59'"
    " WHEN c.patient_age < 70 THEN '60-69'"
    " WHEN c.patient_age >= 70 THEN '70 and over' END"
)
_PHARMACEUTICALS = "Pharmaceuticals"
_DRUGS = f"st.category = '{_PHARMACEUTICALS}'"


def _citation_dimensions(side: str, prefix: str, name: str, who: str, *also: str) -> tuple[Dimension, ...]:
    """The dimensions of what one side cites; `also` are other words for that side before their names."""

    def cited(what: str, others: tuple[str, ...], column: str, english: str, missing: str) -> Dimension:
        typed = name.replace("_", " ")
        sides = (typed, *(f"{words} " for words in also))
        names = tuple(f"{words}{each}" for words in sides for each in (what, f"{what}s", *others))
        return Dimension(
            name=f"{name}{what}",
            aliases=names,
            label=f"{what.capitalize()} cited by {who}",
            english=f"{english} that {who} cites",
            sql=f"{prefix}{column}",
            joins=(f"{prefix}{column.partition('.')[0]}",),
            repeats=True,
            cited_by=side,
            missing=missing,
        )

    return (
        cited("guideline", ("guideline cited", "cited guideline"), "g.label", "guideline", "none cited"),
        cited(
            "source",
            ("guideline source", "guideline sources"),
            "g.source",
            "source of the guideline",
            "none cited",
        ),
        cited(
            "section",
            ("guideline section", "section cited", "cited section", "topic", "topics"),
            "cs.section",
            "section",
            "no section named",
        ),
        cited("page", ("page cited", "cited page"), "cp.pages", "page", "no page named"),
    )


DIMENSIONS: tuple[Dimension, ...] = (
    Dimension(
        name="specialty",
        aliases=("specialties", "specialities", "speciality", "reviewer specialty", "reviewer specialties",
                 "reviewer's specialty", "specialty of reviewer", "specialty of the reviewer"),
        label="Specialty",
        english="reviewer specialty",
        sql="sp.name",
        joins=("sp",),
    ),
    Dimension(
        name="service",
        aliases=("services", "treatment", "treatments", "service type", "kind of service"),
        label="Service",
        english="service",
        sql="st.service",
        joins=("st",),
        missing="not in the vocabulary",
    ),
    Dimension(
        name="category",
        aliases=("categories", "service category"),
        label="Category",
        english="category of service",
        sql="st.category",
        joins=("st",),
        missing="not in the vocabulary",
    ),
    Dimension(
        name="subcategory",
        aliases=("subcategories", "sub-category", "sub category", "sub-categories"),
        label="Subcategory",
        english="subcategory of service",
        sql="st.subcategory",
        joins=("st",),
        missing="not in the vocabulary",
    ),
    Dimension(
        name="drug",
        aliases=("drugs", "medication", "medications", "medicine", "drug name"),
        label="Drug",
        english="drug",
        sql="st.service",
        joins=("st",),
        condition=_DRUGS,
        only="drugs only",
        part_of="service",
        category=_PHARMACEUTICALS,
    ),
    Dimension(
        name="drug_class",
        aliases=("class", "classes", "drug classes", "medication class", "class of drug", "drug type"),
        label="Drug class",
        english="class of drug",
        sql="st.subcategory",
        joins=("st",),
        condition=_DRUGS,
        only="drugs only",
        part_of="subcategory",
        category=_PHARMACEUTICALS,
    ),
    *_citation_dimensions("reviewer", "", "", "the reviewer", "reviewer", "imr"),
    *_citation_dimensions(
        "claims_administrator", "u", "ur_", "utilization review", "claims administrator", "utilization review"
    ),
    Dimension(
        name="agrees",
        aliases=("agreement", "agreement of the sides", "sides agree"),
        label="Both sides cite alike",
        english="whether both sides cite some guideline alike",
        sql=AGREEMENT,
        missing="a side cites none",
    ),
    Dimension(
        name="reason",
        aliases=("reasons", "deciding reason", "deciding reasons"),
        label="Reason",
        english="the reason that decided",
        sql="i.reason",
        missing="not recognised",
    ),
    Dimension(
        name="ur_action",
        aliases=("utilization review action", "ur actions", "denied or modified"),
        label="Utilization review",
        english="what utilization review did",
        sql="i.ur_action",
    ),
    Dimension(
        name="year",
        aliases=("years", "decision year", "year of decision", "calendar year"),
        label="Year",
        english="year of decision",
        sql="CAST(substr(c.decision_date, 1, 4) AS INTEGER)",
        joins=("c",),
        in_order=True,
    ),
    Dimension(
        name="quarter",
        aliases=("quarters", "decision quarter"),
        label="Quarter",
        english="quarter of decision",
        sql="substr(c.decision_date, 1, 4) || '-Q' || ((substr(c.decision_date, 6, 2) + 2) / 3)",
        joins=("c",),
        in_order=True,
    ),
    Dimension(
        name="month",
        aliases=("months", "decision month"),
        label="Month",
        english="month of decision",
        sql="substr(c.decision_date, 1, 7)",
        joins=("c",),
        in_order=True,
    ),
    Dimension(
        name="state",
        aliases=("states", "licensure", "licensure state", "state of licensure", "reviewer state"),
        label="State of licensure",
        english="reviewer's state of licensure",
        sql="rst.state",
        joins=("rst",),
    ),
    Dimension(
        name="reviewer",
        aliases=("reviewers", "credentials", "reviewer credentials"),
        label="Reviewer's credentials",
        english="reviewer's credentials",
        sql="r.credentials",
        joins=("r",),
    ),
    Dimension(
        name="sex",
        aliases=("gender", "patient sex", "patient gender"),
        label="Sex",
        english="patient's sex",
        sql="c.patient_sex",
        joins=("c",),
    ),
    Dimension(
        name="age",
        aliases=("ages", "age band", "age group", "age groups", "patient age"),
        label="Age",
        english="patient's age",
        sql=_AGE_BAND,
        joins=("c",),
        in_order=True,
        values=AGE_BANDS,
    ),
    Dimension(
        name="diagnosis",
        aliases=("diagnoses", "condition", "conditions"),
        label="Diagnosis",
        english="diagnosis that the case summary names",
        sql="dx.name",
        joins=("dx",),
        missing="none recognised",
    ),
    Dimension(
        name="injury_year",
        aliases=("year of injury", "injury years", "years of injury"),
        label="Year of injury",
        english="year of injury",
        sql="CAST(substr(c.date_of_injury, 1, 4) AS INTEGER)",
        joins=("c",),
        in_order=True,
    ),
    Dimension(
        name="priority",
        aliases=("priorities",),
        label="Priority",
        english="priority",
        sql="c.priority",
        joins=("c",),
    ),
    Dimension(
        name="outcome",
        aliases=("outcomes", "decision", "result", "item outcome"),
        label="Outcome",
        english="outcome of the item",
        sql="i.outcome",
    ),
    Dimension(
        name="letter_outcome",
        aliases=("case outcome", "outcome of the case"),
        label="Outcome of the case",
        english="outcome of the whole case",
        sql="c.outcome",
        joins=("c",),
    ),
    Dimension(
        name="body_part",
        aliases=("body parts", "part of body", "part of the body", "body region"),
        label="Body part",
        english="part of the body named in the heading",
        sql="bp.value",
        joins=("bp",),
        repeats=True,
        missing="none named",
    ),
    Dimension(
        name="laterality",
        aliases=("side of body", "side of the body"),
        label="Side",
        english="side of the body named in the heading",
        sql="i.laterality",
        missing="none named",
    ),
)  # fmt: skip


def _key(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


_BY_NAME = {
    _key(name): dimension for dimension in DIMENSIONS for name in (dimension.name, *dimension.aliases)
}
LONGEST_NAME = max(len(name.split()) for name in _BY_NAME)
"""The most words that the name of a dimension has."""


def find_dimension(name: str) -> Dimension | None:
    """The dimension of that name or alias (case, hyphens and underscores do not count), or None."""
    return _BY_NAME.get(_key(name))


def dimension(name: str) -> Dimension:
    """The dimension of that name or alias; raises UnknownNameError, which names the likeliest ones."""
    found = find_dimension(name)
    if found is not None:
        return found
    near = get_close_matches(_key(name), _BY_NAME, n=3)
    meant = list(dict.fromkeys(_BY_NAME[one].name for one in near)) or [one.name for one in DIMENSIONS]
    raise UnknownNameError(f"there is no dimension {name!r}; try {', '.join(meant)}")
