"""How fast letters are parsed, against PDFium extracting the text of the same letters.

    python tests/benchmarks/parsing.py [--letters FOLDER] [--seconds 5]

Baseline: `pypdfium2` giving the text of every page of the same PDFs, in the same process and run, the files
already in memory. Both loops run in turns, so that a change of the machine's speed meets both. The ratio is
the share of extraction's time that parsing takes: a seventh is the bar.

The same letters return in every round, so that the parser remembers their headings, citations, credentials
and statements, of which the letters of an archive share only a part. Beside that figure stands the one of
rounds before which it forgets them all.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2

from imr_archive.parsing import parse_letters
from imr_archive.vocabulary.remembered import forget_letters

ROOT = Path(__file__).resolve().parents[2]
BAR = 1 / 7


def extract(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    pages = []
    for page in document:
        text_page = page.get_textpage()
        pages.append(text_page.get_text_range())
        text_page.close()
        page.close()
    document.close()
    return "\f".join(pages)


def seconds_for(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--letters", type=Path, default=ROOT.parent / "shared" / "letters" / "pdf")
    options.add_argument("--seconds", type=float, default=10.0, help="how long to measure")
    chosen = options.parse_args()
    files = [path.read_bytes() for path in sorted(chosen.letters.rglob("*.pdf"))]
    if not files:
        options.error(f"no PDF in {chosen.letters}")
    texts = [extract(data) for data in files]
    for text in texts:
        parse_letters(text)

    extraction, parsing, forgetful = [], [], []
    until = time.perf_counter() + chosen.seconds
    while time.perf_counter() < until:
        extraction.append(seconds_for(lambda: [extract(data) for data in files]))
        parsing.append(seconds_for(lambda: [parse_letters(text) for text in texts]))
        forget_letters()
        forgetful.append(seconds_for(lambda: [parse_letters(text) for text in texts]))
    baseline, parsed, forgot = map(statistics.median, (extraction, parsing, forgetful))
    size = sum(map(len, texts)) / len(texts)
    print(f"{len(files)} letters of {size:,.0f} characters, {len(parsing)} rounds, medians, one core")
    print(f"{'':24}{'letters/s':>12}{'ms a letter':>14}")
    for name, total in (("PDFium extraction", baseline), ("parsing", parsed), ("parsing, forgetful", forgot)):
        print(f"{name:24}{len(files) / total:12,.0f}{1000 * total / len(files):14.3f}")
    print(f"parsing takes {parsed / baseline:.3f} of extraction's time (the bar: {BAR:.3f} or less)")
    print(f"and {forgot / baseline:.3f} where it remembers nothing of earlier rounds")


if __name__ == "__main__":
    main()
