"""How fast an archive answers a fixed list of 60 questions, beside plain FTS5, tantivy and DuckDB.

    python tests/benchmarks/queries.py --archive imr.db [more.db ...] [--each] [--json]
    python tests/benchmarks/queries.py --letters 200000 --keep big

All are measured in one run, warm, in turns: a whole answer of ours (the reading, the total, the page with
its snippets, or the rates), plain FTS5 with `ORDER BY rank LIMIT 20` and the same filters (once with the
synonyms of the same question, once with the words as typed), tantivy on the same headings and rationales, and
DuckDB on the same rows in memory for the rates of everything by every dimension. The figures are medians of a
few rounds for each question, and percentiles over the questions. With several archives a table shows how they
grow. On a machine that others use, `--cpu` tells more than the clock does.

It needs the extra `benchmarks`: pip install 'imr-archive[benchmarks]'.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import msgspec
from letters.output import Wanted, write_archive
from speed.measured import BASELINES, Measured, measure
from speed.reporting import each_question, growth, summary

import imr_archive


def arguments() -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument("--archive", type=Path, nargs="+", default=[], help="archives to ask")
    command.add_argument("--letters", type=int, nargs="+", default=[], help="make archives of that size")
    command.add_argument("--seed", type=int, default=1, help="which run of letters is made (default: 1)")
    command.add_argument("--workers", type=int, default=2, help="processes that make letters (default: 2)")
    command.add_argument(
        "--keep", type=Path, default=Path(".benchmarks"),
        help="the folder of archives that were made and of tantivy's indexes (default: .benchmarks)",
    )  # fmt: skip
    command.add_argument("--rounds", type=int, default=3, help="runs of each question (default: 3)")
    command.add_argument(
        "--cpu", action="store_true", help="count processor time (of all threads) instead of elapsed time"
    )
    command.add_argument(
        "--without", nargs="+", choices=BASELINES, default=[], help="baselines that are left out"
    )
    command.add_argument("--each", action="store_true", help="print a table of all questions too")
    command.add_argument("--json", action="store_true", help="print everything as JSON")
    return command


def generated(letters: int, chosen: argparse.Namespace) -> Path:
    """The archive of so many letters in the folder that keeps them, made where it is not there."""
    path: Path = chosen.keep / f"letters-{letters}-seed-{chosen.seed}.db"
    if not path.exists():
        chosen.keep.mkdir(parents=True, exist_ok=True)
        start = time.perf_counter()
        unfinished = path.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        write_archive(Wanted(chosen.seed, letters), unfinished, None, chosen.workers)
        with imr_archive.open_archive(unfinished, write=True) as archive:
            archive.optimize()
        unfinished.rename(path)
        print(f"{path}: made in {time.perf_counter() - start:,.0f} s", file=sys.stderr)
    return path


def main() -> int:
    command = arguments()
    chosen = command.parse_args()
    if not chosen.archive and not chosen.letters:
        command.error("name an --archive, or say how many --letters to make one of")
    paths = [*chosen.archive, *(generated(letters, chosen) for letters in chosen.letters)]
    clock = time.process_time if chosen.cpu else time.perf_counter
    found: list[Measured] = []
    for path in paths:
        found.append(measure(path, chosen.keep, rounds=chosen.rounds, without=chosen.without, clock=clock))
        if not chosen.json:
            print(summary(found[-1]))
            if chosen.each:
                print(each_question(found[-1]))
    if chosen.json:
        print(msgspec.json.encode(found).decode())
    elif len(found) > 1:
        print(growth(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
