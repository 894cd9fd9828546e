"""The watch command as a service runs it: a process of its own that signals end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

PATIENCE = 60


def letter(number):
    return (
        f"Case Number: CM16-{number:07}\nDecision Date: 12/05/2016\n\n"
        "IMR ISSUES, DECISIONS AND RATIONALES\n\n"
        "Seat cushion: Upheld\nDecision rationale: A chair was not described.\n"
    )


@pytest.fixture
def watch(tmp_path):
    """A function that starts the command in an empty folder; what still runs at the end is ended."""
    started = []

    def start(*arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-c", "from imr_archive.cli import main; main()", "watch", *arguments]
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def event(process, name):
    """The next event of that name; fails where the process ends before."""
    give_up = time.monotonic() + PATIENCE
    for line in process.stderr:
        told = json.loads(line)
        if told["event"] == name:
            return told
        assert time.monotonic() < give_up
    raise AssertionError(f"no event {name}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_reads_what_arrives_until_a_signal_ends_it_cleanly(watch, tmp_path, run, number):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1.txt").write_text(letter(1))
    process = watch("in", "later", "--settle", "0.2", "--progress", "json", "--json", "--workers", "1")
    watching = event(process, "watching")
    assert (watching["folders"], watching["absent"]) == ([str(folder)], [str(tmp_path / "later")])
    while event(process, "read")["stored"] == 0:
        pass
    (folder / "2.txt").write_text(letter(2))
    read = event(process, "read")
    assert (read["stored"], read["letters"]) == (1, 1)

    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0
    assert json.loads(err.splitlines()[-1])["event"] == "stopped"
    assert json.loads(out)["stored"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["imr.db", "in"]
    assert run("check", "--json").json["sound"] is True


def test_in_words_it_says_what_it_does(watch, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "torn.pdf").write_bytes(b"%PDF-1.4 nothing more")
    process = watch("in", "--settle", "0.2", "--workers", "1")
    lines = []
    for line in process.stderr:
        lines.append(line)
        if "set aside" in line:
            break
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=PATIENCE)

    assert lines[0] == f"watching {tmp_path / 'in'}\n"
    assert lines[-1] == "1 file: 1 set aside (damaged_pdf)\n"
    assert err.splitlines()[-1] == "stopped; in all: 1 file: 1 set aside (damaged_pdf)"
    assert out == ""


def test_a_file_in_place_of_a_folder_is_refused_in_one_line(run, tmp_path):
    (tmp_path / "a.txt").touch()

    ran = run("watch", "a.txt")

    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"imr-archive: {tmp_path / 'a.txt'} is a file: name the folder that it is in\n"
