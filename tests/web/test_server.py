"""The live archive in Datasette: it may be written to meanwhile, and what cannot be served is said."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from imr_archive.archive.migrate import create_archive
from imr_archive.errors import ArchiveNotFoundError, NotAnArchiveError, UsageError
from imr_archive.export.site import canned_queries
from imr_archive.web import serve

SERVE = """
import sys
from pathlib import Path
from imr_archive.web import serve
serve(Path(sys.argv[1]), port=0, announce=lambda address: print(address, flush=True))
"""


class Served(NamedTuple):
    """An archive that is being served: its file, a client, and the process."""

    database: Path
    web: httpx.Client
    server: subprocess.Popen[str]


def add_letter(database: Path, case_id: int, description: str) -> None:
    """Writes a case with one item, as another process would."""
    connection = sqlite3.connect(database)
    connection.execute("INSERT INTO cases (id, known_by) VALUES (?, ?)", (case_id, str(case_id)))
    connection.execute(
        "INSERT INTO disputed_items (case_id, position, description, outcome) VALUES (?, 1, ?, 'upheld')",
        (case_id, description),
    )
    connection.commit()
    connection.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    database = tmp_path / "my letters.db"
    create_archive(database)
    add_letter(database, 1, "Massage therapy")
    command = [sys.executable, "-c", SERVE, str(database)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as server:
        try:
            assert server.stdout
            assert server.stderr
            address = server.stdout.readline().strip()
            assert address, server.stderr.read()
            with httpx.Client(base_url=address, timeout=30) as web:
                yield Served(database, web, server)
        finally:
            server.kill()


@pytest.mark.slow
def test_a_live_archive_is_served_while_others_write_to_it(served: Served) -> None:
    def found(words: str) -> list[object]:
        parameters = {"_search": words, "_shape": "array"}
        return [
            row["item_id"] for row in served.web.get("/my+letters/decisions.json", params=parameters).json()
        ]

    assert found("massage") == [1]
    assert found("acupuncture") == []
    add_letter(served.database, 2, "Acupuncture, 6 visits")
    assert found("acupuncture") == [2]
    mutable = {each["name"]: each["is_mutable"] for each in served.web.get("/-/databases.json").json()}
    assert mutable["my letters"] is True


@pytest.mark.slow
def test_the_pages_are_those_of_an_export(served: Served) -> None:
    home = served.web.get("/").text
    assert "<h1>Independent Medical Review decisions</h1>" in home
    assert served.web.get("/static/imr.css").status_code == 200
    assert "<dt>outcome</dt>" in served.web.get("/my+letters/decisions").text
    for query in canned_queries():
        assert f'href="/my+letters/{query.name}"' in home
        assert served.web.get(f"/my+letters/{query.name}").status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly_when_it_is_interrupted(served: Served, ending: signal.Signals) -> None:
    served.web.get("/").raise_for_status()
    served.server.send_signal(ending)
    _, errors = served.server.communicate(timeout=20)
    assert errors == ""
    assert served.server.returncode in {0, -ending}


def test_a_port_in_use_is_said_with_what_to_do(tmp_path: Path) -> None:
    create_archive(tmp_path / "imr.db")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            UsageError, match=rf"cannot listen on 127\.0\.0\.1 port {port}: Address already in use; .*--port"
        ):
            serve(tmp_path / "imr.db", port=port)


def test_an_address_that_is_none_is_said(tmp_path: Path) -> None:
    create_archive(tmp_path / "imr.db")
    with pytest.raises(UsageError, match="no such address as no host at all"):
        serve(tmp_path / "imr.db", host="no host at all", port=0)
    with pytest.raises(UsageError, match="no such port as 70000: choose one up to 65535"):
        serve(tmp_path / "imr.db", port=70000)


def test_what_is_no_archive_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(ArchiveNotFoundError):
        serve(tmp_path / "none.db")
    (tmp_path / "foreign.db").write_bytes(b"text")
    with pytest.raises(NotAnArchiveError):
        serve(tmp_path / "foreign.db")
