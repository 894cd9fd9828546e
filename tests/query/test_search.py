"""Hits: what is found, in which order, with which words marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from imr_archive.errors import UnknownNameError, UsageError
from imr_archive.query import Hits, ask, search
from imr_archive.query.language.reading import read
from imr_archive.query.language.thesaurus import Thesaurus
from imr_archive.query.search import find


def _places(hits: Hits) -> list[tuple[str | None, int]]:
    assert len(hits.rows) == hits.total
    return [(row.case_number, row.position) for row in hits.rows]


def _find(archive: Connection, words: str, thesaurus: Thesaurus) -> Hits:
    return find(archive, read(words, thesaurus).as_hits())


def test_a_hit_is_a_row_of_the_decisions_view_with_a_snippet(archive: Connection) -> None:
    hits = search(archive, "measurable gains")
    assert hits.total == 1
    assert hits.to_dicts() == [
        {
            "case_number": "CM16-0000001",
            "source": "letter1.txt",
            "position": 1,
            "description": "Massage therapy, 6 visits, low back",
            "outcome": "overturned",
            "category": "Rehabilitation",
            "subcategory": "Other Therapies",
            "service": "massage therapy",
            "decision_date": "2016-05-10",
            "specialties": "Pain Management; Anesthesiology",
            "snippet": "Hands-on care brought «measurable» «gains» at work.",
            "snippet_from": "rationale",
            "alike": 0,
        }
    ]


def test_headings_and_services_come_first_and_summaries_last(
    archive: Connection, thesaurus: Thesaurus
) -> None:
    hits = _find(archive, "massage", thesaurus)
    assert [(row.case_number, row.position, row.snippet_from) for row in hits.rows] == [
        ("CM17-0000003", 1, "heading"),
        ("CM16-0000001", 1, "heading"),
        ("CM16-0000002", 2, "heading"),
        ("CM16-0000002", 1, "summary"),
    ]
    assert hits.rows[3].snippet == "The chart mentions earlier «massage» sessions and a cane."


def test_brand_and_generic_names_find_each_other(archive: Connection, thesaurus: Thesaurus) -> None:
    both = [("CM16-0000001", 2), ("CM18-0000005", 1)]
    assert sorted(_places(_find(archive, "norco", thesaurus))) == both
    assert sorted(_places(_find(archive, "hydrocodone apap", thesaurus))) == both
    assert _places(_find(archive, '"norco"', thesaurus)) == [("CM16-0000001", 2)]


def test_all_words_have_to_match_somewhere_in_the_decision(archive: Connection) -> None:
    assert _places(search(archive, "norco cane")) == [("CM16-0000001", 2)]
    assert _places(search(archive, "gabapentin fingers")) == []


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("park.", [("CM18-0000005", 2)]),
        ("C5-6", [(None, 1)]),
        ("60%", [("CM16-0000001", 2), ("CM18-0000005", 1)]),
        ("10/325mg", [("CM16-0000001", 2)]),
        ("5/325mg", [("CM18-0000005", 1)]),
        ("NSAID's", [("CM18-0000005", 2)]),
        ("(CM17-0000003)", [("CM17-0000003", 1), ("CM17-0000003", 2)]),
        ("TENS/H-wave", [("CM18-0000005", 2)]),
        ("grammar::x", []),
        ('"burning pain', [("CM17-0000003", 1), ("CM17-0000003", 2)]),
        ("cane -", [("CM16-0000001", 1), ("CM16-0000001", 2), ("CM16-0000002", 1), ("CM16-0000002", 2)]),
        ("No. 3", [("CM18-0000005", 2)]),
        ("O'Neil", [(None, 1)]),
        ("NEAR(", []),
        ("neuropath*", [("CM17-0000003", 2)]),
        ('"hands gains"~6', [("CM16-0000001", 1)]),
        ('"hands gains"~1', []),
        ("rationale:gains -myofascial", [("CM16-0000001", 1)]),
        ("gabapentin OR frame", [("CM17-0000003", 2), (None, 1)]),
    ],
)
def test_punctuation_finds_the_obvious(
    archive: Connection, typed: str, places: list[tuple[str | None, int]]
) -> None:
    hits = search(archive, typed)
    assert sorted(_places(hits), key=str) == sorted(places, key=str)


@pytest.mark.parametrize("typed", ["", "*", "-", "  "])
def test_the_empty_query_gives_every_decision_newest_first(archive: Connection, typed: str) -> None:
    hits = search(archive, typed)
    assert [row.decision_date for row in hits.rows] == [
        "2018-08-08", "2018-08-08", "2017-02-20", "2017-02-20",
        "2016-11-02", "2016-11-02", "2016-05-10", "2016-05-10", None,
    ]  # fmt: skip
    assert {row.snippet for row in hits.rows} == {""}


@pytest.mark.parametrize(
    ("filters", "places"),
    [
        ({"outcome": "overturned", "category": "Rehabilitation"}, [("CM16-0000001", 1)]),
        ({"subcategory": "other therapies", "specialty": "Orthopedic Surgery"}, [("CM16-0000002", 2)]),
        ({"guideline": "Low Back Complaints"}, [("CM16-0000002", 1)]),
        ({"guideline": "low back complaints 2004"}, [("CM16-0000002", 1)]),
        ({"guideline": "Low Back Complaints 2016"}, []),
        ({"section": "massage therapy"}, [("CM16-0000001", 1), ("CM17-0000003", 1)]),
        ({"ur_source": "ODG", "source": "MTUS"}, [("CM16-0000001", 1), ("CM17-0000003", 2)]),
        ({"ur_guideline": "Pain"}, [("CM16-0000001", 1), ("CM17-0000003", 2)]),
        ({"ur_section": "Massage"}, [("CM16-0000001", 1)]),
        ({"state": "NV"}, [("CM16-0000002", 1), ("CM16-0000002", 2)]),
        ({"year": "2017..2018", "sex": "female"}, [("CM17-0000003", 1), ("CM17-0000003", 2)]),
        ({"age": "..31", "drug_class": "anti-epilepsy drugs"}, [("CM17-0000003", 2)]),
        ({"priority": "expedited", "drug": "gabapentin"}, [("CM17-0000003", 2)]),
        ({"letter_outcome": "upheld", "service": "MRI"}, [("CM16-0000002", 1)]),
        ({"visits": ">5"}, [("CM16-0000001", 1)]),
        ({"quantity": "6", "laterality": None}, [("CM16-0000001", 1)]),
        ({"body_part": "head"}, [(None, 1)]),
        ({"body_part": "Lumbar Spine"}, [("CM16-0000001", 1), ("CM16-0000002", 1)]),
        ({"file": "letter4.txt"}, [(None, 1)]),
        ({"case": "cm16 0000002"}, [("CM16-0000002", 1), ("CM16-0000002", 2)]),
        (
            {"decided": "2016-06..2017-02"},
            [("CM16-0000002", 1), ("CM16-0000002", 2), ("CM17-0000003", 1), ("CM17-0000003", 2)],
        ),
        ({"decided": ">2017", "service": "Norco"}, [("CM18-0000005", 1)]),
        ({"decided": "8/8/2018", "outcome": "upheld"}, [("CM18-0000005", 2)]),
        ({"injured": "2012"}, [("CM16-0000001", 1), ("CM16-0000001", 2)]),
        ({"injured": "2013..", "reason": "Criteria met"}, [("CM17-0000003", 2)]),
        (
            {"reason": ["no findings", "insufficient-documentation"]},
            [("CM16-0000001", 2), ("CM16-0000002", 1)],
        ),
        ({"page": "304"}, [("CM16-0000002", 1)]),
        ({"page": "61..303"}, [("CM16-0000002", 1)]),
        ({"page": "60", "year": "2018"}, [("CM18-0000005", 1)]),
        ({"page": "306.."}, []),
        ({"ur_page": "..60"}, [("CM16-0000001", 2), ("CM18-0000005", 1)]),
        (
            {"agrees": "yes"},
            [("CM16-0000001", 2), ("CM16-0000002", 1), ("CM17-0000003", 2), ("CM18-0000005", 1)],
        ),
        ({"agrees": "no"}, [("CM16-0000001", 1)]),
        ({"cited_by": "both", "service": "massage"}, [("CM16-0000001", 1)]),
        ({"cited_by": "ur", "source": "ODG"}, [("CM16-0000001", 1), ("CM17-0000003", 2)]),
        ({"cited_by": "both", "source": "ODG"}, [("CM17-0000003", 2)]),
        ({"drug": "norco", "drug_class": "opioid"}, [("CM16-0000001", 2), ("CM18-0000005", 1)]),
    ],
)
def test_filters_compare_parsed_values(
    archive: Connection, filters: dict[str, str], places: list[tuple[str | None, int]]
) -> None:
    assert sorted(_places(search(archive, filters=filters)), key=str) == places


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("exact:norco", [("CM16-0000001", 2)]),
        ('exact:"hydrocodone apap"', [("CM18-0000005", 1)]),
        ("-exact:norco class:opioids", [("CM18-0000005", 1)]),
        ("section:opioids cited-by:ur", [("CM16-0000001", 2), ("CM18-0000005", 1)]),
        ("source:letter4.txt", [(None, 1)]),
        ("source:odg -agrees:yes", [("CM18-0000005", 2)]),
        ("decided:2016-11-02 mri", [("CM16-0000002", 1)]),
        ("norco vs gabapentin", [("CM16-0000001", 2), ("CM17-0000003", 2), ("CM18-0000005", 1)]),
        ("massage 2016 vs 2017", [("CM16-0000001", 1), ("CM16-0000002", 1), ("CM16-0000002", 2),
                                  ("CM17-0000003", 1)]),
    ],
)  # fmt: skip
def test_fields_find_what_they_say(
    archive: Connection, thesaurus: Thesaurus, typed: str, places: list[tuple[str | None, int]]
) -> None:
    assert sorted(_places(_find(archive, typed, thesaurus)), key=str) == places


def test_the_statement_of_a_page_gives_its_rows(archive: Connection) -> None:
    hits = search(archive, "cane OR pain", limit=3, offset=1)
    rows = archive.execute(text(hits.sql), hits.statement.parameters).mappings().all()
    assert [dict(row) for row in rows] == [
        {name: value for name, value in row.items() if not name.startswith("snippet")}
        for row in hits.to_dicts()
    ]


def test_a_negated_word_or_filter_gives_the_rest(archive: Connection, thesaurus: Thesaurus) -> None:
    for words in ("massage", "norco", "sex:male", "category:Rehabilitation", "age:60..", "source:MTUS"):
        found = set(_places(_find(archive, words, thesaurus)))
        rest = set(_places(_find(archive, f"-{words}", thesaurus))) if ":" in words else None
        if rest is None:
            rest = set(_places(_find(archive, f"-{words}", Thesaurus())))
            found = set(_places(_find(archive, words, Thesaurus())))
        assert not found & rest
        assert len(found | rest) == 9


def test_pages_are_stable_and_whole(archive: Connection) -> None:
    for sort in ("best", "newest", "oldest"):
        whole = [(row.case_number, row.position) for row in search(archive, "cane OR pain", sort=sort).rows]
        pages = [search(archive, "cane OR pain", sort=sort, limit=2, offset=at) for at in range(0, 8, 2)]
        assert [(row.case_number, row.position) for page in pages for row in page.rows] == whole
        assert {page.total for page in pages} == {6}
    assert search(archive, "cane", offset=100).rows == ()
    assert search(archive, "cane", offset=100).total == 4


def test_oldest_first_puts_undated_decisions_last(archive: Connection) -> None:
    dates = [row.decision_date for row in search(archive, sort="oldest").rows]
    assert dates == [*sorted(date for date in dates if date), None]


def test_the_caller_chooses_the_marks(archive: Connection) -> None:
    (row,) = search(archive, "measurable", marks=("<b>", "</b>")).rows
    assert row.snippet == "Hands-on care brought <b>measurable</b> gains at work."


def test_a_search_says_that_it_leaves_a_grouping_out(archive: Connection) -> None:
    hits = search(archive, "cane by specialty")
    assert hits.total == 4
    assert hits.reading == '"cane" anywhere in the decision · ignored: by specialty'


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"limit": 0}, UsageError, "limit must be between 1 and 1000, not 0"),
        ({"limit": 5000}, UsageError, "limit must be"),
        ({"offset": -1}, UsageError, "offset must be 0 or more"),
        ({"sort": "worst"}, UsageError, "cannot sort by 'worst'"),
        ({"filters": {"colour": "red"}}, UnknownNameError, "there is no filter 'colour'"),
    ],
)
def test_options_that_are_none_are_refused(
    archive: Connection, options: dict[str, object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        search(archive, "cane", **options)  # type: ignore[arg-type]


TYPED_WORDS = """
massage norco masage vs why exact:norco page:60 cited-by:ur agrees:no decided:2016-05..
OR NOT AND NEAR( by specialty upheld "cane section:opioids -year:2016 10/325 C5-6
..2017 >=6 visits over 65 rate vs UR MTUS H-wave CM16-0000001 acup* "hands gains"~3 the of -
"""
TYPED = st.one_of(
    st.text(),
    st.text(alphabet="abAND \"'()*-:^{}[]+~./,\\%#;<>=0123456789\x00\ud800é"),
    st.lists(st.sampled_from(TYPED_WORDS.split())).map(" ".join),
)


@given(TYPED)
def test_nothing_that_can_be_typed_raises(archive: Connection, text: str) -> None:
    answer = ask(archive, text)
    assert answer.to_dict()["query"] == text
    assert 0 <= answer.total <= 9
    assert answer.kind != "hits" or len(answer.to_dicts()) <= answer.total
    assert answer.reading
