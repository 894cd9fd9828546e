"""The tokens of a line: read word by word, they are those of the line as a whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.parsing.citation_scan import LONGEST_REMEMBERED, Scan
from imr_archive.vocabulary.phrases import TOKEN

WORDS = st.one_of(
    st.sampled_from(
        [
            *(
                "Section(s):",
                "MTUSChronic",
                "Treatment2016",
                "3.3.1.1",
                "MRI's",
                "(updated",
                "11/23/16)",
                "&",
            ),
            *("https://example.org/a(b),c.", "www.example.org.", "[[", "mtu5", "\u00a0", "4.", "\x85"),
            "https://example.org/" + "a1." * LONGEST_REMEMBERED,
        ]
    ),
    st.text(max_size=6),
)


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_reading_word_by_word_gives_the_tokens_of_the_line(line: str) -> None:
    scan = Scan(line)
    printed = [line[start:end] for start, end in zip(scan.starts, scan.ends, strict=True)]
    assert "".join(printed) == "".join(TOKEN.findall(line))
    assert scan.starts == sorted(scan.starts)
    assert {match.start() for match in TOKEN.finditer(line)} <= set(scan.starts)


def test_a_word_that_lost_its_blanks_is_several_tokens() -> None:
    scan = Scan("the MTUSChronic Pain Treatment2016")
    assert scan.keys == ["the", "mtus", "chronic", "pain", "treatment", "2016"]
    assert list(zip(scan.starts, scan.ends, strict=True)) == [
        *((0, 3), (4, 8), (8, 15), (16, 20), (21, 30), (30, 34))
    ]


@pytest.mark.parametrize(
    ("line", "closed_by", "is_closed"),
    [
        ("a (b [c] d)", {1: 7, 3: 5}, True),
        ("a (b [c", {}, False),
        ("a) (b)", {2: 4}, True),
        ("plain", {}, True),
    ],
)
def test_brackets_are_paired(line: str, closed_by: dict[int, int], is_closed: bool) -> None:
    scan = Scan(line)
    assert (scan.closed_by, scan.is_closed) == (closed_by, is_closed)
    assert scan.opened_by == {close: opening for opening, close in closed_by.items()}


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("(2nd Edition, 2004), Low Back", 6),
        ("(updated 11/23/16), Knee", 8),
        ("November 2016 Knee", 2),
        ("v. 3 Knee", 3),
        ("2O16 Knee", None),
        ("may help", None),
        ("Low Back", None),
    ],
)
def test_an_edition_ends_where_its_words_end(line: str, after: int | None) -> None:
    scan = Scan(line)
    assert scan.edition_at(0, scan.size) == after
