"""What differs between two tellings of a case, and the account of it."""

from __future__ import annotations

from imr_archive.archive.differences import LONGEST_SHOWN, Difference, Example, FieldChanges, differences
from imr_archive.archive.facts import Told


def told(values=None, *items, title="CM1"):
    """A case with items of (description, outcome)."""
    parts = [
        Told((description,), description, {"position": place, "description": description, "outcome": outcome})
        for place, (description, outcome) in enumerate(items, 1)
    ]
    return Told((), title, dict(values or {}), {"items": parts})


def found(before, after):
    return [(one.field, one.kind, one.before, one.after) for one in differences(before, after)]


def test_the_same_twice_differs_in_nothing():
    case = told({"priority": "standard", "diagnoses": ("a", "b")}, ("Cushion", "upheld"))
    assert found(case, case) == []


def test_a_value_is_gained_lost_or_changed():
    before = told({"a": None, "b": 4, "c": "x", "d": (), "e": ("p", "q"), "f": 0})
    after = told({"a": 3, "b": None, "c": "y", "d": ("n",), "e": ("q", "p"), "f": None})
    assert found(before, after) == [
        ("a", "gained", None, "3"),
        ("b", "lost", "4", None),
        ("c", "changed", "x", "y"),
        ("d", "gained", None, "n"),
        ("e", "changed", "p; q", "q; p"),
        ("f", "lost", "0", None),
    ]


def test_an_item_that_came_or_went_is_one_difference_and_moves_the_others():
    before = told(None, ("Cushion", "upheld"), ("Massage", "overturned"))
    after = told(None, ("Pillow", "upheld"), ("Cushion", "upheld"), ("Massage", "overturned"))
    assert found(before, after) == [
        ("items.position", "changed", "1", "2"),
        ("items.position", "changed", "2", "3"),
        ("items", "gained", None, "Pillow"),
    ]
    assert found(after, before) == [
        ("items.position", "changed", "2", "1"),
        ("items.position", "changed", "3", "2"),
        ("items", "lost", "Pillow", None),
    ]


def test_items_that_changed_places_are_known_by_their_headings():
    before = told(None, ("Cushion", "upheld"), ("Massage", "overturned"))
    after = told(None, ("Massage", "overturned"), ("Cushion", "upheld"))
    assert found(before, after) == [
        ("items.position", "changed", "2", "1"),
        ("items.position", "changed", "1", "2"),
    ]


def test_swapped_outcomes_are_two_changes():
    before = told(None, ("Cushion", "upheld"), ("Massage", "overturned"))
    after = told(None, ("Cushion", "overturned"), ("Massage", "upheld"))
    assert found(before, after) == [
        ("items.outcome", "changed", "upheld", "overturned"),
        ("items.outcome", "changed", "overturned", "upheld"),
    ]


def test_an_item_of_another_heading_is_known_by_its_place():
    before = told(None, ("Cushion", "upheld"), ("Masage", "overturned"))
    after = told(None, ("Cushion", "upheld"), ("Massage", "overturned"))
    assert found(before, after) == [("items.description", "changed", "Masage", "Massage")]


def test_items_of_one_heading_are_paired_in_their_order():
    before = told(None, ("Cushion", "upheld"), ("Cushion", "upheld"))
    after = told(None, ("Cushion", "upheld"), ("Cushion", "overturned"))
    assert found(before, after) == [("items.outcome", "changed", "upheld", "overturned")]


def test_a_case_that_came_or_went_is_one_difference():
    case = told({"a": 1}, ("Cushion", "upheld"))
    assert found(None, case) == [("case", "gained", None, "CM1")]
    assert found(case, None) == [("case", "lost", "CM1", None)]


def test_each_kind_keeps_a_few_examples_and_counts_all():
    changes = FieldChanges()
    for number in range(5):
        changes.count(f"CM{number}", Difference("a", "gained", None, str(number)))
    changes.count("CM9", Difference("a", "changed", "1", "2"))

    assert (changes.gained, changes.lost, changes.changed) == (5, 0, 1)
    assert changes.examples == [
        Example("CM0", "gained", None, "0"),
        Example("CM1", "gained", None, "1"),
        Example("CM2", "gained", None, "2"),
        Example("CM9", "changed", "1", "2"),
    ]


def test_long_values_are_shown_where_they_differ():
    changes = FieldChanges()
    same = "flour " * 100
    changes.count("CM1", Difference("a", "changed", same + "and water", same + "and salt" + " rye" * 50))

    (example,) = changes.examples
    assert example.before == "…" + (same + "and water")[-30 - len("water") :]
    assert example.after is not None
    assert example.after.startswith("…")
    assert example.after.endswith("…")
    assert "and salt" in example.after
    assert len(example.after) == LONGEST_SHOWN + 2
