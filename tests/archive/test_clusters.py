"""Rationales that are nearly the same share a number, whenever and in whatever portions they are compared."""

from __future__ import annotations

import datetime
import itertools
import random

import msgspec
import pytest

from imr_archive.archive import clusters as clusters_module
from imr_archive.archive.clusters import ALIKE, ClusterSummary, cluster_rationales
from imr_archive.archive.likeness import likeness, shingles
from imr_archive.archive.writer_lock import hold_archive
from imr_archive.errors import ArchiveLockedError
from imr_archive.parsing.record import Item

WORDS = (  # noqa: SIM905 - a list of words reads better as a line
    "dough flour oven crust yeast loaf crumb knead prove bake slice butter honey rye wheat spelt barley "
    "millet seed salt water steam stone peel basket batch starter sponge gluten malt bran germ husk sieve "
    "rest fold shape score glaze cool wrap store toast grain mill"
).split()


def rationale(draw: random.Random, words: int = 90) -> str:
    return " ".join(draw.choices(WORDS, k=words))


def mutated(text: str, draw: random.Random, changes: int) -> str:
    """The text with some words put in, taken out or replaced."""
    words = text.split()
    for _ in range(changes):
        place = draw.randrange(len(words))
        match draw.randrange(3):
            case 0:
                words[place] = draw.choice(WORDS)
            case 1:
                words.insert(place, draw.choice(WORDS))
            case _:
                del words[place]
    return " ".join(words)


@pytest.fixture
def letters(store, cushion, file_of):
    """A function that stores letters, each with items of these rationales."""
    numbers = itertools.count(1)

    def add(*rationales: str | None, number: int = 0, **changes: object) -> None:
        items = tuple(Item(description="Bread", outcome="upheld", rationale=text) for text in rationales)
        number = number or next(numbers)
        record = msgspec.structs.replace(
            cushion, case_number=f"CM16-{number:07}", source=f"{number}.txt", items=items, **changes
        )
        store.add([file_of(record)])

    return add


@pytest.fixture
def numbers(rows):
    """A function that gives the cluster of every item, in their order."""

    def read() -> list[object]:
        return [number for (number,) in rows("SELECT rationale_cluster FROM disputed_items ORDER BY id")]

    return read


A = "Rye is proved overnight in a basket, scored at dawn, and baked on hot stone until it sounds hollow."
NEARLY_A = A.replace("hollow", "empty")
B = "Spelt is folded four times in two hours and wrapped in linen, for it tears where wheat would stretch."


def test_nearly_the_same_rationale_shares_the_number_of_the_first(archive, letters, numbers):
    letters(A, B)
    letters(None, NEARLY_A)
    letters(A.upper())

    summary = cluster_rationales(archive)

    assert summary == ClusterSummary(compared=4, clusters=1, clustered=3)
    assert numbers() == [1, None, None, 1, 1]


def test_new_rationales_join_the_clusters_there_are(archive, letters, numbers):
    letters(A)
    assert cluster_rationales(archive) == ClusterSummary(compared=1, clusters=0, clustered=0)
    assert numbers() == [None]

    letters(B, NEARLY_A)

    assert cluster_rationales(archive) == ClusterSummary(compared=2, clusters=1, clustered=2)
    assert numbers() == [1, None, 1]
    assert cluster_rationales(archive) == ClusterSummary(compared=0, clusters=1, clustered=2)


def test_the_numbers_are_the_same_in_whatever_portions_rationales_are_compared(archive, letters, numbers):
    draw = random.Random(5)
    for _ in range(12):
        base = rationale(draw)
        letters(*(mutated(base, draw, changes) for changes in (0, 1, 3, 6)), rationale(draw))
    cluster_rationales(archive, batch=1)
    one_by_one = numbers()

    cluster_rationales(archive, restart=True, batch=7)
    by_sevens = numbers()
    cluster_rationales(archive, restart=True)

    assert numbers() == by_sevens == one_by_one
    assert len(set(one_by_one)) > 12


def test_pairs_that_are_alike_are_found_and_none_that_is_not(archive, letters, numbers):
    """On 240 texts in 60 families whose variants each differ from one text by up to four of ninety words."""
    draw = random.Random(11)
    texts = []
    for _ in range(60):
        base = rationale(draw)
        texts += [mutated(base, draw, draw.randrange(5)) for _ in range(4)]
    letters(*texts)

    cluster_rationales(archive)

    cut = [shingles(text) for text in texts]
    found = numbers()
    alike, together = [], []
    for one, other in itertools.combinations(range(len(texts)), 2):
        if likeness(cut[one], cut[other]) >= 0.85:
            alike.append((one, other))
        if found[one] is not None and found[one] == found[other]:
            together.append((one, other))
    recall = len(set(alike) & set(together)) / len(alike)
    precision = sum(one // 4 == other // 4 for one, other in together) / len(together)
    assert len(alike) > 100
    assert recall >= 0.97
    assert precision == 1.0
    for place, number in enumerate(found):
        assert number is None or likeness(cut[place], cut[number - 1]) >= ALIKE


def test_a_corrected_letter_leaves_its_cluster_and_a_leader_hands_it_on(archive, letters, numbers):
    letters(A, number=1)
    letters(NEARLY_A, number=2)
    letters(NEARLY_A, number=3)
    cluster_rationales(archive)
    assert numbers() == [1, 1, 1]

    letters(B, number=1, decision_date=datetime.date(2017, 1, 1))

    assert numbers() == [None, 1, 1]
    assert cluster_rationales(archive) == ClusterSummary(compared=3, clusters=1, clustered=2)
    assert numbers() == [None, 2, 2]


def test_the_last_one_of_a_cluster_is_alone(archive, letters, numbers):
    letters(A, number=1)
    letters(NEARLY_A, number=2)
    cluster_rationales(archive)

    letters(B, number=2, decision_date=datetime.date(2017, 1, 1))

    cluster_rationales(archive)
    assert numbers() == [None, None]


def test_a_case_that_was_made_anew_with_the_same_rationale_gets_its_number_back(archive, letters, numbers):
    letters(A, number=1)
    letters(NEARLY_A, number=2)
    cluster_rationales(archive)

    letters(NEARLY_A, number=2, patient_age=45)

    assert numbers() == [1, None]
    cluster_rationales(archive)
    assert numbers() == [1, 1]


def test_a_bucket_of_a_standing_phrase_stays_small(archive, letters, rows, monkeypatch):
    monkeypatch.setattr(clusters_module, "_MOST_IN_BUCKET", 3)
    monkeypatch.setattr(clusters_module, "ALIKE", 1.1)
    letters(*[A] * 10)

    cluster_rationales(archive, batch=4)

    assert rows("SELECT max(n) FROM (SELECT count(*) AS n FROM rationale_bands GROUP BY band_hash)") == [(3,)]


def test_hashes_of_another_method_are_made_anew(archive, letters, numbers, monkeypatch):
    letters(A, NEARLY_A)
    cluster_rationales(archive)
    with archive.write() as connection:
        connection.exec_driver_sql("UPDATE rationale_comparison SET method = 'an older one'")
        connection.exec_driver_sql("UPDATE rationale_bands SET band_hash = band_hash - 1")
    letters(A)

    assert cluster_rationales(archive) == ClusterSummary(compared=3, clusters=1, clustered=3)
    assert numbers() == [1, 1, 1]


def test_what_was_compared_before_it_was_stopped_is_kept(archive, letters, numbers):
    letters(A, NEARLY_A, A, B)
    told = []

    summary = cluster_rationales(
        archive, batch=2, stop=lambda: True, progress=lambda done, total: told.append((done, total))
    )

    assert (summary.compared, summary.stopped, told) == (2, True, [(2, 4)])
    assert numbers() == [1, 1, None, None]
    assert cluster_rationales(archive).compared == 2
    assert numbers() == [1, 1, 1, None]


def test_a_run_that_dies_between_batches_goes_on_where_it_was(archive, letters, numbers, monkeypatch):
    letters(A, B, NEARLY_A, A)
    whole = clusters_module._write
    calls = iter([whole])

    def dies_at_second(cursor, found):
        if next(calls, None) is None:
            raise RuntimeError("the machine went down")
        whole(cursor, found)

    monkeypatch.setattr(clusters_module, "_write", dies_at_second)
    with pytest.raises(RuntimeError):
        cluster_rationales(archive, batch=2)
    monkeypatch.setattr(clusters_module, "_write", whole)

    assert cluster_rationales(archive).compared == 2
    assert numbers() == [1, None, 1, 1]


def test_while_another_process_is_writing_nothing_is_compared(archive, letters, numbers):
    letters(A, A)
    with hold_archive(archive.path), pytest.raises(ArchiveLockedError):
        cluster_rationales(archive)
    assert numbers() == [None, None]
