"""How well OCR reads letters, and how fast: the fictional letters set on pages, scanned and read again.

    python tests/benchmarks/ocr.py [--letters 50] [--dpi 150 300] [--skew 0 0.7 2] [--draw-at 225] [--fields]

Each letter is set as a PDF, every page of it turned into a gray picture as a scanner makes it (askew, a
little blurred, with grain, kept as JPEG), read by OCR, parsed, and scored with ../shared/score.py. One row a
resolution and skew; the row "text layer" is what the same PDFs score without the detour.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pypdfium2
from PIL import Image, ImageChops, ImageFilter

from imr_archive.parsing import parse_letters
from imr_archive.sources import rendering
from imr_archive.sources.reading import read_bytes

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "sample_letters")]

from facts import load_letters  # noqa: E402 - found by the paths above

from letter_forms.letter import truth  # noqa: E402
from letter_forms.pages import pdf  # noqa: E402


class Job(msgspec.Struct):
    data: bytes
    source: str
    dpi: int
    skew: float
    draw_at: int


def scanned(data: bytes, dpi: int, skew: float) -> bytes:
    """The PDF as a scanner would give it back."""
    sheets = [
        grainy(page.render(scale=dpi / 72, grayscale=True).to_pil().rotate(skew, 3, fillcolor=255))
        for page in pypdfium2.PdfDocument(data, password="")
    ]
    written = io.BytesIO()
    sheets[0].save(written, "PDF", save_all=True, append_images=sheets[1:], resolution=dpi)
    return written.getvalue()


def grainy(sheet: Image.Image) -> Image.Image:
    grain = Image.effect_noise(sheet.size, 14)
    return ImageChops.add(sheet.filter(ImageFilter.GaussianBlur(0.6)), grain, 1, -128)


def read_scan(job: Job) -> tuple[dict[str, Any], float, int, float]:
    """The record, the confidence, the number of pages, the seconds."""
    rendering.DPI = job.draw_at
    started = time.perf_counter()
    document = read_bytes(job.data, job.source.rpartition(".")[0] + ".pdf", ocr=True)
    seconds = time.perf_counter() - started
    (record, *_) = parse_letters(document.text, job.source)
    return record.to_dict(), document.ocr_confidence or 0.0, document.pages or 0, seconds


def f1_by_field(
    score: ModuleType, pairs: Iterable[tuple[dict[str, Any], dict[str, Any]]]
) -> dict[str, float]:
    hits: Counter[str] = Counter()
    stated: Counter[str] = Counter()
    for wanted, read in pairs:
        given = msgspec.json.decode(msgspec.json.encode(read))
        score.accept_alternatives(wanted, given)
        want, got = score.facts_by_field(wanted), score.facts_by_field(given)
        for field in want.keys() | got.keys():
            hits[field] += (want[field] & got[field]).total()
            stated[field] += want[field].total() + got[field].total()
    fields = {field: 2 * hits[field] / stated[field] for field in sorted(stated)}
    return fields | {"overall": 2 * hits.total() / stated.total()}


def scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", shared / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    options.add_argument("--letters", type=int, default=50)
    options.add_argument("--dpi", type=int, nargs="+", default=[150, 300])
    options.add_argument("--skew", type=float, nargs="+", default=[0.0, 0.7, -2.0])
    options.add_argument("--draw-at", type=int, default=rendering.DPI)
    options.add_argument("--fields", action="store_true", help="print the fields below 1 as well")
    chosen = options.parse_args()
    score = scorer(chosen.shared)
    letters = load_letters()
    letters = letters[:: max(1, len(letters) // chosen.letters)]
    truths = [truth(letter) for letter in letters]
    pdfs = [pdf(letter) for letter in letters]
    plain = [parse_letters(read_bytes(data, "a.pdf").text, "a.pdf")[0].to_dict() for data in pdfs]
    layer = f1_by_field(score, zip(truths, plain, strict=True))["overall"]
    print(f"{len(letters)} letters; text layer {layer:.4f}")
    print(f"{'dpi':>5}{'skew':>6}{'F1':>9}{'confidence':>12}{'s/page':>8}")
    with ProcessPoolExecutor() as workers:
        for dpi in chosen.dpi:
            for skew in chosen.skew:
                jobs = [
                    Job(scanned(data, dpi, skew), letter.source, dpi, skew, chosen.draw_at)
                    for data, letter in zip(pdfs, letters, strict=True)
                ]
                readings = list(workers.map(read_scan, jobs))
                fields = f1_by_field(score, zip(truths, [one[0] for one in readings], strict=True))
                confidence = sum(one[1] for one in readings) / len(readings)
                seconds = sum(one[3] for one in readings) / sum(one[2] for one in readings)
                print(f"{dpi:5}{skew:6}{fields['overall']:9.4f}{confidence:12.1f}{seconds:8.2f}", flush=True)
                if chosen.fields:
                    below = {field: f1 for field, f1 in fields.items() if f1 < 1 and field != "overall"}
                    print("      " + "  ".join(f"{field} {f1:.3f}" for field, f1 in below.items()))


if __name__ == "__main__":
    main()
