"""An ingest that is killed at any instant: the archive is whole, and the same command goes on to its end."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

LETTERS = 160
INSTANTS = 20

RUNS = """
    import os, signal, sys
    from pathlib import Path
    from imr_archive.archive.connection import open_for_writing
    from imr_archive.archive.ingest import IngestOptions, ingest

    def run(archive, folder):
        with open_for_writing(Path(archive)) as database:
            ingest([folder], database, options=IngestOptions(workers=0, batch=20))

    # One process has everything imported, and forks one for each run: kills are then spread over the run.
    for line in sys.stdin:
        archive, folder, seconds = line.rstrip().split("\\t")
        child = os.fork()
        if not child:
            if float(seconds) > 0:  # the signal ends the process, for nobody handles it
                signal.setitimer(signal.ITIMER_PROF, float(seconds))
            run(archive, folder)
            os._exit(0)
        _, status, took = os.wait4(child, 0)
        print(os.waitstatus_to_exitcode(status), took.ru_utime + took.ru_stime, flush=True)
"""


class Runner:
    """Runs of ingest in processes of their own, each killed after some seconds or left alone (-1).

    The seconds are of processor time, so that kills are spread over the run however busy the machine is.
    """

    def __init__(self):
        command = [sys.executable, "-c", textwrap.dedent(RUNS)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, archive, folder, seconds=-1.0):
        self.process.stdin.write(f"{archive}\t{folder}\t{seconds}\n")
        self.process.stdin.flush()
        status, took = self.process.stdout.readline().split()
        return int(status), float(took)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


@pytest.fixture(scope="module")
def runner():
    made = Runner()
    yield made
    made.close()


@pytest.fixture
def folder(letters):
    names = [f"{number:04}.txt" for number in range(LETTERS)]
    made = letters(*names)
    (made / "0100 torn.pdf").write_bytes(b"%PDF-1.7\n torn")
    (made / "0150 recipe.txt").write_text("Flour, water, salt and patience.")
    return made


def test_twenty_kills_at_random_instants_lose_nothing_and_double_nothing(
    folder, empty, tmp_path, contents, runner
):
    undisturbed = tmp_path / "undisturbed.db"
    shutil.copy(empty, undisturbed)
    status, whole = runner(undisturbed, folder)
    assert status == 0
    wanted = contents(undisturbed)
    assert len(wanted["letters"]) == LETTERS

    chance = random.Random(20161205)
    reached = set()
    for instant in range(INSTANTS):
        archive = tmp_path / f"{instant}.db"
        shutil.copy(empty, archive)
        status, _ = runner(archive, folder, chance.uniform(0, whole))
        assert status in (-signal.SIGPROF, 0)

        found = contents(archive)
        assert set(found["source_files"]) <= set(wanted["source_files"])
        assert len(found["cases"]) == len(found["letters"]) == len(found["disputed_items"])
        reached.add(len(found["letters"]))

        assert runner(archive, folder)[0] == 0
        assert contents(archive) == wanted
    assert reached - {0, LETTERS}, "no kill has met a run that was under way"


WITH_WORKERS = """
    import sys
    from pathlib import Path
    from imr_archive.archive.connection import open_for_writing
    from imr_archive.archive.ingest import IngestOptions, ingest

    class Says:
        def show(self, progress):
            print(progress.summary.letters, flush=True)

    with open_for_writing(Path(sys.argv[1])) as database:
        options = IngestOptions(workers=2, batch=20)
        ingest([sys.argv[2]], database, options=options, progress=Says())
"""


@pytest.mark.parametrize("at", [20, 60])
def test_a_run_with_workers_that_is_killed_leaves_a_whole_archive_and_no_process(
    folder, empty, tmp_path, contents, runner, at
):
    undisturbed = tmp_path / "undisturbed.db"
    archive = tmp_path / "killed.db"
    shutil.copy(empty, undisturbed)
    shutil.copy(empty, archive)
    assert runner(undisturbed, folder)[0] == 0
    command = [sys.executable, "-c", textwrap.dedent(WITH_WORKERS), str(archive), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        while int(run.stdout.readline()) < at:
            pass
        run.kill()
        # Every process of the run has this pipe: it ends when the last of them has ended.
        run.communicate(timeout=20)
    assert run.returncode == -signal.SIGKILL

    found = contents(archive)
    assert at <= len(found["letters"]) < LETTERS
    assert runner(archive, folder)[0] == 0
    assert contents(archive) == contents(undisturbed)


def test_a_lock_that_a_killed_run_left_behind_locks_nothing(folder, empty, tmp_path, runner):
    archive = tmp_path / "imr.db"
    shutil.copy(empty, archive)
    runner(archive, folder, 0.05)
    left = Path(f"{archive}-writer")
    left.touch()

    assert runner(archive, folder)[0] == 0
    assert not left.exists()
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith("imr.db")) == ["imr.db"]
