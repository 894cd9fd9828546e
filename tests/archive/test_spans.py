"""Which spans of items columns and sets of words are made for."""

from __future__ import annotations

import sqlite3

import pytest

from imr_archive.archive.kept.spans import Span, due_spans

CHUNK = 65_536


def due(kept, last, changed=(), *, thorough=False):
    """The ends of the spans that are due."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE changed_items (number INTEGER PRIMARY KEY, item_id INTEGER)")
    connection.executemany("INSERT INTO changed_items (item_id) VALUES (?)", [(each,) for each in changed])
    spans = due_spans(connection.cursor(), kept, last, thorough=thorough)
    connection.close()
    return [(span.first, span.last) for span in spans]


@pytest.mark.parametrize(
    ("kept", "last", "changed", "thorough", "spans"),
    [
        pytest.param(-1, 40_000, (), False, [(0, CHUNK - 1)], id="nothing is kept yet"),
        pytest.param(-1, 140_000, (), False, [(0, 3 * CHUNK - 1)], id="chunks are made together"),
        pytest.param(
            -1, 10 * CHUNK, (), False, [(0, 8 * CHUNK - 1), (8 * CHUNK, 11 * CHUNK - 1)], id="eight at most"
        ),
        pytest.param(40_000, 40_000, (), True, [], id="nothing is new"),
        pytest.param(40_000, 48_191, (), False, [], id="a few new items are left to SQL"),
        pytest.param(40_000, 48_191, range(40_001, 48_192), False, [], id="though they are noted"),
        pytest.param(40_000, 48_192, (), False, [(40_001, CHUNK - 1)], id="many are added to their chunk"),
        pytest.param(40_000, 40_001, (), True, [(40_001, CHUNK - 1)], id="few are where all is wanted"),
        pytest.param(40_000, 70_000, (), False, [(40_001, 2 * CHUNK - 1)], id="into the next chunk"),
        pytest.param(CHUNK - 1, CHUNK + 9_000, (), False, [(CHUNK, 2 * CHUNK - 1)], id="from a chunk's end"),
        pytest.param(40_000, 40_000, range(63), False, [], id="a few changed items are left to SQL"),
        pytest.param(40_000, 40_000, [5] * 64, False, [], id="one that changed often is one"),
        pytest.param(40_000, 40_000, [5], True, [(0, CHUNK - 1)], id="one is not where all is wanted"),
        pytest.param(
            140_000, 140_000, range(64), False, [(0, CHUNK - 1)], id="a chunk of many changes is made anew"
        ),
        pytest.param(
            40_000, 50_000, range(64), False, [(0, CHUNK - 1)], id="and with its new items as a whole"
        ),
        pytest.param(
            140_000, 150_000, range(64), False, [(0, CHUNK - 1), (140_001, 3 * CHUNK - 1)], id="two apart"
        ),
        pytest.param(140_000, 141_000, range(140_000, 139_900, -1), False,
                     [(2 * CHUNK, 3 * CHUNK - 1)], id="the last chunk anew"),
    ],
)  # fmt: skip
def test_what_is_missing_or_has_changed_is_due(kept, last, changed, thorough, spans):
    assert due(kept, last, changed, thorough=thorough) == spans


def test_a_span_knows_its_chunks_and_where_it_begins():
    span = Span(CHUNK + 5, 3 * CHUNK - 1)
    assert (list(span.chunks), span.goes_on) == ([1, 2], True)
    assert span.ends_in(1) == (CHUNK + 5, 2 * CHUNK - 1)
    assert span.ends_in(2) == (2 * CHUNK, 3 * CHUNK - 1)
    assert not Span(CHUNK, 2 * CHUNK - 1).goes_on
