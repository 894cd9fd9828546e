"""Where values stand in a header table does not depend on the figures that it prints."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from imr_archive.parsing.header_table import Table, Token, _read_table, _table_alike, find_table

PIECES = st.sampled_from(
    [
        *(
            "Case Number:",
            "Date Assigned:",
            "Date of Injury",
            "Decision Date;",
            "UR Denial Date:",
            "Priority:",
        ),
        *("Standard", "5tandard", "Expedited", "Application", "Received:", "Dated:", "DOI:", "Claim Number:"),
        *("1njury Date:", "Date As519ned:", "App1!cation Rece!ved:", "UR Denia1", "Assigned Date 12/", "N/A"),
        *(
            "CM16-0213037",
            "CMl6-O2l3037",
            "CM16 - 0213037",
            "IMR 13-000004",
            "IMR13-000004",
            "CM16-12",
            "Case #",
        ),
        *(
            "12/30/2016",
            "1/2/13",
            "2013-09-26",
            "1713-09-26",
            "O9/O6/2Ol3",
            "May 6, 2013",
            "12-30-2016",
            "17000123",
        ),
        *(
            "94-0000123",
            "2O13-09-26",
            "|1",
            "!9",
            "0",
            "5",
            "1",
            "9",
            " ",
            "  ",
            "\n",
            "\n\n",
            ":",
            "-",
            "/",
            "\u2010",
        ),
    ]
)
FIGURES = st.text("0123456789", max_size=8)


@given(st.lists(st.one_of(PIECES, FIGURES), max_size=16), st.sampled_from(["", " ", "\n"]))
@settings(max_examples=400)
@example(["UR Denia", "1", "12/30/2016"], " ")
@example(["Date of Injury:", "2016-09-26"], " ")
def test_a_table_is_found_as_it_is_read_with_its_own_figures(pieces: list[str], joint: str) -> None:
    text = joint.join(pieces)
    assert find_table(text, 0, len(text)) == _read_table(text, 0, len(text))


def test_tables_that_differ_in_their_figures_are_read_once() -> None:
    _table_alike.cache_clear()  # type: ignore[attr-defined]
    for day in range(10, 30):
        text = f"Case Number: CM16-02130{day}\nDecision Date: 09/{day}/2016 Priority: Standard\n"
        assert find_table(text, 0, len(text)) == Table(
            Token("case", 13, 25),
            Token("level", 62, 70),
            (("decision_date", Token("date", 41, 51)),),
            None,
        )
    assert _table_alike.cache_info().misses == 1  # type: ignore[attr-defined]


def test_where_no_label_and_no_value_stands_there_is_no_table() -> None:
    assert find_table("A kite rose over the town.", 0, 26) is None
    assert find_table("", 0, 0) is None


def test_only_the_given_part_of_the_text_is_searched() -> None:
    text = "Decision Date: 09/06/2013 Date Assigned: 08/01/2013"
    assert find_table(text, 26, len(text)) == Table(
        None, None, (("date_assigned", Token("date", 41, 51)),), None
    )
    assert find_table(text, 0, 25) == Table(None, None, (("decision_date", Token("date", 15, 25)),), None)
