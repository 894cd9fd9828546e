"""Terms found by reading the texts of a few items: the same that the full-text index finds."""

from __future__ import annotations

import pytest
from pyroaring import BitMap
from sqlalchemy import Connection, text

from imr_archive.archive.kept.item_sets import Part
from imr_archive.query.kept.candidate_texts import CandidateTexts
from imr_archive.query.language.terms import Term, phrase_term, term_of

INDEXED: dict[Part, str] = {
    "heading": "SELECT rowid FROM disputed_items_fts WHERE disputed_items_fts MATCH '{{description}} : ({})'",
    "rationale": "SELECT rowid FROM disputed_items_fts WHERE disputed_items_fts MATCH '{{rationale}} : ({})'",
    "summary": (
        "SELECT id FROM disputed_items WHERE case_id IN"
        " (SELECT rowid FROM cases_fts WHERE cases_fts MATCH '{}')"
    ),
}


def _term(term: Term | None) -> Term:
    assert term is not None
    return term


TERMS = {
    "a word": _term(term_of("massages")),
    "spellings": _term(term_of("10/325")),
    "a beginning": _term(term_of("massa", prefix=True)),
    "a phrase": _term(phrase_term("lumbar spines")),
    "a phrase of three": _term(phrase_term("gains at work")),
    "nothing": _term(term_of("zebra")),
}


@pytest.mark.parametrize("part", INDEXED)
@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)
def test_a_text_has_a_term_where_the_index_has_it(archive: Connection, term: Term, part: Part) -> None:
    everything = BitMap(archive.execute(text("SELECT id FROM disputed_items")).scalars())
    by_index = BitMap(archive.exec_driver_sql(INDEXED[part].format(term.fts)).scalars())
    assert CandidateTexts(archive).having(everything, term, [part]) == by_index


def test_several_parts_are_one_text_after_the_other_and_other_items_are_left_out(
    archive: Connection,
) -> None:
    texts, massage = CandidateTexts(archive), TERMS["a word"]
    everywhere = texts.having(BitMap([1, 2, 3]), massage, ["heading", "rationale", "summary"])
    assert list(everywhere) == [1, 3]
    assert list(texts.having(BitMap([2, 3]), massage, ["heading", "rationale", "summary"])) == [3]
    assert list(texts.having(BitMap([1, 2, 3]), massage, ["heading"])) == [1]
    assert list(texts.having(BitMap(), massage, ["heading"])) == []
