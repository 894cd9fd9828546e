"""How ingest shows its way: events for programs, silence where it is asked for, a line on a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time

import pytest


def letter(number):
    return (
        f"Case Number: CM16-{number:07}\nDecision Date: 12/05/2016\n\n"
        "IMR ISSUES, DECISIONS AND RATIONALES\n\n"
        "Seat cushion: Upheld\nDecision rationale: A chair was not described.\n"
    )


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(1, 9):
        (folder / f"{number}.txt").write_text(letter(number))
    (folder / "torn.pdf").write_bytes(b"%PDF-1.4 nothing more")
    (folder / "photo.jpg").touch()
    return folder


def test_progress_as_json_is_one_event_a_line_on_standard_error(run, folder):
    ran = run("ingest", "in", "--progress", "json", "--json")

    events = [json.loads(line) for line in ran.err.splitlines()]
    assert ran.status == 3
    assert [event["event"] for event in events] == ["progress", "done"]
    progress, done = events
    assert progress.pop("files_a_second") > 0
    assert progress.pop("seconds_left") is None or progress["total_is_final"]
    total = progress["total"]
    assert total == 10 if progress.pop("total_is_final") else 1 <= total <= 10
    assert progress == {
        "event": "progress",
        "files": 1,
        "total": total,
        "stored": 0,
        "new_versions": 0,
        "known": 0,
        "set_aside": 0,
        "ignored": 1,
        "letters": 0,
        "folder": str(folder),
    }
    assert done == {"event": "done", **ran.json}
    assert (done["found"], done["stored"], done["set_aside"]) == (10, 8, {"damaged_pdf": 1})


def test_quiet_prints_nothing(run, folder):
    ran = run("ingest", "in", "--quiet")
    assert (ran.status, ran.out, ran.err) == (3, "", "")
    assert run("ingest", "in", "--quiet", "--json").json["known"] == 8


def test_the_summary_accounts_for_every_file(run, folder):
    ran = run("ingest", "in", "--workers", "0")
    rows = dict(re.findall(r"│ (\S[^│]*?) +│ +(\d+) │", ran.out))
    assert rows == {
        "with new cases": "8",
        "set aside: damaged_pdf": "1",
        "ignored: type .jpg is not read": "1",
        "files found": "10",
    }
    assert "torn.pdf" in ran.err
    assert "imr-archive set-aside --retry" in ran.err


def test_on_a_terminal_a_line_shows_how_far_it_has_come(folder, tmp_path):
    ours, theirs = pty.openpty()
    program = "from imr_archive.cli import main; main()"
    command = [sys.executable, "-c", program, "ingest", str(folder), "--db", str(tmp_path / "imr.db")]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "140"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the terminal is closed when the last process that has it ends
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait() == 3
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert "10/10" in text
    assert "8 stored, 0 known, 1 set aside" in text


@pytest.mark.parametrize(
    ("number", "status", "workers"),
    [(signal.SIGINT, 130, "0"), (signal.SIGINT, 130, "2"), (signal.SIGTERM, 143, "2")],
    ids=["Ctrl-C, one process", "Ctrl-C", "SIGTERM"],
)
def test_a_signal_stops_after_the_batch_and_says_how_to_go_on(tmp_path, number, status, workers):
    folder = tmp_path / "many"
    folder.mkdir()
    for one in range(3_000):
        (folder / f"{one:05}.txt").write_text(letter(one))
    program = "from imr_archive.cli import main; main()"
    common = ["ingest", str(folder), "--db", str(tmp_path / "imr.db"), "--workers", workers]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *common, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(tmp_path / "imr.db-writer")
    time.sleep(0.15)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)

    assert (process.returncode, err) == (
        status,
        "stopped: what was read so far is stored; run the same command again to go on\n",
    )
    summary = json.loads(out)
    assert summary["stopped"] is True
    assert 0 <= summary["stored"] == summary["found"] < 3_000
    assert not (tmp_path / "imr.db-writer").exists()

    again = subprocess.run(
        [sys.executable, "-c", program, *common, "--json"], capture_output=True, check=True
    )
    after = json.loads(again.stdout)
    assert (after["known"], after["stored"]) == (summary["stored"], 3_000 - summary["stored"])


def wait_for(path, seconds=20.0):
    until = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_another_process_that_writes_is_named(run, folder, tmp_path):
    from imr_archive.archive.writer_lock import hold_archive

    run("ingest", folder / "1.txt")
    with hold_archive(tmp_path / "imr.db"):
        ran = run("ingest", "in", "--wait", "0.1")
    assert ran.status == 2
    assert f"process {os.getpid()} on " in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    "options", [["--workers", "-1"], ["--timeout", "0"], ["--wait", "-1"], ["--progress", "loud"]]
)
def test_options_out_of_range_are_bad_usage(run, folder, options):
    ran = run("ingest", "in", *options)
    assert ran.status == 2
    assert "Traceback" not in ran.err
    assert options[0] in ran.err


def test_rehash_reads_known_files_again(run, folder):
    run("ingest", "in")
    (folder / "1.txt").write_text(letter(1).replace("chair", "stool"))
    os.utime(folder / "1.txt", ns=(1, 1))
    changed = (folder / "1.txt").stat().st_mtime_ns
    run("ingest", "in")
    (folder / "1.txt").write_text(letter(1).replace("chair", "bench"))
    os.utime(folder / "1.txt", ns=(changed, changed))

    assert run("ingest", "in", "--json").json["new_versions"] == 0
    assert run("ingest", "in", "--rehash", "--json").json["new_versions"] == 1


def test_a_run_without_news_tells_no_speed(run, folder):
    run("ingest", "in", "--quiet")
    ran = run("ingest", "in")
    assert re.search(r"^nothing new for imr\.db \(\d+\.\d s\)$", ran.out, re.MULTILINE)
    assert "a second" not in ran.out
