"""The command reference says what the commands say."""

from __future__ import annotations

from pathlib import Path

from imr_archive.cli.reference import command_reference

ROOT = Path(__file__).resolve().parents[2]


def test_the_command_reference_is_not_stale():
    written = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert written == command_reference(), "run `make docs`"


def test_every_command_of_the_readme_exists():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    reference = command_reference()
    named = {line.split()[1] for line in readme.splitlines() if line.startswith("    imr-archive ")}
    for command in named - {"--help"}:
        assert f"## {command}\n" in reference, command
