"""Charts as files: PNG, SVG or a page of HTML that needs nothing from elsewhere."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from imr_archive.errors import ImrArchiveError, MissingExtraError, UsageError
from imr_archive.query.charts.charts import Chart

FORMATS = (".png", ".svg", ".html")
"""The endings of a chart's file, each of which names its format."""

EXTRA = "charts"
_NEEDED = ("altair", "vl_convert")


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
    if not all(find_spec(name) for name in _NEEDED):
        raise MissingExtraError("charts in files", EXTRA)
    # It takes longer to import than a question takes to answer.
    from imr_archive.query.charts.drawing import draw, write  # noqa: PLC0415

    try:
        write(draw(chart), path)
    except OSError as error:
        raise ImrArchiveError(f"{path} cannot be written: {error.strerror}") from error
