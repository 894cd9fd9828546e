"""Words that are no likeness of two decisions."""

from __future__ import annotations

from imr_archive.query.similar.dull_words import dull_words


def test_words_of_the_language_and_of_the_form_are_dull_and_those_of_medicine_are_not() -> None:
    assert {"doe", "have", "been", "their", "request", "guidelines"} <= dull_words()
    assert not {"massage", "norco", "radicular", "weaning", "lumbar", "urine"} & dull_words()


def test_the_words_are_single_and_in_small_letters() -> None:
    assert all(word.isalpha() and word == word.casefold() for word in dull_words())
