"""Charts of a result: in the terminal (`--chart`) or as a file (`--chart FILE`)."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from imr_archive.cli.app import Command
from imr_archive.cli.output import message, stdout
from imr_archive.query.charts.charts import Chart, Chartable, chart_of
from imr_archive.query.charts.files import FORMATS, save_chart

OPTION = "--chart"
TERMINAL = "-"
"""What `--chart` without a file means."""

MOST_COLUMNS, HEIGHT, LONGEST_NAME = 110, 22, 36
ROOM_FOR_LEGEND = 0.25
"""Of the height, above the lines: the legend stands in the upper left corner."""

ChartOption = Annotated[
    str | None,
    typer.Option(
        OPTION,
        metavar="[FILE]",
        show_default=False,
        help=f"Draw rates: in the terminal, or into a file ({', '.join(FORMATS)}).",
    ),
]


class ChartingCommand(Command):
    """A command whose option `--chart` may stand without its file, and then means the terminal."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Give a lone `--chart` the value that means the terminal, then read the arguments as ever."""
        completed: list[str] = []
        for place, given in enumerate(args):
            completed.append(given)
            following = args[place + 1] if place + 1 < len(args) else ""
            if given == OPTION and following != TERMINAL and not _is_chart_file(following):
                completed.append(TERMINAL)
        return super().parse_args(ctx, completed)


def _is_chart_file(text: str) -> bool:
    """Whether a word is meant as a file: `massage --chart upheld` goes on with the phrase."""
    return not text.startswith("-") and " " not in text.strip() and Path(text).suffix != ""


def show_chart(result: Chartable, target: str) -> None:
    """Draw the chart that suits a result, in the terminal or into the file `target`."""
    chart = chart_of(result)
    if target != TERMINAL:
        save_chart(chart, Path(target))
        message(f"the chart is in {target}")
    elif chart.points:
        sys.stdout.write(terminal_chart(chart, min(MOST_COLUMNS, stdout.width)) + "\n")


def terminal_chart(chart: Chart, width: int) -> str:
    """The chart as text, `width` columns wide; a map of two dimensions is drawn as a bar for each cell."""
    # Only this command draws, and drawing takes a moment to load.
    import plotext  # noqa: PLC0415

    plotext.clear_figure()
    plotext.theme("clear")
    plotext.limit_size(False, False)
    if chart.kind == "lines":
        _lines(plotext, chart, width)
    else:
        _bars(plotext, chart, width)
    drawn = str(plotext.build())
    return drawn if stdout.is_terminal else str(plotext.uncolorize(drawn))


def _lines(plotext: ModuleType, chart: Chart, width: int) -> None:
    low, high = (end * 100 for end in chart.bounds)
    for series in chart.series:
        points = [point for point in chart.points if point.series == series]
        at = [chart.places.index(point.place) for point in points]
        plotext.plot(at, [point.value * 100 for point in points], label=series or None, marker="braille")
    ticks = [low + step * (high - low) / 5 for step in range(6)]
    plotext.title(f"{chart.title} (%)")
    plotext.xticks(list(range(len(chart.places))), list(chart.places))
    plotext.yticks(ticks, [f"{tick:.0f}" for tick in ticks])
    plotext.ylim(low, high + (high - low) * ROOM_FOR_LEGEND * (len(chart.series) > 1))
    plotext.plotsize(width, HEIGHT)


def _bars(plotext: ModuleType, chart: Chart, width: int) -> None:
    factor, unit = (100, "%") if chart.unit == "percent" else (1, "times")
    names = (" · ".join(filter(None, (point.place, point.series))) for point in chart.points)
    labels = [f"{_short(name)} (n={point.items:,})" for name, point in zip(names, chart.points, strict=True)]
    values = [point.value * factor for point in chart.points]
    plotext.simple_bar(labels, values, width=width, title=f"{chart.title} ({unit})")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
