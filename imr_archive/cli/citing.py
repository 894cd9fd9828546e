"""The command that writes a memo of decisions: cite."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from imr_archive.api import open_archive
from imr_archive.cli.app import DEFAULT_DB, SHARING, DbOption, app
from imr_archive.cli.asking import SortOption
from imr_archive.cli.filters import Given, takes_filters, warn_of_unknown_values
from imr_archive.cli.output import JsonOption, counted, message, print_json
from imr_archive.errors import UsageError
from imr_archive.export import MEMO_FORMATS, Memo, format_of_file, memo_format, render_memo, save_memo


def _complete_format(incomplete: str) -> list[tuple[str, str]]:
    return [(one.name, one.description) for one in MEMO_FORMATS.values() if one.name.startswith(incomplete)]


@app.command("cite", rich_help_panel=SHARING)
@takes_filters
def cite_command(
    phrase: Annotated[
        list[str], typer.Argument(metavar="PHRASE", show_default=False, help="A question in plain words.")
    ],
    *,
    filters: Given,
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="|".join(MEMO_FORMATS),
            show_default=False,
            autocompletion=_complete_format,
            help="Format; without it that of the file's ending, else md.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", dir_okay=False, show_default=False, help="Where the memo goes."
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=1000, metavar="N", help="How many decisions to cite.")
    ] = 20,
    sort: SortOption = "best",
    anywhere: Annotated[
        bool,
        typer.Option("--anywhere", help="Cite decisions too that have the words outside the item's heading."),
    ] = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Write a memo of the decisions that a question finds, to be pasted into an appeal.

    It says how the question was read, how many decisions there are and how often they go which way, each
    side by itself where the question compares. It has a table of the decisions on such items and, from
    each, the sentence that decided, in its own words, with case number, date, outcome, guideline and page.

    [dim]$[/] imr-archive cite "norco overturned" -o norco.docx
    [dim]$[/] imr-archive cite "lumbar MRI overturned" --specialty Neurology --sort newest >memo.md
    [dim]$[/] imr-archive cite "massage" --format bibtex --limit 100 -o imr.bib
    """
    if as_json and (output is not None or format_name is not None):
        raise typer.BadParameter("--json prints the memo as data: leave out --format and --output.")
    _check_output(output, format_name, db)
    with open_archive(db) as archive:
        warn_of_unknown_values(archive, filters)
        memo = archive.cite(" ".join(phrase), limit=limit, sort=sort, anywhere=anywhere, **filters)
    if as_json:
        print_json(memo.to_dict())
    elif output is not None:
        save_memo(memo, output, format_name)
        message(f"{output}: {counted(len(memo.decisions), 'decision')} of {memo.total:,}")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(render_memo(memo, format_name or "md"))
    _say_elsewhere(memo, as_json=as_json)


def _say_elsewhere(memo: Memo, *, as_json: bool) -> None:
    """How many decisions mention the words without being about them."""
    if memo.elsewhere and not memo.total:
        message(
            f"no item's heading or service matches; {counted(memo.elsewhere, 'decision')} "
            "mention the words anywhere: --anywhere cites them"
        )
    elif memo.elsewhere and not as_json:
        message(
            f"{counted(memo.elsewhere, 'more decision')} only mention the words: --anywhere cites them too"
        )


def _check_output(output: Path | None, format_name: str | None, db: Path) -> None:
    """Refuse, before any work, what could not be written well."""
    chosen = memo_format(format_name or "md")
    if output is None:
        if not chosen.is_text and sys.stdout.isatty():
            raise UsageError(f"a terminal cannot show {chosen.description}: name a file with -o FILE")
        return
    _check_ending(output, format_name)
    if output.exists() and db.exists() and output.samefile(db):
        raise UsageError(f"{output} is the archive itself: name another file")


def _check_ending(output: Path, format_name: str | None) -> None:
    """Refuse an ending that says no format, or another one than is named: no program would open that file."""
    if format_name is None:
        format_of_file(output)
        return
    other = next((one for one in MEMO_FORMATS.values() if one.ending == output.suffix.lower()), None)
    if other is not None and other.name != format_name:
        raise UsageError(f"{output} ends as {other.name} does, but --format says {format_name}: change one")
