"""What a person reads of a command: its help, in the width of a terminal."""

from __future__ import annotations

import pytest

from imr_archive.cli.app import flowing


@pytest.fixture
def help_of(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    return lambda command: run(command, "--help").out


def test_paragraphs_flow_and_examples_keep_their_lines():
    text = """First line
    goes on.

    Second one
    too.

    [dim]$[/] one
    [dim]$[/] two
    """
    assert flowing(text) == "First line goes on.\n\nSecond one too.\n\n[dim]$[/] one\n[dim]$[/] two"


def test_help_fills_the_lines_of_a_narrow_terminal(help_of):
    lines = [line.strip() for line in help_of("ingest").splitlines()]
    first = lines.index("Running it again reads only what is new or has changed, so after any")
    assert lines[first + 1] == (
        "interruption the same command goes on. A file that cannot be read is set aside"
    )


@pytest.mark.parametrize("command", ["ingest", "parse"])
def test_the_optional_part_for_ocr_is_named_whole(help_of, command):
    assert "imr-archive[ocr]" in help_of(command)


def test_selectors_are_listed_as_they_are_typed(help_of):
    shown = " ".join(help_of("audit").replace("│", " ").split())
    assert "have:FIELD, lack:FIELD, unrecognised:FIELD[=VALUE]" in shown
    assert "problem:CODE" in shown


def test_numbers_are_told_by_one_letter(help_of):
    for command in ("search", "cite", "similar", "audit", "show"):
        options = help_of(command).partition("─ Options ─")[2]
        assert " N [" in options
        assert "<bool>" not in options
        assert "int range" not in options
