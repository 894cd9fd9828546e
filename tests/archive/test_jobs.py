"""The way of files through a run: what is found ahead, and how many files a transaction has."""

from __future__ import annotations

import pytest

from imr_archive.archive.ingest import IngestOptions, ingest
from imr_archive.archive.jobs import FILES, Job, JobsAhead
from imr_archive.archive.store import Store


class Source:
    """Makes jobs when asked for them, and knows how many it made."""

    def __init__(self, number):
        self.jobs = [Job() for _ in range(number)]
        self.made = 0

    def __iter__(self):
        for job in self.jobs:
            self.made += 1
            yield job


def test_jobs_found_ahead_come_in_their_order_and_all_of_them():
    source = Source(9)

    assert list(JobsAhead(iter(source), 4)) == source.jobs


def test_the_first_job_waits_for_one_other_and_then_so_many_are_ahead():
    source = Source(9)
    jobs = JobsAhead(iter(source), 3)

    made = [source.made for _ in jobs]

    assert made == [2, 4, 6, 7, 8, 9, 9, 9, 9]


def test_how_many_are_left_is_known_before_the_last_jobs_are_taken():
    jobs = JobsAhead(iter(Source(6)), 3)

    assert [jobs.files_left for _ in jobs] == [None, None, None, 2 * FILES, FILES, 0]


def test_no_jobs_are_none_ahead():
    assert list(JobsAhead(iter([]), 3)) == []


@pytest.fixture
def batches(monkeypatch):
    """How many files each batch had; a job is one file, and up to twenty are found ahead."""
    sizes = []
    add = Store.add

    def noted(store, files):
        sizes.append(len(files))
        return add(store, files)

    monkeypatch.setattr(Store, "add", noted)
    monkeypatch.setattr("imr_archive.archive.jobs.FILES", 1)
    monkeypatch.setattr("imr_archive.archive.ingest._JOBS_AHEAD", 20)
    monkeypatch.setattr("imr_archive.archive.gathering.FIRST_BATCH", 2)
    monkeypatch.setattr("imr_archive.archive.gathering.LAST_BATCH", 2)
    return sizes


@pytest.mark.parametrize(
    ("files", "largest", "sizes"),
    [
        (1, 8, [1]),
        (6, 8, [2, 2, 2]),
        (31, 4, [2, 4, 4, 4, 3, 3, 2, 2, 2, 2, 2, 1]),
        (64, 16, [2, 4, 8, 16, 16, 4, 3, 2, 2, 2, 2, 2, 1]),
        (5, 1, [1, 1, 1, 1, 1]),
    ],
)
def test_batches_grow_and_the_last_ones_are_small(tmp_path, archive, batches, files, largest, sizes):
    folder = tmp_path / "letters"
    folder.mkdir()
    for number in range(files):
        (folder / f"{number:02}.txt").write_text(f"Case Number: CM16-{number:07}\nPriority: Standard\n")

    summary = ingest([folder], archive, options=IngestOptions(workers=0, batch=largest))

    assert batches == sizes
    assert summary.letters == files
