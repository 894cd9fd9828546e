"""Values of filters that no decision has, and what is likely meant."""

from __future__ import annotations

from sqlalchemy import Connection

from imr_archive.query.filters.unknown_values import UnknownValue, unknown_values


def test_a_value_that_no_decision_has_comes_with_the_likeliest_that_is_meant(archive: Connection) -> None:
    (found,) = unknown_values(archive, {"specialty": "Nuerology", "outcome": "upheld", "year": None})
    assert found == UnknownValue("specialty", "Nuerology", ("Neurology",))
    assert found.message == 'no specialty "Nuerology" in this archive; did you mean Neurology?'


def test_a_value_like_none_that_the_archive_has_is_named_alone(archive: Connection) -> None:
    (found,) = unknown_values(archive, {"drug_class": ["xyzzy"]})
    assert found.message == 'no drug class "xyzzy" in this archive'


def test_values_that_decisions_have_are_not_told_of_however_they_are_written(archive: Connection) -> None:
    assert unknown_values(archive, {"specialty": ["neurology"], "service": "norco", "year": "1999"}) == ()
