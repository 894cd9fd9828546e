"""The generator: the same letters for the same seed, true to their truth, spread as published figures are."""

from __future__ import annotations

import datetime
import json
import math
import sqlite3
import subprocess
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from letters import Generated, generate
from letters.grammar import compiled, one_of, phrases, written
from letters.output import Wanted, write_archive, write_files, write_zip
from letters.tables import decisions, rationales, regions, services

from imr_archive.parsing import parse_letters
from imr_archive.sources import read_bytes
from imr_archive.vocabulary import specialty, state
from imr_archive.vocabulary.reasons import reason_data
from imr_archive.vocabulary.services import body_parts, catalogue

SEED = 20_161
COUNT = 2_000
LETTER_FIELDS = (
    "case_number", "date_assigned", "date_of_injury", "decision_date", "ur_denial_date",
    "application_received", "priority", "outcome", "patient_age", "patient_sex",
)  # fmt: skip


@pytest.fixture(scope="module")
def run() -> list[Generated]:
    return [generate(SEED, index) for index in range(COUNT)]


@pytest.fixture(scope="module")
def truths(run: list[Generated]) -> list[dict[str, Any]]:
    return [made.truth for made in run]


@pytest.fixture(scope="module")
def items(truths: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for truth in truths for item in truth["items"]]


def share(counts: Counter[Any], *keys: Any) -> float:
    return sum(counts[key] for key in keys) / counts.total()


def test_a_pattern_is_written_with_its_choices_names_and_capitals() -> None:
    facts = {"part": "knee", "finding": phrases(["swelling of the {part}"])}
    said = written(compiled("{^finding}[, at rest|, at night] in {part} two."), facts, lambda: 0.9)
    assert said == "Swelling of the knee, at night in knee two."


def test_a_bracket_that_is_not_closed_is_an_error() -> None:
    with pytest.raises(ValueError, match="a bracket is not closed"):
        compiled("one [two|three")


def test_the_first_of_a_list_is_drawn_most_often() -> None:
    listed = phrases([str(number) for number in range(10)])
    drawn = Counter(one_of(listed, {}, lambda at=at: at / 10_000) for at in range(10_000))
    assert [drawn[str(number)] for number in range(10)] == sorted(drawn.values(), reverse=True)
    assert drawn["0"] > 6 * drawn["9"] > 0


def test_the_same_seed_gives_the_same_bytes_in_another_process(run: list[Generated]) -> None:
    script = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]); from letters import generate\n"
        f"print(hashlib.sha256(b''.join(generate({SEED}, i).data for i in range(40))).hexdigest())"
    )
    command = [sys.executable, "-c", script, str(Path(__file__).parent)]
    hashes = {
        subprocess.run(
            command, check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": str(hash_seed)}
        ).stdout
        for hash_seed in (1, 2)
    }
    assert len(hashes) == 1


def test_another_seed_gives_other_letters() -> None:
    assert generate(1, 0).text != generate(2, 0).text


def test_a_letter_made_alone_is_the_one_of_the_run(run: list[Generated]) -> None:
    for index in (1_999, 3, 1_000):
        alone = generate(SEED, index)
        assert (alone.data, alone.truth) == (run[index].data, run[index].truth)


def test_every_letter_has_a_name_and_a_case_number_of_its_own() -> None:
    made = [generate(SEED, index) for index in range(0, 600_000, 300)]
    assert len({one.source for one in made}) == len(made)


def test_dates_follow_one_another(truths: list[dict[str, Any]]) -> None:
    order = ("date_of_injury", "ur_denial_date", "application_received", "date_assigned", "decision_date")
    told = [[truth[field] for field in order] for truth in truths if truth["decision_date"]]
    assert len(told) > 0.9 * COUNT
    assert [dates for dates in told if dates != sorted(set(dates))] == []


def test_nobody_was_hurt_before_working_age(truths: list[dict[str, Any]]) -> None:
    for truth in truths:
        if truth["patient_age"] and truth["date_of_injury"]:
            injured = datetime.date.fromisoformat(truth["date_of_injury"])
            decided = datetime.date.fromisoformat(truth["decision_date"])
            assert truth["patient_age"] - (decided - injured).days / 365.25 >= 17, truth["source"]


def test_all_that_the_truth_quotes_stands_in_the_letter(run: list[Generated]) -> None:
    for made in run[:300]:
        text = plain(made.letter.summary + " ".join(map(str, made.truth["items"])))
        printed = plain(read_bytes(made.data, made.source).text)
        for item in made.truth["items"]:
            quoted = [item["description"]] + [
                words for cite in item["citations"] for words in (*cite["sections"], *cite["pages"])
            ]
            assert [words for words in quoted if plain(words) not in printed] == [], made.source
            assert plain(item["description"]) in text


def plain(text: str) -> str:
    """The letters and figures alone: what lies between them depends on where lines break."""
    return "".join(character for character in text.lower() if character.isalnum())


def test_the_reason_of_an_item_is_one_for_its_outcome(items: list[dict[str, Any]]) -> None:
    codes = {entry.code: entry.outcome for entry in reason_data().reasons}
    assert [item for item in items if codes[item["reason"]] != item["outcome"]] == []


def test_items_per_letter_are_those_of_published_figures(truths: list[dict[str, Any]]) -> None:
    numbers = [len(truth["items"]) for truth in truths]
    assert 1.6 <= sum(numbers) / COUNT <= 1.9
    assert 0.34 <= sum(number > 1 for number in numbers) / COUNT <= 0.44
    assert 8 <= max(numbers) <= 20


def test_categories_have_the_shares_of_published_figures(items: list[dict[str, Any]]) -> None:
    counts = Counter(item["category"] for item in items)
    assert 0.34 <= share(counts, "Pharmaceuticals") <= 0.44
    assert 0.17 <= share(counts, "Rehabilitation") <= 0.25
    assert 0.09 <= share(counts, "Diagnostic Testing") <= 0.15
    assert set(counts) == {service.category for service in services()}


def test_nine_of_ten_denials_stand_more_for_some_services_than_for_others(
    items: list[dict[str, Any]],
) -> None:
    assert 0.87 <= share(Counter(item["outcome"] for item in items), "upheld") <= 0.93
    relaxants = Counter(item["outcome"] for item in items if item["subcategory"] == "Muscle Relaxant")
    visits = Counter(item["outcome"] for item in items if item["category"] == "Evaluation & Management")
    assert share(relaxants, "upheld") > share(visits, "upheld") + 0.05


def test_years_and_layouts_are_spread_over_the_program(truths: list[dict[str, Any]]) -> None:
    years = Counter(truth["year"] for truth in truths if truth["year"])
    assert sorted(years) == list(range(2013, 2025))
    assert all(share(years, year) > 0.03 for year in range(2014, 2025))
    layouts = Counter(truth["layout"] for truth in truths)
    assert set(layouts) == {"A", "B", "C", "D"}
    assert share(layouts, "D") > 0.9


def test_the_commonest_specialties_are_those_of_published_figures(truths: list[dict[str, Any]]) -> None:
    counts = Counter(name for truth in truths for name in truth["reviewer"]["specialties"])
    common = {name for name, _ in counts.most_common(6)}
    assert {"Physical Medicine & Rehabilitation", "Occupational Medicine", "Pain Management"} <= common
    assert len(counts) >= 20


def test_letters_are_as_long_and_as_varied_as_real_ones() -> None:
    texts = [generate(SEED, index, suffix="txt").text for index in range(400)]
    sizes = sorted(map(len, texts))
    assert 4_800 <= sizes[200] <= 6_200
    assert sizes[-1] > 12_000
    compressed = [len(zlib.compress(text.encode())) / len(text.encode()) for text in texts]
    assert 0.40 <= sum(compressed) / len(compressed) <= 0.52
    words = {word for text in texts for word in text.lower().split()}
    assert len(words) > 7_000


def test_a_tenth_of_the_rationales_are_a_reviewers_stock() -> None:
    known = [item for index in range(6_000) for item in generate(SEED, index).known]
    stock = Counter(item["stock"] for item in known if item["stock"])
    assert 0.08 <= stock.total() / len(known) <= 0.12
    name, times = stock.most_common(1)[0]
    assert times >= 2
    first, second, *_ = (set(item["rationale"].split(". ")) for item in known if item["stock"] == name)
    assert len(first & second) >= 0.5 * len(first)


def test_the_formats_hold_the_same_letter() -> None:
    text, pdf = generate(SEED, 7, suffix="txt"), generate(SEED, 7, suffix="pdf")
    pages = pypdfium2.PdfDocument(pdf.data)
    read = "".join(page.get_textpage().get_text_range() for page in pages)
    assert plain(text.letter.items[0].rationale) in plain(read)
    assert text.letter.items == pdf.letter.items


def test_all_names_are_those_of_the_vocabulary() -> None:
    assert [service.name for service in services() if service.name not in catalogue()] == []
    for service in services():
        entry = catalogue()[service.name]
        assert (entry.category, entry.subcategory) == (service.category, service.subcategory)
    known = {part.name for part in body_parts()}
    assert {name for region in regions().values() for name in region.parts.values()} <= known
    reasons = {entry.code for entry in reason_data().reasons}
    assert set(rationales().reasons) == reasons
    shares = decisions()
    assert {
        code for forms in (shares.upheld, shares.overturned) for form in forms.values() for code in form
    } == reasons


def test_all_reviewers_have_specialties_and_states_of_the_vocabulary(truths: list[dict[str, Any]]) -> None:
    for truth in truths:
        assert all(specialty(name) == (name, True) for name in truth["reviewer"]["specialties"])
        assert all(state(name) == (name, True) for name in truth["reviewer"]["licensure_states"])


@pytest.mark.parametrize("layout", ["A", "B", "C", "D"])
def test_the_parser_reads_every_layout_as_the_truth_says(layout: Any) -> None:
    wanted: Counter[tuple[str, ...]] = Counter()
    given: Counter[tuple[str, ...]] = Counter()
    for index in range(300):
        made = generate(SEED, index, layout=layout)
        (record,) = parse_letters(read_bytes(made.data, made.source).text, made.source)
        wanted.update(facts(made.truth))
        given.update(facts(record.to_dict()))
    both = wanted & given
    f1 = 2 * both.total() / (wanted.total() + given.total())
    some = "\n".join(map(str, [*sorted(wanted - both)[:20], "instead:", *sorted(given - both)[:20]]))
    assert f1 >= 0.99, f"F1 {f1:.4f}\n{some}"


def facts(record: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """What a record states, fact by fact."""
    source = record["source"]
    for field in LETTER_FIELDS:
        if record[field] is not None:
            yield source, field, str(record[field])
    for field in ("specialties", "licensure_states"):
        for value in record["reviewer"][field]:
            yield source, field, value
    for item in record["items"]:
        at = f"{source}: {item['description']}"
        yield at, item["outcome"]
        yield at, item["category"], item["subcategory"]
        for cite in item["citations"]:
            of_schedule = cite["source"] == "MTUS"
            titled = cite["source"] in ("MTUS", "ODG")
            cited = (at, cite["cited_by"], cite["source"], str(cite["guideline"] if titled else None))
            yield (*cited, str(cite["year"]), "pages", *cite["pages"])
            yield (*cited, "sections", *(cite["sections"] if of_schedule else ()))


def test_files_go_into_folders_with_their_truth_beside_them(tmp_path: Path) -> None:
    size = write_files(Wanted(SEED, 5), tmp_path / "letters", tmp_path / "truth.jsonl")
    written_files = {path.name: path.read_bytes() for path in (tmp_path / "letters" / "00000").iterdir()}
    assert written_files == {made.source: made.data for made in (generate(SEED, index) for index in range(5))}
    assert size == sum(map(len, written_files.values()))
    lines = (tmp_path / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["source"] for line in lines] == [generate(SEED, i).source for i in range(5)]


def test_a_zip_is_the_same_whoever_makes_the_letters(tmp_path: Path) -> None:
    for name, workers in (("one.zip", 1), ("two.zip", 2)):
        write_zip(Wanted(SEED, 250, first=10), tmp_path / name, None, workers)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as packed:
        assert packed.namelist() == [generate(SEED, 10 + index).source for index in range(250)]


def test_an_archive_holds_every_letter_and_item(tmp_path: Path) -> None:
    write_archive(Wanted(SEED, 60), tmp_path / "made.db", None)
    made = [generate(SEED, index) for index in range(60)]
    database = sqlite3.connect(tmp_path / "made.db")
    try:
        (letters,) = database.execute("SELECT count(*) FROM letters").fetchone()
        (stored,) = database.execute("SELECT count(*) FROM disputed_items").fetchone()
    finally:
        database.close()
    assert letters == 60
    assert math.isclose(stored, sum(len(one.known) for one in made), rel_tol=0.02)


def test_the_command_says_how_it_is_used() -> None:
    command = [sys.executable, str(Path(__file__).with_name("generate.py")), "--help"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for option in ("--count", "--seed", "--as {text,pdf,zip,archive}", "--out", "--truth", "--workers"):
        assert option in shown
