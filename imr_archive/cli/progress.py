"""How a run over many files goes, on standard error: a live line for a person, JSON lines for a program."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import msgspec
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from imr_archive.archive.ingest import IngestProgress, IngestSummary
from imr_archive.cli.output import stderr

_EVENT_EVERY = 1.0
"""Seconds between two events of progress."""

_WINDOW = 20.0
"""Seconds over which speed is taken: the time left follows what the run does now."""


class Watcher(Protocol):
    """Is told how a run goes and how it ended."""

    def show(self, progress: IngestProgress) -> None:
        """Some more files are done with."""

    def keep(self, step: str, done: int, total: int | None) -> None:
        """All files are done with, and what makes queries quick is brought up to date."""

    def end(self, summary: IngestSummary) -> None:
        """The run is over."""


class _Rate(ProgressColumn):
    """Files a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s", style="progress.data.speed")


class _Files(ProgressColumn):
    """Files done with and found; `+` while more are being found."""

    def render(self, task: Task) -> Text:
        more = "" if task.fields["final"] else "+"
        return Text(f"{task.completed:,.0f}/{task.total or 0:,.0f}{more}", style="progress.download")


class Bar:
    """A live line with folder, speed, counts and the time left."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            _Files(),
            _Rate(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}"),
            console=stderr,
            transient=True,
            speed_estimate_period=_WINDOW,
        )
        self._task = self._bar.add_task("reading", total=None, counts="", final=False)

    def show(self, progress: IngestProgress) -> None:
        """Draw the line anew."""
        summary = progress.summary
        counts = (
            f"{summary.stored + summary.new_versions:,} stored, {summary.known:,} known, "
            f"{summary.set_aside.total():,} set aside"
        )
        self._bar.update(
            self._task,
            completed=summary.found,
            total=max(progress.total, summary.found),
            description=folder_of(progress.path),
            counts=counts,
            final=progress.total_is_final,
        )

    def keep(self, step: str, done: int, total: int | None) -> None:
        """Draw the line of another step; its length is in chunks of items."""
        self._bar.update(
            self._task, description=step, completed=done, total=total, counts="", final=total is not None
        )

    def end(self, summary: IngestSummary) -> None:
        """Nothing: the line goes away, and the summary is printed."""

    def start(self) -> None:
        """Begin to draw."""
        self._bar.start()

    def stop(self) -> None:
        """Take the line away."""
        self._bar.stop()


class Events:
    """One JSON object a line, about once a second, and one at the end."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._marks: list[tuple[float, int]] = [(self._started, 0)]

    def show(self, progress: IngestProgress) -> None:
        """Write an event, unless one was written a moment ago."""
        now = time.monotonic()
        last, _ = self._marks[-1]
        if now - last < _EVENT_EVERY and len(self._marks) > 1:
            return
        done = progress.summary.found
        rate = self._rate(now, done)
        left = max(progress.total - done, 0)
        _write(
            {
                "event": "progress",
                "files": done,
                "total": max(progress.total, done),
                "total_is_final": progress.total_is_final,
                **_counts(progress.summary),
                "files_a_second": round(rate, 1),
                "seconds_left": round(left / rate, 1) if rate and progress.total_is_final else None,
                "folder": progress.path.rpartition("/")[0],
            }
        )

    def keep(self, step: str, done: int, total: int | None) -> None:
        """Write an event for each step and chunk of items."""
        _write({"event": "keeping", "step": step, "done": done, "total": total})

    def _rate(self, now: float, done: int) -> float:
        self._marks = [mark for mark in self._marks if now - mark[0] <= _WINDOW][-100:]
        self._marks.append((now, done))
        since, then = self._marks[0]
        return (done - then) / (now - since) if now > since else 0.0

    def end(self, summary: IngestSummary) -> None:
        """Write the last event: `done`, or `stopped`."""
        _write({"event": "stopped" if summary.stopped else "done", **summary.to_dict()})


@contextmanager
def watching(*, quiet: bool, as_json: bool) -> Iterator[Watcher | None]:
    """The watcher that the options ask for: by default the bar, where standard error is a terminal."""
    if as_json:
        yield Events()
    elif quiet or not stderr.is_terminal:
        yield None
    else:
        bar = Bar()
        bar.start()
        try:
            yield bar
        finally:
            bar.stop()


def folder_of(path: str, width: int = 28) -> str:
    """The name of the folder that a file is in, cut to a width."""
    folder = path.rpartition("/")[0].rpartition("/")[2] or "reading"
    return folder if len(folder) <= width else folder[: width - 1] + "…"


def _counts(summary: IngestSummary) -> dict[str, int]:
    return {
        "stored": summary.stored,
        "new_versions": summary.new_versions,
        "known": summary.known,
        "set_aside": summary.set_aside.total(),
        "ignored": summary.ignored.total(),
        "letters": summary.letters,
    }


def _write(event: dict[str, object]) -> None:
    sys.stderr.write(msgspec.json.encode(event).decode() + "\n")
    sys.stderr.flush()
