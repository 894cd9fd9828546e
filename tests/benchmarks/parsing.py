"""How fast letters are parsed, against PDFium extracting the text of the same letters.

    python tests/benchmarks/parsing.py [--letters FOLDER] [--seconds 5]

Baseline: `pypdfium2` giving the text of every page of the same PDFs, in the same process and run, the files
already in memory. Both loops run in turns, so that a change of the machine's speed meets both. The ratio is
the share of extraction's time that parsing takes: a seventh is the bar.

The same letters return in every round, so that the parser remembers their headings, citations, credentials
and sentences, of which the letters of an archive share only a part. Beside that figure stand two others: of
rounds before which it forgets them all, and of generated letters, each read once, as in an archive that grows
(the first thousand are not counted).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path

import pypdfium2
from letters import generate

from imr_archive.archive.jobs import FILES
from imr_archive.parsing import BUILD, LetterRecord, letters_in_steps, parse_letters
from imr_archive.vocabulary.remembered import forget_letters

ROOT = Path(__file__).resolve().parents[2]
BAR = 1 / 7
BASELINE, WARM = "PDFium extraction", "parsing"
BESIDE = "parsing side by side, as ingest"
FRESH, FORGETFUL = "parsing letters never read", "parsing, all forgotten"
DONE = object()
FORGETTING = 0.3
"""The share of the time, at its end, in which the parser forgets everything before each round."""

READ_BEFORE = 1000
"""Generated letters that the parser reads before any is counted."""


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


def extract_all(files: list[bytes]) -> list[str]:
    return [extract(data) for data in files]


def parse_all(texts: list[str]) -> list[list[LetterRecord]]:
    return [parse_letters(text) for text in texts]


def parse_side_by_side(texts: list[str]) -> None:
    """As workers parse the letters of a task: all take a step before any takes the next."""
    for start in range(0, len(texts), FILES):
        under_way = [letters_in_steps(text) for text in texts[start : start + FILES]]
        while under_way:
            under_way = [steps for steps in under_way if next(steps, DONE) is not DONE]


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
    report(texts, measured(files, texts, chosen.seconds))


def generated_texts() -> Iterator[str]:
    """The texts of fictional letters of plain text, each another."""
    return (generate(1, index, suffix="txt").text for index in count())


def measured(files: list[bytes], texts: list[str], seconds: float) -> dict[str, float]:
    """The median seconds of a round of as many letters, by what was done; for so many seconds in turns."""
    fresh = generated_texts()
    for text in (*texts, *islice(fresh, READ_BEFORE)):
        parse_letters(text)
    rounds: dict[str, list[float]] = {name: [] for name in (BASELINE, WARM, BESIDE, FRESH, FORGETFUL)}
    until = time.perf_counter() + seconds * (1 - FORGETTING)
    while time.perf_counter() < until:
        unread = list(islice(fresh, len(texts)))
        rounds[BASELINE].append(seconds_for(partial(extract_all, files)))
        rounds[WARM].append(seconds_for(partial(parse_all, texts)))
        rounds[BESIDE].append(seconds_for(partial(parse_side_by_side, texts)))
        rounds[FRESH].append(seconds_for(partial(parse_all, unread)))
    until += seconds * FORGETTING
    while time.perf_counter() < until:
        rounds[BASELINE].append(seconds_for(partial(extract_all, files)))
        forget_letters()
        rounds[FORGETFUL].append(seconds_for(partial(parse_all, texts)))
    return {name: statistics.median(taken) for name, taken in rounds.items()}


def report(texts: list[str], seconds: dict[str, float]) -> None:
    """Prints what was measured."""
    size = sum(map(len, texts)) / len(texts)
    print(f"rounds of {len(texts)} letters of {size:,.0f} characters, medians, one core; {BUILD}")
    print(f"{'':32}{'letters/s':>12}{'ms a letter':>14}{'of extraction':>16}")
    for name, total in seconds.items():
        share = total / seconds[BASELINE]
        print(f"{name:32}{len(texts) / total:12,.0f}{1000 * total / len(texts):14.3f}{share:16.3f}")
    share = seconds[WARM] / seconds[BASELINE]
    print(f"parsing takes {share:.3f} of extraction's time (the bar: {BAR:.3f} or less)")


if __name__ == "__main__":
    main()
