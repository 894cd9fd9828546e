"""Headings in the field's manner (headings.toml), each with the service that it asks for."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from imr_archive.parsing.services import classify

TABLE = tomllib.loads(Path(__file__).with_name("headings.toml").read_text(encoding="utf-8"))
ROWS = [
    (heading, tuple(place.split(" | ")), service)
    for place, services in TABLE.items()
    for service, headings in services.items()
    for heading in headings
]


def test_the_table_is_large_and_names_no_heading_twice() -> None:
    headings = [heading for heading, _, _ in ROWS]
    assert len(headings) >= 1100
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize(("heading", "place", "service"), ROWS)
def test_a_heading_asks_for_its_service(heading: str, place: tuple[str, str], service: str) -> None:
    match = classify(heading)
    assert match is not None
    assert (match.category, match.subcategory, match.service) == (*place, service)


@pytest.mark.parametrize("heading", [row[0] for row in ROWS])
def test_the_case_of_a_heading_does_not_matter(heading: str) -> None:
    assert classify(heading.upper()).service == classify(heading.lower()).service


@pytest.mark.parametrize("frame", ["Retrospective request for {}", "{} (DOS 3/14/2015)", "RETRO: {}", "{}."])
def test_what_frames_a_request_does_not_change_it(frame: str) -> None:
    changed = [
        heading
        for heading, _, service in ROWS
        if (match := classify(frame.format(heading))) is None or match.service != service
    ]
    assert changed == []
