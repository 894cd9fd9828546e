"""Makes fictional letters with their truth: as text, as PDF, in a zip or straight into an archive.

    python tests/benchmarks/generate.py --count 5000 --seed 1 --as pdf --out letters --truth truth.jsonl
    python tests/benchmarks/generate.py --count 50000 --seed 1 --as archive --out big.db --workers 2

The same seed gives the same letters, and letter i is the same whether made alone (--first i --count 1) or in
a run. Truth is one letter record a line, as annotated letters have it, with the service, quantity, body part,
drug and deciding reason of each item besides; ../shared/score.py scores a parser's records against it.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from letters.output import Wanted, write_archive, write_files, write_zip

WRITERS = {"text": write_files, "pdf": write_files, "zip": write_zip, "archive": write_archive}


def arguments() -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument("--count", type=int, required=True, help="how many letters")
    command.add_argument("--seed", type=int, default=1, help="which run of letters (default: 1)")
    command.add_argument("--first", type=int, default=0, help="the number of the first letter (default: 0)")
    command.add_argument(
        "--as", dest="form", choices=WRITERS, default="text",
        help="text: files of text, Markdown and HTML; pdf: PDFs; zip: one zip of those of text; "
        "archive: read, parsed and stored in an archive",
    )  # fmt: skip
    command.add_argument("--out", type=Path, required=True, help="the folder, zip or archive to write")
    command.add_argument("--truth", type=Path, help="where to write the truth, a JSON object a line")
    command.add_argument(
        "--layout", choices=["A", "B", "C", "D"], help="all of one layout (default: as the years)"
    )
    command.add_argument("--suffix", choices=["txt", "md", "html", "pdf"], help="all of one format")
    command.add_argument("--workers", type=int, default=1, help="processes that make letters (default: 1)")
    return command


def main() -> int:
    command = arguments()
    chosen = command.parse_args()
    if chosen.count < 1 or chosen.first < 0 or chosen.workers < 1:
        command.error("--count and --workers start at 1, --first at 0")
    suffix = "pdf" if chosen.form == "pdf" else chosen.suffix
    wanted = Wanted(chosen.seed, chosen.count, chosen.first, chosen.layout, suffix)
    start = time.perf_counter()
    size = WRITERS[chosen.form](wanted, chosen.out, chosen.truth, chosen.workers)
    seconds = time.perf_counter() - start
    rate = f"{chosen.count / seconds:,.0f} letters/s"
    print(f"{chosen.count:,} letters, {size / 1e6:,.1f} MB, {seconds:,.1f} s, {rate}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
