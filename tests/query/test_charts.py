"""Charts: what is drawn, and the files."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from sqlalchemy import Connection

from imr_archive.errors import ImrArchiveError, MissingExtraError, UsageError
from imr_archive.query import Comparison, ask, lifts, rates
from imr_archive.query.charts.charts import Chart, Point, chart_of
from imr_archive.query.charts.files import save_chart
from imr_archive.query.language.thesaurus import Thesaurus

BEGINNINGS = {".png": b"\x89PNG\r\n\x1a\n", ".svg": b"<svg", ".html": b"<!DOCTYPE html>"}


@pytest.fixture
def bars(archive: Connection) -> Chart:
    return chart_of(rates(archive, by=["category"], words="overturned"))


def test_a_bar_has_the_rate_that_was_asked_for_and_its_interval(bars: Chart) -> None:
    assert (bars.kind, bars.title, bars.value_label) == ("bars", "Overturn rate by category", "Overturn rate")
    first = bars.points[0]
    assert (first.place, first.items, first.small) == ("Pharmaceuticals", 3, True)
    assert (first.value, first.low, first.high) == pytest.approx((0.6667, 0.2077, 0.9385), abs=0.0001)
    assert bars.bounds == (0.0, 1.0)


def test_periods_are_lines_and_what_has_none_is_left_out(archive: Connection) -> None:
    chart = chart_of(rates(archive, by=["category", "year"]))
    assert (chart.kind, chart.places) == ("lines", ("2016", "2017", "2018"))
    assert set(chart.series) >= {"Pharmaceuticals", "Rehabilitation"}
    assert (chart.place_label, chart.series_label) == ("Year", "Category")


def test_two_dimensions_are_a_map(archive: Connection) -> None:
    chart = chart_of(rates(archive, by=["category", "sex"]))
    assert (chart.kind, chart.series_label) == ("heat", "Sex")
    assert Point("Pharmaceuticals", "female", 0.5, *chart.points[0:0], low=pytest.approx(0.0945, abs=0.001),
                 high=pytest.approx(0.9055, abs=0.001), items=2, small=True) in chart.points  # fmt: skip


def test_compared_groups_are_bars_or_lines(archive: Connection, thesaurus: Thesaurus) -> None:
    alone = ask(archive, "norco vs gabapentin", thesaurus=thesaurus).result
    by_year = ask(archive, "norco vs massage by year", thesaurus=thesaurus).result
    assert isinstance(alone, Comparison)
    assert isinstance(by_year, Comparison)
    assert (chart_of(alone).kind, chart_of(alone).places) == ("bars", ("norco", "gabapentin"))
    lines = chart_of(by_year)
    assert (lines.kind, lines.places, lines.series) == (
        "lines", ("2016", "2017", "2018"), ("norco", "massage"),
    )  # fmt: skip
    assert lines.title == "Uphold rate by year: norco against massage"


def test_lifts_are_bars_in_times(archive: Connection) -> None:
    chart = chart_of(lifts(archive, ["reason"])[0])
    assert (chart.kind, chart.unit, chart.bounds[0]) == ("bars", "times", 0.0)
    assert chart.places == ("functional_improvement_documented", "criteria_met")


def test_too_many_bars_are_left_out_and_counted() -> None:
    points = tuple(Point(f"place {number}", "", 0.5, 0.4, 0.6, 10, small=False) for number in range(3))
    assert Chart("lines", "", "", "", "", "", "percent", points).bounds == (0.4, 0.6)


@pytest.mark.parametrize("ending", [".png", ".svg", ".html", ".PNG"])
@pytest.mark.parametrize("by", [["category"], ["year"], ["category", "sex"], ["year", "category"], []])
def test_a_chart_is_written_in_the_format_of_its_name(
    archive: Connection, tmp_path: Path, ending: str, by: list[str]
) -> None:
    path = tmp_path / f"chart{ending}"
    save_chart(chart_of(rates(archive, by=by)), path)
    assert path.read_bytes().lstrip().startswith(BEGINNINGS[ending.lower()])
    if ending == ".html":
        assert "<script src=" not in path.read_text(encoding="utf-8")


def test_what_cannot_be_written_says_why(
    archive: Connection, bars: Chart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match=r"a chart is written as \.png, \.svg, \.html"):
        save_chart(bars, tmp_path / "chart.pdf")
    with pytest.raises(UsageError, match="nothing matches"):
        save_chart(chart_of(rates(archive, by=["year"], words="zebra")), tmp_path / "chart.png")
    with pytest.raises(ImrArchiveError, match="cannot be written"):
        save_chart(bars, tmp_path / "no such folder" / "chart.svg")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr("imr_archive.query.charts.files.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'imr-archive\[charts\]'"):
        save_chart(bars, tmp_path / "chart.png")
