"""The fictional letters: made by their script, told truly, and read by the parser as their truth says."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest

from imr_archive.parsing import LetterRecord, parse_letters
from imr_archive.sources import Found, discover, read

MAKE = Path(__file__).with_name("make.py")
DATA = MAKE.parents[2] / "data"
LETTER_FIELDS = (
    "case_number", "date_assigned", "date_of_injury", "decision_date", "ur_denial_date",
    "application_received", "priority", "outcome", "patient_age", "patient_sex",
)  # fmt: skip
CITATION_FIELDS = ("cited_by", "source", "guideline", "year", "sections", "pages")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    subprocess.run([sys.executable, str(MAKE), str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def truth() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / "truth.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {
        found.name: read(found).text for found in discover([DATA / "letters"]) if isinstance(found, Found)
    }


@pytest.fixture(scope="module")
def records(texts: dict[str, str]) -> dict[tuple[str, str | None], LetterRecord]:
    parsed = (record for source, text in texts.items() for record in parse_letters(text, source))
    return {(record.source, record.case_number): record for record in parsed}


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file by its path, members of zips like files in folders."""
    files: dict[str, bytes] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            files |= unpacked(path.relative_to(folder).as_posix(), path.read_bytes())
    return files


def unpacked(name: str, content: bytes) -> dict[str, bytes]:
    if not name.endswith(".zip"):
        return {name: content}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [unpacked(f"{name}/{member}", archive.read(member)) for member in archive.namelist()]
    return {path: held for member in members for path, held in member.items()}


def said(name: str, content: bytes) -> bytes | list[str]:
    """What a file says: that of a PDF or a Word file does not hang on the library that wrote it."""
    if name.endswith(".pdf"):
        document = pypdfium2.PdfDocument(content, password="")
        return [page.get_textpage().get_text_range() for page in document]
    if name.endswith(".docx"):
        document = docx.Document(io.BytesIO(content))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return [paragraph.text for paragraph in document.paragraphs] + cells
    return content


def test_the_files_kept_are_those_the_script_makes(made: Path) -> None:
    kept, fresh = files_below(DATA / "letters"), files_below(made / "letters")
    assert sorted(kept) == sorted(fresh)
    assert [name for name in kept if said(name, kept[name]) != said(name, fresh[name])] == []


def test_the_truth_kept_is_the_one_the_script_makes(made: Path) -> None:
    assert (DATA / "truth.jsonl").read_bytes() == (made / "truth.jsonl").read_bytes()


def test_the_script_makes_the_same_bytes_each_time(made: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(MAKE), str(tmp_path)], check=True)
    assert files_below(tmp_path) == files_below(made)


def test_every_letter_has_one_line_of_truth(truth: list[dict[str, Any]], texts: dict[str, str]) -> None:
    letters = Counter(dict.fromkeys(texts, 1)) + Counter({"two-letters.txt": 1})
    assert Counter(line["source"] for line in truth) == letters


def test_the_formats_and_nesting_that_the_demo_shows() -> None:
    names = files_below(DATA / "letters")
    assert Counter(name.rpartition(".")[2] for name in names) == {
        "txt": 24,
        "pdf": 12,
        "md": 6,
        "html": 5,
        "docx": 2,
    }
    assert sorted(name for name in names if ".zip/" in name) == [
        "2016/december.zip/CM16-0910011.txt",
        "2016/december.zip/CM16-0910012.txt",
        "2016/december.zip/CM16-0910013.html",
        "2016/december.zip/CM16-0910014.pdf",
        "2016/december.zip/late.zip/CM15-0910005.txt",
    ]


def test_one_pdf_is_encrypted_with_an_empty_password() -> None:
    locked = [path.name for path in (DATA / "letters").rglob("*.pdf") if b"/Encrypt" in path.read_bytes()]
    assert locked == ["CM15-0903071.pdf"]


def test_the_dates_of_each_letter_follow_one_another(truth: list[dict[str, Any]]) -> None:
    order = ("date_of_injury", "ur_denial_date", "application_received", "date_assigned", "decision_date")
    told = [[line[field] for field in order if line[field]] for line in truth]
    assert [dates for dates in told if dates != sorted(set(dates))] == []


def test_all_that_the_truth_quotes_stands_in_the_letter(
    truth: list[dict[str, Any]], texts: dict[str, str]
) -> None:
    absent = []
    for line in truth:
        text = plain(texts[line["source"]])
        absent += [(line["source"], words) for words in quoted(line) if plain(words) not in text]
    assert absent == []


def quoted(line: dict[str, Any]) -> Iterator[str]:
    yield from line["reviewer"]["licensure_states"] + line["reviewer"]["specialties"]
    for item in line["items"]:
        yield item["description"]
        for cite in item["citations"]:
            yield from cite["sections"] + cite["pages"]


def plain(text: str) -> str:
    """Without the spaces, page feet, Markdown and hyphens that a form sets between or within words."""
    text = re.sub(
        r"(Final Letter of Determination Form Effective 5\.16\.13|CM\d\d-\d{7}) Page \d of \d", "", text
    )
    return re.sub(r"[\s*\x02\ufffe-]+", "", text)


def test_massage_is_upheld_more_often_by_some_specialties_than_by_others(truth: list[dict[str, Any]]) -> None:
    decided: dict[str, Counter[str]] = defaultdict(Counter)
    for line in truth:
        for item in line["items"]:
            if re.search("massage|myofascial", item["description"], re.IGNORECASE):
                for specialty in line["reviewer"]["specialties"]:
                    decided[specialty][item["outcome"]] += 1
    assert {name: (counts["upheld"], counts["overturned"]) for name, counts in decided.items()} == {
        "Occupational Medicine": (7, 1),
        "Physical Medicine & Rehabilitation": (3, 3),
        "Chiropractic": (2, 4),
        "Pain Management": (2, 1),
        "Family Practice": (3, 0),
        "Preventive Medicine": (3, 0),
        "Internal Medicine": (2, 0),
        "Orthopedic Surgery": (2, 0),
        "Anesthesiology": (1, 1),
        "Emergency Medicine": (1, 0),
        "Neurology": (1, 0),
        "Oriental Medicine": (0, 1),
        "Sports Medicine": (0, 1),
    }


def test_three_of_four_items_are_upheld(truth: list[dict[str, Any]]) -> None:
    outcomes = Counter(item["outcome"] for line in truth for item in line["items"])
    assert outcomes == {"upheld": 103, "overturned": 34}


def test_the_parser_tells_each_layout(
    truth: list[dict[str, Any]], records: dict[tuple[str, str | None], LetterRecord]
) -> None:
    layouts = Counter(records[line["source"], line["case_number"]].layout for line in truth)
    assert layouts == {"A": 2, "B": 2, "C": 2, "D": 44}


@pytest.mark.parametrize("layout", ["A", "B", "C", "D"])
def test_the_parser_reads_each_layout_as_its_truth_says(
    layout: str, truth: list[dict[str, Any]], records: dict[tuple[str, str | None], LetterRecord]
) -> None:
    wanted: Counter[tuple[str, ...]] = Counter()
    given: Counter[tuple[str, ...]] = Counter()
    for line in truth:
        if layout_of(line) == layout:
            record = records.get((line["source"], line["case_number"]))
            wanted.update(facts(line, line))
            given.update(facts(record.to_dict(), line) if record else ())
    missed, extra = wanted - given, given - wanted
    f1 = 2 * (wanted & given).total() / (wanted.total() + given.total())
    assert f1 >= 0.99, f"F1 {f1:.4f}\nmissed: {sorted(missed)}\nextra: {sorted(extra)}"


def layout_of(line: dict[str, Any]) -> str:
    """The layout by the folder of 2013, the only year whose letters are not in layout D."""
    early = {
        "CM13-0900417.txt": "A",
        "IMR13-900042.txt": "A",
        "CM13-0907735.txt": "B",
        "CM13-0911208.html": "B",
        "CM13-0903366.txt": "C",
        "medical-professional-review.docx": "C",
    }
    return early.get(line["source"], "D")


def facts(record: dict[str, Any], truth: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Everything that a record states, letter by letter; `truth` says which services will do."""
    letter = f"{truth['source']} {truth['case_number']}"
    for field in LETTER_FIELDS:
        if record[field] is not None:
            yield letter, field, str(record[field])
    for field in ("specialties", "licensure_states"):
        for value in record["reviewer"][field]:
            yield letter, field, value
    services = {item["description"]: item for item in truth["items"]}
    for item in record["items"]:
        at = f"{letter}: {item['description']}"
        yield at, item["outcome"]
        known = services.get(item["description"])
        service = [item["category"], item["subcategory"]]
        if known and service in known["alternatives"]:
            service = [known["category"], known["subcategory"]]
        yield at, *map(str, service)
        for cite in item["citations"]:
            yield (
                at,
                *(
                    str(list(value) if isinstance(value, tuple) else value)
                    for value in map(cite.get, CITATION_FIELDS)
                ),
            )
