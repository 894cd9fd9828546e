"""Words as the index knows them, and how rare they are."""

from __future__ import annotations

import math

import pytest
from sqlalchemy import Connection, text

from imr_archive.query.similar.words import PROBED, Stems, newest_with, terms_of, words_of


def test_figures_say_nothing_but_as_a_procedure_code() -> None:
    assert words_of("Norco 10/325, 60 tablets at L4-5; CPT 64483 (a) in 2016") == [
        "norco", "tablets", "at", "l4", "cpt", "64483", "in",
    ]  # fmt: skip


def test_a_word_has_the_stem_that_the_index_gives_it(archive: Connection) -> None:
    stems = Stems()
    found = stems.of(["therapies", "therapy", "sessions", "CAFÉ".lower()])
    assert dict(found) == {
        "therapies": "therapi",
        "therapy": "therapi",
        "sessions": "session",
        "café": "cafe",
    }
    assert stems.of(["therapies", "weaning"])["weaning"] == "wean"


def test_the_rarer_a_term_the_more_it_weighs(archive: Connection) -> None:
    stems = Stems()
    terms = terms_of(archive, ["therapy", "therapies", "massage", "taper", "nowhere"], stems)
    assert set(terms) == {"therapi", "massag", "taper"}
    items = archive.execute(text("SELECT count(*) FROM disputed_items")).scalar_one()
    with_taper = archive.execute(
        text("SELECT count(*) FROM disputed_items_fts WHERE disputed_items_fts MATCH 'taper'")
    ).scalar_one()
    assert len(terms["taper"].ids) == with_taper == 1
    assert terms["taper"].idf == pytest.approx(math.log(1 + (items - 0.5) / 1.5))
    assert terms["taper"].idf > terms["massag"].idf
    assert terms["taper"].rare


def test_the_newest_items_with_a_word_come_first(archive: Connection) -> None:
    ids = newest_with(archive, "massage", 2)
    assert len(ids) == 2
    assert list(ids) == sorted(ids, reverse=True)
    assert newest_with(archive, "massage", PROBED)[:2] == ids
