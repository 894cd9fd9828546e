"""The command cite: its memo on standard output or in a file."""

from __future__ import annotations

import io
import re

import bibtexparser
import docx
import pytest


@pytest.fixture
def cite(run, sample_archive):
    return lambda *arguments: run("cite", *arguments, "--db", sample_archive)


def test_a_memo_goes_to_standard_output_as_markdown(cite):
    ran = cite("massage", "overturned", "--limit", "2")
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert lines[0] == "# IMR decisions: massage overturned"
    assert lines[4].startswith("- **Decisions found:** ")
    assert lines[4].endswith("; cited below: 2, the best first")
    assert sum(line.startswith("> “") for line in lines) == 2
    assert "only mention the words: --anywhere cites them too" in ran.err


def test_filters_and_order_are_those_of_search(cite):
    ran = cite("massage", "--specialty", "Neurology", "--sort", "oldest")
    assert "reviewer specialty Neurology" in ran.out
    assert "the oldest first" in ran.out


def test_the_ending_of_the_file_names_the_format(cite, tmp_path):
    assert cite("massage", "-o", "memo.docx").err.startswith("memo.docx: 20 decisions of ")
    table = docx.Document(io.BytesIO((tmp_path / "memo.docx").read_bytes())).tables[0]
    assert len(table.rows) == 21

    cite("massage", "-o", "imr.bib", "--limit", "3")
    assert len(bibtexparser.parse_file(str(tmp_path / "imr.bib")).entries) == 3

    cite("massage", "-o", "memo.txt", "--format", "md")
    assert (tmp_path / "memo.txt").read_text(encoding="utf-8").startswith("# IMR decisions: massage")


def test_a_file_without_a_known_ending_needs_a_format(cite, tmp_path):
    ran = cite("massage", "-o", "memo.txt")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("imr-archive: memo.txt does not say the format: end it in .md, .docx, .bib, or")
    assert not (tmp_path / "memo.txt").exists()


def test_the_archive_is_never_overwritten(cite, sample_archive):
    ran = cite("massage", "--format", "md", "-o", sample_archive)
    assert ran.status == 2
    assert "is the archive itself" in ran.err


def test_a_word_file_is_not_for_a_terminal(cite, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    ran = cite("massage", "--format", "docx")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "imr-archive: a terminal cannot show a Word document: name a file with -o FILE\n"


def test_unknown_formats_and_options_that_do_not_go_together_are_refused(cite):
    assert cite("massage", "--format", "pdf").err == (
        "imr-archive: no format 'pdf' of a memo; there are: md, docx, bibtex\n"
    )
    assert cite("massage", "--json", "--format", "md").status == 2
    assert cite("massage", "--json", "-o", "memo.md").status == 2


def test_words_that_no_heading_has_are_not_silently_looked_for_elsewhere(cite):
    ran = cite("functional improvement", "--category", "Rehabilitation")
    assert ran.status == 0
    assert "- **Decisions found:** none in this archive" in ran.out
    assert "anywhere" not in ran.out
    assert re.fullmatch(
        r"no item's heading or service matches; \d+ decisions mention the words anywhere: "
        r"--anywhere cites them\n",
        ran.err,
    )


def test_a_memo_as_json(cite):
    told = cite("massage", "overturned", "--json", "--limit", "1").json
    assert list(told) == [
        "query", "reading", "made", "rows", "total", "upheld", "overturned", "elsewhere", "rate",
        "arms",
    ]  # fmt: skip
    assert (told["query"], told["upheld"]) == ("massage overturned", 0)
    assert told["total"] == told["overturned"] == told["rate"]["overturned"]
    (row,) = told["rows"]
    assert row["outcome"] == "overturned"
    assert row["quotation"]
    assert {one["cited_by"] for one in row["citations"]} == {"reviewer"}


def test_an_ending_of_another_format_than_the_one_named_is_refused(cite, tmp_path):
    ran = cite("massage", "--format", "md", "-o", "memo.docx")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == ("imr-archive: memo.docx ends as docx does, but --format says md: change one\n")
    assert not (tmp_path / "memo.docx").exists()
    assert cite("massage", "--format", "docx", "-o", "memo.DOCX").status == 0
