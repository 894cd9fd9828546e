"""Filters on the disputed item: its outcome, what was asked for, how much of it, and the deciding reason."""

from __future__ import annotations

from imr_archive.query.filters.kind import ANY_CASE, Filter, Takes
from imr_archive.query.language.scan import pieces
from imr_archive.query.language.thesaurus import Meaning, vocabulary_thesaurus
from imr_archive.query.tables import BODY_PARTS

_OUTCOMES = {
    "upheld": "upheld", "uphold": "upheld", "denied": "upheld", "not medically necessary": "upheld",
    "overturned": "overturned", "overturn": "overturned", "approved": "overturned", "granted": "overturned",
    "certified": "overturned", "medically necessary": "overturned",
}  # fmt: skip
_LATERALITIES = {"left": "left", "right": "right", "bilateral": "bilateral", "both": "bilateral"}
_ACTIONS = {
    "denied": "denied", "deny": "denied", "modified": "modified", "modify": "modified",
    "approved in part": "modified", "partially approved": "modified",
}  # fmt: skip


def _service_type(column: str, condition: str = "") -> str:
    return (
        "i.service_type_id IN (SELECT id FROM service_types"
        f" WHERE {column} COLLATE NOCASE IN ({{values}}){condition})"
    )


def _meaning(typed: str) -> Meaning | None:
    """What the vocabulary takes all the words of `typed` together to mean."""
    words = pieces(typed)
    found = vocabulary_thesaurus().at(words, 0, [len(words)]) if words else None
    return found[0] if found else None


def _canonical_service(typed: str) -> str:
    """The vocabulary's name of a service or drug, also from a brand or an abbreviation (`norco`, `ESI`)."""
    meaning = _meaning(typed)
    return meaning.services[0] if meaning and len(meaning.services) == 1 else typed


def _canonical_subcategory(typed: str) -> str:
    meaning = _meaning(typed)
    return meaning.subcategory if meaning and meaning.subcategory else typed


def _canonical_body_part(typed: str) -> str:
    meaning = _meaning(typed)
    return meaning.body_part if meaning and meaning.body_part else typed


def _canonical_reason(typed: str) -> str:
    """A code of the published list of reasons, also typed as words: `no functional improvement`."""
    return "_".join(typed.casefold().replace("-", " ").replace("_", " ").split())


ITEM_FILTERS: tuple[Filter, ...] = (
    Filter(
        name="outcome",
        takes=Takes.CHOICE,
        help="upheld (denied) or overturned (approved)",
        english="outcome {values}",
        sql="i.outcome IN ({values})",
        choices=_OUTCOMES,
        column="outcome",
    ),
    Filter(
        name="category",
        takes=Takes.NAMES,
        help="category of service, such as Rehabilitation",
        english="category {values}",
        sql=_service_type("category"),
        known_values="SELECT DISTINCT category FROM service_types",
        column="category",
        on_value=ANY_CASE,
    ),
    Filter(
        name="subcategory",
        aliases=("sub category",),
        takes=Takes.NAMES,
        help="subcategory of service, such as Acupuncture",
        english="subcategory {values}",
        sql=_service_type("subcategory"),
        canonical=_canonical_subcategory,
        known_values="SELECT DISTINCT subcategory FROM service_types",
        column="subcategory",
        on_value=ANY_CASE,
    ),
    Filter(
        name="service",
        aliases=("treatment", "service type"),
        takes=Takes.NAMES,
        help="the service itself, such as massage therapy, by any of its names",
        english="service {values}",
        sql=_service_type("service"),
        canonical=_canonical_service,
        known_values="SELECT DISTINCT service FROM service_types",
        column="service",
        on_value=ANY_CASE,
    ),
    Filter(
        name="drug",
        aliases=("medication",),
        takes=Takes.NAMES,
        help="a drug by its generic name or a brand",
        english="drug {values}",
        sql=_service_type("service", " AND category = 'Pharmaceuticals'"),
        canonical=_canonical_service,
        known_values="SELECT DISTINCT service FROM service_types WHERE category = 'Pharmaceuticals'",
        column="service",
        on_value=ANY_CASE,
        category="Pharmaceuticals",
    ),
    Filter(
        name="drug_class",
        aliases=("class",),
        takes=Takes.NAMES,
        help="class of drug, such as Opioids",
        english="class of drug {values}",
        sql=_service_type("subcategory", " AND category = 'Pharmaceuticals'"),
        canonical=_canonical_subcategory,
        known_values="SELECT DISTINCT subcategory FROM service_types WHERE category = 'Pharmaceuticals'",
        column="subcategory",
        on_value=ANY_CASE,
        category="Pharmaceuticals",
    ),
    Filter(
        name="reason",
        aliases=("reasons", "deciding reason"),
        takes=Takes.NAMES,
        help="the reason that decided, a code such as no_functional_improvement",
        english="deciding reason {values}",
        sql="i.reason IN ({values})",
        canonical=_canonical_reason,
        known_values="SELECT DISTINCT reason FROM disputed_items WHERE reason IS NOT NULL",
        column="reason",
    ),
    Filter(
        name="ur_action",
        aliases=("utilization review",),
        takes=Takes.CHOICE,
        help="what utilization review did: denied, or modified (approved in part)",
        english="utilization review {values} it",
        sql="i.ur_action IN ({values})",
        choices=_ACTIONS,
        column="ur_action",
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
        number="visits",
    ),
    Filter(
        name="quantity",
        aliases=("qty",),
        takes=Takes.RANGE,
        help="how many were asked for, of whatever is counted",
        english="quantity {values}",
        bounds=("i.quantity >= {low}", "i.quantity <= {high}"),
        number="quantity",
    ),
    Filter(
        name="body_part",
        aliases=("body", "part of body"),
        takes=Takes.NAMES,
        help="part of the body that the heading names",
        english="body part {values}",
        sql=f"EXISTS (SELECT 1 FROM {BODY_PARTS} WHERE value COLLATE NOCASE IN ({{values}}))",
        canonical=_canonical_body_part,
        known_values=f"SELECT DISTINCT value FROM disputed_items AS i, {BODY_PARTS}",
        column="body_part",
        on_value=ANY_CASE,
    ),
    Filter(
        name="laterality",
        aliases=("side",),
        takes=Takes.CHOICE,
        help="side of the body that the heading names: left, right or bilateral",
        english="{values} side",
        sql="i.laterality IN ({values})",
        choices=_LATERALITIES,
        column="laterality",
    ),
)
"""What narrows by the item itself."""
