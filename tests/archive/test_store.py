"""What the store makes of letters: rows, versions, duplicates, files set aside."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import msgspec
import pytest

from imr_archive.archive.connection import open_for_writing
from imr_archive.archive.models import Base
from imr_archive.archive.rows import COLUMNS
from imr_archive.archive.store import FileOutcome, Store
from imr_archive.archive.texts import decompress


def test_a_letter_becomes_rows_of_every_table(store, rows, cushion, file_of):
    outcomes = store.add([file_of(cushion, text="the whole letter", ocr_confidence=81.5)])

    assert outcomes == [FileOutcome("/letters/cushion.txt", "stored", None, 1, 2)]
    assert rows("SELECT * FROM cases") == [
        (
            1,
            "CM16-0000001",
            "CM16-0000001",
            "2016-11-02",
            "2014-03-04",
            "2016-12-05",
            "2016-09-06",
            "2016-10-07",
            "standard",
            "partially_overturned",
            44,
            "female",
            "A baker of 44 years whose back hurts after lifting flour.",
            1,
        )
    ]
    assert rows(
        "SELECT id, case_id, version, is_current, part, source, path, layout, parser_version, ingested_at, "
        "letter_text(packed_text), ocr_confidence FROM letters"
    ) == [
        (
            1,
            1,
            1,
            1,
            1,
            "cushion.txt",
            "/letters/cushion.txt",
            "D",
            "test",
            "2026-01-01 00:00:00.000000",
            "the whole letter",
            81.5,
        )
    ]
    assert rows("SELECT * FROM letter_problems") == [
        (1, 1, "unknown_section", "items[0]", "the section Dough is not known")
    ]
    assert rows(
        "SELECT id, case_id, position, description, outcome, service_type_id, rationale, quantity, "
        "quantity_unit, dose, frequency, duration_weeks, body_part, laterality, reason, reason_sentence, "
        "reason_certain, ur_action, ur_authorized, ur_authorized_quantity FROM disputed_items"
    ) == [
        (
            1,
            1,
            1,
            "Massage therapy 6 visits",
            "upheld",
            1,
            "Kneading was tried before and changed nothing.",
            6.0,
            "visits",
            None,
            None,
            None,
            None,
            None,
            "exceeds_guideline_number",
            "Kneading was tried before and changed nothing.",
            1,
            "modified",
            "2 visits of massage",
            2.0,
        ),
        (2, 1, 2, "Seat cushion", "overturned", *[None] * 8, "left", *[None] * 6),
    ]
    assert rows("SELECT * FROM diagnoses") == [(1, "Lumbar sprain", 1), (2, "Dusty lungs", 0)]
    assert rows("SELECT * FROM case_diagnoses") == [(1, 1, 1), (1, 2, 2)]
    assert rows("SELECT * FROM service_types") == [
        (1, "Rehabilitation", "Other Therapies", "massage therapy")
    ]
    assert rows("SELECT * FROM reviewers") == [(1, "Pain Management, Anesthesiology (Texas, California)")]
    assert rows("SELECT * FROM specialties ORDER BY id") == [
        (1, "Pain Management", 1),
        (2, "Anesthesiology", 1),
    ]
    assert rows("SELECT * FROM reviewer_specialties ORDER BY position") == [(1, 1, 1), (1, 2, 2)]
    assert rows("SELECT * FROM reviewer_states ORDER BY position") == [
        (1, "Texas", 1),
        (1, "California", 2),
    ]
    assert rows("SELECT * FROM guidelines") == [
        (
            1,
            "MTUS Chronic Pain Medical Treatment 2009",
            "MTUS",
            "Chronic Pain Medical Treatment",
            2009,
            1,
        ),
        (2, "ODG", "ODG", None, None, 1),
    ]
    assert rows("SELECT id, item_id, position, cited_by, guideline_id FROM guideline_citations") == [
        (1, 1, 1, "claims_administrator", 1),
        (2, 1, 2, "reviewer", 1),
        (3, 1, 3, "reviewer", 2),
    ]
    assert rows("SELECT * FROM citation_sections") == [
        (1, 1, "Massage therapy", 1),
        (1, 2, "Dough", 0),
        (2, 1, "Massage therapy", 1),
    ]
    assert rows("SELECT * FROM citation_pages") == [(1, 1, "60"), (1, 2, "98-99")]
    assert rows(
        "SELECT id, path, modified_ns, state, reason, message, first_seen, last_tried FROM source_files"
    ) == [
        (
            1,
            "/letters/cushion.txt",
            1000,
            "stored",
            None,
            None,
            "2026-01-01 00:00:00.000000",
            "2026-01-01 00:00:00.000000",
        )
    ]


@pytest.mark.parametrize("table", COLUMNS)
def test_the_rows_of_a_table_have_all_of_its_columns_in_order(table):
    assert COLUMNS[table] == tuple(Base.metadata.tables[table].columns.keys())


def test_the_same_files_again_change_nothing(store, archive, dump, cushion, file_of):
    files = [
        file_of(cushion),
        file_of(msgspec.structs.replace(cushion, case_number=None, source="without.txt")),
    ]
    store.add(files)
    before = dump(archive.path)

    outcomes = store.add(files)

    assert [outcome.became for outcome in outcomes] == ["known", "known"]
    assert dump(archive.path) == before


def test_the_same_text_in_another_container_is_known(store, rows, cushion, file_of):
    store.add([file_of(cushion, path="/letters/a.pdf", text="A well-\x02\r\nknown letter\f")])

    outcomes = store.add([file_of(cushion, path="/letters/a.txt", text="A wellknown  letter")])

    assert outcomes == [FileOutcome("/letters/a.txt", "known")]
    assert rows("SELECT path, state FROM source_files") == [
        ("/letters/a.pdf", "stored"),
        ("/letters/a.txt", "known"),
    ]
    assert rows("SELECT count(*) FROM letters") == [(1,)]


def test_duplicates_within_one_batch_are_known(store, rows, cushion, file_of):
    outcomes = store.add([file_of(cushion, path="/a/x.txt"), file_of(cushion, path="/b/x.txt")])

    assert [outcome.became for outcome in outcomes] == ["stored", "known"]
    assert rows("SELECT count(*) FROM disputed_items") == [(2,)]


TOLD = (
    "SELECT * FROM letters",
    "SELECT * FROM letter_problems",
    "SELECT * FROM cases",
    "SELECT * FROM source_files",
    """SELECT case_id, disputed_items.position, description, guideline_citations.position, raw
    FROM disputed_items LEFT JOIN guideline_citations ON item_id = disputed_items.id ORDER BY 1, 2, 4""",
)
"""All that is told of letters, but for the numbers of items and citations."""


@pytest.mark.parametrize("size", [2, 3, 9])
def test_files_of_one_batch_become_what_they_become_one_by_one(
    size, archive_file, tmp_path, cushion, file_of
):
    def numbered(number, **changes):
        return msgspec.structs.replace(cushion, case_number=f"CM16-000000{number}", **changes)

    earlier = {"decision_date": datetime.date(2016, 1, 1), "summary": "Earlier."}
    files = [
        file_of(numbered(1), path="/1.txt"),
        file_of(numbered(1, items=cushion.items[1:]), path="/1 corrected.txt"),
        file_of(numbered(2), path="/2.txt"),
        file_of(numbered(1, **earlier), path="/1 earlier.txt"),
        file_of(numbered(2), path="/2.txt", modified_ns=2_000),
        file_of(path="/torn.txt", reason="damaged_pdf", message="cut short"),
        file_of(numbered(1, items=()), path="/1 last.txt"),
        file_of(numbered(2), path="/2 again.txt", text=repr(numbered(2))),
        file_of(numbered(3), path="/torn.txt"),
    ]
    noon = datetime.datetime.fromisoformat("2026-01-01 12:00:00")
    alone = Path(shutil.copy(archive_file, tmp_path / "alone.db"))
    outcomes, told = {}, {}
    for path, at_once in ((alone, 1), (archive_file, size)):
        with open_for_writing(path) as archive:
            store = Store(archive, clock=lambda: noon)
            parts = [files[start : start + at_once] for start in range(0, len(files), at_once)]
            outcomes[path] = [outcome for part in parts for outcome in store.add(part)]
            with archive.read() as connection:
                told[path] = [connection.exec_driver_sql(query).all() for query in TOLD]

    assert [outcome.became for outcome in outcomes[alone]] == [
        *("stored", "new_version", "stored", "new_version", "known", "set_aside", "new_version", "known"),
        "stored",
    ]
    assert outcomes[archive_file] == outcomes[alone]
    assert told[archive_file] == told[alone]


def test_a_scan_stored_by_ocr_is_known_when_it_is_refused_later_in_the_batch(store, rows, cushion, file_of):
    read = file_of(cushion, path="/letters/scan.pdf")
    refused = msgspec.structs.replace(
        read, path="/letters/copy.pdf", letters=(), reason="no_text", message="a picture"
    )

    outcomes = store.add([read, refused])

    assert [(outcome.became, outcome.reason) for outcome in outcomes] == [("stored", None), ("known", None)]
    assert rows("SELECT path, state, reason, message FROM source_files") == [
        ("/letters/scan.pdf", "stored", None, None),
        ("/letters/copy.pdf", "known", None, None),
    ]


def corrected(record, **changes):
    """The record as a later letter of the same case tells it, with one item alone."""
    return msgspec.structs.replace(record, items=record.items[1:], source="corrected.txt", **changes)


@pytest.mark.parametrize("in_one_batch", [True, False], ids=["one batch", "two batches"])
@pytest.mark.parametrize("date", [datetime.date(2017, 1, 1), datetime.date(2016, 12, 5), None])
def test_a_changed_letter_of_a_case_becomes_its_current_version(
    store, archive, rows, cushion, file_of, date, in_one_batch
):
    first, second = file_of(cushion, text="first"), file_of(corrected(cushion, decision_date=date))

    outcomes = store.add([first, second]) if in_one_batch else store.add([first]) + store.add([second])

    assert [(outcome.became, outcome.items) for outcome in outcomes] == [("stored", 2), ("new_version", 1)]
    assert rows("SELECT version, is_current, source FROM letters ORDER BY version") == [
        (1, 0, "cushion.txt"),
        (2, 1, "corrected.txt"),
    ]
    assert rows("SELECT case_number, decision_date FROM cases") == [
        ("CM16-0000001", date and date.isoformat())
    ]
    assert rows("SELECT position, description FROM disputed_items") == [(1, "Seat cushion")]
    assert rows("SELECT count(*) FROM guideline_citations") == [(0,)]
    assert rows("SELECT count(*) FROM disputed_items_fts WHERE disputed_items_fts MATCH 'massage'") == [(0,)]
    with archive.read() as connection:
        old = connection.exec_driver_sql("SELECT packed_text FROM letters WHERE version = 1").scalar_one()
    assert decompress(old) == "first"


def test_a_letter_decided_earlier_than_the_current_one_is_kept_as_an_older_version(
    store, rows, cushion, file_of
):
    earlier = corrected(cushion, decision_date=datetime.date(2016, 1, 1), patient_age=40)

    outcomes = store.add([file_of(cushion), file_of(earlier)])

    assert [outcome.became for outcome in outcomes] == ["stored", "new_version"]
    assert rows("SELECT version, is_current, source FROM letters ORDER BY version") == [
        (1, 1, "cushion.txt"),
        (2, 0, "corrected.txt"),
    ]
    assert rows("SELECT patient_age, decision_date FROM cases") == [(44, "2016-12-05")]
    assert rows("SELECT count(*) FROM disputed_items") == [(2,)]


def test_a_case_number_is_the_same_in_any_spelling_of_its_letters(store, rows, cushion, file_of):
    lower = msgspec.structs.replace(cushion, case_number="cm16-0000001", patient_age=45)

    outcomes = store.add([file_of(cushion), file_of(lower)])

    assert [outcome.became for outcome in outcomes] == ["stored", "new_version"]
    assert rows("SELECT known_by, case_number, patient_age FROM cases") == [
        ("CM16-0000001", "cm16-0000001", 45)
    ]


def test_letters_without_a_case_number_are_cases_of_their_own(store, rows, cushion, file_of):
    one = msgspec.structs.replace(cushion, case_number=None)
    other = msgspec.structs.replace(one, patient_age=45)

    store.add([file_of(one), file_of(other)])

    assert rows("SELECT id, case_number, patient_age FROM cases") == [(1, None, 44), (2, None, 45)]


def test_a_file_of_several_letters_is_one_file_of_several_cases(store, rows, cushion, file_of):
    second = msgspec.structs.replace(cushion, case_number="CM16-0000002", part=2)

    outcomes = store.add([file_of(cushion, second)])

    assert outcomes == [FileOutcome("/letters/cushion.txt", "stored", None, 2, 4)]
    assert rows("SELECT case_id, part FROM letters") == [(1, 1), (2, 2)]
    assert rows("SELECT count(DISTINCT sha256) FROM letters") == [(1,)]


def test_a_file_set_aside_keeps_its_reason_and_when_it_was_first_seen(store, rows, file_of):
    broken = file_of(path="/letters/torn.pdf", reason="damaged_pdf", message="cut short")

    store.add([broken])
    outcomes = store.add([broken])

    assert outcomes == [FileOutcome("/letters/torn.pdf", "set_aside", "damaged_pdf")]
    assert rows("SELECT path, state, reason, message, first_seen, last_tried FROM source_files") == [
        (
            "/letters/torn.pdf",
            "set_aside",
            "damaged_pdf",
            "cut short",
            "2026-01-01 00:00:00.000000",
            "2026-01-01 01:00:00.000000",
        )
    ]


def test_a_file_that_was_set_aside_and_now_reads_well_is_stored(store, rows, cushion, file_of):
    store.add([file_of(path="/letters/cushion.txt", reason="unreadable", message="no", sha256=None)])

    outcomes = store.add([file_of(cushion)])

    assert [outcome.became for outcome in outcomes] == ["stored"]
    assert rows("SELECT state, reason, message, first_seen, last_tried FROM source_files") == [
        ("stored", None, None, "2026-01-01 00:00:00.000000", "2026-01-01 01:00:00.000000")
    ]


def test_a_file_that_was_merely_touched_keeps_its_row_but_for_its_time(store, rows, cushion, file_of):
    store.add([file_of(cushion)])

    store.add([file_of(cushion, modified_ns=2_000)])

    assert rows("SELECT modified_ns, state, last_tried FROM source_files") == [
        (2000, "stored", "2026-01-01 00:00:00.000000")
    ]


def test_a_letter_that_breaks_a_constraint_is_set_aside_and_the_others_are_stored(
    store, rows, cushion, file_of
):
    impossible = msgspec.structs.replace(
        cushion, case_number="CM16-0000002", patient_age=999, source="old.txt"
    )
    too_large = msgspec.structs.replace(
        cushion, case_number="CM16-0000004", patient_age=2**70, source="older.txt"
    )
    after = msgspec.structs.replace(cushion, case_number="CM16-0000003", source="after.txt")

    outcomes = store.add([file_of(record) for record in (cushion, impossible, too_large, after)])

    assert [(outcome.became, outcome.reason) for outcome in outcomes] == [
        ("stored", None),
        ("set_aside", "not_storable"),
        ("set_aside", "not_storable"),
        ("stored", None),
    ]
    assert rows("SELECT id, case_number FROM cases") == [(1, "CM16-0000001"), (2, "CM16-0000003")]
    assert rows("SELECT path, state FROM source_files ORDER BY path") == [
        ("/letters/after.txt", "stored"),
        ("/letters/cushion.txt", "stored"),
        ("/letters/old.txt", "set_aside"),
        ("/letters/older.txt", "set_aside"),
    ]
    assert rows("SELECT DISTINCT reviewer_id FROM cases") == [(1,)]


def test_a_batch_that_fails_leaves_nothing_and_the_next_one_is_whole(
    store, archive, dump, rows, cushion, file_of, monkeypatch
):
    before = dump(archive.path)
    broken = msgspec.structs.replace(file_of(cushion), letters=(object(),))
    with pytest.raises(AttributeError):
        store.add([file_of(cushion), broken])
    assert dump(archive.path) == before

    store.add([file_of(cushion)])

    assert rows("SELECT reviewer_id FROM cases") == [(1,)]
    assert rows("SELECT count(*) FROM reviewer_specialties") == [(2,)]


def test_two_stores_on_one_archive_share_specialties_and_guidelines(archive, rows, cushion, file_of):
    one, other = Store(archive), Store(archive)
    numbers = iter(range(1, 100))

    for store in (one, other, one, other):
        number = next(numbers)
        store.add([file_of(msgspec.structs.replace(cushion, case_number=f"CM16-{number:07}"))])

    assert rows("SELECT count(*) FROM cases") == [(4,)]
    assert rows("SELECT name FROM specialties ORDER BY id") == [("Pain Management",), ("Anesthesiology",)]
    assert rows("SELECT DISTINCT reviewer_id FROM cases") == [(1,)]
    assert rows("SELECT label FROM guidelines") == [("MTUS Chronic Pain Medical Treatment 2009",), ("ODG",)]


def test_names_that_the_vocabulary_does_not_know_are_marked(store, rows, cushion, file_of):
    file = file_of(
        msgspec.structs.replace(
            cushion, reviewer=msgspec.structs.replace(cushion.reviewer, specialties=("Bakery",))
        )
    )
    letter = msgspec.structs.replace(file.letters[0], unrecognised=frozenset({"Bakery"}))

    store.add([msgspec.structs.replace(file, letters=(letter,))])

    assert rows("SELECT name, recognised FROM specialties") == [("Bakery", 0)]


def test_a_new_version_leaves_no_rows_that_nothing_names(store, archive, rows, cushion, file_of):
    store.add([file_of(cushion)])
    later = msgspec.structs.replace(
        cushion,
        items=cushion.items[1:],
        diagnoses=("Lumbar sprain",),
        reviewer=msgspec.structs.replace(cushion.reviewer, specialties=("Neurology", "Anesthesiology")),
    )
    store.add([file_of(later)])

    store.tidy()

    assert rows("SELECT name FROM specialties ORDER BY name") == [("Anesthesiology",), ("Neurology",)]
    assert rows("SELECT name FROM diagnoses") == [("Lumbar sprain",)]
    assert rows("SELECT count(*) FROM reviewers") == [(1,)]
    for table in ("service_types", "guidelines"):
        assert rows(f"SELECT count(*) FROM {table}") == [(0,)], table


def test_after_rows_were_removed_the_same_names_are_stored_anew(store, rows, cushion, file_of):
    store.add([file_of(cushion)])
    store.add([file_of(msgspec.structs.replace(cushion, items=()))])
    store.tidy()

    store.add([file_of(msgspec.structs.replace(cushion, case_number="CM16-0000002"))])

    assert rows("SELECT label FROM guidelines ORDER BY label") == [
        ("MTUS Chronic Pain Medical Treatment 2009",),
        ("ODG",),
    ]
    assert rows("SELECT service FROM decisions ORDER BY item_id") == [("massage therapy",), (None,)]


def test_items_and_citations_of_a_new_version_keep_their_numbers(store, rows, cushion, file_of):
    store.add([file_of(cushion), file_of(msgspec.structs.replace(cushion, case_number="CM16-0000002"))])

    store.add([file_of(msgspec.structs.replace(cushion, items=cushion.items + cushion.items[:1]))])

    assert rows("SELECT id, case_id, position FROM disputed_items ORDER BY case_id, position") == [
        (1, 1, 1),
        (2, 1, 2),
        (5, 1, 3),
        (3, 2, 1),
        (4, 2, 2),
    ]
    assert rows("SELECT id FROM guideline_citations WHERE item_id IN (1, 5) ORDER BY id") == [
        (1,),
        (2,),
        (3,),
        (7,),
        (8,),
        (9,),
    ]


def test_a_name_that_the_vocabulary_knows_by_now_is_marked_known(store, rows, cushion, file_of):
    store.add([file_of(cushion)])
    assert rows("SELECT recognised FROM diagnoses WHERE name = 'Dusty lungs'") == [(0,)]
    file = file_of(msgspec.structs.replace(cushion, case_number="CM16-0000002"))
    letter = msgspec.structs.replace(file.letters[0], unrecognised=frozenset())

    Store(store._database).add([msgspec.structs.replace(file, letters=(letter,))])

    assert rows("SELECT recognised FROM diagnoses WHERE name = 'Dusty lungs'") == [(1,)]
