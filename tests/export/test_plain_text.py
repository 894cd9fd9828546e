"""Texts on one line, cut where they are too long."""

from __future__ import annotations

import pytest

from imr_archive.export.plain_text import shortened


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("short", "short"),
        ("exactly ten"[:10], "exactly te"),
        ("lumbar fusion", "lumbar…"),
        ("a pseudoarthrosis", "a pseudoa…"),
        ("unbrokenword", "unbrokenw…"),
    ],
)
def test_a_text_is_cut_at_the_end_of_a_word_if_there_is_one(text, shown):
    assert shortened(text, 10) == shown
