"""The application object, and the options that many commands share."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from imr_archive.parsing import BUILD

READING = "Read letters"
ASKING = "Ask"
SHARING = "Share"
CARE = "Care of the archive"

EXAMPLE = "[dim]$[/]"


class Command(TyperCommand):
    """A command whose help tells no type of an option that takes no value."""

    def get_params(self, ctx: typer.Context) -> list[Any]:  # type: ignore[override]
        """Its arguments and options."""
        found: list[Any] = super().get_params(ctx)
        for one in found:
            if getattr(one, "is_flag", False):
                one.metavar = ""
        return found


class CommandLine(typer.Typer):
    """The application; the paragraphs of its help flow to the terminal's width, examples keep their lines."""

    def command(self, *arguments: Any, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:  # type: ignore[override]  # noqa: ANN401 - as typer has it
        """As typer's own, with the help taken from the docstring."""

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            described = {"help": flowing(function.__doc__ or ""), "cls": Command, **options}
            return super(CommandLine, self).command(*arguments, **described)(function)

        return register


def flowing(text: str) -> str:
    """A docstring whose paragraphs are one line each, but for examples."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(one if one.startswith(EXAMPLE) else " ".join(one.split()) for one in paragraphs)


app = CommandLine(
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
        typer.echo(f"imr-archive {version('imr-archive')} ({BUILD})")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Hold the options that stand before a command."""
