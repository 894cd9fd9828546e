"""A memo in each of its formats, read back by other programs; letters may say what they like."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import bibtexparser
import docx
import msgspec
import pytest
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from imr_archive import MEMO_FORMATS, render_memo
from imr_archive.archive.reading import CitationView
from imr_archive.errors import MissingExtraError, UnknownNameError, UsageError
from imr_archive.export import format_of_file, save_memo
from imr_archive.export.memo.decisions import COLUMNS, cells
from imr_archive.export.memo.latex import latex
from imr_archive.export.memo.markdown import escaped
from imr_archive.export.memo.quoting import Quotation
from imr_archive.export.memo.record import ArmRate, CitedDecision, Memo
from imr_archive.export.plain_text import one_line
from imr_archive.query import RateRow


def citation(guideline: str, sections: tuple[str, ...] = (), pages: tuple[str, ...] = ()) -> CitationView:
    return CitationView(
        cited_by="reviewer", guideline=guideline, source="MTUS", title=None, year=None,
        sections=list(sections), pages=list(pages), raw=guideline,
    )  # fmt: skip


NECK = CitedDecision(
    case_number="CM16-0900001",
    source="neck.txt",
    decision_date="2016-12-05",
    position=2,
    description="Massage, 6 visits, neck",
    outcome="overturned",
    service="massage therapy",
    specialties=("Pain Management", "Anesthesiology"),
    citations=(
        citation("MTUS Chronic Pain 2016", ("Massage", "Exercise"), ("60", "98-99")),
        citation("ODG Neck"),
    ),
    quotation=Quotation("The aim is stated.", cut_before=True, cut_after=False),
)
AUTHORITIES = "MTUS Chronic Pain 2016, Massage, Exercise, p. 60, 98-99; ODG Neck"
HOSTILE = CitedDecision(
    case_number=None,
    source="=cmd|' /C calc'!A0.txt",
    decision_date=None,
    position=1,
    description="# A | B\n| c | d |\n\n<script>x</script> **bold** _it_ [l](javascript:0) ![i](http://x.example/i)",
    outcome="upheld",
    service=None,
    specialties=(),
    citations=(),
    quotation=Quotation(
        r"100% & $5 #1 a_b {x} }{ \input{f} ~^ `tick` \\ @misc{evil, www.x.example a@x.example "
        "é “q” – µ ☃ \u202e\x00\ud800 &amp; | ```",
        cut_before=False,
        cut_after=True,
    ),
)
SILENT = msgspec.structs.replace(NECK, position=3, outcome="upheld", quotation=None, citations=())
MEMO = Memo(
    query="massage",
    reading="service massage therapy in the item",
    made=datetime.date(2026, 11, 20),
    sort="best",
    total=5,
    upheld=2,
    overturned=3,
    elsewhere=0,
    rate=RateRow((), 5, 2, 3),
    asked="overturned",
    decisions=(NECK, SILENT, HOSTILE),
)


def test_a_memo_in_markdown():
    memo = msgspec.structs.replace(MEMO, decisions=(NECK, SILENT))
    assert render_memo(memo, "md").decode() == Path(__file__).with_name("memo.md").read_text(encoding="utf-8")


def test_the_sides_of_a_comparison_stand_in_every_format():
    sides = (ArmRate("neck", RateRow((), 20, 15, 5)), ArmRate("back", RateRow((), 0, 0, 0)))
    memo = msgspec.structs.replace(
        MEMO, arms=sides, decisions=(msgspec.structs.replace(NECK, arms=("neck",)),)
    )
    lines = render_memo(memo, "md").decode().splitlines()
    assert lines[5:7] == [
        (
            "- **Rate, neck:** of 20 such items 15 were upheld and 5 overturned: 25.0% overturned "
            "(95% interval 11.2% to 46.9%)"
        ),
        "- **Rate, back:** no item to count",
    ]
    assert lines[10].endswith("| Page | Compared |")
    assert lines[12].endswith("| (1) 60, 98-99 | neck |")

    document = docx.Document(io.BytesIO(render_memo(memo, "docx")))
    assert [row.cells[-1].text for row in document.tables[0].rows] == ["Compared", "neck"]
    assert "Overturned (compared: neck); reviewer" in " ".join(render_memo(memo, "bibtex").decode().split())


def markdown_reader() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def test_what_a_hostile_letter_says_is_text_in_markdown():
    tokens = markdown_reader().parse(render_memo(MEMO, "md").decode())

    assert [token.type for token in tokens].count("table_open") == 1
    assert [token.type for token in tokens].count("tr_open") == 4
    assert [token.type for token in tokens].count("td_open") == 3 * len(COLUMNS)
    inner = [child for token in tokens for child in token.children or []]
    assert {child.type for child in inner} == {"text", "strong_open", "strong_close"}
    texts = ["".join(child.content for child in token.children) for token in tokens if token.type == "inline"]
    assert one_line(HOSTILE.description) in texts
    assert f"“{one_line(HOSTILE.quotation.marked)}”" in texts


@given(st.text(max_size=80))
@settings(deadline=None)
def test_any_text_in_a_cell_is_read_back_by_a_markdown_reader(text):
    cell = escaped(text)
    tokens = markdown_reader().parse(f"| a | b |\n|---|---|\n| x | {cell} |\n")
    cells = [token for place, token in enumerate(tokens) if tokens[place - 1].type == "td_open"]
    assert len(cells) == 2
    assert "".join(child.content for child in cells[1].children) == one_line(text)


def test_a_memo_in_word_has_its_table_and_quotations():
    document = docx.Document(io.BytesIO(render_memo(MEMO, "docx")))

    (table,) = document.tables
    rows = [tuple(cell.text for cell in row.cells) for row in table.rows]
    assert rows == [
        COLUMNS,
        (
            "CM16-0900001", "2016-12-05", "Massage, 6 visits, neck", "overturned",
            "Pain Management, Anesthesiology", "(1) MTUS Chronic Pain 2016 (2) ODG Neck",
            "(1) Massage; Exercise", "(1) 60, 98-99",
        ),
        (
            "CM16-0900001", "2016-12-05", "Massage, 6 visits, neck", "upheld",
            "Pain Management, Anesthesiology", "–", "–", "–",
        ),
        (HOSTILE.source, "–", one_line(HOSTILE.description), "upheld", "–", "–", "–", "–"),
    ]  # fmt: skip
    said = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs]
    assert said[0] == ("Title", "IMR decisions: massage")
    assert ("List Bullet", "Date: 2026-11-20") in said
    assert said[7:11] == [
        ("Heading 1", "Quotations"),
        ("Heading 2", "CM16-0900001, item 2: Massage, 6 visits, neck"),
        ("Quote", "“[…] The aim is stated.”"),
        ("Normal", f"— CM16-0900001, 2016-12-05, item 2, overturned; {AUTHORITIES}"),
    ]
    assert ("Normal", "The letter gives no rationale for this item.") in said
    assert ("Quote", f"“{one_line(HOSTILE.quotation.marked)}”") in said


def test_a_word_memo_lies_on_its_side_repeats_its_heading_and_names_its_maker():
    document = docx.Document(io.BytesIO(render_memo(MEMO, "docx")))

    section = document.sections[0]
    assert section.page_width > section.page_height
    wide = sum(cell.width for cell in document.tables[0].rows[0].cells)
    assert wide <= section.page_width - section.left_margin - section.right_margin
    properties = document.tables[0].rows[0]._tr.trPr
    assert [child.tag.rpartition("}")[2] for child in properties] == ["tblHeader"]
    about = document.core_properties
    assert (about.author, about.title) == ("imr-archive", "IMR decisions: massage")
    assert about.created.date() == datetime.date(2026, 11, 20)


def test_without_its_library_a_word_memo_says_what_to_install(monkeypatch):
    monkeypatch.setattr("imr_archive.export.memo.docx.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError) as missing:
        render_memo(MEMO, "docx")
    assert str(missing.value) == "memos for Word need an optional part: pip install 'imr-archive[docx]'"


def parsed(memo: Memo) -> bibtexparser.Library:
    """The memo as another program reads its BibTeX, with LaTeX's commands as the characters they set."""
    source = render_memo(memo, "bibtex").decode("ascii")
    library = bibtexparser.parse_string(source, append_middleware=[LatexDecodingMiddleware()])
    assert library.failed_blocks == []
    return library


def test_a_memo_in_bibtex_has_an_entry_for_each_decision():
    first, second, third = parsed(MEMO).entries

    assert (first.entry_type, first.key) == ("misc", "imr-CM16-0900001-2")
    fields = {field.key: field.value for field in first.fields}
    assert fields == {
        "author": "California Division of Workers' Compensation, Independent Medical Review",
        "title": "Final Determination CM16-0900001, item 2: Massage, 6 visits, neck",
        "year": "2016",
        "month": "dec",
        "date": "2016-12-05",
        "note": f"Overturned; reviewer: Pain Management, Anesthesiology; {AUTHORITIES}",
        "annote": "“[…] The aim is stated.”",
    }  # fmt: skip
    assert "annote" not in {field.key for field in second.fields}
    assert third.key == "imr-cmd-C-calc-A0-txt-1"
    assert {"year", "month", "date"}.isdisjoint(field.key for field in third.fields)


def test_keys_are_never_the_same_even_where_case_does_not_count():
    named = (
        msgspec.structs.replace(HOSTILE, source=source) for source in ("a b.txt", "A-B.TXT", "a.b.txt", "☃")
    )
    memo = msgspec.structs.replace(MEMO, decisions=(*named, NECK, NECK))
    assert [entry.key for entry in parsed(memo).entries] == [
        "imr-a-b-txt-1",
        "imr-A-B-TXT-1-2",
        "imr-a-b-txt-1-3",
        "imr-case-1",
        "imr-CM16-0900001-2",
        "imr-CM16-0900001-2-2",
    ]


def test_latex_commands_stand_for_what_they_replace():
    assert latex(r"50% & #2 a_b $x {y} \z ~ ^") == (
        r"50\% \& \#2 a\_b \$x \textbraceleft{}y\textbraceright{} \textbackslash{}z "
        r"\textasciitilde{} \textasciicircum{}"
    )
    assert latex("“é” – Ångström’s ç ñ ü š ☃") == (
        r"""``{\'e}'' -- {\r A}ngstr{\"o}m's {\c c} {\~n} {\"u} {\v s} {\char"2603}"""
    )


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_keeps_bibtex_whole(text):
    written = latex(text)
    assert written.isascii()
    assert written.count("{") == written.count("}")
    hostile = msgspec.structs.replace(
        HOSTILE, description=text, source=text, quotation=Quotation(text, False, False)
    )
    memo = msgspec.structs.replace(MEMO, query=text, reading=text, decisions=(hostile, NECK))
    library = bibtexparser.parse_string(render_memo(memo, "bibtex").decode("ascii"))
    assert library.failed_blocks == []
    assert [entry.key for entry in library.entries][1] == "imr-CM16-0900001-2"
    assert library.entries[0].fields_dict["annote"].value == f"``{written}''"


def test_a_memo_of_nothing_says_so_in_every_format():
    nothing = Memo(
        query=" ", reading="all decisions", made=datetime.date(2026, 11, 20), sort="best", total=0, upheld=0,
        overturned=0, elsewhere=0, rate=RateRow((), 0, 0, 0), asked="upheld", decisions=(),
    )  # fmt: skip
    assert (
        render_memo(nothing, "md").decode()
        == """\
# IMR decisions: all

- **Question:** all decisions
- **Read as:** all decisions
- **Decisions found:** none in this archive
- **Rate:** no item to count
- **Date:** 2026-11-20
"""
    )
    assert docx.Document(io.BytesIO(render_memo(nothing, "docx"))).tables == []
    assert parsed(nothing).entries == []


def test_a_file_is_written_in_the_format_of_its_ending_or_the_one_named(tmp_path):
    for name, chosen, begin in (
        ("memo.MD", None, b"# IMR"),
        ("memo.docx", None, b"PK"),
        ("memo.bib", None, b"Question"),
        ("memo.txt", "md", b"# IMR"),
    ):
        save_memo(MEMO, tmp_path / name, chosen)
        assert (tmp_path / name).read_bytes().startswith(begin), name


def test_what_is_no_format_and_no_place_is_said():
    with pytest.raises(UnknownNameError, match="no format 'pdf' of a memo; there are: md, docx, bibtex"):
        render_memo(MEMO, "pdf")


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(UsageError, match=r"end it in \.md, \.docx, \.bib, or name it with --format"):
        format_of_file(tmp_path / "memo.txt")
    with pytest.raises(UsageError, match=r"cannot write .*: No such file or directory"):
        save_memo(MEMO, tmp_path / "nowhere" / "memo.md")


def test_every_format_says_what_it_is():
    assert [(one.name, one.ending, one.is_text) for one in MEMO_FORMATS.values()] == [
        ("md", ".md", True),
        ("docx", ".docx", False),
        ("bibtex", ".bib", True),
    ]


def test_a_guideline_of_no_known_source_goes_by_its_own_name():
    leaflet = msgspec.structs.replace(citation("other Leaflet on Splints 2015"), source="other")
    assert msgspec.structs.replace(NECK, citations=(leaflet,)).authorities == "Leaflet on Splints 2015"
    assert cells(msgspec.structs.replace(NECK, citations=(leaflet,)))[5] == "Leaflet on Splints 2015"
    titled = msgspec.structs.replace(citation("MTUS other treatment 2009"), source="MTUS")
    assert msgspec.structs.replace(NECK, citations=(titled,)).authorities == "MTUS other treatment 2009"


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (RateRow((), 1, 1, 0), "of 1 such item 1 was upheld and 0 overturned: 0.0% overturned "),
        (RateRow((), 2, 1, 1), "of 2 such items 1 was upheld and 1 overturned: 50.0% overturned "),
        (RateRow((), 2, 0, 2), "of 2 such items 0 were upheld and 2 overturned: 100.0% overturned "),
    ],
)
def test_one_item_is_not_told_as_many(rate, said):
    assert msgspec.structs.replace(MEMO, rate=rate).rates[0][1].startswith(said)


def test_a_question_of_many_words_is_cut_in_title_and_facts():
    memo = msgspec.structs.replace(MEMO, query="massage " * 2000, reading="massage " * 2000)
    assert memo.title == f"IMR decisions: {('massage ' * 14).strip()}…"
    facts = dict(memo.facts)
    assert facts["Question"] == facts["Read as"] == f"{('massage ' * 124).strip()}…"


def test_a_guideline_of_no_known_source_is_named_by_its_title():
    cite = msgspec.structs.replace(citation("other A drug label"), source="other")
    one = msgspec.structs.replace(NECK, citations=(cite,))
    assert (one.authorities, cells(one)[5]) == ("A drug label", "A drug label")
