"""What the parser remembers changes its speed and nothing else."""

from __future__ import annotations

import msgspec
from fictional_letters import LetterFacts, letter_d

from imr_archive.parsing import parse_letter
from imr_archive.vocabulary.remembered import REMEMBERING, forget_letters


def test_a_forgotten_letter_is_read_as_before():
    text = letter_d(LetterFacts())
    first = msgspec.json.encode(parse_letter(text))
    assert sum(reader.cache_info().currsize for reader in REMEMBERING) > 0
    forget_letters()
    assert [reader.cache_info().currsize for reader in REMEMBERING] == [0] * len(REMEMBERING)
    assert msgspec.json.encode(parse_letter(text)) == first
