"""Files into the archive, and the account of them."""

from __future__ import annotations

import shutil
import zipfile

import pytest

from imr_archive.archive.ingest import IngestOptions, IngestSummary, find_inputs, ingest
from imr_archive.errors import ArchiveError, NothingToReadError, PathNotFoundError


def letter(number: int, *, outcome: str = "Upheld", decided: str = "12/05/2016") -> str:
    return f"""Case Number: CM16-{number:07}
Decision Date: {decided}

HOW THE IMR FINAL DETERMINATION WAS MADE
The reviewer bakes bread in Texas.

CLINICAL CASE SUMMARY
A 44 year old female baker number {number}.

IMR ISSUES, DECISIONS AND RATIONALES

Seat cushion: {outcome}
Decision rationale: A chair was not described.
"""


@pytest.fixture
def folder(tmp_path):
    """Letters of every fate."""
    folder = tmp_path / "letters"
    (folder / "more").mkdir(parents=True)
    (folder / "a.txt").write_text(letter(1))
    (folder / "b.txt").write_text(letter(2))
    (folder / "c.md").write_text(letter(1, outcome="Overturned", decided="01/05/2017"))
    (folder / "d.txt").write_text(letter(2).replace("\n", "\r\n"))
    (folder / "more" / "recipe.txt").write_text("Flour, water, salt and patience.")
    (folder / "more" / "torn.pdf").write_bytes(b"%PDF-1.7\n torn")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    with zipfile.ZipFile(folder / "z.zip", "w") as packed:
        packed.writestr("in/e.txt", letter(3))
        packed.writestr("in/f.csv", "1,2")
    return folder


class Watcher:
    """Writes down how far a run had come, each time that it is told."""

    def __init__(self):
        self.seen = []

    def show(self, progress):
        folder, _, name = progress.path.rpartition("/")
        self.seen.append((name, progress.summary.found))
        self.folder = folder
        self.last = progress


IN_THIS_PROCESS = IngestOptions(workers=0)


def counts(summary: IngestSummary) -> dict[str, object]:
    plain = summary.to_dict()
    assert plain.pop("seconds") > 0
    assert summary.found == (
        summary.stored
        + summary.new_versions
        + summary.known
        + sum(summary.set_aside.values())
        + sum(summary.ignored.values())
    )
    return plain


@pytest.mark.parametrize(("batch", "workers"), [(1, 0), (2, 2), (200, 0), (200, 1), (500, 3)])
def test_every_file_is_accounted_for(folder, archive, rows, batch, workers):
    summary = ingest([folder], archive, options=IngestOptions(batch=batch, workers=workers))

    ignored = summary.ignored
    assert sum(ignored.values()) == 2
    assert counts(summary) == {
        "found": 9,
        "stored": 3,
        "new_versions": 1,
        "known": 1,
        "set_aside": {"damaged_pdf": 1, "not_a_letter": 1},
        "ignored": dict(sorted(ignored.items())),
        "letters": 4,
        "items": 4,
    }
    assert rows("SELECT case_number, source, outcome FROM decisions ORDER BY case_number") == [
        ("CM16-0000001", "c.md", "overturned"),
        ("CM16-0000002", "b.txt", "upheld"),
        ("CM16-0000003", "e.txt", "upheld"),
    ]
    states = rows(
        f"SELECT substr(path, {len(str(folder)) + 2}), state, reason FROM source_files ORDER BY path"
    )
    assert states == [
        ("a.txt", "stored", None),
        ("b.txt", "stored", None),
        ("c.md", "stored", None),
        ("d.txt", "known", None),
        ("more/recipe.txt", "set_aside", "not_a_letter"),
        ("more/torn.pdf", "set_aside", "damaged_pdf"),
        ("z.zip!/in/e.txt", "stored", None),
    ]


def test_a_second_run_changes_nothing_and_accounts_for_every_file_again(folder, archive, dump):
    first = ingest([folder], archive, options=IN_THIS_PROCESS)
    before = dump(archive.path)

    summary = ingest([folder], archive, options=IN_THIS_PROCESS)

    assert dump(archive.path) == before
    assert counts(summary) == {
        "found": 9,
        "stored": 0,
        "new_versions": 0,
        "known": 5,
        "set_aside": {"damaged_pdf": 1, "not_a_letter": 1},
        "ignored": dict(sorted(first.ignored.items())),
        "letters": 0,
        "items": 0,
    }


def test_reading_every_file_again_changes_nothing_but_when_what_was_set_aside_was_tried(
    folder, archive, dump, rows
):
    ingest([folder], archive, options=IN_THIS_PROCESS)
    before = dump(archive.path).splitlines()
    seen = rows("SELECT first_seen FROM source_files WHERE state = 'set_aside'")

    summary = ingest([folder], archive, options=IngestOptions(workers=0, rehash=True))

    assert (summary.stored, summary.new_versions, summary.known, summary.letters) == (0, 0, 5, 0)
    changed = [line for line in dump(archive.path).splitlines() if line not in set(before)]
    assert all("'set_aside'" in line for line in changed)
    assert len(changed) == 2
    assert rows("SELECT first_seen FROM source_files WHERE state = 'set_aside'") == seen


def test_what_was_found_before_the_archive_was_opened_can_be_read_into_it(folder, archive):
    inputs = find_inputs([folder])

    assert ingest(inputs, archive, options=IN_THIS_PROCESS).found == 9


def test_one_run_over_several_paths_gives_the_same_as_several_runs(folder, archive, rows):
    for path in sorted(folder.iterdir()):
        if path.suffix in {".txt", ".md", ".zip"} or path.is_dir():
            ingest([path], archive)

    assert rows("SELECT case_number, source, outcome FROM decisions ORDER BY case_number") == [
        ("CM16-0000001", "c.md", "overturned"),
        ("CM16-0000002", "b.txt", "upheld"),
        ("CM16-0000003", "e.txt", "upheld"),
    ]


def test_progress_is_told_how_far_the_run_has_come(folder, archive):
    watcher = Watcher()

    summary = ingest([folder], archive, options=IN_THIS_PROCESS, progress=watcher)

    assert watcher.seen == [("f.csv", 2), ("f.csv", 9)]
    assert watcher.last.summary is summary


def test_a_path_that_does_not_exist_stops_before_anything_is_stored(folder, archive, rows):
    with pytest.raises(PathNotFoundError, match="nowhere"):
        ingest([folder, folder / "nowhere"], archive)
    assert rows("SELECT count(*) FROM source_files") == [(0,)]


def test_a_folder_without_letters_is_said_in_one_line(tmp_path, archive):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NothingToReadError) as failure:
        ingest([empty], archive)
    assert str(failure.value) == f"no letters in {empty}: name files, folders or zips of them"

    (empty / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(NothingToReadError, match=r"\(1 files of other types\)"):
        ingest([empty], archive)


def many(folder, number):
    folder.mkdir()
    for one in range(1, number + 1):
        (folder / f"{one:04}.txt").write_text(letter(one))
    return folder


@pytest.mark.parametrize("workers", [0, 2])
def test_a_run_that_is_asked_to_stop_stores_what_it_has_read_and_the_next_goes_on(
    tmp_path, archive, rows, workers
):
    folder = many(tmp_path / "letters", 200)
    stopped = ingest(
        [folder],
        archive,
        options=IngestOptions(workers=workers, batch=32),
        stop=lambda: bool(rows("SELECT 1 FROM letters LIMIT 1")),
    )

    stored = rows("SELECT count(*) FROM letters")[0][0]
    assert stopped.stopped
    assert stopped.to_dict()["stopped"] is True
    assert 32 <= stored == stopped.stored < 200

    summary = ingest([folder], archive, options=IngestOptions(workers=workers))

    assert (summary.stored, summary.known, summary.found) == (200 - stored, stored, 200)
    assert not summary.stopped
    assert "stopped" not in summary.to_dict()


def test_a_run_that_is_broken_off_keeps_its_batches_and_the_next_goes_on(tmp_path, archive, rows):
    folder = many(tmp_path / "letters", 200)

    class Impatient(Watcher):
        def show(self, progress):
            super().show(progress)
            if len(self.seen) == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest([folder], archive, options=IngestOptions(workers=0, batch=64), progress=Impatient())
    assert rows("SELECT count(*) FROM source_files") == [(64,)]

    summary = ingest([folder], archive, options=IN_THIS_PROCESS)

    assert (summary.stored, summary.known, summary.found) == (136, 64, 200)


def test_letters_are_stored_in_the_order_in_which_they_were_found(tmp_path, archive, rows):
    folder = many(tmp_path / "letters", 150)

    ingest([folder], archive, options=IngestOptions(workers=3, batch=10))

    assert rows("SELECT id, source FROM letters ORDER BY id") == [
        (number, f"{number:04}.txt") for number in range(1, 151)
    ]


def test_an_archive_that_is_replaced_during_the_run_is_not_written_to(tmp_path, archive, empty_archive):
    folder = many(tmp_path / "letters", 100)

    class Replaces(Watcher):
        def show(self, progress):
            if not self.seen:
                shutil.copy(empty_archive, tmp_path / "other.db")
                (tmp_path / "other.db").replace(archive.path)
            super().show(progress)

    with pytest.raises(ArchiveError, match="was moved or replaced"):
        ingest([folder], archive, options=IngestOptions(workers=0, batch=10), progress=Replaces())
