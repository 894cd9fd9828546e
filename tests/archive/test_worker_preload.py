"""What workers inherit: a letter that one of them reads loads nothing more."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

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
    from imr_archive.archive.worker_pool import load_ahead

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
