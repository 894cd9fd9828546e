"""The application object, and the options that many commands share."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

READING = "Read letters"
ASKING = "Ask"
SHARING = "Share"
CARE = "Care of the archive"

app = typer.Typer(
    name="imr-archive",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help="The searchable archive of California's Independent Medical Review (IMR) decisions.",
    epilog='Begin with: imr-archive ingest FOLDER, then imr-archive query "massage upheld by specialty"',
)

DbOption = Annotated[
    Path,
    typer.Option(
        "--db",
        envvar="IMR_ARCHIVE_DB",
        metavar="FILE",
        dir_okay=False,
        help="The archive.",
        show_default=True,
    ),
]
DEFAULT_DB = Path("imr.db")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"imr-archive {version('imr-archive')}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Hold the options that stand before a command."""
