"""How often the nearest ten are on the same service and reason, and how fast they are found.

    python tests/benchmarks/similar.py [--count 20000] [--seed 12] [--queries 300]
    python tests/benchmarks/similar.py --archive made.db --truth truth.jsonl --queries 60
    python tests/benchmarks/similar.py --archive big.db --queries 200          # how fast, without a truth

Two archives are asked: the real letters (each left out of its own answer) and generated ones, whose truth is
known. Baseline in the same run: plain FTS5, all words of the same text as an OR query, ten by rank.

decided: the item's heading and rationale, as `similar CASE` has them. words alone: the same without the
reason that the parser read in the rationale, so that nothing but words and the heading's service counts.
asked: the heading and the case summary, which is what there is before a decision; the reason of the decision
is then unknown to everyone, and its share is what chance within the service gives.

Relevant: of the generated letters, the truth's service and reason; of the real ones, the service that the
parser reads and the reasons that annotators accept. `of possible` counts against what the archive holds.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, text

from imr_archive import open_archive
from imr_archive.archive.connection import open_for_reading
from imr_archive.query.similar.asking import similar_to, similar_to_case
from imr_archive.query.similar.request import Request, requests_of_case
from imr_archive.query.similar.words import WORD, Stems

ROOT = Path(__file__).resolve().parents[2]
NEAREST = 10
UNDECIDED = {"rationale": None, "outcome": None, "reason": None, "reason_sentence": None}
WAYS = {
    "decided": {},
    "words alone": {"outcome": None, "reason": None, "reason_sentence": None},
    "asked": UNDECIDED,
}
SAME_TEXT = "words alone"
"""Where plain FTS5 is given the same text as before, so that its answer is the same too."""

Place = tuple[str, int]


class Truth(NamedTuple):
    """What an item is about: its service, and the reasons of which each is right."""

    service: str | None
    reasons: frozenset[str]

    def is_like(self, other: Truth) -> bool:
        return self.service == other.service and not self.reasons.isdisjoint(other.reasons)


class Item(NamedTuple):
    """A stored item, by its row, case, and place in its letter."""

    id: int
    case: int
    place: Place


def stored_items(connection: Connection) -> list[Item]:
    rows = connection.execute(
        text(
            "SELECT i.id, i.case_id, l.source, i.position FROM disputed_items AS i"
            " JOIN letters AS l ON l.case_id = i.case_id AND l.is_current ORDER BY i.id"
        )
    )
    return [Item(row.id, row.case_id, (row.source, row.position)) for row in rows]


def plain_full_text(connection: Connection, request: Request, case: int) -> list[int]:
    words = " ".join(filter(None, (request.heading, request.rationale or request.summary)))
    query = " OR ".join(f'"{word}"' for word in dict.fromkeys(WORD.findall(words.lower())))
    rows = connection.execute(
        text(
            "SELECT f.rowid FROM disputed_items_fts AS f JOIN disputed_items AS i ON i.id = f.rowid"
            " WHERE disputed_items_fts MATCH :query AND i.case_id <> :case ORDER BY rank LIMIT :most"
        ),
        {"query": query, "case": case, "most": NEAREST},
    )
    return list(rows.scalars())


class Scores:
    """Shares of relevant decisions among the nearest ten, and the time that each answer took."""

    def __init__(self) -> None:
        self.service: list[float] = []
        self.both: list[float] = []
        self.possible: list[float] = []
        self.seconds: list[float] = []

    def add(self, own: Truth, found: Sequence[Truth | None], possible: int, seconds: float) -> None:
        known = [one for one in found if one is not None]
        both = sum(own.is_like(one) for one in known)
        self.service.append(sum(one.service == own.service for one in known) / NEAREST)
        self.both.append(both / NEAREST)
        if possible:
            self.possible.append(both / min(NEAREST, possible))
        self.seconds.append(seconds)

    def line(self) -> str:
        mean = statistics.fmean
        times = sorted(1000 * one for one in self.seconds)
        p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
        return (
            f"{mean(self.service):>8.3f} {mean(self.both):>13.3f} {mean(self.possible):>12.3f}"
            f" {statistics.median(times):>9.0f} {p95:>9.0f}"
        )


def measure(path: Path, truth: Mapping[Place, Truth], queries: int, seed: int) -> Iterator[str]:
    database = open_for_reading(path)
    with database.read() as connection:
        items = [item for item in stored_items(connection) if item.place in truth]
        place_of = {item.id: item.place for item in items}
        chosen = random.Random(seed).sample(items, min(queries, len(items)))
        possible = _possible(items, truth, chosen)
        methods = [(way, method) for way in WAYS for method in ("plain FTS5", "similar")]
        scores = {one: Scores() for one in methods if one != (SAME_TEXT, "plain FTS5")}
        for item in chosen:
            own = truth[item.place]
            requests = requests_of_case(connection, item.case)
            stored = next(one for one in requests if one.position == item.place[1])
            for way, changes in WAYS.items():
                request = msgspec.structs.replace(stored, **changes)
                if way != SAME_TEXT:
                    start = time.perf_counter()
                    ids = plain_full_text(connection, request, item.case)
                    spent = time.perf_counter() - start
                    found = [truth.get(place_of.get(one, ("", 0))) for one in ids]
                    scores[way, "plain FTS5"].add(own, found, possible[item], spent)
                start = time.perf_counter()
                stems = Stems()
                answer = similar_to(connection, request, frozenset((item.case,)), stems=stems)
                spent = time.perf_counter() - start
                nearest = [truth.get((row.source or "", row.position)) for row in answer.rows]
                scores[way, "similar"].add(own, nearest, possible[item], spent)
    database.close()
    yield f"{len(items):,} items, {len(chosen)} of them asked for"
    yield f"{'':26} {'service':>8} {'and reason':>13} {'of possible':>12} {'p50 ms':>9} {'p95 ms':>9}"
    for (way, method), score in scores.items():
        yield f"{way:>12}  {method:<12} {score.line()}"


def _possible(items: Sequence[Item], truth: Mapping[Place, Truth], chosen: Sequence[Item]) -> dict[Item, int]:
    """How many items of other cases each could find."""
    by_service: dict[str | None, list[Item]] = {}
    for item in items:
        by_service.setdefault(truth[item.place].service, []).append(item)
    return {
        item: sum(
            other.case != item.case and truth[item.place].is_like(truth[other.place])
            for other in by_service[truth[item.place].service]
        )
        for item in chosen
    }


def speed(path: Path, cases: int, seed: int) -> Iterator[str]:
    """How long a whole case takes, with all of its items: elapsed, and of the processor's time."""
    database = open_for_reading(path)
    with database.read() as connection:
        statement = "SELECT case_number FROM cases WHERE case_number IS NOT NULL"
        numbers = connection.execute(text(statement)).scalars().all()
        chosen = random.Random(seed).sample(numbers, min(cases, len(numbers)))
        wall, processor, items = [], [], 0
        for number in chosen:
            start, used = time.perf_counter(), time.process_time()
            items += len(similar_to_case(connection, number).groups)
            wall.append(1000 * (time.perf_counter() - start))
            processor.append(1000 * (time.process_time() - used))
    database.close()
    yield f"{len(numbers):,} cases, {len(chosen)} of them asked for, {items / len(chosen):.1f} items each"
    for name, times in (("elapsed", wall), ("processor", processor)):
        times.sort()
        p95 = times[int(0.95 * len(times))]
        yield f"{name:>10}  p50 {statistics.median(times):4.0f} ms  p95 {p95:4.0f} ms a case"


def generated_truth(path: Path) -> dict[Place, Truth]:
    found = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            letter = json.loads(line)
            for position, item in enumerate(letter["items"], 1):
                found[letter["source"], position] = Truth(item["service"], frozenset((item["reason"],)))
    return found


def real_truth(path: Path) -> dict[Place, Truth]:
    reasons = {}
    for line in (ROOT / "tests" / "golden" / "reasons.jsonl").read_text().splitlines():
        one = json.loads(line)
        reasons[one["letter"], one["item"]] = frozenset(one["reasons"])
    database = open_for_reading(path)
    with database.read() as connection:
        rows = connection.execute(text("SELECT source, position, service FROM decisions"))
        found = {
            (row.source, row.position): Truth(
                row.service, reasons.get((Path(row.source).stem, row.position), frozenset())
            )
            for row in rows
            if row.service
        }
    database.close()
    return {place: one for place, one in found.items() if one.reasons}


def show(title: str, lines: Iterator[str]) -> None:
    print(f"\n{title}")
    for line in lines:
        print(line, flush=True)


def main() -> None:
    command = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument("--letters", type=Path, default=ROOT.parent / "shared" / "letters")
    command.add_argument("--count", type=int, default=20_000, help="how many letters to generate")
    command.add_argument("--seed", type=int, default=12)
    command.add_argument("--queries", type=int, default=60, help="items asked for (plain FTS5 takes seconds)")
    command.add_argument("--archive", type=Path, help="an archive of generated letters that is there already")
    command.add_argument("--truth", type=Path, help="its truth")
    chosen = command.parse_args()
    if chosen.truth and not chosen.archive:
        command.error("--truth is that of an --archive")
    if chosen.archive and not chosen.truth:
        show(f"How fast, {chosen.archive.name}", speed(chosen.archive, chosen.queries, chosen.seed))
        return
    with tempfile.TemporaryDirectory() as folder:
        if chosen.letters.is_dir():
            real = Path(folder) / "real.db"
            with open_archive(real, write=True) as archive:
                archive.ingest(chosen.letters)
            show("Real letters", measure(real, real_truth(real), 1000, chosen.seed))
        made, truth = chosen.archive, chosen.truth
        if made is None:
            made, truth = Path(folder) / "made.db", Path(folder) / "truth.jsonl"
            generate = [sys.executable, str(Path(__file__).with_name("generate.py")), "--as", "archive"]
            wanted = ["--count", str(chosen.count), "--seed", str(chosen.seed)]
            subprocess.run([*generate, *wanted, "--out", str(made), "--truth", str(truth)], check=True)
        title = f"Generated letters, {made.name}" if chosen.archive else f"Generated, seed {chosen.seed}"
        show(title, measure(made, generated_truth(truth), chosen.queries, chosen.seed))


if __name__ == "__main__":
    main()
