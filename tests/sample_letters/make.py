"""Writes the fictional letters and their truth: `python tests/sample_letters/make.py [FOLDER]`.

FOLDER is the repository's `data` unless another is named; the letters go to FOLDER/letters, one line of truth
for each to FOLDER/truth.jsonl.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
DATA = TESTS.parent / "data"
sys.path.append(str(TESTS))

from facts import load_letters  # noqa: E402 - found beside this script

from letter_forms.files import one_file  # noqa: E402 - found in the folder just named
from letter_forms.letter import truth  # noqa: E402
from letter_forms.packing import zipped  # noqa: E402


def letter_files() -> dict[str, bytes]:
    """Every file of the sample by its path below the folder of letters, zips packed."""
    by_file = itertools.groupby(load_letters(), key=lambda letter: letter.file)
    return _packed({path: one_file(list(letters)) for path, letters in by_file})


def _packed(files: dict[str, bytes]) -> dict[str, bytes]:
    """Puts the members of each zip, nested ones first, into one file."""
    packed: dict[str, bytes] = {}
    members: dict[str, dict[str, bytes]] = {}
    for path, content in files.items():
        archive, inside, member = path.partition(".zip/")
        if inside:
            members.setdefault(f"{archive}.zip", {})[member] = content
        else:
            packed[path] = content
    return packed | {archive: zipped(_packed(held)) for archive, held in members.items()}


def truth_lines() -> str:
    """The truth of every letter as JSON, one object a line, by source and case number."""
    letters = sorted(load_letters(), key=lambda letter: (letter.source, letter.case or ""))
    return "".join(f"{json.dumps(truth(letter), ensure_ascii=False)}\n" for letter in letters)


def main() -> None:
    """Writes everything below the folder that the command names."""
    command = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument("folder", nargs="?", type=Path, default=DATA)
    data: Path = command.parse_args().folder
    for path, content in letter_files().items():
        target = data / "letters" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (data / "truth.jsonl").write_text(truth_lines(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
