"""Files into the archive, and the account of them."""

from __future__ import annotations

import zipfile

import pytest

from imr_archive.archive.ingest import IngestSummary, find_inputs, ingest
from imr_archive.errors import NothingToReadError, PathNotFoundError


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
    def __init__(self):
        self.files = 0
        self.read = []

    def start(self, files):
        self.files = files

    def advance(self, path, summary):
        self.read.append((path.rpartition("/")[2], summary.stored))


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


@pytest.mark.parametrize("batch", [1, 2, 200])
def test_every_file_is_accounted_for(folder, archive, rows, batch):
    summary = ingest([folder], archive, batch=batch)

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


def test_a_second_run_changes_no_row_but_when_the_files_set_aside_were_last_tried(
    folder, archive, dump, rows
):
    ingest([folder], archive)
    before = dump(archive.path).splitlines()
    tried = rows("SELECT first_seen, last_tried FROM source_files WHERE state = 'set_aside'")

    summary = ingest([folder], archive)

    assert (summary.stored, summary.new_versions, summary.known, summary.letters) == (0, 0, 5, 0)
    changed = [line for line in dump(archive.path).splitlines() if line not in set(before)]
    assert all("'set_aside'" in line for line in changed)
    assert len(changed) == 2
    again = rows("SELECT first_seen, last_tried FROM source_files WHERE state = 'set_aside'")
    assert [first for first, _ in again] == [first for first, _ in tried]


def test_a_second_run_over_readable_letters_changes_nothing_at_all(folder, archive, dump):
    readable = [folder / "a.txt", folder / "b.txt", folder / "z.zip"]
    ingest(readable, archive)
    before = dump(archive.path)

    ingest(readable, archive)

    assert dump(archive.path) == before


def test_what_was_found_before_the_archive_was_opened_can_be_read_into_it(folder, archive):
    inputs = find_inputs([folder])
    assert (len(inputs.files), inputs.ignored.total()) == (7, 2)

    assert ingest(inputs, archive).found == 9


def test_one_run_over_several_paths_gives_the_same_as_several_runs(folder, archive, rows):
    for path in sorted(folder.iterdir()):
        if path.suffix in {".txt", ".md", ".zip"} or path.is_dir():
            ingest([path], archive)

    assert rows("SELECT case_number, source, outcome FROM decisions ORDER BY case_number") == [
        ("CM16-0000001", "c.md", "overturned"),
        ("CM16-0000002", "b.txt", "upheld"),
        ("CM16-0000003", "e.txt", "upheld"),
    ]


def test_progress_is_told_of_every_file(folder, archive):
    watcher = Watcher()

    ingest([folder], archive, batch=2, progress=watcher)

    assert watcher.files == 7
    assert [name for name, _ in watcher.read] == [
        "a.txt",
        "b.txt",
        "c.md",
        "d.txt",
        "recipe.txt",
        "torn.pdf",
        "e.txt",
    ]
    assert [stored for _, stored in watcher.read] == sorted(stored for _, stored in watcher.read)


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


def test_an_interrupted_run_keeps_its_batches_and_the_next_goes_on(folder, archive, rows):
    class Impatient(Watcher):
        def advance(self, path, summary):
            super().advance(path, summary)
            if len(self.read) == 5:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest([folder], archive, batch=2, progress=Impatient())
    assert rows("SELECT count(*) FROM source_files") == [(4,)]

    summary = ingest([folder], archive)

    assert (summary.stored, summary.known, summary.found) == (1, 4, 9)
