"""Datasette on an archive that others may go on writing to."""

from __future__ import annotations

import os
import socket
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import as_file
from pathlib import Path
from typing import TYPE_CHECKING

from imr_archive.archive.connection import open_for_reading
from imr_archive.errors import UsageError
from imr_archive.export.metadata import datasette_metadata, datasette_settings
from imr_archive.export.site import SITE_FOLDER

# A server takes longer to import than most commands take to run, so it is imported where it is started.
if TYPE_CHECKING:
    import uvicorn
    from datasette.app import Datasette

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8001
LARGEST_PORT = 65535


def serve(
    database: Path,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    open_browser: bool = False,
    announce: Callable[[str], object] | None = None,
) -> None:
    """Serves the archive until it is interrupted; `announce` is told the address once the port is taken.

    port: 0 takes any that is free. Whoever may write to the archive may do so meanwhile, and the pages show
    it. Raises an ArchiveError where the file is no archive of this version, UsageError where the port cannot
    be had.
    """
    import uvicorn  # noqa: PLC0415

    with ExitStack() as resources:
        application = resources.enter_context(datasette_application(database))
        listener = resources.enter_context(_listen(host, port))
        address = _address(listener)
        if announce:
            announce(address)
        if open_browser:
            webbrowser.open(address)
        config = uvicorn.Config(application.app(), log_level="warning", lifespan="on")
        _run(uvicorn.Server(config), listener)


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    """Runs until it is interrupted, which is how a server is ended and no error."""
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        server.should_exit = True


@contextmanager
def datasette_application(database: Path) -> Iterator[Datasette]:
    """Datasette on the archive, with the pages, functions and metadata of a Datasette export.

    Raises an ArchiveError where the file is no archive of this version.
    """
    from datasette.app import Datasette  # noqa: PLC0415

    with open_for_reading(database) as archive:
        unchanging = archive.unchanging
    with as_file(SITE_FOLDER) as site:
        yield Datasette(
            files=[] if unchanging else [str(database)],
            immutables=[str(database)] if unchanging else [],
            metadata=datasette_metadata(database.stem),
            settings=datasette_settings(),
            template_dir=str(site / "templates"),
            plugins_dir=str(site / "plugins"),
            static_mounts=[("static", str(site / "static"))],
        )


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens on that address; UsageError where there is none to be had."""
    try:
        family = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][0]
    except (socket.gaierror, UnicodeError) as error:
        raise UsageError(f"no such address as {host}: try --host {DEFAULT_HOST}") from error
    if not 0 <= port <= LARGEST_PORT:
        raise UsageError(f"no such port as {port}: choose one up to {LARGEST_PORT} with --port")
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise UsageError(
            f"cannot listen on {host} port {port}: {reason}; choose another with --port"
        ) from error


def _address(listener: socket.socket) -> str:
    """The address that a browser opens."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
