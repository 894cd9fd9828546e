"""How worker processes are started: by a server that forks them, and has loaded what all of them need.

Workers are forked by a server process (`forkserver`) that has nothing open and no threads, not by this one:
a fork of this process would hold the archive's lock and its database files, and copy threads' locks in
whatever state they are. The server loads parser and PDFium once, so that a new worker costs milliseconds.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import threading
import types
from collections.abc import Iterator
from typing import Any

from imr_archive.archive.freed_memory import GLIBC_TUNABLES, with_blocks_at_hand
from imr_archive.errors import ImrArchiveError

PRELOADED = "imr_archive.archive.worker_preload"

_SAFE_PATH = "PYTHONSAFEPATH"

_STARTING = threading.Lock()
"""Held while a process is started, for what is changed meanwhile belongs to the whole program."""


def load_ahead() -> None:
    """Have what workers need loaded in the background, by who knows that there is something to read.

    It takes a third of a second, in which a new archive can be made. Raises ImrArchiveError where no process
    can be started.
    """
    with starting():
        worker_context()


def worker_context() -> Any:  # noqa: ANN401
    """What starts worker processes, within `starting`: the server, which runs then; Windows has no forks."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver  # noqa: PLC0415 - Windows has none

    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOADED])
    with _environment_of_server():
        forkserver.ensure_running()
    return context


@contextlib.contextmanager
def starting() -> Iterator[None]:
    """While a process is started, this program's main module is not to be seen.

    A new process would import it first: half a second for the command line, and a script that calls ingest
    outside of `if __name__ == "__main__"` would run again in every worker. Workers need nothing of it.
    Another thread that starts one waits. Raises ImrArchiveError where the system starts no process.
    """
    with _STARTING:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        except (EOFError, OSError) as error:
            raise ImrArchiveError(f"the processes that read files cannot be started: {error}") from error
        finally:
            sys.modules["__main__"] = main


@contextlib.contextmanager
def _environment_of_server() -> Iterator[None]:
    """Set what the server is to inherit, and every worker from it; afterwards all is as it was.

    PYTHONSAFEPATH: Python looks for modules in the current folder first otherwise, though this program may
    not: another copy of the package, or any file that has the name of a library's module, would be loaded in
    place of what this program runs. GLIBC_TUNABLES: see `with_blocks_at_hand`.
    """
    before = {name: os.environ.get(name) for name in (_SAFE_PATH, GLIBC_TUNABLES)}
    os.environ[_SAFE_PATH] = "1"
    os.environ[GLIBC_TUNABLES] = with_blocks_at_hand(before[GLIBC_TUNABLES] or "")
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
