"""Charts drawn with Altair. It needs the optional part `charts`, so `chart_files` imports it when asked."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

import altair as alt

from imr_archive.query.charts.charts import Chart, Point

BAR, MARK, FAINT = "#9db8d6", "#1f3a5f", "#d5dee9"
SERIES = ("#1f3a5f", "#c8553d", "#3f8f6b", "#8d6a9f", "#d08c26", "#5b8ff9", "#7a7a7a", "#a14a76")
FONT = "Helvetica Neue, Helvetica, Arial, sans-serif"
SHADES = ("#f7f3ea", "#8fb0cf", "#1f3a5f")
WIDTH, BAR_HEIGHT, LINE_HEIGHT, PERIOD, CELL_WIDTH, CELL_HEIGHT = 460, 26, 300, 26, 96, 30
DARK = 0.55
"""From this part of the scale on, shades are so dark that letters on them have to be white."""

MANY_PERIODS, LONG_NAME = 16, 10
_LINE_OF_TEXT = 100
_SCALE = 2.0


def write(drawn: alt.LayerChart, path: Path) -> None:
    """Write a drawn chart to `path` in the format that its ending names; OSError where that fails."""
    match path.suffix.casefold():
        case ".html":
            drawn.save(str(path), format="html", inline=True)
        case ".svg":
            drawn.save(str(path), format="svg")
        case _:
            drawn.save(str(path), format="png", scale_factor=_SCALE)


def draw(chart: Chart) -> alt.LayerChart:
    """`chart` as an Altair chart."""
    drawn = {"bars": _bars, "lines": _lines, "heat": _heat}[chart.kind](chart)
    titled = drawn.properties(
        title=alt.TitleParams(
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
    titled.config = alt.Config(
        font=FONT,
        background="#ffffff",
        padding=16,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelFontSize=11, titleFontSize=11, titleColor="#555555", titleFontWeight="normal",
            gridColor="#ececec", domainColor="#bbbbbb", tickColor="#bbbbbb",
        ),
        legend=alt.LegendConfig(
            labelFontSize=11, titleFontSize=11, titleFontWeight="normal", titleColor="#555555"
        ),
    )  # fmt: skip
    return titled


def _subtitle(chart: Chart) -> list[str]:
    notes = ["95% intervals"] if chart.kind == "bars" or (chart.kind == "lines" and chart.banded) else []
    notes += ["larger points: more disputed items" if chart.kind == "lines" else "n: disputed items"]
    notes += [f"{chart.left_out:,} more not drawn"] if chart.left_out else []
    return [*textwrap.wrap(chart.subtitle, _LINE_OF_TEXT), " · ".join(notes)]


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


def _data(chart: Chart) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=_rows(chart)))


def _scale(chart: Chart) -> alt.Scale:
    return alt.Scale(domain=list(chart.bounds), clamp=True)


def _axis(chart: Chart) -> alt.Axis:
    return alt.Axis(format="%" if chart.unit == "percent" else ".1f", title=chart.value_label, tickCount=5)


def _across(chart: Chart, field: str) -> alt.X:
    """A value from left to right."""
    return alt.X(f"{field}:Q", scale=_scale(chart), axis=_axis(chart))


def _up(chart: Chart, field: str) -> alt.Y:
    """A value from bottom to top."""
    return alt.Y(f"{field}:Q", scale=_scale(chart), axis=_axis(chart))


def _down_the_side(chart: Chart) -> alt.Y:
    """The places, one under the other, in the order of the chart."""
    axis = alt.Axis(labelLimit=260, ticks=False)
    return alt.Y("place:N", sort=list(chart.places), title=None, axis=axis)


def _bars(chart: Chart) -> alt.LayerChart:
    base = _data(chart).encode(y=_down_the_side(chart))
    bars = base.mark_bar(height={"band": 0.62}, cornerRadiusEnd=2).encode(
        x=_across(chart, "value"),
        color=alt.when("datum.small").then(alt.value(FAINT)).otherwise(alt.value(BAR)),
    )
    intervals = base.mark_rule(color=MARK, strokeWidth=1.6).encode(x=_across(chart, "low"), x2="high:Q")
    values = base.mark_tick(color=MARK, thickness=2, height=11).encode(x=_across(chart, "value"))
    texts = base.mark_text(align="left", color="#444444", fontSize=11).encode(
        x=alt.value(WIDTH + 10), text="text:N"
    )
    layers = [bars, intervals, values, texts]
    if chart.unit == "times":
        once = alt.Chart(alt.InlineData(values=[{"once": 1.0}]))
        layers.append(once.mark_rule(color=SERIES[1], strokeDash=[4, 3]).encode(x="once:Q"))
    return alt.LayerChart(layer=layers, width=WIDTH, height=BAR_HEIGHT * len(chart.places))


def _lines(chart: Chart) -> alt.LayerChart:
    many = len(chart.places) > MANY_PERIODS
    alone = len(chart.series) == 1
    axis = alt.Axis(labelAngle=-45 if many else 0, labelOverlap=True)
    x = alt.X("place:O", sort=list(chart.places), title=chart.place_label, axis=axis)
    base = _data(chart).encode(x=x, color=_color_of_series(chart))
    bands = base.mark_area(opacity=0.16 if alone else 0.1).encode(y=_up(chart, "low"), y2="high:Q")
    lines = base.mark_line(strokeWidth=2.2).encode(y=_up(chart, "value"))
    points = base.mark_point(filled=True, opacity=1).encode(
        y=_up(chart, "value"), size=alt.Size("items:Q", scale=alt.Scale(range=[25, 180]), legend=None)
    )
    layers = [*([bands] if chart.banded else []), lines, points]
    if alone and not many:
        text = base.mark_text(dy=-14, fontSize=10, color="#444444")
        layers.append(text.encode(y=_up(chart, "value"), text="text:N"))
    width = max(WIDTH, PERIOD * len(chart.places))
    return alt.LayerChart(layer=layers, width=width, height=LINE_HEIGHT)


def _color_of_series(chart: Chart) -> alt.Color | alt.ColorValue:
    if len(chart.series) == 1:
        return alt.ColorValue(MARK)
    scale = alt.Scale(domain=list(chart.series), range=list(SERIES[: len(chart.series)]))
    return alt.Color(
        "series:N",
        scale=scale,
        title=chart.series_label or None,
        legend=alt.Legend(labelLimit=240, symbolOpacity=1, symbolType="circle", symbolSize=90),
    )


def _heat(chart: Chart) -> alt.LayerChart:
    wide = max(map(len, chart.series)) > LONG_NAME
    low, high = chart.bounds
    axis = alt.Axis(orient="top", labelAngle=-35 if wide else 0, labelLimit=180, ticks=False)
    x = alt.X("series:N", sort=list(chart.series), title=chart.series_label or None, axis=axis)
    base = _data(chart).encode(x=x, y=_down_the_side(chart))
    cells = base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(
        color=alt.Color(
            "value:Q",
            scale=alt.Scale(domain=[low, high], range=list(SHADES), interpolate="rgb"),
            legend=alt.Legend(format="%", title=chart.value_label),
        )
    )
    dark = alt.when(f"datum.value > {low + (high - low) * DARK}")
    texts = base.mark_text(fontSize=10).encode(
        text="text:N", color=dark.then(alt.value("#ffffff")).otherwise(alt.value("#333333"))
    )
    width, height = CELL_WIDTH * len(chart.series), CELL_HEIGHT * len(chart.places)
    return alt.LayerChart(layer=[cells, texts], width=width, height=height)
