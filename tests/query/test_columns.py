"""The columns that an archive keeps: one for whatever is grouped or narrowed by."""

from __future__ import annotations

from imr_archive.query.dimensions import DIMENSIONS
from imr_archive.query.filters.registry import FILTERS
from imr_archive.query.kept.columns import COLUMNS

KINDS = {one.name: one.kind for one in COLUMNS}


def test_every_dimension_is_a_column_or_part_of_one() -> None:
    assert len(KINDS) == len(COLUMNS)
    for known in DIMENSIONS:
        assert KINDS[known.part_of or known.name] in {"codes", "several"}
        assert bool(known.part_of) == bool(known.category) == bool(known.condition)


def test_every_filter_but_those_on_names_of_letters_has_a_column() -> None:
    without = {name for name, one in FILTERS.items() if not (one.column or one.number)}
    assert without == {"case", "file", "letter_number"}
    for one in FILTERS.values():
        assert not one.column or KINDS[one.column] in {"codes", "several"}
        assert not one.number or KINDS[one.number] in {"numbers", "days"}


def test_what_an_item_may_have_several_of_is_told_by_its_joins() -> None:
    assert {name for name, kind in KINDS.items() if kind == "several"} == {
        "specialty", "state", "diagnosis", "body_part", "guideline", "source", "section", "page",
        "ur_guideline", "ur_source", "ur_section", "ur_page", "cited", "ur_cited",
    }  # fmt: skip


def test_a_column_names_the_shared_tables_that_it_is_read_from() -> None:
    shared = {one.name: one.depends_on for one in COLUMNS}
    assert shared["specialty"] == ("reviewer_specialties", "specialties")
    assert shared["agrees"] == shared["guideline"] == shared["cited"] == ("guidelines",)
    assert shared["service"] == ("service_types",)
    assert shared["section"] == shared["outcome"] == shared["year"] == ()
