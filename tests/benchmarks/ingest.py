"""How fast letters come into an archive, against what the same work costs at least; all ratios in one run.

    python tests/benchmarks/ingest.py [--letters FOLDER] [--pdfs FOLDER] [--only text size] [--json FILE]
    python tests/benchmarks/ingest.py --million 1000000 --keep big.db

Each row names its baseline, which runs in turns with ours over the same files, all of them read once before;
the best of each counts. Without `--letters`, text letters are generated; without `--pdfs`, PDFs are. The real
PDFs are repeated with case numbers of their own. It takes some 10 minutes on two cores, three of them for
making the files; a million letters take half an hour.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from ingest_files import known_tree, pdfs_to_read, texts_to_read, warm
from ingest_million import run_million
from ingest_timing import (
    archive_size,
    find_seconds,
    ingest_seconds,
    pdfium_seconds,
    resume_seconds,
    sqlite_utils_seconds,
    text_size,
)
from ingest_work import renumbered

from imr_archive.parsing import BUILD

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2


class Row(NamedTuple):
    """One ratio: `bar` is the least of it, or the most where `at_most` says so; None where none was set."""

    name: str
    what: str
    baseline: str
    ours: float
    theirs: float
    ratio: float
    bar: float | None = None
    at_most: bool = False

    @property
    def holds(self) -> bool | None:
        if self.bar is None:
            return None
        return self.ratio <= self.bar if self.at_most else self.ratio >= self.bar


def best_of(rounds: int, *actions):
    """The least that each action gives, the actions taking turns."""
    results = [[action() for action in actions] for _ in range(rounds)]
    return [min(column) for column in zip(*results, strict=True)]


def text_rows(work: Path, chosen: argparse.Namespace) -> list[Row]:
    """Text letters into an archive, and the size of that archive."""
    folder = texts_to_read(work, chosen.letters, chosen.count)
    number = warm(folder)
    theirs, ours = best_of(
        chosen.rounds,
        lambda: sqlite_utils_seconds(folder, work / "sqlite-utils.db"),
        lambda: ingest_seconds([folder], work / "text.db", workers=WORKERS, letters=number),
    )
    size, text = archive_size(work / "text.db"), text_size(work / "text.db")
    return [
        Row("text", f"{number:,} text letters → archive, {WORKERS} workers",
            "sqlite-utils: whole files and FTS, no parsing", ours.stored, theirs, theirs / ours.stored, 0.4),
        Row("ready", "the same, and made ready for quick questions",
            "the same", sum(ours), theirs, theirs / sum(ours)),
        Row("size", f"the archive of {number:,} letters, MB", "their text, MB",
            size / 1e6, text / 1e6, size / text, 2.0, at_most=True),
    ]  # fmt: skip


def pdf_rows(work: Path, chosen: argparse.Namespace) -> list[Row]:
    """PDFs into an archive."""
    folder = pdfs_to_read(work, chosen.pdfs, chosen.real, chosen.pdf_count, chosen.copies)
    number = warm(folder)
    theirs, ours = best_of(
        chosen.rounds,
        lambda: pdfium_seconds(folder, WORKERS),
        lambda: ingest_seconds([folder], work / "pdf.db", workers=WORKERS, letters=number, work=renumbered),
    )
    return [
        Row("pdf", f"{number:,} PDFs → archive, {WORKERS} workers",
            f"PDFium extracting their text, {WORKERS} processes",
            ours.stored, theirs, theirs / ours.stored, 0.8)
    ]  # fmt: skip


def resume_rows(work: Path, chosen: argparse.Namespace) -> list[Row]:
    """A tree of known files passed."""
    folder = known_tree(work / "tree", work / "known.db", chosen.known)
    theirs, ours = best_of(
        chosen.rounds + 2,
        lambda: find_seconds(folder),
        lambda: resume_seconds(folder, work / "known.db", chosen.known),
    )
    return [
        Row("resume", f"{chosen.known:,} known files passed", "find -type f of the same tree",
            ours, theirs, ours / theirs, 10.0, at_most=True)
    ]  # fmt: skip


PARTS = {"pdf": pdf_rows, "text": text_rows, "resume": resume_rows}


def arguments() -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument(
        "--letters", type=Path, help="a folder of text letters to read, instead of generated ones"
    )
    command.add_argument("--pdfs", type=Path, help="a folder of PDFs to read, instead of generated ones")
    command.add_argument(
        "--real", type=Path, default=ROOT.parent / "shared" / "letters" / "pdf",
        help="real PDFs, which are repeated (default: ../shared/letters/pdf; none where it is not there)",
    )  # fmt: skip
    command.add_argument("--count", type=int, default=50_000, help="text letters to generate")
    command.add_argument("--pdf-count", type=int, default=5_000, help="PDFs to generate")
    command.add_argument("--copies", type=int, default=16, help="how often each real PDF is repeated")
    command.add_argument("--known", type=int, default=200_000, help="known files to pass")
    command.add_argument("--rounds", type=int, default=2, help="how often each is measured (default: 2)")
    command.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="only these rows")
    command.add_argument("--json", type=Path, help="where to write the figures")
    command.add_argument(
        "--million", type=int, metavar="N", help="store N generated letters, and nothing else"
    )
    command.add_argument("--keep", type=Path, help="with --million: the archive, which stays")
    command.add_argument("--seed", type=int, default=1, help="with --million: the run of letters")
    command.add_argument("--workers", type=int, default=WORKERS, help="with --million: worker processes")
    return command


def print_table(rows: list[Row]) -> None:
    print(f"| what (the parser: {BUILD}) | against | ours | theirs | ratio | bar | |")
    print("|---|---|--:|--:|--:|--:|---|")
    for row in rows:
        bar = "–" if row.bar is None else f"{'≤' if row.at_most else '≥'} {row.bar:g}"
        said = {True: "holds", False: "missed", None: ""}[row.holds]
        figures = f"{row.ours:,.2f} | {row.theirs:,.2f} | {row.ratio:.2f}"
        print(f"| {row.what} | {row.baseline} | {figures} | {bar} | {said} |", flush=True)


def main() -> int:
    chosen = arguments().parse_args()
    if chosen.million:
        figures = run_million(chosen.million, chosen.keep, chosen.seed, chosen.workers)
    else:
        rows: list[Row] = []
        work = Path(tempfile.mkdtemp(prefix="ingest-benchmark-"))
        try:
            for name in chosen.only:
                rows += PARTS[name](work, chosen)
        finally:
            shutil.rmtree(work)
        print_table(rows)
        figures = [row._asdict() | {"holds": row.holds} for row in rows]
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
