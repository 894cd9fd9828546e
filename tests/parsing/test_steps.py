"""Letters parsed in steps, side by side: each is read as it is alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imr_archive.parsing import letters_in_steps, parse_letters
from imr_archive.parsing.steps import to_end


def counting(name, steps, taken):
    for step in range(steps):
        taken.append((name, step))
        yield
    return f"{name} done"


def side_by_side(several):
    """As workers do: all take a step before any takes the next."""
    results = {}
    under_way = dict(enumerate(several))
    while under_way:
        for index, steps in list(under_way.items()):
            try:
                next(steps)
            except StopIteration as end:
                results[index] = end.value
                del under_way[index]
    return [results[index] for index in range(len(several))]


def test_at_once_the_steps_give_the_same():
    taken = []
    assert to_end(counting("a", 2, taken)) == "a done"
    assert taken == [("a", 0), ("a", 1)]


@given(st.lists(st.text(max_size=200), max_size=5))
def test_any_texts_are_read_side_by_side_as_they_are_alone(texts):
    assert side_by_side([letters_in_steps(text) for text in texts]) == [parse_letters(text) for text in texts]


def test_the_sample_letters_are_read_side_by_side_as_they_are_alone(sample_letters):
    texts = [
        path.read_text(encoding="utf-8", errors="replace") for path in sorted(sample_letters.rglob("*.txt"))
    ]
    assert len(texts) > 5
    assert side_by_side([letters_in_steps(text) for text in texts]) == [parse_letters(text) for text in texts]


def test_a_letter_is_parsed_in_more_than_one_step_for_each_item(sample_letters):
    text = next(sample_letters.rglob("CM16-0900731.txt")).read_text(encoding="utf-8")
    (letter,) = parse_letters(text)
    assert letter.items
    assert sum(1 for _ in letters_in_steps(text)) >= 5 + 5 * len(letter.items)
