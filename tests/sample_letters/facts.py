"""The facts of the fictional letters: one TOML file a letter."""

from __future__ import annotations

from pathlib import Path

import msgspec

from letter_forms.letter import Letter

LETTERS = Path(__file__).parent / "letters"


def load_letters() -> list[Letter]:
    """All letters, by file and, within one file, by case number."""
    letters = [msgspec.toml.decode(path.read_bytes(), type=Letter) for path in LETTERS.glob("*.toml")]
    return sorted(letters, key=lambda letter: (letter.file, letter.case or ""))
