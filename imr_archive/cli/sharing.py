"""Commands that give the archive to others: export and serve."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imr_archive.api import open_archive
from imr_archive.cli.app import DEFAULT_DB, SHARING, DbOption, app
from imr_archive.cli.output import JsonOption, counted, message, print_json, stdout, table
from imr_archive.export import FORMATS
from imr_archive.web import DEFAULT_HOST, DEFAULT_PORT, serve


def _complete_format(incomplete: str) -> list[tuple[str, str]]:
    return [(one.name, one.description) for one in FORMATS.values() if one.name.startswith(incomplete)]


@app.command("export", rich_help_panel=SHARING)
def export_command(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", show_default=False, help="Where to; made where there is none.")
    ],
    format_name: Annotated[
        str,
        typer.Option(
            "--format", "-f", metavar="|".join(FORMATS), autocompletion=_complete_format, help="Format."
        ),
    ] = "csv",
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export in that folder.")] = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Write all tables as files, or a folder that Datasette serves as it is.

    [dim]$[/] imr-archive export tables/ --format csv
    [dim]$[/] imr-archive export site/ --format datasette && datasette site/
    """
    with open_archive(db) as archive:
        summary = archive.export(folder, format_name, force=force)
    if as_json:
        print_json(
            {
                "folder": str(summary.folder),
                "format": summary.format,
                "files": [str(file) for file in summary.files],
                "rows": dict(summary.rows),
            }
        )
        return
    stdout.print(table(["Table", ("Rows", "right")], list(summary.rows.items())))
    message(f"{counted(len(summary.files), 'file')} in {summary.folder}")


@app.command("serve", rich_help_panel=SHARING)
def serve_command(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = DEFAULT_HOST,
    port: Annotated[
        int, typer.Option("--port", "-p", min=0, max=65535, metavar="N", help="Port; 0 takes a free one.")
    ] = DEFAULT_PORT,
    open_browser: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    db: DbOption = DEFAULT_DB,
) -> None:
    """Browse the archive in Datasette: tables, facets, full-text search and ready questions.

    Letters may be read into the archive meanwhile. Ctrl-C ends it.

    [dim]$[/] imr-archive serve --open
    """
    serve(
        db,
        host=host,
        port=port,
        open_browser=open_browser,
        announce=lambda address: message(f"serving {db} at {address} (Ctrl-C ends it)"),
    )
