"""Decisions like a request, and both outcomes of it, on the small archive of conftest."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from imr_archive.errors import UnknownNameError, UsageError
from imr_archive.query.similar.asking import MOST_REQUESTS, similar_to_case, similar_to_text
from imr_archive.query.similar.dull_words import dull_words
from imr_archive.query.similar.results import Similar, one_line


def _found(similar: Similar) -> list[list[tuple[str | None, int]]]:
    return [[(row.case_number, row.position) for row in group.rows] for group in similar.groups]


def test_a_case_gives_one_group_for_each_of_its_items(archive: Connection) -> None:
    found = similar_to_case(archive, "CM16-0000001")
    assert [group.request.heading for group in found.groups] == [
        "Massage therapy, 6 visits, low back",
        "Norco 10/325mg #60",
    ]
    assert found.groups[0].request.service == "massage therapy"
    assert found.groups[0].request.reason == "functional_improvement_documented"


def test_the_nearest_are_on_the_same_service(archive: Connection) -> None:
    massage, norco = similar_to_case(archive, "CM16-0000001", limit=2).groups
    assert {(row.case_number, row.position) for row in massage.rows} == {
        ("CM16-0000002", 2),
        ("CM17-0000003", 1),
    }
    assert (norco.rows[0].case_number, norco.rows[0].position) == ("CM18-0000005", 1)


def test_a_neighbour_tells_all_that_it_is_shown_by(archive: Connection) -> None:
    (group,) = similar_to_case(archive, "cm16-0000001", 2, limit=1).groups
    row = group.rows[0].to_dict()
    assert 0 < row.pop("likeness") <= 1
    assert row == {
        "case_number": "CM18-0000005",
        "source": "letter5.txt",
        "position": 1,
        "description": "Hydrocodone/APAP 5/325 mg, 30 tablets",
        "outcome": "overturned",
        "category": "Pharmaceuticals",
        "subcategory": "Opioids",
        "service": "hydrocodone/acetaminophen",
        "decision_date": "2018-08-08",
        "specialties": ["Neurology"],
        "reason": "functional_improvement_documented",
        "guidelines": ["MTUS Chronic Pain Medical Treatment 2016"],
        "sections": ["Opioids"],
        "ur_guidelines": ["MTUS Chronic Pain Medical Treatment 2016"],
        "diagnoses": [],
        "quantity": None,
        "quantity_unit": None,
        "dose": None,
        "body_part": None,
        "laterality": None,
        "agrees": ["service"],
        "words": [],
        "excerpt": "Function improved by 60% on it.",
        "near_duplicates": 0,
    }


def test_the_case_itself_is_not_among_its_neighbours(archive: Connection) -> None:
    for number in ("CM16-0000001", "CM16-0000002", "CM17-0000003", "CM18-0000005"):
        found = similar_to_case(archive, number)
        shown = {row.case_number for group in found.groups for row in group.rows}
        for group in found.groups:
            for pair in group.opposites.pairs if group.opposites else ():
                shown |= {one.case_number for one in (pair.upheld, pair.overturned) if one}
        assert number not in shown


def test_a_stored_letter_that_is_given_as_text_is_left_out_by_its_number(archive: Connection) -> None:
    letter = (
        "Case Number: CM18-0000005\nHOW THE IMR FINAL DETERMINATION WAS MADE\nIMR ISSUES, DECISIONS AND"
        " RATIONALES\nNorco 10/325mg #60: Upheld\nClaims Administrator guideline: none.\nMAXIMUS guideline:"
        " none.\nDecision rationale: There is no taper plan on file.\n"
    )
    (group,) = similar_to_text(archive, letter).groups
    assert group.request.service == "hydrocodone/acetaminophen"
    assert ("CM16-0000001", 2) in _found(Similar((group,)))[0]
    assert all(row.case_number != "CM18-0000005" for row in group.rows)


def test_both_outcomes_of_the_same_request_stand_side_by_side(archive: Connection) -> None:
    (group,) = similar_to_text(archive, "Massage therapy for the low back, 6 visits, was denied").groups
    both = group.opposites
    assert both is not None
    assert (both.same_by, both.named, both.upheld, both.overturned) == ("service", "massage therapy", 2, 1)
    first, second = both.pairs
    assert first.overturned is not None
    assert first.overturned.case_number == "CM16-0000001"
    assert first.upheld is not None
    assert first.upheld.outcome == "upheld"
    assert second.overturned is None
    assert first.to_dict()["differs"] == list(first.differs)
    assert "specialties" in first.differs
    assert second.to_dict()["differs"] == []


def test_what_the_closest_of_each_outcome_have_is_counted(archive: Connection) -> None:
    (group,) = similar_to_text(archive, "massage therapy").groups
    assert group.opposites is not None
    counted = {(one.dimension, one.value): (one.upheld, one.overturned) for one in group.opposites.contrasts}
    assert counted == {
        ("guidelines", "MTUS Chronic Pain Medical Treatment 2016"): (1, 1),
        ("sections", "Massage therapy"): (1, 1),
        ("specialties", "Pain Management"): (1, 1),
    }


def test_a_service_without_one_outcome_is_widened_to_its_subcategory_only_if_that_has_it(
    archive: Connection,
) -> None:
    (group,) = similar_to_text(archive, "MRI of the lumbar spine").groups
    assert group.opposites is not None
    assert (group.opposites.same_by, group.opposites.named) == ("service", "MRI")
    assert (group.opposites.upheld, group.opposites.overturned) == (1, 0)
    assert group.opposites.contrasts == ()


def test_what_the_vocabulary_does_not_know_is_compared_by_its_words(archive: Connection) -> None:
    (group,) = similar_to_text(archive, "O'Neil frame, disc").groups
    assert group.request.service is None
    assert group.rows[0].description == "C5-6 disc replacement with O'Neil frame"
    assert group.opposites is not None
    assert group.opposites.same_by == "heading"


def test_each_request_of_a_pasted_denial_has_its_own_group(archive: Connection) -> None:
    denial = "Determination\n1. Massage therapy x6 - denied\n2. Gabapentin 300mg #90 - modified to #30\n"
    found = similar_to_text(archive, denial)
    assert [(group.request.position, group.request.heading) for group in found.groups] == [
        (1, "Massage therapy x6"),
        (2, "Gabapentin 300mg #90"),
    ]
    (second,) = similar_to_text(archive, denial, 2).groups
    assert (second.rows[0].case_number, second.rows[0].position) == ("CM17-0000003", 2)


def test_an_item_or_case_that_is_not_there_is_named(archive: Connection) -> None:
    with pytest.raises(UnknownNameError, match="has no item 7: it has 2"):
        similar_to_case(archive, "CM16-0000001", 7)
    with pytest.raises(UnknownNameError, match="did you mean CM16-0000001"):
        similar_to_case(archive, "CM16-0000009")
    with pytest.raises(UsageError, match="limit must be between 0 and 100"):
        similar_to_case(archive, "CM16-0000001", limit=101)
    with pytest.raises(UsageError, match="number of pairs"):
        similar_to_case(archive, "CM16-0000001", pairs=-1)


def test_no_more_than_asked_for_is_given(archive: Connection) -> None:
    (group, _) = similar_to_case(archive, "CM16-0000001", limit=1, pairs=0).groups
    assert len(group.rows) == 1
    assert group.opposites is not None
    assert group.opposites.pairs == ()


@pytest.mark.parametrize("nothing", ["", " \n\t", "!!! --- ???", "\x00\x1b[2J"[:1]])
def test_a_text_without_a_word_asks_for_nothing(archive: Connection, nothing: str) -> None:
    assert similar_to_text(archive, nothing) == Similar(())


def test_a_huge_text_is_read_in_part_and_says_so(archive: Connection) -> None:
    huge = (
        "".join(f"{number}. Norco {number}mg #60 - denied\n" for number in range(1, 99)) + "Norco " * 200_000
    )
    found = similar_to_text(archive, huge, limit=1, pairs=0)
    assert found.notes[0] == "only the first 200,000 characters were read"
    assert found.notes[1].startswith(f"only the first {MOST_REQUESTS} of")
    assert len(found.groups) == MOST_REQUESTS


def test_text_is_shown_without_characters_that_a_terminal_obeys() -> None:
    assert one_line("a\x1b[31mb\r\n\x9bc\u202ed\ud800") == "a [31mb c d"
    assert one_line(None) == ""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=400)
    | st.lists(
        st.sampled_from(
            ["1. ", "Request: ", "Norco 10/325 ", '"', "NEAR(", " is denied", "\n", "*", " OR ", "MRI",
             "\x00", "\ud800", "massage x6 ", "CM16-0000001 ", "#60", "-"]
        ),
        max_size=40,
    ).map("".join)
)  # fmt: skip
def test_nothing_that_can_be_pasted_raises(archive: Connection, pasted: str) -> None:
    for group in similar_to_text(archive, pasted).groups:
        assert group.to_dict()["request"]["heading"] == group.request.heading
        assert all(0 <= row.likeness <= 1 for row in group.rows)
        assert [row.likeness for row in group.rows] == sorted(
            (row.likeness for row in group.rows), reverse=True
        )


def test_decisions_that_are_hardly_alike_are_not_listed(
    archive: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = similar_to_case(archive, "CM16-0000001", 1).groups[0].rows
    assert min(row.likeness for row in rows) >= 0.15
    floor = rows[-1].likeness + 0.001
    assert rows[0].likeness > floor
    monkeypatch.setattr("imr_archive.query.similar.asking.LEAST_LIKENESS", floor)
    kept = similar_to_case(archive, "CM16-0000001", 1).groups[0].rows
    assert kept == tuple(row for row in rows if row.likeness > floor)


def test_words_that_say_nothing_are_not_told_as_common(archive: Connection) -> None:
    for number in ("CM16-0000001", "CM16-0000002", "CM17-0000003", "CM18-0000005"):
        for group in similar_to_case(archive, number).groups:
            assert not dull_words() & {word for row in group.rows for word in row.words}
