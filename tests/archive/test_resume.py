"""What a run need not read again, and what it must."""

from __future__ import annotations

import os
import textwrap

import pytest

from imr_archive.archive.ingest import IngestOptions, ingest
from imr_archive.archive.inputs import find_inputs
from imr_archive.archive.known_files import KnownFiles
from imr_archive.archive.prepare import prepare
from imr_archive.archive.retry import set_aside_inputs
from imr_archive.errors import NothingToReadError


def letter(number):
    return textwrap.dedent(f"""\
        Case Number: CM16-{number:07}
        Decision Date: 12/05/2016

        IMR ISSUES, DECISIONS AND RATIONALES

        Seat cushion: Upheld
        Decision rationale: A chair was not described.
        """)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "letters"
    (folder / "2016").mkdir(parents=True)
    for number in range(1, 6):
        (folder / "2016" / f"{number}.txt").write_text(letter(number))
    (folder / "recipe.txt").write_text("Flour, water, salt and patience.")
    (folder / "torn.pdf").write_bytes(b"%PDF-1.7\n torn")
    return folder


@pytest.fixture
def read(archive):
    """A function that runs ingest, and gives the names of the files that it read, with the summary."""

    def run(inputs, **options):
        names = []

        def work(found, chosen):
            names.append(found.name)
            return prepare(found, chosen)

        return names, ingest(inputs, archive, options=IngestOptions(workers=0, work=work, **options))

    return run


EVERYTHING = ["1.txt", "2.txt", "3.txt", "4.txt", "5.txt", "recipe.txt", "torn.pdf"]


def test_files_known_by_path_size_and_time_are_not_read(folder, read):
    assert read([folder])[0] == EVERYTHING

    names, summary = read([folder])

    assert names == []
    assert (summary.known, summary.set_aside) == (5, {"damaged_pdf": 1, "not_a_letter": 1})


def test_a_file_of_another_time_or_size_is_read(folder, read):
    read([folder])
    os.utime(folder / "2016" / "2.txt", ns=(1, 1))
    with (folder / "2016" / "4.txt").open("a") as file:
        file.write("Mailed today.\n")

    names, summary = read([folder])

    assert names == ["2.txt", "4.txt"]
    assert (summary.known, summary.new_versions) == (4, 1)
    assert read([folder])[0] == []


def test_a_file_of_another_path_is_known_by_its_content(folder, read):
    read([folder])
    (folder / "2016").rename(folder / "2017")

    names, summary = read([folder])

    assert names == EVERYTHING[:5]
    assert (summary.known, summary.stored) == (5, 0)
    assert read([folder])[0] == []


def test_rehash_reads_every_file(folder, read):
    read([folder])

    names, summary = read([folder], rehash=True)

    assert names == EVERYTHING
    assert (summary.known, summary.stored) == (5, 0)


def test_a_file_set_aside_is_tried_again_when_asked_or_changed(folder, read):
    read([folder])
    assert read([folder], retry=frozenset({"damaged_pdf"}))[0] == ["torn.pdf"]

    (folder / "recipe.txt").write_text(letter(6))
    names, summary = read([folder])
    assert names == ["recipe.txt"]
    assert (summary.stored, summary.known, summary.set_aside) == (1, 5, {"damaged_pdf": 1})


def test_files_that_lie_far_apart_in_the_archive_are_found_all_the_same(tmp_path, archive):
    """Between the two files that are looked up lie a hundred others: they are asked for one by one."""
    folder = tmp_path / "letters"
    folder.mkdir()
    for number in range(100):
        (folder / f"{number:03}.txt").write_text(letter(number))
    ingest([folder], archive, options=IngestOptions(workers=0))
    found = list(find_inputs([folder]))

    known = KnownFiles(archive)

    assert [answer is not None for answer in known.look_up([found[99], found[0]])] == [True, True]
    assert [answer is not None for answer in known.look_up(found)] == [True] * 100
    assert list(KnownFiles(archive, rehash=True).look_up(found[:2])) == [None, None]
    assert list(known.look_up([])) == []


def test_names_of_any_kind_are_known_again(tmp_path, archive, read):
    folder = tmp_path / "letters"
    folder.mkdir()
    names = [
        "a%b_c.txt",
        "'quoted'.txt",
        "ünï çödé 信.txt",
        "new\nline.txt",
        "!0.txt",
        "zip!/.txt".replace("/", ""),
    ]
    for number, name in enumerate(names):
        (folder / name).write_text(letter(number))
    (folder / os.fsdecode(b"raw\xff\xfe.txt")).write_text(letter(99))
    assert len(read([folder])[0]) == 7

    names, summary = read([folder])

    assert names == []
    assert summary.known == 7


def test_what_was_set_aside_can_be_gone_through_alone(folder, read, rows):
    read([folder])
    (folder / "torn.pdf").unlink()
    (folder / "recipe.txt").write_text(letter(6))
    aside = [path for (path,) in rows("SELECT path FROM source_files WHERE state = 'set_aside'")]

    names, summary = read(set_aside_inputs(aside))

    assert names == ["recipe.txt"]
    assert (summary.stored, summary.set_aside, summary.found) == (1, {"missing": 1}, 2)
    states = rows("SELECT state, reason FROM source_files WHERE path LIKE '%torn%' OR path LIKE '%recipe%'")
    assert states == [("stored", None), ("set_aside", "missing")]


def test_members_of_zips_and_undecodable_names_can_be_gone_through_again(tmp_path, read, rows):
    import zipfile

    folder = tmp_path / "letters"
    folder.mkdir()
    with zipfile.ZipFile(folder / "z.zip", "w") as packed:
        packed.writestr("a.txt", "Flour, water.")
        packed.writestr("b.txt", letter(1))
    (folder / os.fsdecode(b"raw\xff.txt")).write_text("Salt and patience.")
    read([folder])
    aside = [path for (path,) in rows("SELECT path FROM source_files WHERE state = 'set_aside'")]
    assert len(aside) == 2

    names, summary = read(set_aside_inputs(aside), retry=frozenset({"not_a_letter"}))

    assert names == ["raw\\xff.txt", "a.txt"]
    assert (summary.found, summary.set_aside) == (2, {"not_a_letter": 2})


def test_a_folder_of_a_million_other_files_is_not_remembered(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number}.jpg").touch()

    with pytest.raises(NothingToReadError, match=r"\(300 files of other types\)"):
        find_inputs([folder])


def test_known_files_beside_new_changed_and_vanished_ones_are_each_what_they_are(tmp_path, read, archive):
    folder = tmp_path / "letters"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02}.txt").write_text(letter(number))
    (folder / "25.txt").write_text("Flour, water, salt and patience.")
    read([folder])
    (folder / "03a.txt").write_text(letter(31))
    (folder / "photo.jpg").touch()
    (folder / "07.txt").unlink()
    (folder / "08.txt").unlink()
    (folder / "08.txt").mkdir()
    (folder / "08.txt" / "inner.txt").write_text(letter(32))
    (folder / "12.txt").unlink()
    (folder / "12.txt").symlink_to(folder / "nowhere.txt")
    os.utime(folder / "20.txt", ns=(1, 1))

    names, summary = read([folder])

    assert names == ["03a.txt", "inner.txt", "20.txt"]
    assert (summary.stored, summary.known) == (2, 26)
    assert summary.set_aside == {"broken_link": 1, "not_a_letter": 1}
    assert summary.ignored == {"type .jpg is not read": 1}


def test_a_known_file_that_is_named_beside_its_folder_counts_once(folder, read):
    read([folder])
    one = folder / "2016" / "3.txt"

    assert read([one, folder])[1].found == 7
    assert read([folder, one])[1].found == 7


def test_what_is_passed_in_one_folder_is_asked_for_once(folder, archive, read):
    read([folder])
    asked = []

    class Asked(KnownFiles):
        def unchanged(self, prefix, names):
            asked.append((prefix, list(names)))
            return super().unchanged(prefix, names)

    inputs = find_inputs([folder])
    inputs.pass_unchanged(Asked(archive).unchanged)
    things = [type(thing).__name__ for thing in inputs]

    year = f"{folder}/2016/"
    assert things == ["Found", "Passed", "Found", "Found"]
    assert asked == [
        (year, ["2.txt", "3.txt", "4.txt", "5.txt"]),
        (f"{folder}/", ["recipe.txt", "torn.pdf"]),
    ]
