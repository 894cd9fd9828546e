"""What workers inherit: a letter that one of them reads loads nothing more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from imr_archive.archive import worker
from imr_archive.archive.worker_server import starting

LETTER = Path(__file__).resolve().parents[2] / "data" / "letters" / "2019" / "CM19-0901955.txt"

PROGRAM = """
    import inspect, json, sys

    import imr_archive.archive.worker_preload
    from imr_archive.archive.prepare import prepare
    from imr_archive.sources.documents import Found

    def loaded():
        found = set(sys.modules)
        for name, module in list(sys.modules.items()):
            if name.startswith("imr_archive.parsing") or name.startswith("imr_archive.vocabulary"):
                for one in vars(module).values():
                    once = hasattr(one, "cache_info") and not inspect.signature(one).parameters
                    if once and one.cache_info().currsize:
                        found.add(f"{one.__module__}.{one.__qualname__}")
        return found

    before = loaded()
    prepared = prepare(Found(sys.argv[1], 0, 0, "text"))
    print(json.dumps([len(prepared.letters), sorted(loaded() - before)]))
"""


def test_a_letter_loads_nothing_that_the_server_has_not_loaded():
    command = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(LETTER)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert json.loads(printed) == [1, []]


SCRIPT = """
    import sys
    from multiprocessing import forkserver
    from pathlib import Path

    from imr_archive import open_archive
    from imr_archive.archive.ingest import IngestOptions
    from imr_archive.archive.worker_server import load_ahead

    load_ahead()
    server = forkserver._forkserver._forkserver_pid
    with open_archive(Path(sys.argv[2]), write=True) as archive:
        summary = archive.ingest(sys.argv[1], options=IngestOptions(workers=1))
    print(summary.letters, bool(server), server == forkserver._forkserver._forkserver_pid)
"""


def test_workers_come_from_the_server_that_was_started_ahead_and_import_nothing_of_the_script(tmp_path):
    script = tmp_path / "without_a_guard.py"
    script.write_text(textwrap.dedent(SCRIPT))
    command = [sys.executable, str(script), str(LETTER), str(tmp_path / "imr.db")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed == "1 True True\n"


TOLD = """
    import os
    import time
    from multiprocessing import forkserver
    from pathlib import Path

    from imr_archive.archive.worker_server import load_ahead

    load_ahead()
    environment = Path(f"/proc/{forkserver._forkserver._forkserver_pid}/environ")
    until = time.monotonic() + 10
    told = []
    while "PYTHONSAFEPATH=1" not in told and time.monotonic() < until:  # the server has yet to become one
        told = environment.read_bytes().decode().split("\\0")
    names = ("GLIBC_TUNABLES", "PYTHONSAFEPATH")
    print(sorted(one for one in told if one.startswith(names)), [os.environ.get(name) for name in names])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not show a process's environment")
@pytest.mark.parametrize(
    ("own", "server"),
    [
        ({}, "glibc.malloc.tcache_count=127"),
        ({"GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}, "glibc.malloc.tcache_count=0"),
        ({"PYTHONSAFEPATH": "yes"}, "glibc.malloc.tcache_count=127"),
    ],
)
def test_the_program_keeps_its_own_environment(own, server):
    names = ("GLIBC_TUNABLES", "PYTHONSAFEPATH")
    environment = {name: value for name, value in os.environ.items() if name not in names} | own
    command = [sys.executable, "-c", textwrap.dedent(TOLD)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    told = [f"GLIBC_TUNABLES={server}", "PYTHONSAFEPATH=1"]
    assert done.stdout == f"{told} {[own.get(name) for name in names]}\n"


def test_threads_start_processes_one_after_the_other():
    main = sys.modules["__main__"]

    def start():
        with starting():
            return sys.modules["__main__"] is main

    with ThreadPoolExecutor(1) as other:
        with starting():
            started = other.submit(start)
            with pytest.raises(TimeoutError):
                started.result(0.2)
        assert started.result(10) is False
    assert sys.modules["__main__"] is main


ELSEWHERE = """
    import sys
    from pathlib import Path

    from imr_archive.archive.inputs import find_inputs
    from imr_archive.archive.jobs import Job
    from imr_archive.archive.prepare import DEFAULT_OPTIONS, begin
    from imr_archive.archive.worker_pool import WorkerPool

    if __name__ == "__main__":
        job = Job()
        for found in find_inputs([Path(sys.argv[1])]):
            job.add(found)
        with WorkerPool(1, begin, DEFAULT_OPTIONS) as pool:
            done = [one for one in pool.run(iter([job])) if one is not None]
        print(*[(one.reason, len(one.letters)) for one in done[0].results()])
"""


def test_workers_load_nothing_from_the_current_folder(tmp_path):
    """There may be another copy of the package in it, or anything that has the name of a library's module."""
    for module in ("imr_archive", "msgspec"):
        (tmp_path / module).mkdir()
        (tmp_path / module / "__init__.py").write_text("raise SystemExit('loaded from the current folder')\n")
    script = tmp_path / "scripts" / "read.py"
    script.parent.mkdir()
    script.write_text(textwrap.dedent(ELSEWHERE))
    command = [sys.executable, str(script), str(LETTER)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("(None, 1)\n", "", 0)


def test_a_worker_gives_way_where_that_is_allowed(monkeypatch):
    program = (
        "import os\nfrom imr_archive.archive.worker import _give_way\n"
        "before = os.nice(0)\n_give_way()\nprint(os.nice(0) - before)"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "5\n"

    def refused(_increment):
        raise PermissionError("not allowed")

    monkeypatch.setattr("os.nice", refused)
    worker._give_way()
