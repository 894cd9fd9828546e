"""The flat view of decisions."""

from __future__ import annotations

import msgspec
import pytest

from imr_archive.archive.views import DECISIONS_COLUMNS, drop_views, ensure_views


@pytest.fixture
def filled(store, archive, cushion, file_of):
    store.add([file_of(cushion), file_of(msgspec.structs.replace(cushion, case_number=None, items=()))])
    return archive


def test_a_decision_has_everything_in_one_row(filled, rows):
    assert rows("SELECT * FROM decisions ORDER BY item_id LIMIT 1") == [
        (
            1,
            1,
            "CM16-0000001",
            "cushion.txt",
            "2016-12-05",
            2016,
            1,
            "Massage therapy 6 visits",
            "upheld",
            "Rehabilitation",
            "Other Therapies",
            "massage therapy",
            "Pain Management; Anesthesiology",
            "Texas; California",
            "MTUS Chronic Pain Medical Treatment 2009; ODG",
            "MTUS Chronic Pain Medical Treatment 2009",
            44,
            "female",
            "standard",
            "partially_overturned",
            "2014-03-04",
            "2016-11-02",
            None,
            None,
            6.0,
            "visits",
            None,
            "exceeds_guideline_number",
            "modified",
            "Kneading was tried before and changed nothing.",
            None,
        )
    ]


def test_what_a_letter_does_not_say_is_empty(filled, rows):
    assert rows("SELECT category, guidelines, ur_guidelines, rationale FROM decisions WHERE item_id = 2") == [
        (None, None, None, None)
    ]


def test_every_column_is_described(filled):
    with filled.read() as connection:
        columns = list(connection.exec_driver_sql("SELECT * FROM decisions").keys())
    assert columns == list(DECISIONS_COLUMNS)


def test_a_filter_with_a_limit_sorts_and_scans_nothing_but_the_items(filled, rows):
    plan = [
        row[3] for row in rows("EXPLAIN QUERY PLAN SELECT * FROM decisions WHERE outcome = 'upheld' LIMIT 5")
    ]

    assert [line for line in plan if line.startswith("SCAN") and "subquery" not in line] == [
        "SCAN disputed_items"
    ]


def test_a_column_that_is_not_asked_for_costs_nothing(filled, rows):
    plan = [row[3] for row in rows("EXPLAIN QUERY PLAN SELECT outcome, count(*) FROM decisions GROUP BY 1")]

    assert [line for line in plan if "SUBQUERY" in line or "letters" in line] == []


def test_a_view_of_another_shape_is_made_anew(filled, rows):
    with filled.write() as connection:
        drop_views(connection)
        connection.exec_driver_sql("CREATE VIEW decisions AS SELECT 1 AS one")
        ensure_views(connection)

    assert rows("SELECT count(*), min(case_number) FROM decisions") == [(2, "CM16-0000001")]
