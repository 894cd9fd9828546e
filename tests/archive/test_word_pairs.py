"""Which two words in a row get a set of their own."""

from __future__ import annotations

from imr_archive.archive.kept.word_pairs import COMMON_PAIR, MOST_BYTES, choose_pairs


def test_pairs_of_the_words_asked_for_are_told_the_most_frequent_first() -> None:
    texts = ["Lumbar spines ache.", "The lumbar spine of a baker.", "A sore neck."] * 30
    assert choose_pairs(texts, {"lumbar", "spine", "sore", "neck"}) == [("lumbar", "spine")]
    mixed = [text for text in texts for _ in range(3)]
    assert choose_pairs(mixed, {"lumbar", "spine", "sore", "neck"}) == [("lumbar", "spine"), ("sore", "neck")]


def test_words_that_are_apart_or_not_asked_for_make_no_pair() -> None:
    texts = ["The spine is lumbar.", "Low back."] * 30
    assert choose_pairs(texts, {"lumbar", "spine", "back"}) == []


def test_a_rare_pair_is_left_out() -> None:
    texts = ["flour dust"] * 3 + ["plain bread"] * 3 * int(1 / COMMON_PAIR)
    assert choose_pairs(texts, {"flour", "dust", "plain", "bread"}) == [("plain", "bread")]


def test_the_sets_of_pairs_take_no_more_than_their_bytes() -> None:
    names = [f"word{number}x" for number in range(int(MOST_BYTES * 8) + 50)]
    assert len(choose_pairs([" ".join(names)] * 3, set(names))) == int(MOST_BYTES * 8)


def test_without_texts_there_are_none() -> None:
    assert choose_pairs([], {"flour"}) == []
