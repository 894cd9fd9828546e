"""How alike two texts are, and the hashes under which likes are found."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.archive.likeness import BANDS, band_hashes, likeness, shingles


def test_shingles_are_runs_of_three_words_in_small_letters():
    assert shingles("The dough, twice kneaded; was NOT baked.") == {
        "the dough twice",
        "dough twice kneaded",
        "twice kneaded was",
        "kneaded was not",
        "was not baked",
    }


@pytest.mark.parametrize(
    ("text", "parts"),
    [("", set()), (" - ", set()), ("Dough", {"dough"}), ("Bake the dough!", {"bake the dough"})],
)
def test_a_short_text_is_one_shingle_and_none_without_words(text, parts):
    assert shingles(text) == parts


def test_likeness_is_the_share_of_shingles_in_common():
    assert likeness({"a", "b", "c"}, {"b", "c", "d"}) == 0.5
    assert likeness({"a"}, {"a"}) == 1.0
    assert likeness(set(), set()) == 0.0


@given(st.text(), st.text())
def test_likeness_is_the_same_both_ways_and_a_share(one, other):
    alike = likeness(shingles(one), shingles(other))

    assert alike == likeness(shingles(other), shingles(one))
    assert 0.0 <= alike <= 1.0


def test_hashes_fit_32_bits_and_are_the_same_in_every_process():
    text = "Rye is kneaded once, wheat is kneaded twice, and spelt is folded with care."
    program = (
        "from imr_archive.archive.likeness import band_hashes, shingles;"
        f"print(band_hashes(shingles({text!r})))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }

    hashes = band_hashes(shingles(text))

    assert told == {str(hashes)}
    assert len(hashes) == BANDS
    assert all(-(2**31) <= number < 2**31 for number in hashes)
