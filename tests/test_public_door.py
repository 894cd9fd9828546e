"""What a program may import, and the six lines that the README promises."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import imr_archive
from imr_archive import open_archive, parse_letter

ROOT = Path(__file__).resolve().parents[1]


def modules_after(statement: str) -> set[str]:
    """The modules that a fresh Python has loaded after `statement`."""
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_public_names_are_those_that_have_a_home():
    assert sorted(imr_archive.__all__) == sorted(imr_archive._HOME_OF)


def test_parsing_does_not_wait_for_the_database():
    assert not {"sqlalchemy", "alembic", "datasette", "typer"} & modules_after("import imr_archive.parsing")


def test_help_does_not_wait_for_what_only_some_commands_need():
    assert not {"alembic", "datasette", "uvicorn"} & modules_after("import imr_archive.cli")


def test_every_public_name_is_there_and_says_what_it_is():
    for name in imr_archive.__all__:
        thing = getattr(imr_archive, name)
        if callable(thing):
            assert thing.__doc__, f"{name} has no docstring"


def test_the_python_of_the_readme_runs(tmp_path, monkeypatch, capsys, sample_letters):
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    monkeypatch.chdir(tmp_path)
    letter = next(sample_letters.rglob("CM16-0900731.txt"))
    (tmp_path / "letter.txt").write_bytes(letter.read_bytes())
    with open_archive(write=True) as archive:
        archive.ingest(sample_letters)
    exec(compile(code[1], "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "Occupational Medicine 8 0.875" in printed
    assert "Item(description=" in printed


def test_a_letter_is_read_without_an_archive(sample_letters):
    text = next(sample_letters.rglob("CM16-0900731.txt")).read_text(encoding="utf-8")
    record = parse_letter(text, "CM16-0900731.txt")
    assert record.case_number == "CM16-0900731"
    assert record.items
