"""Files that hang, crash or starve the process that reads them: each is set aside, all others are stored."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import zlib
from pathlib import Path

import msgspec
import pytest

from imr_archive.archive.connection import open_for_writing
from imr_archive.archive.ingest import IngestOptions, ingest
from imr_archive.archive.prepare import PrepareOptions, prepare
from imr_archive.errors import ImrArchiveError
from imr_archive.sources.limits import DEFAULT_LIMITS, MIB

TIMEOUT = 1.0
BRIEF = PrepareOptions(limits=msgspec.structs.replace(DEFAULT_LIMITS, seconds=TIMEOUT))


def run(path, folder, work, **options):
    chosen = IngestOptions(workers=2, reading=BRIEF, work=work, **options)
    with open_for_writing(path) as database:
        return ingest([folder], database, options=chosen)


def in_words(aside, path):
    return {name: (reason, message.rpartition(" (")[2]) for name, (reason, message) in aside(path).items()}


def test_each_way_to_die_costs_one_file(path, letters, stand_in, aside):
    troubled = {
        "03 hangs.txt": ("timeout", "limit 1 seconds)"),
        "05 segfault.txt": ("crashed", "signal SIGSEGV)"),
        "06 aborts.txt": ("crashed", "signal SIGABRT)"),
        "09 spins.txt": ("timeout", "limit 1 seconds)"),
        "11 exits.txt": ("crashed", "exit status 7)"),
        "13 hungry.txt": ("out_of_memory", "reading the file took more memory than is allowed"),
        "14 defect.txt": ("parser_error", "RuntimeError: a defect of a reader)"),
    }
    sound = [f"{number:02}.txt" for number in range(1, 40) if number not in {3, 5, 6, 9, 11, 13, 14}]
    folder = letters(*sorted([*sound, *troubled]))

    summary = run(path, folder, stand_in)

    assert in_words(aside, path) == troubled
    assert summary.set_aside == {"timeout": 2, "crashed": 3, "out_of_memory": 1, "parser_error": 1}
    assert (summary.stored, summary.found) == (32, 39)


def test_each_step_of_a_file_has_the_time_that_is_allowed(path, letters, stand_in, aside):
    folder = letters("1 steps.txt", "2 steps stalls.txt", "3.txt")

    summary = run(path, folder, stand_in)

    assert in_words(aside, path) == {"2 steps stalls.txt": ("timeout", "limit 1 seconds)")}
    assert (summary.stored, summary.found) == (2, 3)


def test_a_worker_that_somebody_kills_costs_nothing(path, letters, stand_in, aside, contents):
    names = [f"{number:02}{' once' if number in {4, 17, 18} else ''}.txt" for number in range(1, 30)]
    folder = letters(*names)

    summary = run(path, folder, stand_in)

    assert (summary.stored, summary.found) == (29, 29)
    assert aside(path) == {}
    assert [row[7] for row in sorted(contents(path)["letters"])] == sorted(names)


def test_the_sum_holds_where_every_file_kills_its_worker(path, letters, stand_in, aside):
    folder = letters(*[f"{number} segfault.txt" for number in range(5)])

    summary = run(path, folder, stand_in)

    assert (summary.found, summary.set_aside) == (5, {"crashed": 5})
    assert len(aside(path)) == 5


def test_files_set_aside_for_what_they_did_are_not_tried_again_until_asked(path, letters, stand_in):
    folder = letters("1.txt", "2 hangs.txt", "3 segfault.txt")
    run(path, folder, stand_in)

    started = time.monotonic()
    again = run(path, folder, stand_in)
    assert time.monotonic() - started < TIMEOUT
    assert (again.known, again.set_aside) == (1, {"timeout": 1, "crashed": 1})

    retried = run(path, folder, prepare, retry=frozenset({"timeout"}))
    assert (retried.stored, retried.known, retried.set_aside) == (1, 1, {"crashed": 1})


def bomb(operators):
    """A PDF of one page, whose few kilobytes of content unpack to these operators a million times over."""
    content = zlib.compress(zlib.compress(operators * (300 * 2**20 // len(operators)), 1), 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%b\nendstream" % (len(content), content),
    ]
    made, table = b"%PDF-1.4\n", b"0000000000 65535 f \n"
    for number, one in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(made)
        made += b"%d 0 obj%bendobj\n" % (number, one)
    end = b"xref\n0 5\n%btrailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (table, len(made))
    return made + end


def test_a_pdf_that_unpacks_beyond_the_memory_is_set_aside_for_that(path, letters, aside):
    """PDFium ends the process where memory is refused to it; the others are not touched."""
    folder = letters("1.txt", "2.txt")
    (folder / "bomb.pdf").write_bytes(bomb(b" " * 64))
    limits = msgspec.structs.replace(DEFAULT_LIMITS, seconds=30.0, memory_bytes=300 * MIB)

    with open_for_writing(path) as database:
        options = IngestOptions(workers=2, reading=PrepareOptions(limits=limits))
        summary = ingest([folder], database, options=options)

    assert (summary.stored, summary.set_aside) == (2, {"out_of_memory": 1})
    assert in_words(aside, path) == {"bomb.pdf": ("out_of_memory", "signal SIGABRT)")}


def test_a_hung_worker_ends_though_the_run_was_killed(path, letters, stand_in, tmp_path):
    folder = letters("1 pid hangs.txt")
    program = """
        import sys
        from pathlib import Path
        import msgspec
        import misbehaving_reader
        from imr_archive.archive.connection import open_for_writing
        from imr_archive.archive.ingest import IngestOptions, ingest
        from imr_archive.archive.prepare import PrepareOptions
        from imr_archive.sources.limits import DEFAULT_LIMITS, MIB
        limits = msgspec.structs.replace(DEFAULT_LIMITS, seconds=2.0)
        options = IngestOptions(
            workers=1, reading=PrepareOptions(limits=limits), work=misbehaving_reader.prepare
        )
        with open_for_writing(Path(sys.argv[1])) as database:
            ingest([sys.argv[2]], database, options=options)
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", textwrap.dedent(program), str(path), str(folder)]
    run = subprocess.Popen(command, env=environment)
    running = folder / "1 pid hangs.txt.running"
    wait_until(lambda: running.exists() and running.read_text() != "")
    worker = int(running.read_text())
    assert is_alive(worker)

    run.send_signal(signal.SIGKILL)
    run.wait()

    wait_until(lambda: not is_alive(worker))


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until(condition, seconds=15.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)


def test_a_worker_that_is_killed_while_others_work_is_replaced(path, letters, stand_in, monkeypatch):
    from imr_archive.archive import worker_pool

    folder = letters(*[f"{number:03} slow.txt" for number in range(8)])
    started = []
    begin = worker_pool.WorkerPool._start

    def start(pool):
        worker = begin(pool)
        started.append(worker.process.pid)
        if len(started) == 1:
            threading.Timer(0.3, os.kill, (worker.process.pid, signal.SIGKILL)).start()
        return worker

    monkeypatch.setattr(worker_pool.WorkerPool, "_start", start)
    monkeypatch.setattr("imr_archive.archive.jobs.FILES", 2)

    summary = run(path, folder, stand_in)

    assert summary.stored == 8
    assert len(started) > 2


def test_workers_that_cannot_start_are_said_in_one_line(path, letters, monkeypatch):
    """`os._exit` in the place of what a worker does: called with what it is given, it fails at once."""
    monkeypatch.setattr("imr_archive.archive.worker_pool.serve", os._exit)

    with pytest.raises(ImrArchiveError) as failure:
        run(path, letters("1.txt"), prepare)

    assert str(failure.value) == (
        "the processes that read files end at once (exit status 1): allow them more memory, "
        "or read with 0 workers, in this process"
    )


def test_no_process_is_left_when_the_run_is_over(path, letters, stand_in):
    import multiprocessing

    run(path, letters("1.txt", "2 segfault.txt", "3.txt"), stand_in)

    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [1, 3])
def test_the_archive_is_the_same_however_many_workers_read(path, letters, tmp_path, contents, workers):
    folder = letters(*[f"{number:03}.txt" for number in range(150)])
    alone = tmp_path / "alone.db"
    alone.write_bytes(path.read_bytes())
    for archive, number in ((alone, 0), (path, workers)):
        with open_for_writing(archive) as database:
            ingest([folder], database, options=IngestOptions(workers=number, batch=64))

    assert contents(path) == contents(alone)


def test_files_before_one_that_takes_long_are_stored_meanwhile(path, letters, stand_in, monkeypatch):
    """The batch is not full, and nothing more comes in: the last file waits until the others are stored."""
    monkeypatch.setattr("imr_archive.archive.jobs.FILES", 1)
    monkeypatch.setattr("imr_archive.archive.gathering.LONGEST_BATCH", 0.1)
    folder = letters("1.txt", "2.txt", "3 waits.txt")
    before = []

    def stop():
        with open_for_writing(path) as database, database.read() as connection:
            stored = connection.exec_driver_sql("SELECT count(*) FROM letters").scalar()
        if stored:
            before.append(stored)
            (folder / "3 waits.txt.go").touch()
        return False

    with open_for_writing(path) as database:
        summary = ingest([folder], database, options=IngestOptions(workers=2, work=stand_in), stop=stop)

    assert before[0] == 2
    assert summary.stored == 3


def test_workers_that_are_there_go_on_with_new_options(letters, stand_in):
    """The dictionary is larger than what a pipe holds: a worker that waits to be read could not take it."""
    from imr_archive.archive.jobs import Job
    from imr_archive.archive.worker_pool import WorkerPool
    from imr_archive.sources.discovery import discover

    folder = letters(*[f"{number:03} tells.txt" for number in range(120)])

    def jobs():
        for found in discover([folder]):
            job = Job()
            job.add(found)
            yield job

    told = []
    with WorkerPool(2, stand_in, BRIEF) as pool:
        for job in pool.run(jobs()):
            if job is not None:
                told += [one.message.split() for one in job.results()]
            if len(told) == 40:
                pool.renew(msgspec.structs.replace(BRIEF, dictionary=bytes(2**20)))

    sizes = [int(size) for _, size in told]
    assert len(told) == 120
    assert sizes == sorted(sizes)
    assert set(sizes[:40]) == {0}
    assert set(sizes[80:]) == {2**20}
    assert len({process for process, _ in told}) == 2
