"""Charts as files: PNG, SVG or a page of HTML that needs nothing from elsewhere (Altair, with vl-convert)."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from imr_archive.errors import ImrArchiveError, MissingExtraError, UsageError
from imr_archive.query.charts import Chart, Point

if TYPE_CHECKING:
    import altair

FORMATS = (".png", ".svg", ".html")
"""The endings of a chart's file, each of which names its format."""

BAR, MARK, FAINT = "#9db8d6", "#1f3a5f", "#d5dee9"
SERIES = ("#1f3a5f", "#c8553d", "#3f8f6b", "#8d6a9f", "#d08c26", "#5b8ff9", "#7a7a7a", "#a14a76")
FONT = "Helvetica Neue, Helvetica, Arial, sans-serif"
WIDTH, BAR_HEIGHT, LINE_HEIGHT, CELL = 460, 26, 300, 30
_LINE_OF_TEXT = 100
_SCALE = 2.0


def save_chart(chart: Chart, path: Path) -> None:
    """Write `chart` to `path`, in the format that its ending names.

    Raises UsageError for another ending and for a chart without a point, MissingExtraError where the optional
    part `charts` is not installed, ImrArchiveError where the file cannot be written.
    """
    ending = path.suffix.casefold()
    if ending not in FORMATS:
        raise UsageError(f"a chart is written as {', '.join(FORMATS)}: name the file so, not {path.name}")
    if not chart.points:
        raise UsageError("nothing matches, so there is no chart to draw")
    drawn = draw(chart)
    try:
        if ending == ".html":
            drawn.save(str(path), format="html", inline=True)
        else:
            drawn.save(str(path), format=ending[1:], scale_factor=_SCALE)
    except OSError as error:
        raise ImrArchiveError(f"{path} cannot be written: {error.strerror}") from error


def draw(chart: Chart) -> altair.TopLevelMixin:
    """`chart` as an Altair chart; raises MissingExtraError where the optional part `charts` is absent."""
    library = _altair()
    drawn = {"bars": _bars, "lines": _lines, "heat": _heat}[chart.kind](library, chart)
    titled = drawn.properties(
        title=library.TitleParams(
            chart.title,
            subtitle=_subtitle(chart),
            anchor="start",
            frame="group",
            fontSize=15,
            subtitleFontSize=11,
            subtitleColor="#555555",
            subtitlePadding=4,
            offset=14,
        )
    )
    return (
        titled.configure(font=FONT, background="#ffffff", padding=16)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=11, titleFontSize=11, titleColor="#555555", titleFontWeight="normal",
            gridColor="#ececec", domainColor="#bbbbbb", tickColor="#bbbbbb",
        )
        .configure_legend(labelFontSize=11, titleFontSize=11, titleFontWeight="normal", titleColor="#555555")
    )  # fmt: skip


def _altair() -> ModuleType:
    try:
        import altair  # noqa: PLC0415 - it takes longer to import than a question takes to answer
        import vl_convert  # noqa: F401, PLC0415 - what Altair writes files with
    except ImportError as error:
        raise MissingExtraError("charts in files", "charts") from error
    return altair


def _subtitle(chart: Chart) -> list[str]:
    notes = (
        "95% intervals; n is the number of disputed items"
        if chart.kind != "heat"
        else "rate and number of items"
    )
    left_out = f"; {chart.left_out} more not drawn" if chart.left_out else ""
    return [*textwrap.wrap(chart.subtitle, _LINE_OF_TEXT), f"{notes}{left_out}"]


def _rows(chart: Chart) -> list[Mapping[str, object]]:
    return [
        {
            "place": point.place,
            "series": point.series,
            "value": point.value,
            "low": point.low,
            "high": point.high,
            "items": point.items,
            "small": point.small,
            "text": _said(chart, point),
        }
        for point in chart.points
    ]


def _said(chart: Chart, point: Point) -> str:
    value = f"{point.value:.0%}" if chart.unit == "percent" else f"{point.value:.2f}×"
    return f"{value}  n={point.items:,}"


def _scale_of_values(library: ModuleType, chart: Chart) -> Any:
    if chart.unit == "percent":
        return library.Scale(domain=[0, 1])
    return library.Scale(domain=[0, max(2.0, max(point.high for point in chart.points) * 1.05)])


def _axis_of_values(library: ModuleType, chart: Chart) -> Any:
    form = "%" if chart.unit == "percent" else ".1f"
    return library.Axis(format=form, title=chart.value_label, tickCount=5)


def _bars(library: ModuleType, chart: Chart) -> Any:
    base = library.Chart(library.Data(values=_rows(chart))).encode(
        y=library.Y(
            "place:N", sort=list(chart.places), title=None, axis=library.Axis(labelLimit=260, ticks=False)
        )
    )
    x_axis = {"scale": _scale_of_values(library, chart), "axis": _axis_of_values(library, chart)}
    bars = base.mark_bar(height={"band": 0.62}, cornerRadiusEnd=2).encode(
        x=library.X("value:Q", **x_axis),
        color=library.condition("datum.small", library.value(FAINT), library.value(BAR)),
    )
    intervals = base.mark_rule(color=MARK, strokeWidth=1.6).encode(
        x=library.X("low:Q", **x_axis), x2="high:Q"
    )
    values = base.mark_tick(color=MARK, thickness=2, height=11).encode(x=library.X("value:Q", **x_axis))
    texts = base.mark_text(align="left", color="#444444", fontSize=11).encode(
        x=library.value(WIDTH + 10), text="text:N"
    )
    layers = [bars, intervals, values, texts]
    if chart.unit == "times":
        one = library.Chart(library.Data(values=[{"one": 1.0}]))
        layers.append(one.mark_rule(color="#c8553d", strokeDash=[4, 3]).encode(x="one:Q"))
    return library.layer(*layers).properties(width=WIDTH, height=BAR_HEIGHT * len(chart.places))


def _lines(library: ModuleType, chart: Chart) -> Any:
    many = len(chart.places) > 16
    base = library.Chart(library.Data(values=_rows(chart))).encode(
        x=library.X(
            "place:O",
            sort=list(chart.places),
            title=chart.place_label,
            axis=library.Axis(labelAngle=-45 if many else 0, labelOverlap=True),
        ),
        color=_series_color(library, chart),
    )
    y_axis = {"scale": _scale_of_values(library, chart), "axis": _axis_of_values(library, chart)}
    alone = len(chart.series) == 1
    bands = base.mark_area(opacity=0.16 if alone else 0.08).encode(
        y=library.Y("low:Q", **y_axis), y2="high:Q"
    )
    lines = base.mark_line(strokeWidth=2.2).encode(y=library.Y("value:Q", **y_axis))
    points = base.mark_point(filled=True, opacity=1).encode(
        y=library.Y("value:Q", **y_axis),
        size=library.Size("items:Q", title="Items", scale=library.Scale(range=[25, 180]), legend=None),
    )
    layers = [bands, lines, points]
    if alone and not many:
        text = base.mark_text(dy=-14, fontSize=10, color="#444444").encode(
            y=library.Y("value:Q", **y_axis), text="text:N"
        )
        layers.append(text)
    return library.layer(*layers).properties(width=max(WIDTH, 26 * len(chart.places)), height=LINE_HEIGHT)


def _series_color(library: ModuleType, chart: Chart) -> Any:
    if len(chart.series) == 1:
        return library.value(MARK)
    scale = library.Scale(domain=list(chart.series), range=list(SERIES[: len(chart.series)]))
    return library.Color(
        "series:N", scale=scale, title=chart.series_label or None, legend=library.Legend(labelLimit=240)
    )


def _heat(library: ModuleType, chart: Chart) -> Any:
    wide = max(len(series) for series in chart.series) > 10
    base = library.Chart(library.Data(values=_rows(chart))).encode(
        x=library.X(
            "series:N",
            sort=list(chart.series),
            title=chart.series_label or None,
            axis=library.Axis(orient="top", labelAngle=-35 if wide else 0, labelLimit=180, ticks=False),
        ),
        y=library.Y(
            "place:N", sort=list(chart.places), title=None, axis=library.Axis(labelLimit=260, ticks=False)
        ),
    )
    cells = base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(
        color=library.Color(
            "value:Q",
            scale=library.Scale(domain=[0, 1], range=["#f7f3ea", "#8fb0cf", "#1f3a5f"]),
            legend=library.Legend(format="%", title=chart.value_label),
        )
    )
    texts = base.mark_text(fontSize=10).encode(
        text="text:N",
        color=library.condition("datum.value > 0.6", library.value("#ffffff"), library.value("#333333")),
    )
    return library.layer(cells, texts).properties(
        width=96 * len(chart.series), height=CELL * len(chart.places)
    )
