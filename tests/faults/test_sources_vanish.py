"""Files that go, change, lock up or lie about themselves while a run goes over them."""

from __future__ import annotations

import contextlib
import os
import zipfile

import pytest
from reportlab.pdfgen.canvas import Canvas

from imr_archive.archive.connection import open_for_writing
from imr_archive.archive.ingest import IngestOptions, find_inputs, ingest
from imr_archive.archive.inputs import Inputs
from imr_archive.archive.prepare import prepare

HERE = IngestOptions(workers=0)
IN_WORKERS = IngestOptions(workers=2)


def run(path, what, options=HERE):
    with open_for_writing(path) as database:
        return ingest(what, database, options=options)


def states(path):
    with open_for_writing(path) as database, database.read() as connection:
        rows = connection.exec_driver_sql("SELECT path, state, reason FROM source_files ORDER BY path")
        return {row.path.rpartition("/")[2]: row.reason or row.state for row in rows}


@pytest.mark.parametrize("options", [HERE, IN_WORKERS])
def test_a_file_deleted_between_discovery_and_reading_is_set_aside_as_missing(path, letters, options):
    folder = letters("1.txt", "2.txt", "3.txt")
    found = list(find_inputs([folder]))
    (folder / "2.txt").unlink()

    with open_for_writing(path) as database:
        summary = ingest(Inputs([folder], iter(found)), database, options=options)

    assert (summary.stored, summary.set_aside, summary.found) == (2, {"missing": 1}, 3)
    assert states(path) == {"1.txt": "stored", "2.txt": "missing", "3.txt": "stored"}


def test_a_file_that_came_back_is_read_by_the_next_run(path, letters):
    folder = letters("1.txt", "2.txt")
    found = list(find_inputs([folder]))
    kept = (folder / "2.txt").read_text()
    (folder / "2.txt").unlink()
    run(path, Inputs([folder], iter(found)))
    (folder / "2.txt").write_text(kept)

    summary = run(path, [folder])

    assert (summary.stored, summary.known) == (1, 1)
    assert states(path) == {"1.txt": "stored", "2.txt": "stored"}


def test_a_file_that_grows_while_it_waits_is_read_again_by_the_next_run(path, letters):
    folder = letters("1.txt")
    found = list(find_inputs([folder]))
    with (folder / "1.txt").open("a") as file:
        file.write("\nA later line.\n")
    run(path, Inputs([folder], iter(found)))

    seen = []

    def work(file, options):
        seen.append(file.name)
        return prepare(file, options)

    summary = run(path, [folder], IngestOptions(workers=0, work=work))

    assert seen == ["1.txt"]
    assert (summary.known, summary.found) == (1, 1)
    assert run(path, [folder], IngestOptions(workers=0, work=work)).known == 1
    assert seen == ["1.txt"]


@contextlib.contextmanager
def as_an_ordinary_user(*places):
    """Root may enter every folder; the suite may run as root."""
    if os.geteuid() != 0:
        yield
        return
    for place in places:
        for folder in (place, *place.parents):
            if folder.name.startswith(("pytest-", "popen-", place.name)):
                folder.chmod(folder.stat().st_mode | 0o077)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("suffix", ["", ".txt"])
def test_what_may_not_be_entered_is_set_aside_and_read_once_it_may(path, letters, tmp_path, suffix):
    folder = letters("1.txt")
    closed = folder / f"closed{suffix}"
    if suffix:
        closed.write_text((folder / "1.txt").read_text().replace("0000001", "0000002"))
    else:
        letters("2.txt", folder="letters/closed")
        (closed / "2.txt").write_text((closed / "2.txt").read_text().replace("0000001", "0000002"))
    closed.chmod(0)
    path.chmod(0o666)

    with as_an_ordinary_user(tmp_path):
        summary = run(path, [folder])

    assert (summary.stored, summary.set_aside, summary.found) == (1, {"unreadable": 1}, 2)
    assert states(path) == {"1.txt": "stored", closed.name: "unreadable"}

    closed.chmod(0o755)
    summary = run(path, [folder])
    assert (summary.stored, summary.known, summary.set_aside) == (1, 1, {})
    assert states(path) == {"1.txt": "stored", ("2.txt" if not suffix else closed.name): "stored"}


def test_a_zip_that_was_damaged_and_then_replaced_leaves_no_row_of_its_own(path, tmp_path, letters):
    folder = letters("1.txt")
    text = (folder / "1.txt").read_text()
    packed = folder / "more.zip"
    packed.write_bytes(b"PK\x03\x04 torn")
    assert run(path, [folder]).set_aside == {"damaged_zip": 1}

    with zipfile.ZipFile(packed, "w") as members:
        members.writestr("a.txt", text.replace("0000001", "0000007"))
    summary = run(path, [folder])

    assert (summary.stored, summary.known, summary.set_aside) == (1, 1, {})
    assert states(path) == {"1.txt": "stored", "a.txt": "stored"}


def test_files_that_are_not_what_they_seem_each_have_their_reason(path, letters):
    folder = letters("sound.txt")
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "cut.pdf").write_bytes(pdf("Case Number: CM16-0000009")[:300])
    (folder / "locked.pdf").write_bytes(pdf("Case Number: CM16-0000009", password="flour"))
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (folder / "letter.pdf").write_text((folder / "sound.txt").read_text().replace("0000001", "0000002"))
    (folder / "recipe.txt").write_text("Flour, water, salt and patience.")
    os.mkfifo(folder / "pipe.txt")
    (folder / "loop").symlink_to(folder)
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")

    summary = run(path, [folder], IN_WORKERS)

    assert states(path) == {
        "sound.txt": "stored",
        "letter.pdf": "stored",
        "empty.pdf": "empty",
        "cut.pdf": "damaged_pdf",
        "locked.pdf": "encrypted",
        "picture.txt": "mislabelled",
        "recipe.txt": "not_a_letter",
        "pipe.txt": "not_a_file",
        "loop": "symlink_loop",
        "gone.txt": "broken_link",
    }
    assert (summary.stored, summary.set_aside.total(), summary.found) == (2, 8, 10)


def pdf(text, password=None):
    import io

    from reportlab.lib.pdfencrypt import StandardEncryption

    out = io.BytesIO()
    encrypt = StandardEncryption(password, ownerPassword="oven") if password else None
    canvas = Canvas(out, encrypt=encrypt, invariant=True)
    canvas.drawString(72, 720, text)
    canvas.save()
    return out.getvalue()


def test_a_file_whose_time_lies_in_the_past_of_its_first_reading_is_read_again(path, letters):
    folder = letters("1.txt")
    run(path, [folder])
    (folder / "1.txt").write_text((folder / "1.txt").read_text().replace("Upheld", "Upheld "))
    os.utime(folder / "1.txt", (1, 1))

    summary = run(path, [folder])

    assert (summary.known, summary.found) == (1, 1)
    assert run(path, [folder]).known == 1
