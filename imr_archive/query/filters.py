"""What a set of decisions can be narrowed by, as data: each filter's names, its SQL and its English sentence.

SQL and sentence stand in one record, so the reading that is shown cannot drift from what is asked of the
database. A filter compares parsed values (the item's service, the reviewer's specialty), never mere text;
letter case does not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum

import msgspec

from imr_archive.query.tables import BODY_PARTS
from imr_archive.vocabulary.terms import specialty, state

Raw = str | int | Sequence[str | int]
"""A filter's value as a caller gives it: one value, a range such as `2016..2018`, or several values."""


class Takes(Enum):
    """What values a filter takes."""

    NAMES = "one or more names"
    CHOICE = "one or more of a closed list"
    RANGE = "a number, or a range such as 2016..2018, 65.. or ..30"


class Filter(msgspec.Struct, frozen=True):
    """One filter.

    `sql` is a condition in which `{values}` stands for the list of names; a range has two conditions in
    `bounds`, with `{low}` and `{high}`, the number as it is or put into `bound_formats`. `english` says the
    condition with `{values}`, `open_ends` a range of which one end is open. `citation` is the same condition
    on the citations of the side `cited_by` as `citation_joins` joins them: where these are grouped by, they
    too have to fulfil it. `choices` maps every way to type a value of a closed list to the value. `canonical`
    turns a typed name into the vocabulary's.
    """

    name: str
    takes: Takes
    help: str
    english: str
    sql: str = ""
    bounds: tuple[str, str] = ("", "")
    bound_formats: tuple[str, str] | None = None
    open_ends: tuple[str, str] = ("{} or more", "{} or less")
    aliases: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    cited_by: str = ""
    citation: str = ""
    citation_joins: tuple[str, ...] = ()
    choices: Mapping[str, str] = msgspec.field(default_factory=dict)
    canonical: Callable[[str], str] = str


_OUTCOMES = {
    "upheld": "upheld", "uphold": "upheld", "denied": "upheld", "not medically necessary": "upheld",
    "overturned": "overturned", "overturn": "overturned", "approved": "overturned", "granted": "overturned",
    "certified": "overturned", "medically necessary": "overturned",
}  # fmt: skip
_LETTER_OUTCOMES = {
    "upheld": "upheld", "uphold": "upheld", "overturned": "overturned", "overturn": "overturned",
    "partially overturned": "partially_overturned", "partial": "partially_overturned",
    "partially upheld": "partially_overturned", "partial overturn": "partially_overturned",
}  # fmt: skip
_SEXES = {
    "male": "male", "m": "male", "man": "male", "men": "male",
    "female": "female", "f": "female", "woman": "female", "women": "female",
}  # fmt: skip
_SOURCES = {"mtus": "MTUS", "odg": "ODG", "acoem": "ACOEM", "other": "other"}
_PRIORITIES = {"standard": "standard", "expedited": "expedited", "urgent": "expedited"}
_LATERALITIES = {"left": "left", "right": "right", "bilateral": "bilateral", "both": "bilateral"}


def _service_type(column: str, condition: str = "") -> str:
    return (
        "i.service_type_id IN (SELECT id FROM service_types"
        f" WHERE {column} COLLATE NOCASE IN ({{values}}){condition})"
    )


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


def _citation_filters(side: str, prefix: str, name: str, cites: str) -> tuple[Filter, ...]:
    """The filters on what one side cites: guideline, source and section."""
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
        ),
    )


def _canonical_specialty(name: str) -> str:
    """The vocabulary's name of a specialty, also from the adjective alone (`orthopedic`)."""
    candidates = (name, f"{name} surgery", f"{name} medicine", f"{name} surgeon")
    return next((found.name for one in candidates if (found := specialty(one)).recognised), name)


def canonical_case_number(typed: str) -> str:
    """A case number in the way in which letters print it: `CM16-0213037`, `IMR 13-000004`."""
    match = _CASE_NUMBER.match(typed)
    if match is None:
        return typed.upper()
    kind = "CM" if match["kind"].upper() == "CM" else "IMR "
    return f"{kind}{match['year']}-{match['number']}"


def _canonical_state(name: str) -> str:
    return state(name).name


_ALL: tuple[Filter, ...] = (
    Filter(
        name="outcome",
        takes=Takes.CHOICE,
        help="upheld (denied) or overturned (approved)",
        english="outcome {values}",
        sql="i.outcome IN ({values})",
        choices=_OUTCOMES,
    ),
    Filter(
        name="letter_outcome",
        aliases=("case outcome",),
        takes=Takes.CHOICE,
        help="outcome of the whole letter: upheld, overturned or partially overturned",
        english="whole letter {values}",
        sql="c.outcome IN ({values})",
        joins=("c",),
        choices=_LETTER_OUTCOMES,
    ),
    Filter(
        name="category",
        takes=Takes.NAMES,
        help="category of service, such as Rehabilitation",
        english="category {values}",
        sql=_service_type("category"),
    ),
    Filter(
        name="subcategory",
        aliases=("sub category",),
        takes=Takes.NAMES,
        help="subcategory of service, such as Acupuncture",
        english="subcategory {values}",
        sql=_service_type("subcategory"),
    ),
    Filter(
        name="service",
        aliases=("treatment", "service type"),
        takes=Takes.NAMES,
        help="the service itself, such as massage therapy",
        english="service {values}",
        sql=_service_type("service"),
    ),
    Filter(
        name="drug",
        aliases=("medication",),
        takes=Takes.NAMES,
        help="a drug by its name in the vocabulary",
        english="drug {values}",
        sql=_service_type("service", " AND category = 'Pharmaceuticals'"),
    ),
    Filter(
        name="drug_class",
        aliases=("class",),
        takes=Takes.NAMES,
        help="class of drug, such as Opioids",
        english="class of drug {values}",
        sql=_service_type("subcategory", " AND category = 'Pharmaceuticals'"),
    ),
    Filter(
        name="specialty",
        aliases=("reviewer specialty", "speciality"),
        takes=Takes.NAMES,
        help="specialty of the reviewer",
        english="reviewer specialty {values}",
        sql=(
            "c.reviewer_id IN (SELECT rs.reviewer_id FROM reviewer_specialties AS rs"
            " JOIN specialties AS sp ON sp.id = rs.specialty_id WHERE sp.name COLLATE NOCASE IN ({values}))"
        ),
        joins=("c",),
        canonical=_canonical_specialty,
    ),
    Filter(
        name="state",
        aliases=("licensure", "reviewer state"),
        takes=Takes.NAMES,
        help="state in which the reviewer is licensed",
        english="reviewer licensed in {values}",
        sql=(
            "c.reviewer_id IN (SELECT rst.reviewer_id FROM reviewer_states AS rst"
            " WHERE rst.state COLLATE NOCASE IN ({values}))"
        ),
        joins=("c",),
        canonical=_canonical_state,
    ),
    *_citation_filters("reviewer", "", "", "the reviewer cites"),
    *_citation_filters("claims_administrator", "u", "ur_", "utilization review cites"),
    Filter(
        name="sex",
        aliases=("gender", "patient sex"),
        takes=Takes.CHOICE,
        help="sex of the patient: male or female",
        english="{values} patient",
        sql="c.patient_sex IN ({values})",
        joins=("c",),
        choices=_SEXES,
    ),
    Filter(
        name="age",
        aliases=("patient age", "ages"),
        takes=Takes.RANGE,
        help="age of the patient in years",
        english="age {values}",
        bounds=("c.patient_age >= {low}", "c.patient_age <= {high}"),
        joins=("c",),
    ),
    Filter(
        name="year",
        aliases=("years", "decision year", "decided"),
        takes=Takes.RANGE,
        help="year of the decision",
        english="decided in {values}",
        bounds=("c.decision_date >= {low}", "c.decision_date <= {high}"),
        bound_formats=("{:04d}-01-01", "{:04d}-12-31"),
        open_ends=("{} or later", "{} or earlier"),
        joins=("c",),
    ),
    Filter(
        name="visits",
        aliases=("sessions",),
        takes=Takes.RANGE,
        help="how many visits or sessions were asked for",
        english="visits {values}",
        bounds=(
            "(i.quantity >= {low} AND i.quantity_unit = 'visits')",
            "(i.quantity <= {high} AND i.quantity_unit = 'visits')",
        ),
    ),
    Filter(
        name="quantity",
        aliases=("qty",),
        takes=Takes.RANGE,
        help="how many were asked for, of whatever is counted",
        english="quantity {values}",
        bounds=("i.quantity >= {low}", "i.quantity <= {high}"),
    ),
    Filter(
        name="priority",
        takes=Takes.CHOICE,
        help="standard or expedited",
        english="{values} review",
        sql="c.priority IN ({values})",
        joins=("c",),
        choices=_PRIORITIES,
    ),
    Filter(
        name="body_part",
        aliases=("body", "part of body"),
        takes=Takes.NAMES,
        help="part of the body that the heading names",
        english="body part {values}",
        sql=f"EXISTS (SELECT 1 FROM {BODY_PARTS} WHERE value COLLATE NOCASE IN ({{values}}))",
    ),
    Filter(
        name="laterality",
        aliases=("side",),
        takes=Takes.CHOICE,
        help="side of the body that the heading names: left, right or bilateral",
        english="{values} side",
        sql="i.laterality IN ({values})",
        choices=_LATERALITIES,
    ),
    Filter(
        name="case",
        aliases=("case number", "imr"),
        takes=Takes.NAMES,
        help="IMR case number",
        english="case {values}",
        sql="c.case_number IN ({values})",
        joins=("c",),
        canonical=canonical_case_number,
    ),
    Filter(
        name="file",
        takes=Takes.NAMES,
        help="name of the file that the letter was read from",
        english="file {values}",
        sql=(
            "i.case_id IN (SELECT letters.case_id FROM letters"
            " WHERE letters.is_current AND letters.source COLLATE NOCASE IN ({values}))"
        ),
    ),
)  # fmt: skip

FILTERS: dict[str, Filter] = {each.name: each for each in _ALL}
"""Every filter by name."""

_BY_NAME = {
    name.replace("_", " "): each.name for each in _ALL for name in (each.name, *each.aliases)
}  # fmt: skip
_CASE_NUMBER = re.compile(r"^\W*(?P<kind>CM|IMR)\W*(?P<year>\d\d)\W*(?P<number>\d+)\W*$", re.IGNORECASE)


def find_filter(name: str) -> Filter | None:
    """The filter of that name or alias (case, hyphens and underscores do not count), or None."""
    key = " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
    found = _BY_NAME.get(key)
    return None if found is None else FILTERS[found]
