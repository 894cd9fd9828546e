"""The options that narrow a question, made from the query language's own table of filters and dimensions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, get_type_hints

import typer

from imr_archive.api import Archive
from imr_archive.cli.output import message
from imr_archive.query import DIMENSIONS, FILTERS
from imr_archive.query.filters.registry import Filter, Takes
from imr_archive.vocabulary import specialty_names, state_names

PANEL = "Filters"

_NAMES: Mapping[str, Callable[[], tuple[str, ...]]] = {"specialty": specialty_names, "state": state_names}

Given = Mapping[str, list[str] | None]


def option_name(name: str) -> str:
    """A filter's name as an option: `body_part` is `--body-part`."""
    return "--" + name.replace("_", "-")


def takes_filters(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that has a parameter `filters` an option for each filter there is.

    The command gets a mapping from the filter's name to the values given, None where the option is absent.
    """

    def with_options(**given: object) -> None:
        filters = {name: given.pop(name) for name in FILTERS}
        command(filters=filters, **given)

    hints = get_type_hints(command, include_extras=True)
    own = inspect.signature(command).parameters.values()
    kept = [one.replace(annotation=hints[one.name]) for one in own if one.name != "filters"]
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_option(each))
        for name, each in FILTERS.items()
    ]
    with_options.__signature__ = inspect.Signature([*kept, *options])  # type: ignore[attr-defined]
    with_options.__annotations__ = {one.name: one.annotation for one in (*kept, *options)}
    with_options.__name__ = command.__name__
    with_options.__doc__ = command.__doc__
    return with_options


def warn_of_unknown_values(archive: Archive, filters: Given) -> None:
    """Say on standard error which of the values given no decision has: no answer may be for want of them."""
    for one in archive.unknown_values(**filters):
        message(one.message)


def _option(known: Filter) -> object:
    return Annotated[
        list[str] | None,
        typer.Option(
            option_name(known.name),
            help=known.help[:1].upper() + known.help[1:] + ".",
            metavar=_metavar(known),
            rich_help_panel=PANEL,
            autocompletion=_completion(known),
        ),
    ]


def _metavar(known: Filter) -> str:
    if known.takes is Takes.RANGE:
        return "RANGE"
    return "|".join(dict.fromkeys(known.choices.values())) if known.takes is Takes.CHOICE else "NAME"


def _completion(known: Filter) -> Callable[[str], list[str]]:
    names = _NAMES.get(known.name)

    def complete(incomplete: str) -> list[str]:
        values = names() if names else tuple(dict.fromkeys(known.choices.values()))
        return [value for value in values if value.casefold().startswith(incomplete.casefold())]

    return complete


def complete_dimension(incomplete: str) -> list[tuple[str, str]]:
    """The dimensions that begin so, each with its English."""
    return [(one.name, one.english) for one in DIMENSIONS if one.name.startswith(incomplete)]
