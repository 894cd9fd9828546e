"""How well letters are read, whoever extracted their text.

    python tests/benchmarks/extractors.py [--letters ../shared/letters] [--errors 5]

Extracts the annotated PDFs with every extractor that is installed (PDFium always; PyMuPDF, pdfminer.six
and pdftotext with and without -layout and -raw where they are), parses what each gives and scores it with
../shared/score.py. One column an extractor; the last row is the overall F1.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pypdfium2

from imr_archive.parsing import parse_letters

ROOT = Path(__file__).resolve().parents[2]
Extractor = Callable[[Path], str]


def with_pdfium(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    return "\f".join(page.get_textpage().get_text_range() for page in document)


def with_pymupdf(path: Path) -> str:
    import fitz

    with fitz.open(path) as document:
        return "\f".join(page.get_text() for page in document)


def with_pdfminer(path: Path) -> str:
    from pdfminer.high_level import extract_text_to_fp
    from pdfminer.layout import LAParams

    out = io.StringIO()
    with path.open("rb") as file:
        extract_text_to_fp(file, out, laparams=LAParams())
    return out.getvalue()


def pdftotext(*flags: str) -> Extractor:
    def extract(path: Path) -> str:
        command = ["pdftotext", *flags, "-enc", "UTF-8", str(path), "-"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    return extract


def available() -> dict[str, Extractor]:
    found: dict[str, Extractor] = {"pdfium": with_pdfium}
    if importlib.util.find_spec("fitz"):
        found["pymupdf"] = with_pymupdf
    if importlib.util.find_spec("pdfminer"):
        found["pdfminer"] = with_pdfminer
    if shutil.which("pdftotext"):
        found |= {"pdftotext": pdftotext(), "-layout": pdftotext("-layout"), "-raw": pdftotext("-raw")}
    return found


def score_table(shared: Path, records: str, gold: Path, errors: int) -> dict[str, str]:
    """Runs the scorer; gives F1 by field and prints its differences where `errors` asks for them."""
    with tempfile.TemporaryDirectory() as folder:
        parsed = Path(folder) / "parsed.jsonl"
        parsed.write_text(records, encoding="utf-8")
        command = [
            sys.executable,
            shared / "score.py",
            "--gold",
            gold,
            "--pred",
            parsed,
            "--errors",
            str(errors),
        ]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = {}
    for line in out.splitlines()[2:]:
        words = line.split()
        if ": " in line:
            print("   ", line)
        elif words:
            rows[words[0]] = words[-1]
    return rows


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--letters", type=Path, default=ROOT.parent / "shared" / "letters")
    options.add_argument("--errors", type=int, default=0, help="print up to N differences of each field")
    chosen = options.parse_args()
    pdfs = sorted((chosen.letters / "pdf").glob("*.pdf"))
    if not pdfs:
        options.error(f"no PDF in {chosen.letters / 'pdf'}")
    columns: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        stems = {path.stem for path in pdfs}
        gold = Path(folder) / "gold.jsonl"
        lines = (chosen.letters / "gold.jsonl").read_text(encoding="utf-8").splitlines()
        gold.write_text(
            "\n".join(line for line in lines if Path(msgspec.json.decode(line)["source"]).stem in stems),
            encoding="utf-8",
        )
        for name, extract in available().items():
            if chosen.errors:
                print(name)
            records = [record for path in pdfs for record in parse_letters(extract(path), path.name)]
            text = "\n".join(msgspec.json.encode(record).decode() for record in records)
            columns[name] = score_table(chosen.letters.parent, text, gold, chosen.errors)
    fields = [*sorted({field for rows in columns.values() for field in rows} - {"overall"}), "overall"]
    print(f"F1 by field and extractor, {len(pdfs)} PDFs")
    print(f"{'':28}" + "".join(f"{name:>11}" for name in columns))
    for field in fields:
        print(f"{field:28}" + "".join(f"{rows.get(field, ''):>11}" for rows in columns.values()))


if __name__ == "__main__":
    main()
