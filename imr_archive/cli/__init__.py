"""The command line: thin commands that call the library and render what it returns."""

from __future__ import annotations

import os
import sys

from imr_archive.cli import (
    asking,
    care,
    citing,
    ingesting,
    keeping,
    reading,
    reparsing,
    saving,
    set_aside,
    sharing,
    showing,
    similar,
    watching,
)
from imr_archive.cli.app import app
from imr_archive.cli.output import message
from imr_archive.errors import ImrArchiveError

__all__ = [
    "app",
    "asking",
    "care",
    "citing",
    "ingesting",
    "keeping",
    "main",
    "reading",
    "reparsing",
    "saving",
    "set_aside",
    "sharing",
    "showing",
    "similar",
    "watching",
]

USAGE = 2
INTERRUPTED = 130


def main() -> None:
    """Run the command line; every error that imr-archive knows becomes one line and exit status 2."""
    try:
        app()
    except ImrArchiveError as error:
        message(f"imr-archive: {error}")
        sys.exit(USAGE)
    except KeyboardInterrupt:
        message("imr-archive: stopped")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has seen enough; what Python flushes at exit goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
