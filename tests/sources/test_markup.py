"""HTML: what a browser shows, line by line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from imr_archive.sources import Document, Limits, read_bytes

ReasonFor = Callable[..., str]


def text_of(html: str, encoding: str = "utf-8") -> str:
    document: Document = read_bytes(html.encode(encoding), "a.html")
    assert document.reader == "markup"
    return document.text


def test_blocks_are_lines_and_white_space_is_folded() -> None:
    html = """<!doctype html><html><head><title>Not shown</title><style>p { color: red }</style></head>
      <body><h1>Final
         Determination</h1><div>One <b>bold</b>   word<p>Two</p>tail</div>
      <ul><li>first<li>second</ul>
      a<br>b<br/><br/>c<hr>d<!-- hidden --><script>var x = "<p>";</script></body></html>"""

    assert text_of(html).split("\n") == [
        "Final Determination",
        "One bold word",
        "Two",
        "tail",
        "first",
        "second",
        "a",
        "b",
        "",
        "c",
        "d",
    ]


def test_entities_are_characters() -> None:
    assert text_of(
        "<p>Knee &amp; Leg &lt;acute&gt; &#8212; &ldquo;no&rdquo;&nbsp;relief &frac12; &unknown; R&D"
    ) == ("Knee & Leg <acute> \u2014 \u201cno\u201d\u00a0relief \u00bd &unknown; R&D")


def test_a_row_of_a_table_is_a_line_with_tabs_between_its_cells() -> None:
    html = """<table border=1>
      <tr> <th>Case Number:</th> <td>CM20-0000001</td> <th>Date
         of Injury:</th><td><p>02/03/2019</p></td></tr>
      <tr><td>Priority:<td>Standard<td><td></tr>
    </table>after"""

    assert text_of(html).split("\n") == [
        "Case Number:\tCM20-0000001\tDate of Injury:\t02/03/2019",
        "Priority:\tStandard",
        "after",
    ]


def test_a_wrapped_label_is_one_line() -> None:
    html = "<table><tr><td>UR Denial<br>Date:</td><td>01/02/2020</td></tr></table>"

    assert text_of(html) == "UR Denial Date:\t01/02/2020"


def test_cells_of_equal_height_stand_side_by_side() -> None:
    html = "<table><tr><td>Case Number:<br>Priority:</td><td>CM20-0000001<br>Standard</td></tr></table>"

    assert text_of(html) == "Case Number:\tCM20-0000001\nPriority:\tStandard"


def test_a_page_that_is_laid_out_by_a_table_keeps_its_lines() -> None:
    html = (
        "<table><tr><td></td><td><p>Summary</p><p>Text of it</p>"
        "<table><tr><td>Knee brace:<td>Upheld</table><p>End</p></td></tr></table>"
    )

    assert text_of(html) == "Summary\nText of it\nKnee brace:\tUpheld\nEnd"


def test_a_long_cell_keeps_its_paragraphs() -> None:
    long = "word " * 30
    html = f"<table><tr><td>Decision rationale:</td><td><p>{long}</p><p>{long}</p></td></tr></table>"

    assert text_of(html) == f"Decision rationale:\t{long.strip()}\n{long.strip()}"


def test_tables_in_tables_in_tables_are_lines_at_last() -> None:
    html = "<table><tr><td>" * 40 + "Knee brace<td>Upheld" + "</table>" * 40

    assert text_of(html) == "Knee brace\nUpheld"


def test_preformatted_text_keeps_its_lines() -> None:
    assert text_of("<p>a</p><pre>Case Number:   CM20-0000001\n\n  Priority: Standard</pre><p>b  c</p>") == (
        "a\nCase Number:   CM20-0000001\n\n  Priority: Standard\nb c"
    )


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "iso-8859-15"])
def test_the_encoding_is_the_one_that_the_page_declares(encoding: str) -> None:
    content = f"text/html; charset={encoding}"
    html = f"<html><head><meta http-equiv=Content-Type content='{content}'></head><p>caf\u00e9 \u20ac"
    if encoding == "iso-8859-15":
        assert html.encode(encoding) != html.encode("cp1252")

    assert text_of(html, encoding) == "caf\u00e9 \u20ac"


@pytest.mark.parametrize("declared", ["no-such-encoding", "rot13", "ascii"])
def test_an_encoding_that_is_wrongly_declared_is_found_out(declared: str) -> None:
    assert text_of(f"<html><meta charset={declared}><p>caf\u00e9 visits") == "caf\u00e9 visits"


def test_a_page_in_utf_16_is_read() -> None:
    assert text_of("<html><p>Knee brace \u2013 Upheld", "utf-16") == "Knee brace \u2013 Upheld"


def test_pages_are_limited(reason_for: ReasonFor) -> None:
    page = b"<html><p>" + b"x" * 100

    assert reason_for("a.html", page, Limits(markup_bytes=50)) == "too_large"
    assert reason_for("a.html", page, Limits(text_characters=50)) == "too_much_text"
    assert reason_for("b.html", b"<html><p> <br> </p>") == "no_text"
    assert reason_for("c.html", b"<div>" * 2000 + b"x") == "damaged_markup"
